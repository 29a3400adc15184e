"""What the reports count (R3). Figures only; no rows of their own."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Grouping(StrEnum):
    """By what a report adds up."""

    REGION = "region"
    HOUSING_TYPE = "housing_type"


class CostBy(StrEnum):
    """By what the costs of maintenance are added up (U7)."""

    TYPE = "type"
    YEAR = "year"
    BUILDING = "building"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class VacancyLine:
    """Homes of one group: how many are listed, how many free today, and the days they were free in the
    period."""

    group: str | None
    homes: int
    free_now: int
    free_days: int
    possible_days: int

    @property
    def share(self) -> float:
        """Share of the possible days that homes were free, in percent."""
        return round(100 * self.free_days / self.possible_days, 1) if self.possible_days else 0.0


@dataclass(frozen=True, slots=True)
class ReletLine:
    """How long it took until homes that became free in the period were held or lived in again, in days."""

    group: str | None
    homes: int
    median: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class CostLine:
    """Costs of maintenance of one group. `key` is a code, a year, or the id of a home or building; `label`
    its name."""

    key: str
    label: str | None
    works: int
    scheduled: Decimal
    actual: Decimal
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RefusalLine:
    """How many texts were refused for privacy in one kind of field."""

    place: str
    refusals: int
