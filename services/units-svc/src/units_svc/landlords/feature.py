"""Landlords: whose homes these are, and whether a lease is drawn up here or elsewhere."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

EDIT_LANDLORDS = Permission("edit_landlords", INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)
VIEW_LANDLORDS = Permission("view_landlords", PROPERTY_MANAGER, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_LANDLORDS,
        VIEW_LANDLORDS,
    ),
    navigation=(NavItem("Landlords", "landlords", VIEW_LANDLORDS, position=40),),
)
