"""The inventory's own reports (R3)."""

from chassis.feature import Feature, NavItem
from units_svc.inventory.feature import VIEW_UNITS

FEATURE = Feature(module=__name__, navigation=(NavItem("Reports", "reports", VIEW_UNITS, position=60),))
