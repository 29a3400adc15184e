"""The first page of a record: what all features know of a client, or of a placement (C1, P1)."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
