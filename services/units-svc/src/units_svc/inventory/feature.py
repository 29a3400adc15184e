"""Homes: buildings, the units in them, their condition, rent and occupancy."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

EDIT_UNITS = Permission("edit_units", INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)
VIEW_UNITS = Permission("view_units", PROPERTY_MANAGER, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_UNITS,
        VIEW_UNITS,
    ),
    navigation=(NavItem("Housing Units", "units", VIEW_UNITS, position=20),),
    offers={"companion": "index:FOLLOWER.reading_ahead"},
)
