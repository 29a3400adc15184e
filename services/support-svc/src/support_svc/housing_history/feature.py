"""Housing history: where a person lived, from when to when (C5)."""

from chassis.access import Permission
from chassis.feature import Feature, LookupList, Setting
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
OUT_OF_DATE_AFTER = Setting(
    code="stay_out_of_date",
    label="Stay shown as out of date",
    hint="After how long without activity somebody is asked whether the person still lives there.",
    default=180,
    low=7,
    high=3650,
    unit="days",
)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_HOUSING_HISTORY,),
    lookups=(HOUSING_TYPE, REASON_LEFT),
    settings=(OUT_OF_DATE_AFTER,),
    offers={
        "configurable_forms": "commands:FORMS",
        "moved_to_client": "moving:moved_to_client",
        "open_matters": "commands:stays_open",
    },
)
