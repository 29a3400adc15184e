"""What an organisation has here: roles, audiences of its tokens, desks, APIs. All follows from its kinds.

The kinds are those of the register of parties: a property entity, an inventory, or both; a support
organisation, or one that also keeps an inventory. Nobody is a property entity and a support organisation at
once, so that each role of the two belongs to exactly one side (W10).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from deskkit.i18n import N_

if TYPE_CHECKING:
    from chassis.surroundings import Surroundings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One desk. `accent` is its colour in the style sheet; `own` are the roles that start at it."""

    name: str
    path: str
    accent: str
    what: str
    own: frozenset[str]


@dataclass(frozen=True)
class Organisation:
    """What an organisation of some kinds has; texts are msgids."""

    lead: str
    """What it does and doesn't do, in two sentences."""
    works_for_no_other: str
    """What is confirmed when a person is added (W10); the organisations' lists are never compared."""
    roles: Mapping[str, str]
    """Each role that its staff may hold, with its name."""
    administrators: tuple[str, ...]
    """The roles that manage its staff."""
    audiences: tuple[str, ...]
    """The services that accept its tokens."""
    desks: tuple[DeskLink, ...]
    apis: tuple[tuple[str, str], ...]
    """Name and address of the description of each of its APIs."""

    def own_desk(self, roles: Iterable[str]) -> str:
        """Return the address of the desk where somebody with these roles starts after signing in."""
        held = frozenset(roles)
        return next((desk.path for desk in self.desks if desk.own & held), "/")


_PROPERTY = Organisation(
    lead=N_("We own or manage the homes and draw up the leases. We don't know who receives support, or why."),
    works_for_no_other=N_("This person works for no organisation that supports tenants of ours"),
    roles={
        "property_manager": N_("Property manager"),
        "property_administrator": N_("Property administrator"),
    },
    administrators=("property_administrator",),
    audiences=("tenancy",),
    desks=(
        DeskLink(
            N_("Property Desk"),
            "/property-desk",
            "property",
            N_("Applications, leases, signings and tenancies."),
            frozenset({"property_manager", "property_administrator"}),
        ),
    ),
    apis=((N_("Tenancies"), "/api/tenancy/v1/docs"),),
)
_SUPPORT = Organisation(
    lead=N_("We help people find a home and keep it. We don't own the homes and we can't end a tenancy."),
    works_for_no_other=N_("This person works for no owner or manager of homes that we find for people"),
    roles={
        "caseworker": N_("Caseworker"),
        "supervisor": N_("Supervisor"),
        "support_administrator": N_("Support administrator"),
    },
    administrators=("support_administrator",),
    audiences=("support",),
    desks=(
        DeskLink(
            N_("Front Desk"),
            "/front-desk",
            "front",
            N_("Clients, consents, housing placements and follow-ups."),
            frozenset({"caseworker", "supervisor", "support_administrator"}),
        ),
    ),
    apis=((N_("Clients and placements"), "/api/support/v1/docs"),),
)
_INVENTORY = Organisation(
    lead=N_(
        "We list homes and hold them for those who ask. We draw up no leases, and we don't know for whom "
        "a home is."
    ),
    works_for_no_other=N_("This person works for no organisation that finds homes of ours for people"),
    roles={
        "inventory_keeper": N_("Inventory keeper"),
        # The role that maintains an inventory's lists, whoever keeps the inventory.
        "property_administrator": N_("Inventory administrator"),
    },
    administrators=("property_administrator",),
    audiences=("units",),
    desks=(
        DeskLink(
            N_("Inventory Desk"),
            "/inventory-desk",
            "inventory",
            N_("Homes, landlords, and which homes are held for whom."),
            frozenset({"inventory_keeper", "property_administrator"}),
        ),
    ),
    apis=((N_("Homes"), "/api/units/v1/docs"),),
)
BY_KIND: dict[str, Organisation] = {"property": _PROPERTY, "support": _SUPPORT, "inventory": _INVENTORY}
"""What each kind brings. The first kind that an organisation has, in this order, says what it is."""


@cache
def of_kinds(kinds: frozenset[str]) -> Organisation:
    """Return what an organisation of these kinds has. Raises LookupError when it is of none."""
    held = [one for kind, one in BY_KIND.items() if kind in kinds]
    if not held:
        raise LookupError("an organisation is a property entity, supports people or keeps an inventory")
    named = {role: words for one in reversed(held) for role, words in one.roles.items()}
    administrators = _each(one.administrators for one in held)
    return Organisation(
        lead=held[0].lead,
        works_for_no_other=held[0].works_for_no_other,
        roles={
            role: named[role]
            for role in sorted(_each(one.roles for one in held), key=lambda role: role in administrators)
        },
        administrators=administrators,
        audiences=(*_each(one.audiences for one in held), "gateway"),
        desks=_each(one.desks for one in held),
        apis=(*_each(one.apis for one in held), (N_("Sign-in and staff"), "/api/gateway/v1/docs")),
    )


def _each(lists: Iterable[Collection[T]]) -> tuple[T, ...]:
    """Return what is in any of the lists, once each, in their order."""
    return tuple(dict.fromkeys(chain.from_iterable(lists)))


def organisation_of(runtime: Surroundings) -> Organisation:
    """Return what the organisation that a gateway serves has, by its kinds in the register as it is now."""
    party = runtime.parties.party(runtime.entity)
    if party is None:
        raise LookupError(f"{runtime.entity} isn't in the register of parties")
    return of_kinds(frozenset(party.kinds))
