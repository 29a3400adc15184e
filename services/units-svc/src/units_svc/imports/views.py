"""An import of homes as people see it."""

from dataclasses import dataclass

from importing.views import ImportView


@dataclass(frozen=True, slots=True)
class UnitImportView(ImportView):
    """One import of homes; counts are of homes."""

    missing: int | None
    """Homes of its source that it no longer names; None when a file of this kind names only some."""
