"""The search index against a plain reading of the same homes: every filter, every order, every change
(U1)."""

from __future__ import annotations

import uuid
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chassis.errors import InvalidInput
from column_search import Columns
from trade import addresses
from units_svc.inventory.index import UNITS, cents
from units_svc.inventory.model import Occupancy
from units_svc.inventory.searching import Order, UnitFilter, find

IDS = [uuid.UUID(int=number + 1) for number in range(14)]
STREETS = ["12 Elm St", "7 Oak Ave", "260 Sherbourne St", "100 Elm St"]
Home = dict[str, Any]


@some.composite
def homes(draw: some.DrawFn) -> Home:
    """One home as the follower reads it."""
    street, number = draw(some.sampled_from(STREETS)), draw(some.sampled_from([None, "3", "12", "R-7"]))
    key = addresses.unit_key(number)
    order = addresses.padded(key)
    return {
        "id": draw(some.sampled_from(IDS)),
        "written_in": "7",
        "housing_type": draw(some.sampled_from(["apartment", "room"])),
        "status": "good",
        "occupancy": draw(some.sampled_from(["available", "secured"])),
        "region": draw(some.sampled_from([None, "north-york"])),
        "city_key": draw(some.sampled_from(["toronto", "ottawa"])),
        "landlord_id": draw(some.sampled_from([None, IDS[0], IDS[1]])),
        "service_provider": None,
        "accessible": draw(some.sampled_from([None, True, False])),
        "shareable": draw(some.booleans()),
        "active": draw(some.booleans()),
        "features": draw(some.lists(some.sampled_from(["balcony", "elevator"]), unique=True)),
        "bedrooms": draw(some.none() | some.integers(0, 4)),
        "floor": draw(some.none() | some.integers(0, 20)),
        "year_built": draw(some.none() | some.integers(1900, 2020)),
        "area_square_feet": draw(some.none() | some.integers(300, 900)),
        "building_floors": draw(some.none() | some.integers(1, 20)),
        "rent": draw(some.none() | some.integers(50_000, 250_000)),
        "street_order": f"{addresses.street_order(street)} ",
        "unit_order": order,
        "unit_key": key,
        "unit_number": number,
        "search_text": addresses.searchable(street, "Toronto"),
    }


_RENTS = some.none() | some.decimals(500, 2500, places=2)


def wanting(rents: tuple[Decimal | None, Decimal | None], **more: Any) -> UnitFilter:
    """Return a filter whose range of rents isn't upside down: such a one is refused."""
    least, most = rents
    if least is not None and most is not None:
        least, most = sorted((least, most))
    return UnitFilter(rent_from=least, rent_to=most, **more)


_SOUGHT: dict[str | None, list[str]] = {
    None: [],
    "": [],
    "elm": ["elm"],
    "260": ["260"],
    "sherborn street": ["sherborn"],  # the type of a street narrows nothing beside another word
    "elm rd 3": ["elm", "3"],
    "r-7": ["r", "7"],
}

FILTERS = some.builds(
    wanting,
    text=some.sampled_from(list(_SOUGHT)),
    housing_type=some.lists(some.sampled_from(["apartment", "room"]), unique=True),
    occupancy=some.lists(some.sampled_from([Occupancy.AVAILABLE, Occupancy.SECURED]), unique=True),
    region=some.lists(some.just("north-york"), max_size=1),
    city=some.sampled_from([None, "Toronto"]),
    bedrooms_from=some.none() | some.integers(0, 4),
    rents=some.tuples(_RENTS, _RENTS),
    area_to=some.none() | some.integers(300, 900),
    floor_from=some.none() | some.integers(0, 20),
    features=some.lists(some.sampled_from(["balcony", "elevator"]), unique=True),
    accessible=some.sampled_from([None, True, False]),
    landlord_id=some.sampled_from([None, IDS[0]]),
    active=some.sampled_from([None, True, False]),
    unknown_too=some.booleans(),
)


def _within(value: Any, low: Any, high: Any, *, unknown_too: bool) -> bool:
    if low is None and high is None:
        return True
    if value is None:
        return unknown_too
    return (low is None or value >= low) and (high is None or value <= high)


def _means(word: str, home: Home) -> bool:
    number = home["unit_number"]
    own = [home["unit_key"], *(addresses.comparable(number).split() if number else [])]
    known = [*home["search_text"].split(), *own]
    return word in known or (word == "sherborn" and "sherbourne" in known)


def _wanted(home: Home, f: UnitFilter) -> bool:
    return (
        (not f.housing_type or home["housing_type"] in f.housing_type)
        and (not f.occupancy or home["occupancy"] in [one.value for one in f.occupancy])
        and (not f.region or home["region"] in f.region)
        and (not f.city or home["city_key"] == "toronto")
        and _within(home["bedrooms"], f.bedrooms_from, None, unknown_too=f.unknown_too)
        and _within(home["rent"], cents(f.rent_from), cents(f.rent_to), unknown_too=f.unknown_too)
        and _within(home["area_square_feet"], None, f.area_to, unknown_too=f.unknown_too)
        and _within(home["floor"], f.floor_from, None, unknown_too=f.unknown_too)
        and set(f.features) <= set(home["features"])
        and (f.accessible is None or bool(home["accessible"]) is f.accessible)
        and (f.active is None or home["active"] is f.active)
        and (f.landlord_id is None or home["landlord_id"] == f.landlord_id)
        and all(_means(word, home) for word in _SOUGHT[f.text])
    )


def _key(home: Home, order: Order) -> Any:
    if order in {Order.ADDRESS, Order.ADDRESS_DOWN}:
        return (home["street_order"], home["unit_order"], home["id"].bytes)
    rent = home["rent"]
    return (rent is None, (rent or 0) * (-1 if order is Order.RENT_DOWN else 1), home["id"].bytes)


@pytest.mark.row("U1")
@settings(max_examples=300)
@given(some.lists(homes(), max_size=40), FILTERS, some.sampled_from(list(Order)), some.integers(1, 5))
def test_any_search_finds_what_reading_everything_finds_page_by_page_both_ways(
    taken: list[Home], filters: UnitFilter, order: Order, limit: int
) -> None:
    index, table = Columns(UNITS), {}
    for home in taken:
        index.take([home])
        table[home["id"]] = home
    expected = sorted(
        (home for home in table.values() if _wanted(home, filters)),
        key=lambda home: _key(home, order),
        reverse=order is Order.ADDRESS_DOWN,
    )
    pages = [find(index, filters, order, limit=limit)]
    while pages[-1].next and len(pages) < 50:
        pages.append(find(index, filters, order, after=pages[-1].next, limit=limit))
    assert [unit for page in pages for unit in page.ids] == [home["id"] for home in expected]
    assert pages[0].count == len(expected)
    for earlier, later in pairwise(pages):
        assert find(index, filters, order, before=later.previous, limit=limit).ids == earlier.ids


@pytest.mark.row("U1")
@given(homes())
def test_rents_are_compared_to_the_cent(home: Home) -> None:
    index = Columns(UNITS)
    rents = [99_999, 100_000, 100_001, 102_499, 102_500]
    index.take([{**home, "id": IDS[at], "rent": rent} for at, rent in enumerate(rents)])
    filters = UnitFilter(rent_from=Decimal("1000.00"), rent_to=Decimal("1024.99"), active=None)
    assert find(index, filters, Order.RENT).ids == [IDS[1], IDS[2], IDS[3]]


@pytest.mark.row("U1")
@given(homes(), some.text(max_size=60) | some.sampled_from(["%", "***", "\0", "\u202eelm", "a " * 90]))
def test_any_text_and_any_place_is_answered(home: Home, text: str) -> None:
    index = Columns(UNITS)
    index.take([home])
    assert find(index, UnitFilter(text=text, active=None), Order.ADDRESS).count in {0, 1}
    for order in Order:
        with pytest.raises(InvalidInput):
            find(index, UnitFilter(), order, after=f"x{text}")


@pytest.mark.row("U1")
@settings(max_examples=100)
@given(
    some.lists(homes(), min_size=1, max_size=30),
    some.lists(homes(), max_size=10),
    some.sampled_from(list(Order)),
)
def test_pages_go_on_where_they_stopped_while_homes_change(
    taken: list[Home], later: list[Home], order: Order
) -> None:
    index, table = Columns(UNITS), {home["id"]: home for home in taken}
    index.take(list(table.values()))
    wanted = UnitFilter(active=None)
    first = find(index, wanted, order, limit=3)
    position = max((_key(table[unit], order) for unit in first.ids), default=None)
    if order is Order.ADDRESS_DOWN:
        position = min(_key(table[unit], order) for unit in first.ids)
    for home in later:
        index.take([home])
        table[home["id"]] = home
    if first.next is None:
        return
    down = order is Order.ADDRESS_DOWN
    keys = sorted((_key(home, order) for home in table.values()), reverse=down)
    rest = [key for key in keys if (key < position if down else key > position)]
    seen, after = [], first.next
    while after:
        page = find(index, wanted, order, after=after, limit=3)
        seen += page.ids
        after = page.next
    assert [_key(table[unit], order) for unit in seen] == rest
