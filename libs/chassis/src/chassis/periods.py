"""Periods of whole local days, and the ones that people ask for by name. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chassis.errors import InvalidInput

FISCAL_YEAR_FROM = 4
"""The month in which a fiscal year begins: April, as for governments in Canada."""


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included.

    Raises InvalidInput when they're the wrong way round, and for a last day that no day follows.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput(field="last", rule="The period ends before it begins.")
        if self.last == date.max:
            raise InvalidInput(field="last", rule="A day before 31 December 9999.")

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


class Named(StrEnum):
    """A period that is counted from the day on which somebody asks."""

    THIS_FISCAL_YEAR = "this_fiscal_year"
    LAST_FISCAL_YEAR = "last_fiscal_year"
    THIS_QUARTER = "this_quarter"
    LAST_QUARTER = "last_quarter"
    THIS_MONTH = "this_month"
    LAST_MONTH = "last_month"
    THIS_YEAR = "this_year"
    LAST_YEAR = "last_year"

    def on(self, today: date) -> Period:
        """The period as it is on a day."""
        before, _, size = self.value.partition("_")
        months = {"month": 1, "quarter": 3, "year": 12, "fiscal_year": 12}[size]
        start = FISCAL_YEAR_FROM if size == "fiscal_year" else 1
        this = _of(today, months, start)
        return this if before == "this" else _of(this.first - timedelta(days=1), months, start)


@dataclass(frozen=True, slots=True)
class FiscalQuarter:
    """A quarter of a fiscal year: `year` is the one in which the fiscal year begins, `number` is 1 to 4.

    Fiscal quarters begin with the same months as quarters of the calendar; the first one begins in April.
    """

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> FiscalQuarter:
        """The quarter that a day belongs to."""
        months = day.year * 12 + day.month - FISCAL_YEAR_FROM
        return cls(months // 12, months % 12 // 3 + 1)

    @classmethod
    def read(cls, text: str) -> FiscalQuarter:
        """The quarter of a text such as "2026-2". Raises InvalidInput."""
        year, dash, number = text.partition("-")
        if not (dash and year.isascii() and year.isdigit() and len(year) == 4 and number in {*"1234"}):
            raise InvalidInput(field="quarter", rule="A fiscal quarter such as 2026-2.")
        if not 1900 <= int(year) <= 2198:
            raise InvalidInput(field="quarter", rule="A year from 1900 to 2198.")
        return cls(int(year), int(number))

    @property
    def code(self) -> str:
        """The text that `read` reads."""
        return f"{self.year}-{self.number}"

    @property
    def period(self) -> Period:
        """Its days."""
        index = self.year * 12 + FISCAL_YEAR_FROM - 1 + (self.number - 1) * 3
        return _of(date(index // 12, index % 12 + 1, 1), 3, 1)

    @property
    def before(self) -> FiscalQuarter:
        """The quarter before it."""
        return FiscalQuarter.of(self.period.first - timedelta(days=1))


def _of(day: date, months: int, start: int) -> Period:
    """The period of so many months that a day belongs to, of those that begin with the month `start`."""
    index = day.year * 12 + day.month - 1
    first = index - (index - (start - 1)) % months
    after = first + months
    return Period(_first_of(first), _first_of(after) - timedelta(days=1))


def _first_of(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)
