"""Permissions of tenancy-svc and the roles that hold them (W10: none is about a record of support)."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What one may do here. Named verb first, then the record; add new ones in the order of the alphabet."""

    ANSWER_ENTRY = "answer_entry"
    APPROVE_CLAUSES = "approve_clauses"
    ARRANGE_SIGNINGS = "arrange_signings"
    DECIDE_APPLICATIONS = "decide_applications"
    DRAW_UP_LEASES = "draw_up_leases"
    EDIT_APPLICATIONS = "edit_applications"
    EDIT_TEMPLATES = "edit_templates"
    HEAR_EVENTS = "hear_events"
    HOLD_SIGNINGS = "hold_signings"
    KEEP_STATUTES = "keep_statutes"
    OPEN_APPLICATIONS = "open_applications"
    RECORD_CHOICES = "record_choices"
    REVIEW_TEXTS = "review_texts"
    VIEW_APPLICATIONS = "view_applications"
    VIEW_ENTRIES = "view_entries"
    VIEW_HOMES = "view_homes"
    VIEW_LEASES = "view_leases"
    VIEW_STATUTES = "view_statutes"
    VIEW_TEMPLATES = "view_templates"


_MANAGES_TENANCIES = frozenset(
    {
        Permission.ANSWER_ENTRY,
        Permission.ARRANGE_SIGNINGS,
        Permission.DECIDE_APPLICATIONS,
        Permission.DRAW_UP_LEASES,
        Permission.EDIT_APPLICATIONS,
        Permission.HOLD_SIGNINGS,
        Permission.OPEN_APPLICATIONS,
        Permission.RECORD_CHOICES,
        Permission.REVIEW_TEXTS,
        Permission.VIEW_APPLICATIONS,
        Permission.VIEW_ENTRIES,
        Permission.VIEW_HOMES,
        Permission.VIEW_LEASES,
        Permission.VIEW_STATUTES,
        Permission.VIEW_TEMPLATES,
    }
)

ROLES: dict[str, frozenset[Permission]] = {
    "property_manager": _MANAGES_TENANCIES,
    # An administrator keeps the templates and the list of legal bars, and may read texts; records of
    # tenants stay with the managers.
    "property_administrator": frozenset(
        {
            Permission.APPROVE_CLAUSES,
            Permission.EDIT_TEMPLATES,
            Permission.KEEP_STATUTES,
            Permission.REVIEW_TEXTS,
            Permission.VIEW_HOMES,
            Permission.VIEW_STATUTES,
            Permission.VIEW_TEMPLATES,
        }
    ),
    "inventory_keeper": frozenset({Permission.VIEW_HOMES}),
}
