"""Clients: the people the organisation supports, their households, and what is open for them (C1, C2)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from support_svc.roles import CASEWORKER, SUPERVISOR

EDIT_CLIENT = Permission("edit_client", CASEWORKER, SUPERVISOR)
SEE_ARCHIVED = Permission("see_archived", SUPERVISOR)
VIEW_CLIENTS = Permission("view_clients", CASEWORKER, SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(
        EDIT_CLIENT,
        SEE_ARCHIVED,
        VIEW_CLIENTS,
    ),
    navigation=(NavItem("Clients", "clients", VIEW_CLIENTS, position=20),),
)
