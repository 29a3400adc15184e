"""Reading an inventory from somebody else's file."""
