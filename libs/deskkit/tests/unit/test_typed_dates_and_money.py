"""Dates, times and money as people type them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from deskkit.forms.dates import build_date, parse_date, parse_time
from deskkit.forms.money import currency_in, parse_money
from deskkit.forms.problems import Problem

MONDAY = date(2026, 11, 23)


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("23/11/2026", date(2026, 11, 23)),
        ("3-1-2027", date(2027, 1, 3)),
        ("2026-11-23", date(2026, 11, 23)),
        ("23 November 2026", date(2026, 11, 23)),
        ("November 23, 2026", date(2026, 11, 23)),
        ("Monday 23rd November 2026", date(2026, 11, 23)),
        ("1er décembre 2026", date(2026, 12, 1)),
        ("  15 FÉVRIER 2027 ", date(2027, 2, 15)),
        ("le 2 août 2026", date(2026, 8, 2)),
        ("14 juil. 2026", date(2026, 7, 14)),
        ("today", MONDAY),
        ("demain", date(2026, 11, 24)),
        ("Aujourd’hui", MONDAY),
        ("hier", date(2026, 11, 22)),
        ("in 3 days", date(2026, 11, 26)),
        ("dans 2 semaines", date(2026, 12, 7)),
        ("29/02/2028", date(2028, 2, 29)),
        ("30 April 2026", date(2026, 4, 30)),
        ("31/12/2026", date(2026, 12, 31)),
    ],
)
def test_dates_are_understood(typed: str, meant: date) -> None:
    assert parse_date(typed, MONDAY) == meant


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("29/02/2027", "date_no_such_day"),
        ("31/04/2026", "date_no_such_day"),
        ("31/12/26", "date_unreadable"),
        ("23/13/2026", "date_month"),
        ("32/01/2026", "date_day"),
        ("01/01/1700", "date_year"),
        ("someday", "date_unreadable"),
        ("23 Brumaire 2026", "date_unreadable"),
        ("<script>", "date_unreadable"),
    ],
)
def test_dates_that_are_none_say_which_rule(typed: str, kind: str) -> None:
    with pytest.raises(Problem) as found:
        parse_date(typed, MONDAY)
    assert found.value.kind == kind


def test_three_fields_name_what_is_missing_and_how_long_the_month_is() -> None:
    with pytest.raises(Problem) as found:
        build_date("3", "", "")
    assert found.value.context["missing"] == ["month", "year"]
    with pytest.raises(Problem) as found:
        build_date("31", "décembre", "x")
    assert found.value.kind == "date_year"
    with pytest.raises(Problem) as found:
        build_date("31", "feb", "2028")
    assert found.value.context["last"] == 29


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("14:05", time(14, 5)),
        ("2:05 pm", time(14, 5)),
        ("2 p.m.", time(14)),
        ("14 h 05", time(14, 5)),
        ("9h", time(9)),
        ("12 am", time(0)),
        ("12:30 pm", time(12, 30)),
    ],
)
def test_times_are_understood(typed: str, meant: time) -> None:
    assert parse_time(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "14:60", "noon-ish", "13 pm", "0 am"])
def test_times_that_are_none(typed: str) -> None:
    with pytest.raises(Problem):
        parse_time(typed)


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1250", "1250.00"),
        ("$1,250.50", "1250.50"),
        ("1 250,50 $", "1250.50"),
        ("1\u202f250,5\u00a0$", "1250.50"),
        ("1.250,50", "1250.50"),
        ("1,250", "1250.00"),
        ("CAD 12", "12.00"),
        ("-40", "-40.00"),
    ],
)
def test_money_is_understood(typed: str, meant: str) -> None:
    assert parse_money(typed) == Decimal(meant)


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("12.345", "money_cents"),
        ("a lot", "money_unreadable"),
        ("", "money_unreadable"),
        ("1e5", "money_unreadable"),
    ],
)
def test_money_that_is_none(typed: str, kind: str) -> None:
    with pytest.raises(Problem) as found:
        parse_money(typed)
    assert found.value.kind == kind


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("1,250.00", None),
        ("$1250", None),
        ("1 250,00 $", None),
        ("USD 900", "USD"),
        ("900 usd", "USD"),
        ("US$900", "USD"),
        ("CAD 900", "CAD"),
        ("900 EUR", "EUR"),
    ],
)
def test_a_currency_typed_with_an_amount_is_recorded(typed, currency):
    assert currency_in(typed) == currency
    assert parse_money(typed) in {900, 1250}
