"""The keys that sign this organisation's tokens."""

from chassis.access import Permission
from chassis.feature import Feature

MANAGE_KEYS = Permission("manage_keys")

FEATURE = Feature(module=__name__, permissions=(MANAGE_KEYS,))
