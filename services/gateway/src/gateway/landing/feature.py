"""The first page of an organisation."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
