"""What waits for somebody at the property desk today."""
