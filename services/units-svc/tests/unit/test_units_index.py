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

from units_svc import addressing
from units_svc.inventory.index import NO_RENT, UnitIndex
from units_svc.inventory.model import Occupancy
from units_svc.inventory.searching import Order, UnitFilter, find, words_of

IDS = [uuid.UUID(int=number + 1) for number in range(14)]
STREETS = ["12 Elm St", "7 Oak Ave", "260 Sherbourne St", "100 Elm St"]
Home = dict[str, Any]


@some.composite
def homes(draw: some.DrawFn) -> Home:
    """One home as the follower reads it."""
    street, number = draw(some.sampled_from(STREETS)), draw(some.sampled_from([None, "3", "12", "R-7"]))
    key = addressing.unit_key(number)
    order = addressing.padded(key)
    return {
        "id": draw(some.sampled_from(IDS)),
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
        "rent_amount": draw(some.none() | some.decimals(500, 2500, places=2)),
        "address_order": f"{addressing.street_order(street)} {order}",
        "unit_order": order,
        "unit_key": key,
        "unit_number": number,
        "search_text": addressing.searchable(street, "Toronto"),
    }


FILTERS = some.builds(
    UnitFilter,
    text=some.sampled_from([None, "", "elm", "260", "sherborn street", "elm 3", "r-7"]),
    housing_type=some.lists(some.sampled_from(["apartment", "room"]), unique=True),
    occupancy=some.lists(some.sampled_from([Occupancy.AVAILABLE, Occupancy.SECURED]), unique=True),
    region=some.lists(some.just("north-york"), max_size=1),
    city=some.sampled_from([None, "Toronto"]),
    bedrooms_from=some.none() | some.integers(0, 4),
    rent_from=some.none() | some.decimals(500, 2500, places=2),
    rent_to=some.none() | some.decimals(500, 2500, places=2),
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
    own = [home["unit_key"], *(addressing.comparable(number).split() if number else [])]
    known = [*home["search_text"].split(), *own]
    return word in known or (word == "sherborn" and "sherbourne" in known)


def _wanted(home: Home, f: UnitFilter) -> bool:
    return (
        (not f.housing_type or home["housing_type"] in f.housing_type)
        and (not f.occupancy or home["occupancy"] in [one.value for one in f.occupancy])
        and (not f.region or home["region"] in f.region)
        and (not f.city or home["city_key"] == "toronto")
        and _within(home["bedrooms"], f.bedrooms_from, None, unknown_too=f.unknown_too)
        and _within(home["rent_amount"], f.rent_from, f.rent_to, unknown_too=f.unknown_too)
        and _within(home["area_square_feet"], None, f.area_to, unknown_too=f.unknown_too)
        and _within(home["floor"], f.floor_from, None, unknown_too=f.unknown_too)
        and set(f.features) <= set(home["features"])
        and (f.accessible is None or bool(home["accessible"]) is f.accessible)
        and (f.active is None or home["active"] is f.active)
        and (f.landlord_id is None or home["landlord_id"] == f.landlord_id)
        and all(_means(word, home) for word in words_of(f.text or ""))
    )


def _key(home: Home, order: Order) -> Any:
    if order in {Order.ADDRESS, Order.ADDRESS_DOWN}:
        street = (
            home["address_order"].removesuffix(home["unit_order"])
            if home["unit_order"]
            else home["address_order"]
        )
        return (street, home["unit_order"], home["id"].bytes)
    rent = home["rent_amount"]
    cents = NO_RENT if rent is None else int(rent * 100)
    return (cents if rent is None or order is Order.RENT else -cents, home["id"].bytes)


@pytest.mark.row("U1")
@settings(max_examples=300)
@given(some.lists(homes(), max_size=40), FILTERS, some.sampled_from(list(Order)), some.integers(1, 5))
def test_any_search_finds_what_reading_everything_finds_page_by_page_both_ways(
    heard: list[Home], filters: UnitFilter, order: Order, limit: int
) -> None:
    index, table = UnitIndex(), {}
    for home in heard:
        index.apply(home)
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
def test_an_index_full_of_old_positions_asks_to_be_made_anew() -> None:
    index = UnitIndex()
    assert not index.wasteful
    index.size = 60_000
    assert index.wasteful


@pytest.mark.row("U1")
@given(homes())
def test_rents_are_compared_to_the_cent(home: Home) -> None:
    index = UnitIndex()
    for at, rent in enumerate(["999.99", "1000.00", "1000.01", "1024.99", "1025.00"]):
        index.apply({**home, "id": IDS[at], "rent_amount": Decimal(rent)})
    filters = UnitFilter(rent_from=Decimal("1000.00"), rent_to=Decimal("1024.99"), active=None)
    assert find(index, filters, Order.RENT).ids == [IDS[1], IDS[2], IDS[3]]
