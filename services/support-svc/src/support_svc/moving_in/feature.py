"""Moving in: a household lives in the home that was secured for it (P7)."""

from chassis.access import Permission
from chassis.feature import Feature
from support_svc.roles import CASEWORKER, SUPERVISOR

RECORD_MOVE_IN = Permission("record_move_in", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(RECORD_MOVE_IN,),
    offers={"configurable_forms": "commands:FORMS"},
)
