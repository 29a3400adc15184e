"""Exporting what is recorded about one client, or about all, so that the import reads it back (C7)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from support_svc.roles import SUPERVISOR

EXPORT_CLIENTS = Permission("export_clients", SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(EXPORT_CLIENTS,),
    navigation=(NavItem("Export", "client_export", EXPORT_CLIENTS, position=81),),
)
