"""Housing history: where a person lived, from when to when (C5)."""

from chassis.access import Permission
from chassis.feature import Feature
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_HOUSING_HISTORY = Permission("edit_housing_history", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__, permissions=(EDIT_HOUSING_HISTORY,), offers={"open_matters": "commands:stays_open"}
)
