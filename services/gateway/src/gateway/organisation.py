"""The two organisations: names, roles, audiences of their tokens, desks, APIs.

A role belongs to exactly one (W10).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deskkit.i18n import N_

NAMES = {"property": N_("Property entity"), "support": N_("Support organisation")}

ROLES: dict[str, dict[str, str]] = {
    "property": {
        "property_manager": N_("Property manager"),
        "inventory_keeper": N_("Inventory keeper"),
        "property_administrator": N_("Property administrator"),
    },
    "support": {
        "caseworker": N_("Caseworker"),
        "supervisor": N_("Supervisor"),
        "support_administrator": N_("Support administrator"),
    },
}
"""Entity → role → its name (a msgid)."""

WORKS_FOR_NO_OTHER = {
    "property": N_("This person works for no organisation that supports tenants of ours"),
    "support": N_("This person works for no owner or manager of homes that we find for people"),
}
"""What is confirmed when a person is added (W10), as a msgid; the organisations' lists are never compared."""

ADMINISTRATOR = {"property": "property_administrator", "support": "support_administrator"}

AUDIENCES: dict[str, tuple[str, ...]] = {
    "property": ("tenancy", "units", "gateway"),
    "support": ("support", "gateway"),
}
"""The services of each entity, which accept its tokens."""


@dataclass(frozen=True, slots=True)
class DeskLink:
    """One desk. `accent` is its colour in the style sheet; `own` are the roles that start at it."""

    name: str
    path: str
    accent: str
    what: str
    own: frozenset[str]


DESKS: dict[str, tuple[DeskLink, ...]] = {
    "property": (
        DeskLink(
            N_("Property Desk"),
            "/property-desk",
            "property",
            N_("Applications, leases, signings and tenancies."),
            frozenset({"property_manager", "property_administrator"}),
        ),
        DeskLink(
            N_("Inventory Desk"),
            "/inventory-desk",
            "inventory",
            N_("Homes, landlords, and which homes are held for whom."),
            frozenset({"inventory_keeper"}),
        ),
    ),
    "support": (
        DeskLink(
            N_("Front Desk"),
            "/front-desk",
            "front",
            N_("Clients, consents, housing placements and follow-ups."),
            frozenset({"caseworker", "supervisor", "support_administrator"}),
        ),
    ),
}


def own_desk(entity: str, roles: Iterable[str]) -> str:
    """Return the address of the desk where somebody with these roles starts after signing in."""
    held = frozenset(roles)
    return next((desk.path for desk in DESKS[entity] if desk.own & held), "/")


APIS: dict[str, tuple[tuple[str, str], ...]] = {
    "property": (
        (N_("Tenancies"), "/api/tenancy/v1/docs"),
        (N_("Homes"), "/api/units/v1/docs"),
        (N_("Sign-in and staff"), "/api/gateway/v1/docs"),
    ),
    "support": (
        (N_("Clients and placements"), "/api/support/v1/docs"),
        (N_("Sign-in and staff"), "/api/gateway/v1/docs"),
    ),
}
