"""Corrections: a mistake is corrected with a reason, and what was recorded before stays readable."""

from chassis.feature import Feature

FEATURE = Feature(
    module=__name__,
    offers={"erased_with_person": "erasing:erased_with_person"},
)
