"""The service's own copy of the published homes, searched in memory (P5)."""

from chassis.access import Permission
from chassis.feature import Feature
from support_svc.roles import CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR

SEARCH_HOMES = Permission("search_homes", CASEWORKER, SUPERVISOR, SUPPORT_ADMINISTRATOR)

FEATURE = Feature(
    module=__name__,
    permissions=(SEARCH_HOMES,),
    offers={"companion": "following:homes_in_memory.reading_ahead"},
)
