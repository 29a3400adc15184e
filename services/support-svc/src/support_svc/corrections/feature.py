"""Corrections: a mistake is mended with a reason, and what stood before stays readable."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
