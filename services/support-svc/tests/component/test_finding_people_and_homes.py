"""People and homes are found whatever the spelling; the copy of the inventory keeps the newest word."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from support_svc.clients import finding
from support_svc.clients.commands import AddMember, CreateClient, add_member, create_client
from support_svc.clients.model import InAnotherHousehold, PossibleDuplicates
from support_svc.clients.queries import client, possible_duplicates, search_clients
from support_svc.homes.model import ManagedBy
from support_svc.homes.queries import HomeFilter, HomeSort, OccupancyFilter, search_homes


@pytest.mark.row("C3")
@pytest.mark.parametrize(
    "query",
    [
        "Côté",
        "cote anne",
        "COTE, Anne-Marie",
        "Ann Mari",
        "annemarie cottee",
        "416 555 0177",
        "5550177",
        "1984-11-23",
        "23/11/1984 cote",
        "anne@mail.example",
        "Nanette",
    ],
)
async def test_a_client_is_found_by_any_part_of_any_name(world, query):
    wanted = await world.client(
        "Anne-Marie",
        "Côté",
        preferred_name="Nanette",
        date_of_birth=dt.date(1984, 11, 23),
        phones=["(416) 555-0177"],
        emails=["anne@mail.example"],
    )
    await world.client("Peter", "Johansson", phones=["416 555 0999"], date_of_birth=dt.date(1970, 1, 1))
    found = await world.see(search_clients, query)
    assert [line.id for line in found.items] == [wanted]


@pytest.mark.row("C3")
async def test_the_nearest_names_come_first(world):
    sounding = await world.client("Zoe", "Smyth")
    beginning = await world.client("Ana", "Smithers")
    same = await world.client("Bea", "Smith")
    found = await world.see(search_clients, "smith")
    assert [line.id for line in found.items] == [same, beginning, sounding]


@pytest.mark.row("C3")
async def test_a_part_of_many_names_finds_all_of_them(world, monkeypatch):
    monkeypatch.setattr(finding, "MOST_WORDS", 1)
    made = {await world.client("Kim", family) for family in ("Marsden", "Marsh", "Lamarson")}
    other = await world.client("Lee", "Marston")

    async def ids(query):
        return {line.id for line in (await world.see(search_clients, query)).items}

    assert await ids("mars") == {*made, other}
    assert await ids("mars kim") == await ids("Kym mar") == made
    assert await ids("ki mars") == made
    assert await ids("k m") == made - {next(iter(await ids("lamarson")))}


@pytest.mark.row("C3")
async def test_people_alike_are_shown_before_anybody_is_saved(world):
    known = await world.client("Jon", "Smyth", date_of_birth=dt.date(1980, 4, 4))
    typed = CreateClient(given_name="Smith", family_name="John", date_of_birth=dt.date(1980, 4, 5))
    with pytest.raises(PossibleDuplicates):
        await world.do(create_client, typed)
    assert [line.id for line in await world.see(possible_duplicates, "Smith", "John", None)] == [known]
    other = CreateClient(given_name="Jon", family_name="Smyth", date_of_birth=dt.date(1955, 1, 1))
    await world.do(create_client, other)
    await world.do(create_client, typed.model_copy(update={"checked": True}))


@pytest.mark.row("C1")
async def test_clients_are_listed_by_family_name_page_by_page(world):
    made = [await world.client("P", f"Name{at:02}") for at in range(30)]
    first = await world.see(search_clients)
    second = await world.see(search_clients, "", first.next)
    assert [line.id for line in (*first.items, *second.items)] == made
    assert second.next is None


@pytest.mark.row("C2")
async def test_a_person_is_in_one_household_and_ages_count_on_the_day(world):
    head, child = await world.family()
    other = await world.client("Kim", "Stone")
    with pytest.raises(InAnotherHousehold):
        await world.do(add_member, AddMember(client_id=other, member_id=child))
    found = (await world.see(client, head)).household
    assert (found.adults, found.children) == (1, 1)
    world.clock.advance(dt.timedelta(days=366 * 8))
    assert (await world.see(client, head)).household.adults == 2


def home_fields(**changes):
    known = {
        "bedrooms": 2,
        "rent": {"amount": "1200.00", "currency": "CAD"},
        "features": ["balcony", "elevator"],
        "accessible": False,
        "floor": 3,
        "year_built": 1970,
        "area_square_feet": 700,
    }
    return {**known, **changes}


@pytest.mark.row("P5")
async def test_filters_narrow_and_what_is_not_known_is_handled_honestly(world):
    known = await world.home(**home_fields())
    unknown = await world.home(**home_fields(bedrooms=None, rent=None))
    large = await world.home(
        **home_fields(bedrooms=4, rent={"amount": "2400.00"}, accessible=True, managed_by="third_party")
    )

    async def units(**wanted):
        return {home.unit for home in (await world.see(search_homes, HomeFilter(**wanted))).items}

    assert await units() == {known, unknown, large}
    assert await units(bedrooms_from=3) == {unknown, large}
    assert await units(bedrooms_from=3, include_unknown=False) == {large}
    assert await units(rent_to=Decimal(1500), include_unknown=False) == {known}
    assert await units(accessible=True) == {large}
    assert await units(features=["balcony", "elevator"]) == {known, unknown, large}
    assert await units(features=["pool"]) == set()
    assert await units(managed_by=ManagedBy.THIRD_PARTY) == {large}
    assert await units(floor_from=4, include_unknown=False) == set()
    assert await units(year_from=1960, area_to=800) == {known, unknown, large}


@pytest.mark.row("P5")
@pytest.mark.parametrize(
    "query", ["260 sherbourne", "sherborn st", "Sherbourne Street", "m5a 2x9", "SHERBOURNE toronto"]
)
async def test_an_address_is_found_by_abbreviation_and_bad_spelling(world, query):
    address = {
        "street": "260  SHERBOURNE ST",
        "city": "Toronto",
        "province": "ON",
        "postal_code": "M5A 2X9",
        "region": "ward-13",
    }
    wanted = await world.home(address=address)
    await world.home(
        address={**address, "street": "2837 YONGE ST", "postal_code": "M4N 2J6", "city": "North York"}
    )
    found = await world.see(search_homes, HomeFilter(q=query))
    assert [home.unit for home in found.items] == [wanted]


@pytest.mark.row("P5")
@pytest.mark.parametrize("sort", list(HomeSort))
async def test_every_home_is_on_one_page_exactly(world, sort):
    made = set()
    for at in range(32):
        rent = None if at % 7 == 0 else {"amount": f"{900 + at % 5}.00"}
        made.add(await world.home(**home_fields(rent=rent)))
    seen, after = [], None
    while True:
        page = await world.see(search_homes, HomeFilter(sort=sort, after=after))
        seen += [home.unit for home in page.items]
        after = page.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 32
    assert set(seen) == made
    assert page.count == 32


@pytest.mark.row("P5", "U4")
async def test_the_copy_keeps_the_newest_word_whatever_the_order(world):
    unit = await world.home(listing_version=5)
    await world.receive("unit_availability_changed", unit=unit, listing_version=4, occupancy="secured")
    assert (await world.see(search_homes, HomeFilter())).count == 1
    await world.receive(
        "unit_availability_changed", unit=unit, listing_version=6, occupancy="occupied_by_client"
    )
    assert (await world.see(search_homes, HomeFilter())).count == 0
    assert (await world.see(search_homes, HomeFilter(occupancy=OccupancyFilter.ALL))).count == 1
    await world.receive("unit_withdrawn", unit=unit, listing_version=7)
    assert (await world.see(search_homes, HomeFilter(occupancy=OccupancyFilter.ALL))).count == 0

    early = uuid.uuid4()
    await world.receive("unit_withdrawn", unit=early, listing_version=3, version=3)
    await world.home(unit=early, listing_version=2)
    assert (await world.see(search_homes, HomeFilter(occupancy=OccupancyFilter.ALL))).count == 0
    taken = uuid.uuid4()
    await world.receive(
        "unit_availability_changed", unit=taken, listing_version=3, occupancy="secured", version=3
    )
    await world.home(unit=taken, listing_version=1)
    (home,) = (await world.see(search_homes, HomeFilter(occupancy=OccupancyFilter.ALL))).items
    assert home.occupancy.value == "secured"


@pytest.mark.row("P5")
async def test_the_page_shows_how_old_the_copy_is(world):
    before = (await world.see(search_homes, HomeFilter())).inventories
    assert [(one.inventory, one.received_at) for one in before] == [
        ("city-inventory", None),
        ("property", None),
    ]
    await world.home()
    world.clock.advance(dt.timedelta(hours=3))
    await world.home(sender="city-inventory")
    for wanted in (HomeFilter(), HomeFilter(q="nowhere")):
        ages = (await world.see(search_homes, wanted)).inventories
        since = {one.inventory: world.clock.now() - one.received_at for one in ages}
        assert since == {"city-inventory": dt.timedelta(0), "property": dt.timedelta(hours=3)}
