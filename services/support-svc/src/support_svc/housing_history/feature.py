"""Housing history: where a person lived, from when to when (C5)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList
from support_svc.roles import CASEWORKER, SUPERVISOR
from trade.listings import HOUSING_TYPES

EDIT_HOUSING_HISTORY = Permission("edit_housing_history", CASEWORKER, SUPERVISOR)

HOUSING_TYPE = LookupList(
    "housing_type",
    label="Housing type",
    hint="The inventory’s word for this type, if it has one",
    stands_for=(),
    groups=HOUSING_TYPES,
)
REASON_LEFT = LookupList("reason_left", label="Reason left")

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_HOUSING_HISTORY,),
    lookups=(HOUSING_TYPE, REASON_LEFT),
    offers={"moved_to_client": "moving:moved_to_client", "open_matters": "commands:stays_open"},
)
