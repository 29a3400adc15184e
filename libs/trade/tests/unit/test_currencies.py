"""A currency is one of ISO 4217, and nothing else that looks like one."""

from __future__ import annotations

import pytest
from babel.core import get_global
from pydantic import TypeAdapter, ValidationError

from trade.money import CURRENCIES, USUAL, Currency

CURRENCY: TypeAdapter[str] = TypeAdapter(Currency)


def test_the_list_is_what_is_paid_with_somewhere_today():
    in_use = {
        code
        for spans in get_global("territory_currencies").values()
        for code, _begun, ended, tender in spans
        if ended is None and tender
    }
    assert in_use == CURRENCIES


@pytest.mark.parametrize("code", sorted(CURRENCIES))
def test_each_of_them_is_taken(code):
    assert CURRENCY.validate_python(code) == code


@pytest.mark.parametrize("code", ["cad", "CA$", "ABC", "XXX", "XAU", "DEM", "", "CAD ", "CADD", "$"])
def test_anything_else_is_refused_with_the_rule(code):
    with pytest.raises(ValidationError, match="ISO 4217"):
        CURRENCY.validate_python(code)


def test_the_usual_one_is_among_them():
    assert USUAL in CURRENCIES
