"""What is due at the property desk today."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from tenancy_svc.roles import INVENTORY_KEEPER, PROPERTY_ADMINISTRATOR, PROPERTY_MANAGER

VIEW_MY_DAY = Permission("view_my_day", PROPERTY_MANAGER, PROPERTY_ADMINISTRATOR, INVENTORY_KEEPER)

FEATURE = Feature(
    module=__name__,
    permissions=(VIEW_MY_DAY,),
    navigation=(NavItem("My day", "my_day", VIEW_MY_DAY, position=10),),
)
