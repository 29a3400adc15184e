"""Sign-in, sessions, and tokens."""

from chassis.access import Permission
from chassis.feature import Feature

OPEN_SESSIONS = Permission("open_sessions")

FEATURE = Feature(module=__name__, permissions=(OPEN_SESSIONS,))
