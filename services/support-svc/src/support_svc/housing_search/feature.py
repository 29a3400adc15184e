"""New Housing Search of a placement: homes by building, a page of each, the short list, comparing (P5)."""

from chassis.feature import Feature

FEATURE = Feature(
    module=__name__,
    offers={"erased_with_person": "erasing:erased_with_person"},
)
