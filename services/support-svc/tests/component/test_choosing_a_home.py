"""New Housing Search by building, a page of each home, the short list and comparing (P5)."""

import uuid
from decimal import Decimal

import pytest

from chassis.errors import NotFound
from deskkit.testing import parse_page
from support_svc.homes.model import UnknownHome
from support_svc.homes.queries import HomeFilter
from support_svc.housing_search.commands import HomeOfPlacement, remove_from_shortlist, shortlist_home
from support_svc.housing_search.model import LONGEST, ShortlistFull
from support_svc.housing_search.queries import search_buildings_for_placement, shortlist


def address(street, unit_number=None, **more):
    return {
        "street": street,
        "unit_number": unit_number,
        "city": "Toronto",
        "province": "ON",
        "postal_code": "M5A 1J4",
        "country": "CA",
        **more,
    }


def cad(amount):
    return {"amount": Decimal(amount), "currency": "CAD"}


async def searching(world, **fields):
    head, _ = await world.family()
    income = {"amount": Decimal(3000), "currency": "CAD"}
    placement = await world.placement(head, monthly_income=income, **fields)
    return placement, f"/front-desk/placements/{placement}"


async def post(browser, page, action, **typed):
    form = page.fields(action)
    hidden = {name: form[name] for name in ("_csrf", "form_token", "back") if name in form}
    return await browser.post(action, data={**hidden, **typed})


@pytest.mark.row("P5")
async def test_homes_of_a_building_are_one_line_until_opened(world):
    placement, base = await searching(world)
    for number, rent in enumerate((1300, 1250, 1400), start=1):
        await world.home(address=address("1 Wilmington Ave", str(number)), rent=cad(rent))
    alone = await world.home(address=address("9 Elm St"), rent=cad(800))
    found = await world.see(search_buildings_for_placement, placement, HomeFilter())
    assert (found.homes, found.buildings) == (4, 2)
    assert [(line.best.street, line.count, line.rent_from, line.rent_to) for line in found.items] == [
        ("9 Elm St", 1, Decimal(800), Decimal(800)),
        ("1 Wilmington Ave", 3, Decimal(1250), Decimal(1400)),
    ]
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"{base}/search")).text)
        assert "4 homes match, in 2 buildings" in page.text
        assert "3 homes at 1 Wilmington Ave, from $1,250.00" in page.text
        assert "More than is affordable" in page.text
        (opened,) = {link.get("href") for link in page.root.iter("a") if "building=" in link.get("href", "")}
        homes = parse_page((await browser.get(opened)).text)
        assert "3 homes match" in homes.text
        assert "9 Elm St" not in homes.text
        assert "One building" in homes.text
    assert alone


@pytest.mark.row("P5", "X6")
@pytest.mark.parametrize(
    ("query", "chip", "left"),
    [
        ("q=elm", "Address: elm", "q="),
        ("bedrooms_from=2", "At least 2 bedrooms", "bedrooms_from="),
        ("rent_to=900", "Rent up to $900.00", "rent_to="),
        ("year_from=1990", "Built in 1990 or after", "year_from="),
        ("accessible=yes&accessible-present=1", "Wheelchair accessible", "accessible"),
        ("features=balcony&features=elevator", "Balcony", "features=balcony"),
        ("occupancy=all", "Also homes that aren’t free", "occupancy="),
        ("managed_by=third_party", "Managed by a third-party landlord", "managed_by="),
        ("types=apartment", "Apartment", "types=apartment"),
    ],
)
async def test_each_filter_is_named_and_can_be_taken_away_alone(world, query, chip, left):
    placement, base = await searching(world)
    await world.home()
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"{base}/search?city=Toronto&{query}")).text)
        removed = {
            link.text_content() if hasattr(link, "text_content") else "".join(link.itertext()): link.get(
                "href"
            )
            for link in page.root.iter("a")
            if link.get("class") == "chip"
        }
        ((_, without),) = [(words, href) for words, href in removed.items() if chip in words]
        assert left not in without
        assert "city=Toronto" in without
        rest = parse_page((await browser.get(without)).text)
        names = ["".join(link.itertext()) for link in rest.root.iter("a") if link.get("class") == "chip"]
        assert not any(chip in name for name in names)
        assert any("Toronto" in name for name in names)
    assert placement


@pytest.mark.row("P5", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_a_home_is_looked_at_before_it_is_asked_for(world, locale):
    _, base = await searching(world)
    full = await world.home(
        address=address("1 Wilmington Ave", "12"), rent=cad(1300), features=["balcony"], bedrooms=0
    )
    await world.home(address=address("1 Wilmington Ave", "14"))
    bare = await world.home(
        address=address("7 Oak Ave", None, postal_code=None),
        rent=None,
        bedrooms=None,
        area_square_feet=None,
        floor=None,
        building_floors=None,
        year_built=None,
        features=[],
        accessible=False,
        shareable=False,
    )
    gone = await world.home()
    await world.receive("unit_withdrawn", unit=gone)
    async with world.desk("caseworker", locale=locale) as browser:
        for unit in (full, bare, gone):
            answer = await browser.get(f"{base}/homes/{unit}")
            assert answer.status_code == 200
            page = parse_page(answer.text)
            assert (f"{base}/secure/{unit}" in answer.text) == (unit != gone)
            if unit == full:
                assert ("1 other free home" if locale == "en" else "1 autre logement libre") in page.text
        assert (await browser.get(f"{base}/homes/{uuid.uuid4()}")).status_code == 404


@pytest.mark.row("P5", "X3")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_a_short_list_is_stored_compared_and_cleared(world, locale):
    placement, base = await searching(world)
    first = await world.home(address=address("1 Wilmington Ave", "12"), rent=cad(1300))
    second = await world.home(address=address("9 Elm St"), rent=None, bedrooms=None)
    gone = await world.home(address=address("3 Oak Ave"))
    async with world.desk("caseworker", locale=locale) as browser:
        parse_page((await browser.get(f"{base}/shortlist")).text)
        for unit in (first, second, gone):
            page = parse_page((await browser.get(f"{base}/homes/{unit}")).text)
            added = await post(browser, page, f"{base}/shortlist/{unit}")
            assert (added.status_code, added.headers["location"]) == (303, f"{base}/homes/{unit}")
        await world.receive("unit_withdrawn", unit=gone)
        listed = parse_page((await browser.get(f"{base}/shortlist")).text)
        assert all(street in listed.text for street in ("Wilmington", "Elm", "Oak"))
        compared = await browser.get(f"{base}/compare?unit={first}&unit={second}&unit={gone}")
        assert compared.status_code == 200
        assert "1 Wilmington Ave" in parse_page(compared.text).text
        for wrong in (
            "",
            f"unit={first}",
            f"unit={first}&unit=x",
            "&".join(f"unit={uuid.uuid4()}" for _ in range(5)),
        ):
            again = await browser.get(f"{base}/compare?{wrong}")
            assert again.status_code == 200
            assert ("two to four" if locale == "en" else "de deux à quatre") in parse_page(again.text).text
        removal = f"{base}/shortlist/{gone}/removal"
        assert (await post(browser, listed, removal)).status_code == 303
    assert {home.unit for home in await world.see(shortlist, placement)} == {first, second}
    audit = await world.rows("SELECT action FROM audit WHERE record_id = $1 ORDER BY at", str(placement))
    assert [row["action"] for row in audit][-4:] == ["home_shortlisted"] * 3 + ["home_off_shortlist"]


@pytest.mark.row("P5", "X5")
async def test_a_home_is_on_the_list_once_and_the_list_has_an_end(world):
    placement, _ = await searching(world)
    units = [await world.home() for _ in range(LONGEST + 1)]
    for unit in (*units[:LONGEST], units[0]):
        await world.do(shortlist_home, HomeOfPlacement(placement_id=placement, unit=unit))
    assert len(await world.see(shortlist, placement)) == LONGEST
    with pytest.raises(ShortlistFull):
        await world.do(shortlist_home, HomeOfPlacement(placement_id=placement, unit=units[-1]))
    with pytest.raises(UnknownHome):
        await world.do(shortlist_home, HomeOfPlacement(placement_id=placement, unit=uuid.uuid4()))
    for use_case in (shortlist_home, remove_from_shortlist):
        with pytest.raises(NotFound):
            await world.do(use_case, HomeOfPlacement(placement_id=uuid.uuid4(), unit=units[0]))
    async with world.api("caseworker") as api:
        path = f"/placements/{placement}/shortlisted-homes"
        assert len((await api.get(path)).json()) == LONGEST
        assert (await api.delete(f"{path}/{units[0]}")).status_code == 204
        assert (await api.put(f"{path}/{units[-1]}")).status_code == 204
        pair = [("units", str(unit)) for unit in units[1:3]]
        assert len((await api.get(f"/placements/{placement}/comparisons", params=pair)).json()) == 2
        assert (await api.get(f"/placements/{placement}/comparisons", params=pair[:1])).status_code == 422
        assert (await api.get(f"/placements/{placement}/homes/{units[1]}")).json()["shortlisted"] is True
        assert (await api.get(f"/placements/{placement}/buildings")).json()["homes"] == LONGEST + 1


@pytest.mark.row("P5")
@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example", "/front-desk", "{base}/\\evil"]
)
async def test_the_way_back_stays_within_the_placement(world, back):
    placement, base = await searching(world)
    unit = await world.home()
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"{base}/homes/{unit}")).text)
        answer = await post(browser, page, f"{base}/shortlist/{unit}", back=back.format(base=base))
    assert (answer.status_code, answer.headers["location"]) == (303, f"{base}/shortlist")
    assert placement


@pytest.mark.row("P5")
async def test_a_rent_in_another_currency_is_not_compared(world):
    placement, base = await searching(world)
    await world.home(address=address("9 Elm St"), rent={"amount": Decimal(700), "currency": "USD"})
    unknown = await world.see(search_buildings_for_placement, placement, HomeFilter(rent_to=Decimal(900)))
    assert [line.rent_from for line in unknown.items] == [None]
    strict = HomeFilter(rent_to=Decimal(900), include_unknown=False)
    assert (await world.see(search_buildings_for_placement, placement, strict)).homes == 0
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"{base}/search")).text)
        assert "rent in another currency" in page.text
