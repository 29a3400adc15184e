"""Programs that use the APIs of one organisation."""

from chassis.access import Permission
from chassis.feature import Feature

MANAGE_CLIENTS = Permission("manage_clients")

FEATURE = Feature(module=__name__, permissions=(MANAGE_CLIENTS,))
