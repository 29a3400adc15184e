"""Months as people count them, and when the next follow-up is due."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_svc.followups.model import (
    NextFollowUpNeeded,
    NextFollowUpTooEarly,
    due_date,
    months_between,
)
from trade.dates import months_after

DAYS = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2080, 12, 31))


@pytest.mark.row("P7", "P8")
@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-08-31", 1, "2026-09-30"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-03-02", 12, "2027-03-02"),
    ],
)
def test_a_month_later_stays_in_the_month(day, months, expected):
    assert months_after(dt.date.fromisoformat(day), months) == dt.date.fromisoformat(expected)


@pytest.mark.row("P8")
@given(DAYS, st.integers(min_value=0, max_value=120))
def test_counting_months_undoes_adding_them(day, months):
    assert months_between(day, months_after(day, months)) == months


@pytest.mark.row("P8")
@given(DAYS, DAYS)
def test_months_between_is_the_largest_count_that_fits(one, other):
    count = months_between(one, other)
    if other <= one:
        assert count == 0
    else:
        assert months_after(one, count) <= other < months_after(one, count + 1)


@pytest.mark.row("P7", "P8", "F1")
def test_the_next_follow_up_has_a_date_or_a_number_of_months():
    base = dt.date(2026, 1, 31)
    assert due_date(base, None, 1) == dt.date(2026, 2, 28)
    assert due_date(base, dt.date(2026, 2, 14), None) == dt.date(2026, 2, 14)
    with pytest.raises(NextFollowUpNeeded):
        due_date(base, None, None)
    with pytest.raises(NextFollowUpNeeded):
        due_date(base, dt.date(2026, 2, 14), 1)
    with pytest.raises(NextFollowUpTooEarly):
        due_date(base, base, None)
