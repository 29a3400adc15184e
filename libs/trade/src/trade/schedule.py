"""On which days something falls due that recurs: a payment of a subsidy, a rent. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import count

from trade.dates import months_after


class Frequency(StrEnum):
    """How often something falls due."""

    ONE_TIME = "one_time"
    DAILY = "daily"
    WEEKLY = "weekly"
    BI_WEEKLY = "bi_weekly"
    SEMI_MONTHLY = "semi_monthly"
    MONTHLY = "monthly"
    YEARLY = "yearly"

    @property
    def label(self) -> str:
        """The frequency in plain words (a message id)."""
        return {
            Frequency.ONE_TIME: "One time",
            Frequency.DAILY: "Daily",
            Frequency.WEEKLY: "Weekly",
            Frequency.BI_WEEKLY: "Every two weeks",
            Frequency.SEMI_MONTHLY: "Twice a month",
            Frequency.MONTHLY: "Monthly",
            Frequency.YEARLY: "Yearly",
        }[self]


_DAYS = {Frequency.DAILY: 1, Frequency.WEEKLY: 7, Frequency.BI_WEEKLY: 14}
_MONTHS = {Frequency.MONTHLY: 1, Frequency.YEARLY: 12}
_HALF_A_MONTH = 15


def due_days(anchor: date, frequency: Frequency, last: date) -> Iterator[date]:
    """Return the days on which something falls due, from the day `anchor` to the day `last`, in order.

    Months and years are counted from the anchor, whose day is retained: after 31 January come 28 or 29
    February and 31 March. Twice a month means the day of the anchor and the day 15 days before or after it in
    the same month; a month that is too short has its last day instead.
    """
    if frequency is Frequency.ONE_TIME:
        days = iter((anchor,))
    elif frequency is Frequency.SEMI_MONTHLY:
        days = _twice_a_month(anchor)
    elif frequency in _MONTHS:
        days = (months_after(anchor, _MONTHS[frequency] * times) for times in count())
    else:
        days = (anchor + timedelta(days=_DAYS[frequency] * times) for times in count())
    for day in days:
        if day > last:
            return
        yield day


def _twice_a_month(anchor: date) -> Iterator[date]:
    early = anchor.day if anchor.day <= _HALF_A_MONTH else anchor.day - _HALF_A_MONTH
    late = early + _HALF_A_MONTH
    for months in count():
        month = months_after(anchor.replace(day=1), months)
        longest = months_after(month, 1) - timedelta(days=1)
        for day in (early, late):
            due = min(month + timedelta(days=day - 1), longest)
            if due >= anchor:
                yield due
