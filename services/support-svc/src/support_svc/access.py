"""Permissions of support-svc, and which role holds which.

A permission is named VERB_OBJECT after what a person does. There is none for rent, leases, notices or
eviction:
case managers don't handle them (W10), and what has no permission here has no route either.
"""

from enum import StrEnum


class Permission(StrEnum):
    """Everything a person may be permitted to do here, in alphabetical order."""

    ANSWER_SIGNING = "answer_signing"
    EDIT_CLIENT = "edit_client"
    EDIT_HOUSING_HISTORY = "edit_housing_history"
    EDIT_LOOKUPS = "edit_lookups"
    EDIT_PLACEMENT = "edit_placement"
    HEAR_NEWS = "hear_news"
    RECORD_CONSENT = "record_consent"
    RECORD_FOLLOW_UP = "record_follow_up"
    RECORD_MOVE_IN = "record_move_in"
    SEARCH_HOMES = "search_homes"
    SECURE_UNIT = "secure_unit"
    SEE_ARCHIVED = "see_archived"
    START_PLACEMENT = "start_placement"
    VIEW_CLIENTS = "view_clients"
    VIEW_LOOKUPS = "view_lookups"
    VIEW_MY_DAY = "view_my_day"
    VIEW_PLACEMENTS = "view_placements"
    VIEW_SIGNINGS = "view_signings"


_CASEWORKER = frozenset(
    {
        Permission.ANSWER_SIGNING,
        Permission.EDIT_CLIENT,
        Permission.EDIT_HOUSING_HISTORY,
        Permission.EDIT_PLACEMENT,
        Permission.RECORD_CONSENT,
        Permission.RECORD_FOLLOW_UP,
        Permission.RECORD_MOVE_IN,
        Permission.SEARCH_HOMES,
        Permission.SECURE_UNIT,
        Permission.START_PLACEMENT,
        Permission.VIEW_CLIENTS,
        Permission.VIEW_LOOKUPS,
        Permission.VIEW_MY_DAY,
        Permission.VIEW_PLACEMENTS,
        Permission.VIEW_SIGNINGS,
    }
)

ROLES: dict[str, frozenset[Permission]] = {
    "caseworker": _CASEWORKER,
    "supervisor": _CASEWORKER | {Permission.SEE_ARCHIVED},
    "support_administrator": frozenset(
        {Permission.EDIT_LOOKUPS, Permission.VIEW_LOOKUPS, Permission.VIEW_MY_DAY, Permission.SEARCH_HOMES}
    ),
}
"""The roles of the support organisation; an administrator keeps the lists and sees no client."""
