"""What others pay of a household's rent: subsidies that a support organisation has reported (S1, T6)."""

from chassis.access import Permission
from chassis.feature import Feature
from tenancy_svc.roles import PROPERTY_MANAGER

VIEW_SUBSIDIES = Permission("view_subsidies", PROPERTY_MANAGER)

FEATURE = Feature(module=__name__, permissions=(VIEW_SUBSIDIES,))
