"""Who may do what in the inventory. A new permission is a verb and the record it is about."""

from enum import StrEnum


class Permission(StrEnum):
    """Everything that can be permitted here, in alphabetical order."""

    DECIDE_HOLDS = "decide_holds"
    EDIT_LANDLORDS = "edit_landlords"
    EDIT_LOOKUPS = "edit_lookups"
    EDIT_UNITS = "edit_units"
    HEAR_NEIGHBOURS = "hear_neighbours"
    IMPORT_UNITS = "import_units"
    JUDGE_TEXTS = "judge_texts"
    LEAVE_REFUSAL = "leave_refusal"
    VIEW_UNITS = "view_units"


_VIEWING = frozenset({Permission.LEAVE_REFUSAL, Permission.VIEW_UNITS})
_KEEPING = _VIEWING | {
    Permission.DECIDE_HOLDS,
    Permission.EDIT_LANDLORDS,
    Permission.EDIT_UNITS,
    Permission.IMPORT_UNITS,
}

ROLES: dict[str, frozenset[Permission]] = {
    "property_manager": _VIEWING,
    "inventory_keeper": _KEEPING,
    "property_administrator": _KEEPING | {Permission.EDIT_LOOKUPS, Permission.JUDGE_TEXTS},
}
"""Role of the property entity → what it may do here. Listeners and timers act as the system, which may hear
facts."""
