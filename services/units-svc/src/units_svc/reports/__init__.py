"""The inventory's own reports (R3)."""
