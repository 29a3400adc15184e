"""Homes and landlords on a real database: rules, searches, dated facts, events (U1, U2, U3, U6, X4)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from chassis.actor import Actor
from chassis.errors import EditedMeanwhile, InvalidInput, NotFound
from chassis.lookups import CodeTaken, NotOnTheList
from contracts import units
from contracts.words import ManagedBy
from units_svc.inventory.commands import (
    EditAddress,
    EditDetails,
    ObserveStatus,
    edit_address,
    edit_details,
    observe_status,
)
from units_svc.inventory.feature import SERVICE_PROVIDER, STATUS, UNIT_FEATURE
from units_svc.inventory.model import (
    AddressTaken,
    DayInFuture,
    FloorAboveBuilding,
    NotAPostalCode,
    PostalCodeOfAnotherProvince,
    RentInAnotherCurrency,
    RentKnown,
    YearInFuture,
)
from units_svc.inventory.queries import unit_history, unit_list, unit_record
from units_svc.inventory.rents import ChangeRent, change_rent
from units_svc.inventory.searching import Order, UnitFilter
from units_svc.landlords.commands import EditLandlord, edit_landlord
from units_svc.landlords.model import LandlordKind, LandlordKnown, Relation
from units_svc.lookups.commands import AddValue, EditValue, add_value, edit_value
from units_svc.lookups.queries import lookup_lists

ADMINISTRATOR = Actor("staff-2", "property", frozenset({"property_administrator"}), "Ada Pike")


def _as_edit(model: Any, record: Any, **changes: Any) -> Any:
    values = {name: getattr(record, name) for name in model.model_fields if hasattr(record, name)}
    return model(**{**values, "unit_id": record.id, **changes})


async def _found(world: Any, **filters: Any) -> set[str]:
    page = await world.see(unit_list, UnitFilter(**filters), limit=200)
    return {f"{row.street} {row.unit_number}" for row in page.items}


@pytest.mark.row("U3")
async def test_a_rent_keeps_its_currency_and_is_not_mixed_with_another(world: Any) -> None:
    unit = await world.unit(rent=Decimal("1000.00"), rent_currency="USD")
    rent = (await world.last_published(units.UnitPublishedV1)).data.rent
    assert (rent.amount, rent.currency) == (Decimal("1000.00"), "USD")
    mixed = ChangeRent(unit_id=unit, amount=Decimal("1350.00"), begins_on=dt.date(2026, 3, 10))
    with pytest.raises(RentInAnotherCurrency) as refused:
        await world.do(change_rent, mixed)
    assert refused.value.field == "currency"
    with pytest.raises(ValidationError, match="ISO 4217"):
        ChangeRent(**{**mixed.model_dump(), "currency": "ABC"})


@pytest.mark.row("U2", "U3")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"postal_code": "V5K 0A1"}, PostalCodeOfAnotherProvince),
        ({"postal_code": "12345"}, NotAPostalCode),
        ({"floor": 9, "building_floors": 4}, FloorAboveBuilding),
        ({"status_observed_on": dt.date(2026, 3, 3)}, DayInFuture),
        ({"housing_type": "castle"}, NotOnTheList),
        ({"features": ["moat"]}, NotOnTheList),
        ({"region": "moon"}, NotOnTheList),
        ({"landlord_id": uuid.UUID(int=7)}, NotFound),
        ({"province": "ZZ"}, InvalidInput),
        ({"country": "US", "province": "ON", "postal_code": None}, InvalidInput),
        ({"country": "US", "province": "NY", "postal_code": "90210"}, PostalCodeOfAnotherProvince),
        ({"year_built": 2032}, YearInFuture),
        ({"street": "–"}, InvalidInput),
        ({"rent": Decimal(-1)}, ValidationError),
        ({"street": "<script>"}, ValidationError),
    ],
    ids=str,
)
async def test_a_home_that_cannot_be_is_refused_with_the_rule(world: Any, changes: Any, refusal: Any) -> None:
    with pytest.raises(refusal):
        await world.unit(**changes)
    assert await world.value("SELECT count(*) FROM unit") == 0
    assert await world.published() == []


@pytest.mark.row("U2", "U3")
async def test_a_home_being_built_in_another_country_is_listed_and_corrected_within_the_same_rules(
    world: Any,
) -> None:
    unit = await world.unit(country="US", province="NY", postal_code="10001-0001", year_built=2031)
    record = await world.see(unit_record, unit)
    with pytest.raises(YearInFuture) as refused:
        await world.do(edit_details, _as_edit(EditDetails, record, year_built=2032))
    assert (refused.value.field, refused.value.params) == ("year_built", {"latest": 2031})
    with pytest.raises(PostalCodeOfAnotherProvince):
        await world.do(edit_address, _as_edit(EditAddress, record, province="NJ"))
    assert (await world.see(unit_record, unit)).year_built == 2031


@pytest.mark.row("U2")
async def test_two_homes_cannot_have_one_address_and_number(world: Any) -> None:
    await world.unit(street="260 Sherbourne St", unit_number="304")
    with pytest.raises(AddressTaken):
        await world.unit(street="260  SHERBOURNE Street", unit_number="#304")
    await world.unit(street="260  SHERBOURNE Street", unit_number="305")
    assert await world.value("SELECT count(*) FROM building") == 1


@pytest.mark.row("U2", "U1")
async def test_what_is_the_buildings_changes_for_all_its_homes_and_is_published_for_each(world: Any) -> None:
    homes = [
        await world.unit(street="5 Example St", unit_number=str(n), building_floors=4, floor=n)
        for n in (1, 2, 3)
    ]
    before = len(await world.published())
    record = await world.see(unit_record, homes[0])
    await world.do(
        edit_address, _as_edit(EditAddress, record, building_name="Maple Court", region="north-york")
    )
    assert (await world.published())[before:] == ["unit_published"] * 3
    assert {(await world.see(unit_record, home)).building_name for home in homes} == {"Maple Court"}
    assert len(await _found(world, region=["north-york"])) == 3
    record = await world.see(unit_record, homes[0])
    with pytest.raises(FloorAboveBuilding):
        await world.do(edit_details, _as_edit(EditDetails, record, building_floors=2))


@pytest.mark.row("U2")
async def test_a_home_that_was_put_at_a_wrong_address_moves_alone(world: Any) -> None:
    stays, moves = [await world.unit(street="5 Example St", unit_number=n) for n in ("1", "2")]
    record = await world.see(unit_record, moves)
    await world.do(edit_address, _as_edit(EditAddress, record, street="7 Example St"))
    assert (await world.see(unit_record, moves)).street == "7 Example St"
    assert (await world.see(unit_record, stays)).street == "5 Example St"


@pytest.mark.row("X4")
async def test_the_second_of_two_edits_is_refused_with_what_differs(world: Any) -> None:
    unit = await world.unit(bedrooms=1)
    record = await world.see(unit_record, unit)
    await world.do(edit_details, _as_edit(EditDetails, record, bedrooms=2))
    with pytest.raises(EditedMeanwhile) as refused:
        await world.do(edit_details, _as_edit(EditDetails, record, bedrooms=3))
    assert refused.value.difference == {"bedrooms": (2, 3)}
    # What happens to the home meanwhile disturbs nobody who corrects its record.
    record = await world.see(unit_record, unit)
    await world.receive("unit_requested", unit=unit, request=uuid.uuid4())
    await world.do(edit_details, _as_edit(EditDetails, record, bedrooms=3))


@pytest.mark.row("U3")
async def test_conditions_are_a_dated_history_and_the_newest_day_is_the_status(world: Any) -> None:
    unit = await world.unit(status_observed_on=dt.date(2026, 2, 1), status="good")
    await world.do(
        observe_status, ObserveStatus(unit_id=unit, status="fair", observed_on=dt.date(2026, 1, 1))
    )
    assert (await world.see(unit_record, unit)).status == "good"
    await world.do(
        observe_status,
        ObserveStatus(unit_id=unit, status="major_repairs", observed_on=dt.date(2026, 3, 2), remark="Leak"),
    )
    assert (await world.see(unit_record, unit)).status == "major_repairs"
    history = await world.see(unit_history, unit)
    assert [one.status for one in history.observations] == ["major_repairs", "good", "fair"]
    with pytest.raises(DayInFuture):
        await world.do(
            observe_status, ObserveStatus(unit_id=unit, status="good", observed_on=dt.date(2026, 3, 3))
        )


@pytest.mark.row("U3")
async def test_a_rent_that_begins_later_takes_effect_on_its_day(world: Any) -> None:
    unit = await world.unit(rent=Decimal("1000.00"))
    later = ChangeRent(unit_id=unit, amount=Decimal("1100.00"), begins_on=dt.date(2026, 4, 1))
    await world.do(change_rent, later)
    with pytest.raises(RentKnown):
        await world.do(change_rent, later)
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1000.00")
    world.clock.advance(dt.timedelta(days=30))
    assert await world.due() == ["rent_begins"]
    assert (await world.see(unit_record, unit)).rent_amount == Decimal("1100.00")
    assert (await world.last_published(units.UnitPublishedV1)).data.rent.amount == Decimal("1100.00")


@pytest.mark.row("U6")
async def test_who_the_landlord_is_decides_who_draws_up_the_lease(world: Any) -> None:
    landlord = await world.landlord(Relation.THIRD_PARTY, "Maple Homes")
    await world.unit(landlord_id=landlord)
    assert (await world.last_published(units.UnitPublishedV1)).data.managed_by is ManagedBy.THIRD_PARTY
    given: dict[str, Any] = {
        "landlord_id": landlord,
        "kind": LandlordKind.ORGANISATION,
        "name": "Maple Homes",
    }
    await world.do(edit_landlord, EditLandlord(**given, relation=Relation.MANAGING_AGENT, version=1))
    assert (await world.last_published(units.UnitPublishedV1)).data.managed_by is ManagedBy.PROPERTY_ENTITY
    with pytest.raises(EditedMeanwhile):
        await world.do(edit_landlord, EditLandlord(**given, relation=Relation.THIRD_PARTY, version=1))
    with pytest.raises(LandlordKnown):
        await world.landlord(Relation.MANAGING_AGENT, "MAPLE  HOMES")


@pytest.mark.row("U1")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Sherborne", {"260 Sherbourne St 304"}),
        ("sherbourne street", {"260 Sherbourne St 304"}),
        ("304 sherbourne", {"260 Sherbourne St 304"}),
        ("eglise", {"12 Rue de l'Église 1"}),
        ("église quebec", {"12 Rue de l'Église 1"}),
        ("m5a 1a1", {"260 Sherbourne St 304"}),
        ("M5A1A1", {"260 Sherbourne St 304"}),
        ("maple crt", {"260 Sherbourne St 304"}),
        ("nowhere", set()),
        ("%", set()),
    ],
)
async def test_an_address_is_found_however_it_is_spelt(world: Any, text: str, found: set[str]) -> None:
    await world.unit(street="260 Sherbourne St", unit_number="304", building_name="Maple Court")
    await world.unit(
        street="12 Rue de l'Église",
        unit_number="1",
        city="Québec",
        province="QC",
        postal_code="G1K 1A1",
        region="elsewhere",
    )
    assert await _found(world, text=text) == found


@pytest.mark.row("U1")
async def test_filters_hold_together_and_unknown_figures_are_included_or_left_out(world: Any) -> None:
    await world.unit(
        street="1 A St", rent=Decimal(900), bedrooms=1, features=["elevator", "balcony"], floor=2
    )
    await world.unit(street="2 A St", rent=None, bedrooms=None, features=["elevator"], accessible=True)
    await world.unit(
        street="3 A St", rent=Decimal(1500), bedrooms=3, housing_type="townhouse", shareable=True
    )
    assert await _found(world, rent_to=Decimal(1000)) == {"1 A St 304", "2 A St 304"}
    assert await _found(world, rent_to=Decimal(1000), unknown_too=False) == {"1 A St 304"}
    assert await _found(world, bedrooms_from=2, unknown_too=False) == {"3 A St 304"}
    assert await _found(world, features=["elevator", "balcony"]) == {"1 A St 304"}
    assert await _found(world, accessible=True) == {"2 A St 304"}
    assert await _found(world, housing_type=["townhouse"], shareable=True, city="TORONTO") == {"3 A St 304"}
    assert (await world.see(unit_list, UnitFilter(rent_from=Decimal(1)))).count == 3


@pytest.mark.row("U1")
@pytest.mark.parametrize("order", list(Order))
async def test_pages_follow_each_other_forwards_and_back_without_gaps(world: Any, order: Order) -> None:
    for number in range(1, 8):
        await world.unit(
            street=f"{number} Page St", rent=None if number % 3 == 0 else Decimal(100 * (number % 2 + 1))
        )
    whole = [row.id for row in (await world.see(unit_list, UnitFilter(), order=order)).items]
    forwards, page = [], await world.see(unit_list, UnitFilter(), order=order, limit=3)
    pages = [page]
    while page.next:
        page = await world.see(unit_list, UnitFilter(), order=order, limit=3, after=page.next)
        pages.append(page)
    forwards = [row.id for page in pages for row in page.items]
    assert forwards == whole
    assert len(whole) == 7
    back = await world.see(unit_list, UnitFilter(), order=order, limit=3, before=pages[-1].previous)
    assert [row.id for row in back.items] == [row.id for row in pages[-2].items]
    with pytest.raises(InvalidInput):
        await world.see(unit_list, UnitFilter(), order=order, after="nonsense")


@pytest.mark.row("U3")
async def test_a_value_in_use_is_retired_and_stays_where_it_is(world: Any) -> None:
    added = await world.do(
        add_value,
        AddValue(list=UNIT_FEATURE, label_en="Roof garden", label_fr="Jardin sur le toit"),
        ADMINISTRATOR,
    )
    with pytest.raises(CodeTaken):
        await world.do(
            add_value,
            AddValue(list=UNIT_FEATURE, label_en="ROOF GARDEN", label_fr="Jardin"),
            ADMINISTRATOR,
        )
    unit = await world.unit(features=["roof_garden", "elevator"])
    assert [f.value for f in (await world.last_published(units.UnitPublishedV1)).data.features] == [
        "elevator"
    ]
    await world.do(
        edit_value,
        EditValue(
            value_id=added, version=1, label_en="Roof garden", label_fr="Jardin sur le toit", active=False
        ),
        ADMINISTRATOR,
    )
    record = await world.see(unit_record, unit)
    await world.do(edit_details, _as_edit(EditDetails, record, bedrooms=4))
    with pytest.raises(NotOnTheList):
        await world.unit(features=["roof_garden"])
    lists = await world.see(lookup_lists)
    assert lists.label(UNIT_FEATURE, "roof_garden", "fr") == "Jardin sur le toit"
    with pytest.raises(InvalidInput):
        await world.do(
            add_value,
            AddValue(list=STATUS, label_en="Odd", label_fr="Bizarre", published_as="odd"),
            ADMINISTRATOR,
        )


@pytest.mark.row("U1", "X5")
async def test_over_the_api_a_home_is_added_once_and_read_back(world: Any) -> None:
    body = {
        "street": "1 Example St", "city": "Toronto", "province": "ON", "region": "north-york",
        "housing_type": "apartment", "status": "good", "status_observed_on": "2026-03-01", "rent": "1200.00",
    }  # fmt: skip
    async with world.api("inventory_keeper", **{"Idempotency-Key": "once"}) as client:
        first, second = [await client.post("/units", json=body) for _ in range(2)]
        assert (first.status_code, second.json()) == (201, first.json())
        found = (await client.get(f"/units/{first.json()['id']}")).json()
        assert (found["street"], found["rent_amount"], found["occupancy"]) == (
            "1 Example St",
            "1200.00",
            "available",
        )
    async with world.api("inventory_keeper") as client:
        path = f"/units/{found['id']}"
        seen = await client.post(
            f"{path}/status-observations", json={"status": "fair", "observed_on": "2026-03-02"}
        )
        rent = await client.post(f"{path}/rents", json={"amount": "1250", "begins_on": "2026-03-03"})
        used = await client.post(f"{path}/uses", json={"kind": "out_of_use", "began_on": "2026-03-02"})
        assert {answer.status_code for answer in (seen, rent, used)} == {201}
        ended = await client.post(f"{path}/uses/{used.json()['id']}/end", json={"last_day": "2026-03-02"})
        assert ended.status_code == 204
        assert (await client.post(f"{path}/withdrawal")).status_code == 204
        assert (await client.delete(f"{path}/withdrawal")).status_code == 204
        body |= {"street": "2 Example St", "floor": 9, "building_floors": 3}
        bad = await client.post("/units", json=body)
        assert (bad.status_code, bad.json()["code"]) == (422, "floor_above_building")
        history = (await client.get(f"{path}/history")).json()
        assert len(history["occupancy"]) >= 3
        assert (await client.get("/lookups/housing_type")).json()[0]["code"] == "apartment"
        assert (await client.get("/units/export")).text.count("\n") == 2
    async with world.api("property_manager") as client:
        assert (await client.post("/units", json=body)).status_code == 403
    async with world.api("caseworker", entity="support") as client:
        assert (await client.get("/units")).status_code == 401


@pytest.mark.row("U6")
async def test_landlords_are_listed_page_by_page_also_two_of_one_name(world: Any) -> None:
    for name, relation in (
        ("Oak Homes", Relation.THIRD_PARTY),
        ("Oak Homes", Relation.MANAGING_AGENT),
        ("Ash Homes", Relation.THIRD_PARTY),
        ("Élm Homes", Relation.PROPERTY_ENTITY),
    ):
        await world.landlord(relation, name)
    seen: list[tuple[str, str]] = []
    async with world.api("inventory_keeper") as client:
        params: dict[str, Any] = {"limit": 1, "words": "homes"}
        while params.get("after", "") is not None:
            page = (await client.get("/landlords", params=params)).json()
            assert page["count"] == 4
            seen += [(one["name"], one["relation"]) for one in page["items"]]
            params["after"] = page["next"]
    assert seen == [
        ("Ash Homes", "third_party"),
        ("Élm Homes", "property_entity"),
        ("Oak Homes", "managing_agent"),
        ("Oak Homes", "third_party"),
    ]


@pytest.mark.row("U3", "U6")
async def test_what_was_retired_since_stays_when_a_home_is_edited(world: Any, visitor: Any) -> None:
    provider = AddValue(list=SERVICE_PROVIDER, label_en="Bridge", label_fr="Le Pont")
    value = await world.do(add_value, provider, actor=ADMINISTRATOR)
    code = await world.value("SELECT code FROM lookup_value WHERE id = $1", value)
    landlord = await world.landlord(name="Gone Homes")
    unit = await world.unit(landlord_id=landlord, service_provider=code)
    await world.rows("UPDATE landlord SET active = false")
    await world.rows("UPDATE lookup_value SET active = false WHERE id = $1", value)
    path = f"/inventory-desk/units/{unit}/details/edit"
    await visitor("inventory_keeper").send(path, {"comments": "New doors."})
    (stored,) = await world.rows("SELECT landlord_id, service_provider, comments FROM unit")
    assert tuple(stored.values()) == (landlord, code, "New doors.")


@pytest.mark.row("U3", "U6", "U7", "U9", "U10")
@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("POST", "/units/{unit}/rents", {"amount": "-1", "begins_on": "2026-03-01"}, "amount"),
        ("POST", "/units/{unit}/rents", {"amount": "NaN", "begins_on": "2026-03-01"}, "amount"),
        (
            "POST",
            "/units/{unit}/rents",
            {"amount": "1", "begins_on": "2026-03-01", "currency": "EUR"},
            "currency",
        ),
        (
            "POST",
            "/units/{unit}/status-observations",
            {"status": "<b>", "observed_on": "2026-03-01"},
            "status",
        ),
        (
            "POST",
            "/units/{unit}/uses",
            {"kind": "out_of_use", "began_on": "2026-03-01", "remark": "x" * 9_000},
            "remark",
        ),
        ("PUT", "/units/{unit}/details", {"housing_type": "apartment", "version": 0}, "version"),
        ("POST", "/holds/{unit}/release", {"version": 0, "remark": "x"}, "version"),
        ("POST", "/holds/{unit}/deadline", {"version": 0, "last_day": "2026-03-09"}, "version"),
        (
            "PUT",
            "/landlords/{unit}",
            {"kind": "person", "name": "A", "relation": "third_party", "version": 0},
            "version",
        ),
        ("PUT", "/contractors/{unit}", {"name": "A", "version": 0}, "version"),
        ("PUT", "/maintenance/{unit}", {"type": "plumbing", "description": "A", "version": 0}, "version"),
    ],
)
async def test_what_a_command_refuses_is_refused_as_input_at_its_field(
    world: Any, method: str, path: str, body: dict[str, Any], field: str
) -> None:
    async with world.api("inventory_keeper") as client:
        refused = await client.request(method, path.format(unit=await world.unit()), json=body)
    assert refused.status_code == 422, refused.text
    assert [one["field"] for one in refused.json()["errors"]] == [field]
