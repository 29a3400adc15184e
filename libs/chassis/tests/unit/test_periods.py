"""Periods of whole days: those that people ask for by name, and fiscal quarters."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from chassis.errors import InvalidInput
from chassis.periods import FiscalQuarter, Named, Period

days = some.dates(dt.date(1990, 1, 1), dt.date(2190, 12, 31))
DAY = dt.timedelta(days=1)


@given(days)
def test_periods_named_this_hold_the_day_and_those_named_last_end_right_before(today):
    for size, most in (("month", 31), ("quarter", 92), ("year", 366), ("fiscal_year", 366)):
        this, last = Named(f"this_{size}").on(today), Named(f"last_{size}").on(today)
        assert this.first <= today <= this.last
        assert last.last + DAY == this.first
        assert this.first.day == 1
        assert (this.last + DAY).day == 1
        assert this.days <= most


@given(days)
def test_a_fiscal_year_runs_from_april_to_march_in_four_quarters(today):
    year = Named.THIS_FISCAL_YEAR.on(today)
    assert (year.first.month, year.last.month) == (4, 3)
    quarter = FiscalQuarter.of(today)
    assert quarter.period == Named.THIS_QUARTER.on(today)
    assert quarter.year == year.first.year
    assert FiscalQuarter.read(quarter.code) == quarter
    assert quarter.before == FiscalQuarter.of(quarter.period.first - DAY)
    each = [FiscalQuarter(quarter.year, number).period for number in (1, 2, 3, 4)]
    assert (each[0].first, each[-1].last) == (year.first, year.last)
    assert all(one.last + DAY == other.first for one, other in pairwise(each))


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-0", "2026-5", "26-1", "2026-1-1", "²026-1", "0001-1", "9999-4"]
)
def test_what_is_no_quarter_is_refused(text):
    with pytest.raises(InvalidInput):
        FiscalQuarter.read(text)


def test_a_period_the_wrong_way_round_or_without_an_end_is_refused():
    with pytest.raises(InvalidInput):
        Period(dt.date(2026, 5, 2), dt.date(2026, 5, 1))
    with pytest.raises(InvalidInput):
        Period(dt.date(2026, 5, 2), dt.date.max)
    assert Period(dt.date(2024, 2, 1), dt.date(2024, 3, 1)).days == 30
