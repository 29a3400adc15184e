"""History of a client: who changed and who viewed which record (X3)."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
