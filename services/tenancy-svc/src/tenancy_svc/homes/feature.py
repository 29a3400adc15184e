"""The service's own copy of the published homes, and the holds on them (P6, U9)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from tenancy_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

VIEW_HOMES = Permission("view_homes", PROPERTY_MANAGER, PROPERTY_ADMINISTRATOR, INVENTORY_KEEPER)

FEATURE = Feature(
    module=__name__,
    permissions=(VIEW_HOMES,),
    navigation=(NavItem("Homes", "homes", VIEW_HOMES, position=80),),
)
