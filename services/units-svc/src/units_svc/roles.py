"""The roles of the property entity that may do something in this service.

Each feature's `feature.py` declares its permissions with the roles that hold them.
"""

PROPERTY_MANAGER = "property_manager"
"""Manages tenancies; reads the inventory."""
PROPERTY_ADMINISTRATOR = "property_administrator"
"""Maintains the inventory and its lists."""
INVENTORY_KEEPER = "inventory_keeper"
"""Maintains the inventory."""
