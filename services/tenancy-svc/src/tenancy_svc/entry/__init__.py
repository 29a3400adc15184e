"""Entry to tenants' homes for work: asked by the inventory, answered by the landlord (U7)."""
