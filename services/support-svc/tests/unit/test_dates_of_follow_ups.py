"""Months as people count them, and when the next follow-up is due."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_svc.followups.model import (
    Dated,
    NextFollowUpNeeded,
    NextFollowUpTooEarly,
    months_between,
    next_due,
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
    base, exact = dt.date(2026, 1, 31), dt.date(2026, 2, 14)
    assert next_due(base, None, 1) == Dated(dt.date(2026, 2, 28), base)
    assert next_due(base, exact, None) == Dated(exact)
    with pytest.raises(NextFollowUpNeeded):
        next_due(base, None, None)
    with pytest.raises(NextFollowUpNeeded):
        next_due(base, exact, 1)
    with pytest.raises(NextFollowUpTooEarly):
        next_due(base, base, None)


@pytest.mark.row("F1", "P8", "H2")
@given(DAYS, st.lists(st.integers(min_value=1, max_value=36), min_size=1, max_size=12))
def test_months_are_counted_from_the_anchor_however_many_follow_ups_there_are(anchor, steps):
    dated, total = Dated(anchor, anchor), 0
    for months in steps:
        dated, total = next_due(dated.due_on, None, months, anchor=dated.anchor_on), total + months
        assert dated == Dated(months_after(anchor, total), anchor)


@pytest.mark.row("F1")
def test_the_last_day_of_january_is_followed_by_those_of_february_and_march():
    """Case 31, for follow-ups."""
    dated, days = Dated(dt.date(2026, 1, 31), dt.date(2026, 1, 31)), []
    for _ in range(4):
        dated = next_due(dated.due_on, None, 1, anchor=dated.anchor_on)
        days.append(dated.due_on.isoformat())
    assert days == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
