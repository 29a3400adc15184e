"""Who may do what in a gateway. A new permission is a verb and the record it is about."""

from __future__ import annotations

from enum import StrEnum

from gateway.organisation import ADMINISTRATOR
from gateway.organisation import ROLES as ROLES_OF


class Permission(StrEnum):
    """Everything that can be permitted here, in alphabetical order."""

    CHANGE_OWN_ACCOUNT = "change_own_account"
    MANAGE_CLIENTS = "manage_clients"
    MANAGE_KEYS = "manage_keys"
    MANAGE_STAFF = "manage_staff"
    OPEN_SESSIONS = "open_sessions"
    READ_REGISTER = "read_register"
    VIEW_OWN_ACCOUNT = "view_own_account"


_OWN = frozenset({Permission.CHANGE_OWN_ACCOUNT, Permission.VIEW_OWN_ACCOUNT})


def roles_of(entity: str) -> dict[str, frozenset[Permission]]:
    """Role of this entity → what it may do here. Sessions are opened by the gateway itself, as the system."""
    return {
        role: _OWN | {Permission.MANAGE_STAFF} if role == ADMINISTRATOR[entity] else _OWN
        for role in ROLES_OF[entity]
    }
