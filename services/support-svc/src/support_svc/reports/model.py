"""What a report consists of (R1, R5), the exports that were made, and what can be wrong.

A report is a definition: its facts, one row for each service and each person it concerns, and the measures
that count them. The table and the records behind each of its figures are both read from these facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Index, Integer, Select, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import InvalidInput
from chassis.periods import FiscalQuarter, Named, Period
from support_svc.tables import Base

MOST_LINES = 2**31 - 1


class Unit(StrEnum):
    """What a figure counts; a family with two placements is two services and one household (case 49)."""

    SERVICES = "services"
    HOUSEHOLDS = "households"
    PEOPLE = "people"

    @property
    def column(self) -> str:
        """The column of the facts that names it."""
        return {Unit.SERVICES: "service", Unit.HOUSEHOLDS: "household", Unit.PEOPLE: "person"}[self]


class Of(StrEnum):
    """How a figure follows from the facts."""

    COUNT = "count"
    LOWER = "lower"
    MEDIAN = "median"
    UPPER = "upper"
    SUM = "sum"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A column of a report.

    `where` are the outcomes it counts, all unless any are named. A share is the sum of the measures `part` in
    the measure `whole`, less the measure `less`.
    """

    name: str
    title: str
    of: Of = Of.COUNT
    unit: Unit = Unit.SERVICES
    where: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    whole: str = ""
    less: str = ""


class Names(StrEnum):
    """Whose names the keys of a grouping are."""

    PROGRAM = "program"
    CASEWORKER = "caseworker"
    MONTH = "month"
    PARTY = "party"
    LOOKUP = "lookup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """By what the lines of a report are told apart: closed words in their order, or names.

    With `hides_parts` its lines say already what the outcomes would.
    """

    name: str
    title: str
    words: Mapping[str, str] = field(default_factory=dict)
    named: Names | None = None
    hides_parts: bool = False


class Chart(StrEnum):
    """What the chart of a report shows."""

    BARS = "bars"
    PARTS = "parts"
    RANGES = "ranges"


class Value(StrEnum):
    """What the value of a service is in a report that has one."""

    DAYS = "days"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report; texts are message ids.

    `facts` makes the rows that are counted, with the columns of `facts.COLUMNS`. `outcomes` are the words of
    their outcomes. `charted` are the measures in the chart. `sums` are measures of which the first is the
    whole of the others. Without a `total` its lines overlap.
    """

    name: str
    title: str
    about: str
    notes: tuple[str, ...]
    groupings: tuple[Grouping, ...]
    measures: tuple[Measure, ...]
    facts: Callable[[Asked], Select[Any]]
    chart: Chart
    charted: tuple[str, ...]
    outcomes: Mapping[str, str] = field(default_factory=dict)
    value: Value | None = None
    sums: tuple[tuple[str, ...], ...] = ()
    total: bool = True

    def shown(self, by: Grouping) -> tuple[Measure, ...]:
        """The measures that a table by this grouping shows: no outcomes if its lines are the outcomes."""
        whole = by.words is self.outcomes or by.hides_parts
        return tuple(one for one in self.measures if not (whole and (one.where or one.part)))

    def charted_by(self, by: Grouping) -> tuple[Measure, ...]:
        """The measures in the chart of a table by this grouping: those of the table, or else how many."""
        shown = [one for one in self.shown(by) if one.name in self.charted]
        return tuple(shown) or self.measures[:1]

    def grouping(self, name: str | None) -> Grouping:
        """The grouping of this name, or the usual one. Raises InvalidInput."""
        if name is None:
            return self.groupings[0]
        for one in self.groupings:
            if one.name == name:
                return one
        raise InvalidInput(field="by", rule=" | ".join(one.name for one in self.groupings))

    def measure(self, name: str) -> Measure:
        """The measure of this name. Raises InvalidInput."""
        for one in self.measures:
            if one.name == name:
                return one
        raise InvalidInput(field="measure", rule=" | ".join(one.name for one in self.measures))


class ReportFilter(BaseModel):
    """The period of a report, and what it's narrowed by.

    Days that are given count instead of the named period. With `outside` fewer than five aren't shown: for
    what leaves the organisation (case 52).
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    period: Named = Field(default=Named.THIS_FISCAL_YEAR, title="Period")
    first: date | None = Field(default=None, title="From")
    last: date | None = Field(default=None, title="To")
    by: str | None = Field(default=None, max_length=40, title="By")
    program: UUID | None = Field(default=None, title="Program")
    caseworker: str | None = Field(default=None, max_length=120, title="Caseworker")
    outside: bool = Field(default=False, title="For use outside the organisation: nothing under five")

    def days(self, today: date) -> Period:
        """The days that it asks for. Raises InvalidInput when they're the wrong way round."""
        if self.first is None and self.last is None:
            return self.period.on(today)
        last = self.last or max(today, self.first or today)
        return Period(self.first or self.period.on(last).first, last)


class CellFilter(ReportFilter):
    """One figure of a report: its measure, and the key and currency of its line; a total has no key."""

    measure: str = Field(default="services", max_length=40)
    key: str | None = Field(default=None, max_length=120)
    currency: str | None = Field(default=None, max_length=3)
    after: UUID | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What the facts of a report are for: `day` is the last day of the period that isn't to come."""

    period: Period
    day: date
    zone: str
    by: str
    program: UUID | None = None
    caseworker: str | None = None


Figure = int | float | Decimal | None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report; a total has no key. `hidden` are figures that are too small to leave the house."""

    key: str | None
    currency: str | None
    figures: Mapping[str, Figure]
    label_en: str | None = None
    label_fr: str | None = None
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ReportTable:
    """The figures of a report: its lines in their order, then the totals, one for each currency."""

    name: str
    period: Period
    by: str
    lines: list[Line]
    totals: list[Line]
    counted_at: datetime


@dataclass(frozen=True, slots=True)
class CountedRecord:
    """A record behind a figure: a service, a household or a person, and a service of it with its client."""

    id: UUID
    kind: str
    record: UUID
    client_id: UUID
    client_name: str
    client_number: int
    services: int
    outcome: str | None
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class CountedRecords:
    """Records behind a figure: how many there are, some of them, and the position of the next ones."""

    count: int
    figure: Figure
    unit: Unit
    items: list[CountedRecord]
    next: UUID | None


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """A report that there is, with the names of its groupings and measures."""

    name: str
    groupings: tuple[str, ...]
    measures: tuple[str, ...]


class QuarterlyExport(Base):
    """That the housing facts of a quarter were exported: when, by whom, and how many rows there were."""

    __tablename__ = "quarterly_export"
    __table_args__ = (Index("ix_quarterly_export_quarter", "first_on", "made_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    first_on: Mapped[date]
    last_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_name: Mapped[str] = mapped_column(String(200))
    placements: Mapped[int] = mapped_column(Integer)
    stays: Mapped[int] = mapped_column(Integer)
    preventions: Mapped[int] = mapped_column(Integer)


class MakeExport(BaseModel):
    """Export the housing facts of a fiscal quarter that is over, such as "2026-2"."""

    model_config = ConfigDict(frozen=True)

    quarter: str = Field(max_length=6, title="Quarter")

    @property
    def wanted(self) -> FiscalQuarter:
        """The quarter. Raises InvalidInput."""
        return FiscalQuarter.read(self.quarter)


class RecordExport(MakeExport):
    """Record an export of housing facts, with the number of lines in each of its files."""

    placements: int = Field(ge=0, le=MOST_LINES)
    stays: int = Field(ge=0, le=MOST_LINES)
    preventions: int = Field(ge=0, le=MOST_LINES)


@dataclass(frozen=True, slots=True)
class QuarterView:
    """A fiscal quarter, and its last export if there was one."""

    year: str
    number: int
    code: str
    period: Period
    over: bool
    made_at: datetime | None = None
    made_by_name: str | None = None
    placements: int = 0
    stays: int = 0
    preventions: int = 0
