"""Inspections: what was looked at in a home, and what was found (U10)."""

from chassis.feature import Feature
from units_svc.photos.feature import PHOTO_LIMIT

FEATURE = Feature(module=__name__, body_limits={"/inspections/": PHOTO_LIMIT})
