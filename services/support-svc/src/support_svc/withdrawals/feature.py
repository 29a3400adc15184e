"""Withdrawing a consent: what was disclosed and still stands, and what follows (C6, W5, W13)."""

from chassis.feature import Feature

FEATURE = Feature(module=__name__)
