"""Inspections: what was looked at in a home, and what was found (U10)."""

from chassis.feature import Feature, LookupList
from units_svc.photos.feature import PHOTO_LIMIT

INSPECTION_AREA = LookupList("inspection_area", label="Areas of inspections")

FEATURE = Feature(module=__name__, lookups=(INSPECTION_AREA,), body_limits={"/inspections/": PHOTO_LIMIT})
