"""The keys that sign this organisation's tokens."""
