"""The search index against a plain reading of the same homes: every filter, every order, every change."""

import datetime as dt
import uuid
from decimal import Decimal
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import InvalidInput
from column_search import Columns
from support_svc.homes import buildings
from support_svc.homes.buildings import find_buildings
from support_svc.homes.fitting import Seeking, score
from support_svc.homes.index import HOMES, building_key
from support_svc.homes.model import searchable_address
from support_svc.homes.queries import PAGE, HomeFilter, HomeSort, OccupancyFilter, find

TODAY = dt.date(2026, 3, 2)
UNITS = [uuid.UUID(int=number << 90 | number) for number in range(90)]


@st.composite
def rows(draw):
    street = draw(st.sampled_from(["12 ELM ST", "7 Oak Ave", "260 SHERBOURNE ST"]))
    return {
        "id": draw(st.sampled_from(UNITS)),
        "written_in": str(draw(st.integers(min_value=700, max_value=705))),
        "listed": draw(st.booleans()),
        "street": street,
        "unit_number": draw(st.sampled_from([None, "3", "12"])),
        "city": draw(st.sampled_from(["Toronto", "Ottawa"])),
        "currency": draw(st.sampled_from(["CAD", "CAD", "CAD", "USD"])),
        "region": draw(st.sampled_from([None, "north"])),
        "housing_type": draw(st.sampled_from(["apartment", "room"])),
        "bedrooms": draw(st.none() | st.integers(min_value=0, max_value=4)),
        "area_square_feet": draw(st.none() | st.integers(min_value=300, max_value=900)),
        "floor": draw(st.none() | st.integers(min_value=0, max_value=20)),
        "building_floors": draw(st.none() | st.integers(min_value=1, max_value=20)),
        "year_built": draw(st.none() | st.integers(min_value=1900, max_value=2020)),
        "rent": draw(st.none() | st.integers(min_value=50_000, max_value=250_000)),
        "features": draw(st.lists(st.sampled_from(["balcony", "elevator"]), unique=True)),
        "accessible": draw(st.booleans()),
        "shareable": draw(st.booleans()),
        "inventory": draw(st.sampled_from(["city-inventory", "property"])),
        "managed_by": draw(st.sampled_from(["property_entity", "third_party"])),
        "occupancy": draw(st.sampled_from(["available", "secured", "notice_given"])),
        "available_from": draw(
            st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 1)).map(dt.date.toordinal)
        ),
        "address_search": searchable_address(street),
    }


RENTS = st.none() | st.decimals(min_value=500, max_value=2500, places=2)


def wanting(rents, **more):
    """A filter whose range of rents isn't upside down: such a one is refused."""
    given = None not in rents
    low, high = sorted(rents) if given else rents
    return HomeFilter(rent_from=low, rent_to=high, **more)


FILTERS = st.builds(
    wanting,
    types=st.lists(st.sampled_from(["apartment", "room", "castle"]), unique=True),
    bedrooms_from=st.none() | st.integers(min_value=0, max_value=4),
    rents=st.tuples(RENTS, RENTS),
    city=st.none() | st.sampled_from(["Toronto", "Ottawa", "Atlantis"]),
    features=st.lists(st.sampled_from(["balcony", "elevator"]), unique=True),
    accessible=st.booleans(),
    occupancy=st.sampled_from(list(OccupancyFilter)),
    floor_to=st.none() | st.integers(min_value=0, max_value=20),
    include_unknown=st.booleans(),
    currency=st.sampled_from(["CAD", "USD"]),
    q=st.sampled_from(["", "", "elm", "sherborn", "260", "st", "elm avenue", "Apt, 260 Rd"]),
    sort=st.sampled_from(list(HomeSort)),
)
SEEKING = st.builds(
    Seeking,
    housing_types=st.sampled_from([frozenset(), frozenset({"apartment"})]),
    adults=st.integers(min_value=1, max_value=5),
    children=st.integers(min_value=0, max_value=3),
    affordable_rent=st.none() | st.integers(min_value=0, max_value=2500).map(Decimal),
    needed_by=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 1)),
)


def newest(published):
    return {row["id"]: row for row in published}


def within(value, low, high, unknown):
    if low is None and high is None:
        return True
    if value is None:
        return unknown
    return (low is None or value >= low) and (high is None or value <= high)


def rent_in(row, currency):
    return row["rent"] if row["currency"] == currency else None


def in_cents(amount):
    return None if amount is None else int(amount * 100)


def plainly(row, wanted):
    # The type of a street narrows nothing beside another word.
    words = {"sherborn": "sherbourne", "elm avenue": "elm", "Apt, 260 Rd": "260"}
    open_ = {"available", "notice_given"} if wanted.occupancy is OccupancyFilter.OPEN else {"available"}
    rent_from, rent_to = in_cents(wanted.rent_from), in_cents(wanted.rent_to)
    return all(
        (
            row["listed"],
            wanted.occupancy is OccupancyFilter.ALL or row["occupancy"] in open_,
            not wanted.types or row["housing_type"] in wanted.types,
            within(row["bedrooms"], wanted.bedrooms_from, None, wanted.include_unknown),
            within(rent_in(row, wanted.currency), rent_from, rent_to, wanted.include_unknown),
            within(row["floor"], None, wanted.floor_to, wanted.include_unknown),
            wanted.city is None or row["city"] == wanted.city,
            set(wanted.features) <= set(row["features"]),
            not wanted.accessible or row["accessible"],
            words.get(wanted.q, wanted.q) in row["address_search"],
        )
    )


def points(row, seeking):
    return score(
        seeking,
        housing_type=row["housing_type"],
        bedrooms=row["bedrooms"],
        rent=None if row["rent"] is None else Decimal(row["rent"]) / 100,
        currency=row["currency"],
        available_from=None if row["available_from"] is None else dt.date.fromordinal(row["available_from"]),
        today=TODAY,
    )


def position(row, sort, seeking, currency="CAD"):
    """A row's position in an order, worked out one by one."""
    cents = rent_in(row, currency)
    rent = (cents is None, cents)
    if sort is HomeSort.FIT:
        return (-points(row, seeking), *rent, row["id"].int)
    if sort is HomeSort.ADDRESS:
        streets = ["12 ELM ST", "7 Oak Ave", "260 SHERBOURNE ST"]
        return (streets.index(row["street"]), int(row["unit_number"] or 0), row["id"].int)
    if sort is HomeSort.NEWEST:
        return (-int(row["written_in"]), -row["id"].int)
    return (*rent, row["id"].int)


def walked(index, wanted, seeking):
    """Every page of a search, as ids."""
    found, after, total = find(index, wanted, seeking, TODAY)
    pages = [found]
    while after is not None:
        found, after, _ = find(index, wanted.model_copy(update={"after": after}), seeking, TODAY)
        pages.append(found)
    assert all(len(page) == PAGE for page in pages[:-1])
    return [unit for page in pages for unit in page], total


@pytest.mark.row("P5")
@settings(max_examples=200, deadline=None)
@given(st.lists(rows(), max_size=80), FILTERS, SEEKING)
def test_a_search_finds_what_a_plain_reading_finds_in_its_order(published, wanted, seeking):
    index = Columns(HOMES)
    for row in published:
        index.take([row])
    expected = [row for row in newest(published).values() if plainly(row, wanted)]
    expected.sort(key=lambda row: position(row, wanted.sort, seeking, wanted.currency))
    found, total = walked(index, wanted, seeking)
    assert found == [row["id"] for row in expected]
    assert total == len(expected)


def buildings_plainly(rows, wanted, seeking):
    """The buildings in their order, worked out one by one: (key, its homes, which may come first)."""
    together = {}
    for row in rows:
        together.setdefault(building_key(row), []).append(row)

    def first(row):
        if wanted.sort is HomeSort.ADDRESS:
            return ()
        return position(row, wanted.sort, seeking, wanted.currency)[:-1]

    ordered = sorted(together.items(), key=lambda one: (min(map(first, one[1])), one[0]))
    return [
        (
            key,
            {row["id"] for row in homes},
            {row["id"] for row in homes if first(row) == min(map(first, homes))},
        )
        for key, homes in ordered
    ]


@pytest.mark.row("P5")
@settings(max_examples=200, deadline=None)
@given(st.lists(rows(), max_size=80), FILTERS, SEEKING, st.integers(min_value=1, max_value=4))
def test_homes_of_a_building_are_one_line_at_the_position_of_the_best(published, wanted, seeking, size):
    index = Columns(HOMES)
    for row in published:
        index.take([row])
    expected = [row for row in newest(published).values() if plainly(row, wanted)]
    lines = []
    with patch.object(buildings, "PAGE", size):
        while True:
            page, after, homes, count = find_buildings(index, wanted, seeking, TODAY)
            lines += page
            if after is None:
                break
            assert len(page) == size
            wanted = wanted.model_copy(update={"after": after})
    plain = buildings_plainly(expected, wanted, seeking)
    assert (homes, count) == (len(expected), len(plain))
    assert [line.key for line in lines] == [key for key, _, _ in plain]
    for line, (key, members, best) in zip(lines, plain, strict=True):
        assert {index.id_at(int(row)) for row in line.rows} == members
        assert index.id_at(line.best) in best
        alone = wanted.model_copy(update={"building": key, "after": None})
        assert set(walked(index, alone, seeking)[0]) == members


@pytest.mark.row("P5")
@settings(max_examples=60, deadline=None)
@given(
    st.lists(rows(), min_size=30, max_size=90),
    st.lists(rows(), max_size=30),
    st.sampled_from(list(HomeSort)),
    SEEKING,
)
def test_pages_go_on_where_they_stopped_though_homes_change_or_it_restarts(published, later, sort, seeking):
    wanted = HomeFilter(sort=sort, occupancy=OccupancyFilter.ALL)
    known = newest(published)
    index = Columns(HOMES)
    index.take(list(known.values()))
    first, after, _ = find(index, wanted, seeking, TODAY)
    if after is None:
        return
    stopped = position(known[first[-1]], sort, seeking)
    for row in later:
        index.take([row])
        known[row["id"]] = row
    restarted = Columns(HOMES)
    restarted.take(list(reversed(known.values())))
    rest = sorted(position(row, sort, seeking) for row in known.values() if row["listed"])
    for one in (index, index.compacted(), restarted):
        found, _ = walked(one, wanted.model_copy(update={"after": after}), seeking)
        assert [position(known[unit], sort, seeking) for unit in found] == [at for at in rest if at > stopped]


@pytest.mark.row("P5")
@pytest.mark.parametrize("sort", list(HomeSort))
@pytest.mark.parametrize("after", ["", "x", "\0", "W10", "W251bGxd", "\u202e", "7" * 400, "eyJhIjoxfQ"])
def test_a_place_that_is_none_is_refused(sort, after):
    with pytest.raises(InvalidInput):
        find(Columns(HOMES), HomeFilter(sort=sort, after=after), Seeking(), TODAY)


@pytest.mark.row("P5")
@settings(deadline=None)
@given(
    rows(), st.text(max_size=120) | st.sampled_from(["%", "_%", "*" * 120, "\0", "\u202emle", "a b " * 30])
)
def test_any_text_is_answered(row, text):
    index = Columns(HOMES)
    index.take([{**row, "listed": True}])
    assert find(index, HomeFilter(q=text, occupancy="all"), None, TODAY)[2] in {0, 1}
    assert find(Columns(HOMES), HomeFilter(q=text), None, TODAY) == ([], None, 0)
