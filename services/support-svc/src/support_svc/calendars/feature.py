"""Each caseworker's calendar: an address that a calendar program subscribes to, with no names in it (F3)."""

from chassis.access import Permission
from chassis.feature import Feature
from support_svc.roles import CASEWORKER, SUPERVISOR

HAVE_CALENDAR = Permission("have_calendar", CASEWORKER, SUPERVISOR)
SERVE_CALENDAR = Permission("serve_calendar")

FEATURE = Feature(module=__name__, permissions=(HAVE_CALENDAR, SERVE_CALENDAR))
