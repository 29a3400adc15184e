"""Addresses of pages and prices, which every row of a list has: the same whatever stood in the row before."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import unquote
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.i18n import Formats, load_catalogue
from deskkit.i18n import formats as module
from deskkit.rendering import RoutePath


@pytest.mark.row("X1")
def test_a_path_takes_values_in_their_places_and_nothing_else() -> None:
    path = RoutePath.of("/desk/100%/{one}/of/{rest:path}")
    assert path.names == ("one", "rest")
    assert path.filled({"one": UUID(int=1), "rest": 2, "query": "x"}) == f"/desk/100%/{UUID(int=1)}/of/2"
    assert path.filled({"one": "%s/../?a=b#c", "rest": "{one}"}) == (
        "/desk/100%/%25s%2F..%2F%3Fa%3Db%23c/of/%7Bone%7D"
    )
    assert RoutePath.of("/desk").filled({}) == "/desk"
    with pytest.raises(KeyError):
        path.filled({"one": 1})


@given(value=st.text(st.characters(exclude_categories=["Cs"])))
def test_no_value_leaves_its_place_in_a_path(value: str) -> None:
    filled = RoutePath.of("/desk/{value}/end").filled({"value": value})
    before, between, after = filled.rsplit("/", 2)
    assert (before, unquote(between), after) == ("/desk", value, "end")


@pytest.mark.row("X1")
def test_the_same_price_is_written_in_each_language_and_currency() -> None:
    zone = ZoneInfo("America/Toronto")
    english, french = (Formats(each, zone, load_catalogue(each, ("deskkit",))) for each in ("en", "fr"))
    for _ in range(2):
        assert english.money(Decimal("1250.5")) == "$1,250.50"
        assert french.money(Decimal("1250.50")).replace("\xa0", " ").replace("\u202f", " ") == "1 250,50 $"
        assert english.money(Decimal("1250.5"), "USD") == "US$1,250.50"


def test_prices_are_stored_up_to_a_limit() -> None:
    assert module._priced.cache_info().maxsize
    assert module._written.cache_info().maxsize
