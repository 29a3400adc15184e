"""The first page of the inventory desk: what is due, and what waits for somebody."""

from chassis.feature import Feature, NavItem
from units_svc.inventory.feature import VIEW_UNITS

FEATURE = Feature(module=__name__, navigation=(NavItem("My day", "my_day", VIEW_UNITS, position=10),))
