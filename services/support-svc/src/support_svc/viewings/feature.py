"""Which homes a household was shown, viewed, was offered or refused: how it chose (P12)."""

from chassis.feature import Feature, LookupList

REASON_REFUSED = LookupList("reason_refused", label="Reason the client refused a home")

FEATURE = Feature(
    module=__name__,
    lookups=(REASON_REFUSED,),
    offers={"configurable_forms": "commands:FORMS", "erased_with_person": "erasing:erased_with_person"},
)
