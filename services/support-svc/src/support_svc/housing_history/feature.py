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
RETAIN_HOUSING = Setting(
    code="retain_housing",
    label="Retention of records of housing",
    hint=(
        "For how long after the last day: placements, follow-ups, housing history and loss prevention. "
        "A claim can usually be brought for two years, at most for fifteen (Limitations Act, 2002)."
    ),
    default=84,
    low=1,
    high=600,
    unit="months",
)

FEATURE = Feature(
    module=__name__,
    permissions=(EDIT_HOUSING_HISTORY,),
    lookups=(HOUSING_TYPE, REASON_LEFT),
    settings=(OUT_OF_DATE_AFTER, RETAIN_HOUSING),
    offers={
        "configurable_forms": "commands:FORMS",
        "moved_to_client": "moving:moved_to_client",
        "open_matters": "commands:stays_open",
        "erased_with_person": "erasing:erased_with_person",
    },
)
