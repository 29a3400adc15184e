"""Homes found outside of the inventory: proposed to it, and secured in one step (P11)."""

from chassis.feature import Feature

FEATURE = Feature(
    module=__name__,
    offers={"erased_with_person": "erasing:erased_with_person"},
)
