"""The search index against a plain reading of the same homes: every filter, every order, every change."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.search import Bounds, Wordbook, descending, positions
from support_svc.homes.fitting import Seeking, fit
from support_svc.homes.index import HomeIndex
from support_svc.homes.model import searchable_address
from support_svc.homes.queries import HomeFilter, OccupancyFilter, candidates, matching

TODAY = dt.date(2026, 3, 2)
UNITS = [uuid.UUID(int=number) for number in range(12)]


@st.composite
def rows(draw):
    street = draw(st.sampled_from(["12 ELM ST", "7 Oak Ave", "260 SHERBOURNE ST"]))
    return {
        "id": draw(st.sampled_from(UNITS)),
        "listing_version": draw(st.integers(min_value=1, max_value=6)),
        "listed": draw(st.booleans()),
        "street": street,
        "unit_number": None,
        "city": draw(st.sampled_from(["Toronto", "Ottawa"])),
        "region": draw(st.sampled_from([None, "north"])),
        "housing_type": draw(st.sampled_from(["apartment", "room"])),
        "bedrooms": draw(st.none() | st.integers(min_value=0, max_value=4)),
        "area_square_feet": draw(st.none() | st.integers(min_value=300, max_value=900)),
        "floor": draw(st.none() | st.integers(min_value=0, max_value=20)),
        "year_built": draw(st.none() | st.integers(min_value=1900, max_value=2020)),
        "rent": draw(st.none() | st.decimals(min_value=500, max_value=2500, places=2)),
        "features": draw(st.lists(st.sampled_from(["balcony", "elevator"]), unique=True)),
        "accessible": draw(st.booleans()),
        "shareable": draw(st.booleans()),
        "managed_by": draw(st.sampled_from(["property_entity", "third_party"])),
        "occupancy": draw(st.sampled_from(["available", "secured", "notice_given"])),
        "available_from": draw(st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 1))),
        "address_search": searchable_address(street),
    }


FILTERS = st.builds(
    HomeFilter,
    types=st.lists(st.sampled_from(["apartment", "room"]), unique=True),
    bedrooms_from=st.none() | st.integers(min_value=0, max_value=4),
    rent_from=st.none() | st.decimals(min_value=500, max_value=2500, places=2),
    rent_to=st.none() | st.decimals(min_value=500, max_value=2500, places=2),
    city=st.none() | st.sampled_from(["Toronto", "Ottawa"]),
    features=st.lists(st.sampled_from(["balcony", "elevator"]), unique=True),
    accessible=st.booleans(),
    occupancy=st.sampled_from(list(OccupancyFilter)),
    floor_to=st.none() | st.integers(min_value=0, max_value=20),
    include_unknown=st.booleans(),
    q=st.sampled_from(["", "elm", "sherborn", "260", "st"]),
)


def newest(told):
    last = {}
    for row in told:
        known = last.get(row["id"])
        if known is None or known["listing_version"] < row["listing_version"]:
            last[row["id"]] = row
    return [row for row in last.values() if row["listed"]]


def within(value, low, high, unknown):
    if low is None and high is None:
        return True
    if value is None:
        return unknown
    return (low is None or value >= low) and (high is None or value <= high)


def plainly(row, wanted):
    words = {"elm": "elm", "sherborn": "sherbourne", "260": "260", "st": "street", "": ""}
    open_ = {"available", "notice_given"} if wanted.occupancy is OccupancyFilter.OPEN else {"available"}
    return all(
        (
            wanted.occupancy is OccupancyFilter.ALL or row["occupancy"] in open_,
            not wanted.types or row["housing_type"] in wanted.types,
            within(row["bedrooms"], wanted.bedrooms_from, None, wanted.include_unknown),
            within(row["rent"], wanted.rent_from, wanted.rent_to, wanted.include_unknown),
            within(row["floor"], None, wanted.floor_to, wanted.include_unknown),
            wanted.city is None or row["city"] == wanted.city,
            set(wanted.features) <= set(row["features"]),
            not wanted.accessible or row["accessible"],
            words[wanted.q] in row["address_search"],
        )
    )


@pytest.mark.row("P5")
@settings(max_examples=80, deadline=None)
@given(st.lists(rows(), max_size=14), FILTERS)
def test_the_index_finds_what_a_plain_reading_finds(told, wanted):
    index = HomeIndex()
    for row in told:
        index.apply(row)
    mask = matching(index, wanted)
    expected = [row for row in newest(told) if plainly(row, wanted)]
    assert {index.unit(at) for at in positions(mask)} == {row["id"] for row in expected}
    assert mask.bit_count() == len(expected)
    rents = [index.matters(at)[2] for at in index.by_rent(mask)]
    known = [rent for rent in rents if rent is not None]
    assert known == sorted(known)
    assert rents[: len(known)] == known
    assert sorted(index.by_street(mask)) == sorted(descending(mask), reverse=False)


@pytest.mark.row("P5")
@settings(max_examples=50, deadline=None)
@given(st.lists(rows(), max_size=14), st.integers(min_value=0, max_value=13))
def test_every_order_goes_on_where_it_stopped(told, cut):
    index = HomeIndex()
    for row in told:
        index.apply(row)
    for walk in (index.by_rent, index.by_street):
        whole = list(walk(index.live))
        if cut < len(whole):
            assert list(walk(index.live, whole[cut])) == whole[cut + 1 :]
    whole = list(descending(index.live))
    if cut < len(whole):
        assert list(descending(index.live, whole[cut])) == whole[cut + 1 :]


@pytest.mark.row("P5")
@settings(max_examples=50, deadline=None)
@given(st.lists(rows(), max_size=14), st.none() | st.integers(min_value=500, max_value=2500))
def test_the_best_fits_come_among_the_first_candidates(told, ceiling):
    index = HomeIndex()
    for row in told:
        index.apply(row)
    affordable = None if ceiling is None else Decimal(ceiling)
    seeking = Seeking(frozenset({"apartment"}), adults=2, children=1, affordable_rent=affordable)
    found = list(candidates(index, index.live, seeking, TODAY))
    assert sorted(found) == list(positions(index.live))
    scores = []
    for at in found:
        kind, bedrooms, rent, free = index.matters(at)
        scores.append(
            fit(
                seeking, housing_type=kind, bedrooms=bedrooms, rent=rent, available_from=free, today=TODAY
            ).score
        )
    if scores:
        assert max(scores) - scores[0] <= 20


@pytest.mark.row("P5")
def test_words_are_meant_by_part_and_by_spelling_numbers_exactly():
    book = Wordbook()
    book.add(0, ["260", "sherbourne", "street"])
    book.add(1, ["2601", "shaw", "street"])
    assert book.meant("260") == ["260"]
    assert book.meant("sherb") == ["sherbourne"]
    assert book.meant("sherborn") == ["sherbourne"]
    assert sorted(book.meant("sh")) == ["shaw", "sherbourne"]
    assert book.meant("yonge") == []
    assert book.mask("street", 2) == 0b11


@pytest.mark.row("P5")
def test_bounds_hold_both_ends():
    bounds = Bounds(2, 4)
    assert [value for value in range(7) if bounds.holds(value)] == [2, 3, 4]
    assert not Bounds().narrows
