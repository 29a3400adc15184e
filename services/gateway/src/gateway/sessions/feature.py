"""Sign-in, sessions, and the tokens they give."""

from chassis.access import Permission
from chassis.feature import Feature

OPEN_SESSIONS = Permission("open_sessions")

FEATURE = Feature(module=__name__, permissions=(OPEN_SESSIONS,))
