"""Recurring days, against a calculation of another kind: which days of a calendar match a frequency."""

import calendar
import datetime as dt
from functools import cache

import pytest

from trade.schedule import Frequency, due_days

YEARS = 3
DAY = dt.timedelta(days=1)


FIRST = dt.date(2028, 1, 1)
CALENDAR = [FIRST + number * DAY for number in range((YEARS + 1) * 366)]


@cache
def _each_month(wanted):
    """The days of the calendar that are that day of their month, or the last one of a shorter month."""
    return frozenset(
        day for day in CALENDAR if day.day == min(wanted, calendar.monthrange(day.year, day.month)[1])
    )


def _falls_due(day, anchor, frequency):
    """Whether something falls due on a day, decided from that day alone."""
    other = anchor.day + 15 if anchor.day < 16 else anchor.day - 15
    same_day = day in _each_month(anchor.day)
    return {
        Frequency.ONE_TIME: day == anchor,
        Frequency.DAILY: True,
        Frequency.WEEKLY: day.weekday() == anchor.weekday(),
        Frequency.BI_WEEKLY: (day - anchor).days % 14 == 0,
        Frequency.SEMI_MONTHLY: same_day or day in _each_month(other),
        Frequency.MONTHLY: same_day,
        Frequency.YEARLY: same_day and day.month == anchor.month,
    }[frequency]


@pytest.mark.row("S2")
@pytest.mark.parametrize("frequency", list(Frequency))
def test_case_31_every_start_day_of_a_leap_year_over_three_years(frequency):
    for start in range(366):
        anchor = CALENDAR[start]
        days = CALENDAR[start : start + YEARS * 365]
        expected = [day for day in days if _falls_due(day, anchor, frequency)]
        assert list(due_days(anchor, frequency, days[-1])) == expected, anchor


@pytest.mark.row("S2")
@pytest.mark.parametrize(
    ("anchor", "frequency", "expected"),
    [
        ("2027-01-31", Frequency.MONTHLY, ["2027-01-31", "2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2028-01-30", Frequency.MONTHLY, ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
        (
            "2028-02-29",
            Frequency.YEARLY,
            ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28"],
        ),
        ("2031-02-28", Frequency.YEARLY, ["2031-02-28", "2032-02-28"]),
        ("2027-02-15", Frequency.SEMI_MONTHLY, ["2027-02-15", "2027-02-28", "2027-03-15", "2027-03-30"]),
        ("2027-01-31", Frequency.SEMI_MONTHLY, ["2027-01-31", "2027-02-16", "2027-02-28", "2027-03-16"]),
    ],
)
def test_case_31_the_day_of_the_anchor_is_retained(anchor, frequency, expected):
    days = due_days(dt.date.fromisoformat(anchor), frequency, dt.date.fromisoformat(expected[-1]))
    assert [day.isoformat() for day in days] == expected


@pytest.mark.row("S2")
def test_each_month_has_exactly_one_monthly_and_two_half_monthly_days():
    for day in range(1, 32):
        anchor = dt.date(2027, 1, day)
        for frequency, times in ((Frequency.MONTHLY, 1), (Frequency.SEMI_MONTHLY, 2)):
            months = [(one.year, one.month) for one in due_days(anchor, frequency, dt.date(2030, 12, 31))]
            counts = {month: months.count(month) for month in months if month != (2027, 1)}
            assert set(counts.values()) == {times}
            assert len(counts) == 47


@pytest.mark.row("S2")
def test_nothing_falls_due_after_the_last_day():
    anchor = dt.date(2027, 5, 1)
    assert list(due_days(anchor, Frequency.DAILY, anchor - DAY)) == []
    assert list(due_days(anchor, Frequency.ONE_TIME, anchor)) == [anchor]
