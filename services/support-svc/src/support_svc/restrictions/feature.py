"""Restricted clients: whose records exist only for the colleagues who are named (C8)."""

from chassis.access import Permission
from chassis.feature import Feature, NavItem
from support_svc.roles import SUPERVISOR

RESTRICT_CLIENTS = Permission("restrict_clients", SUPERVISOR)

FEATURE = Feature(
    module=__name__,
    permissions=(RESTRICT_CLIENTS,),
    navigation=(NavItem("Restrictions", "restrictions", RESTRICT_CLIENTS, position=70),),
    offers={"moved_to_client": "moving:moved_to_client", "erased_with_person": "erasing:erased_with_person"},
)
