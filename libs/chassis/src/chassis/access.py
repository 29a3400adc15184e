"""Who may do what: permissions of a service, and the roles that hold them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Self

from chassis.actor import Actor
from chassis.errors import NotPermitted


class Permission(str):
    """Something that a person may be permitted to do, named verb first, then the record: `edit_client`.

    `roles` hold it; without roles it is for the service's own programs only.
    """

    __slots__ = ("roles",)
    roles: frozenset[str]

    def __new__(cls, name: str, *roles: str) -> Self:
        """Declare a permission that `roles` hold."""
        declared = super().__new__(cls, name)
        declared.roles = frozenset(roles)
        return declared


RECEIVE_EVENTS = Permission("receive_events")
"""To act on a neighbour's event or a timer: in every service, for its own programs only."""


def roles_of(permissions: Iterable[Permission]) -> dict[str, frozenset[str]]:
    """Return what each role holds. Raises TypeError for a permission that is declared twice."""
    held: dict[str, set[str]] = {}
    known: set[str] = set()
    for permission in permissions:
        if permission in known:
            raise TypeError(f"the permission {permission} is declared twice")
        known.add(permission)
        for role in permission.roles:
            held.setdefault(role, set()).add(permission)
    return {role: frozenset(its) for role, its in held.items()}


class Access:
    """Decides whether an actor holds a permission of this service.

    An actor of another entity is refused whatever its roles say (W10). The entity's own programs (those of
    kind `system`) hold every permission; API clients hold those of their roles that are in `clients`, where
    that is set.
    """

    def __init__(
        self,
        roles: Mapping[str, frozenset[StrEnum]] | Mapping[str, frozenset[str]],
        *,
        entity: str,
        clients: frozenset[str] | None = None,
    ) -> None:
        self.entity = entity
        self.roles: dict[str, frozenset[str]] = {role: frozenset(held) for role, held in roles.items()}
        self._clients = clients
        self._held: dict[tuple[frozenset[str], str], frozenset[str]] = {}

    def held(self, actor: Actor) -> frozenset[str]:
        """Return the permissions that the actor's roles give (system actors aren't listed here)."""
        if actor.entity != self.entity:
            return frozenset()
        known = self._held.get((actor.roles, actor.kind))
        if known is None:
            known = frozenset().union(*(self.roles.get(role, frozenset()) for role in actor.roles))
            if actor.kind == "client" and self._clients is not None:
                known &= self._clients
            self._held[actor.roles, actor.kind] = known
        return known

    def permits(self, actor: Actor, permission: str) -> bool:
        """Return whether the actor may do what `permission` names."""
        if actor.entity != self.entity:
            return False
        return actor.kind == "system" or permission in self.held(actor)

    def require(self, actor: Actor, permission: str) -> None:
        """Refuse with `NotPermitted` unless the actor holds `permission`."""
        if not self.permits(actor, permission):
            raise NotPermitted
