"""The roles of the property entity that may do something in this service.

Each feature's `feature.py` declares its permissions with the roles that hold them. None is about a record of
support-svc (W10).
"""

PROPERTY_MANAGER = "property_manager"
"""Manages tenancies."""
PROPERTY_ADMINISTRATOR = "property_administrator"
"""Maintains templates, clauses and the list of legal bars; sees no record of a tenant."""
INVENTORY_KEEPER = "inventory_keeper"
"""Maintains the inventory; sees the homes here."""
