"""What the tenant lets the property entity tell the support organisation, and what was told (W5, W13)."""
