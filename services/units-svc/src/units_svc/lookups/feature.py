"""Look-up lists of the inventory: bilingual, editable, retired rather than deleted."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from units_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

EDIT_LOOKUPS = Permission("edit_lookups", PROPERTY_ADMINISTRATOR)
VIEW_LOOKUPS = Permission("view_lookups", PROPERTY_MANAGER, INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_LOOKUPS,
        VIEW_LOOKUPS,
    ),
    navigation=(NavItem("Lists", "lookups", EDIT_LOOKUPS, position=90),),
)
