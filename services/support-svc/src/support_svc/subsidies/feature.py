"""Subsidies."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
