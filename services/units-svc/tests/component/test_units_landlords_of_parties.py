"""Which property entity a landlord belongs to: by hand, in an import, and in what is published (N1, N2)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from sqlalchemy import select

from chassis.actor import Actor
from chassis.errors import InvalidInput
from contracts import units
from contracts.envelope import read
from importing.steps import ImportCommand, ReceiveFile
from testkit.parties import neighbourhood
from units_svc.imports.commands import apply_import, carry_through, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.queries import import_problems
from units_svc.inventory.queries import unit_record
from units_svc.landlords.commands import AddLandlord, add_landlord
from units_svc.landlords.model import LandlordKind, LandlordKnown, Relation
from units_svc.landlords.queries import landlord_list, landlord_record
from units_svc.publishing import HOMES, publish_listings

OURS, AGENT, THIRD = Relation.PROPERTY_ENTITY, Relation.MANAGING_AGENT, Relation.THIRD_PARTY
OWN, LAKESIDE = "property", "lakeside-homes"
SUPPORT = "support"


@pytest.mark.row("N1", "U6")
async def test_a_landlord_names_a_registered_property_entity_and_a_refusal_names_the_field(
    world: Any,
) -> None:
    given = {"kind": LandlordKind.ORGANISATION, "name": "Maple Homes", "relation": AGENT}
    for party in (SUPPORT, "city-inventory", "nobody-known"):
        with pytest.raises(InvalidInput) as refused:
            await world.do(add_landlord, AddLandlord(**given, party=party))
        assert refused.value.field == "party"
    with pytest.raises(InvalidInput) as refused:
        await world.do(add_landlord, AddLandlord(**{**given, "relation": THIRD}, party=LAKESIDE))
    assert refused.value.field == "party"
    first = await world.do(add_landlord, AddLandlord(**given, party=LAKESIDE))
    with pytest.raises(LandlordKnown):
        await world.do(add_landlord, AddLandlord(**given, party=LAKESIDE))
    second = await world.do(add_landlord, AddLandlord(**given))
    assert (await world.see(landlord_record, first)).party == LAKESIDE
    assert (await world.see(landlord_record, second)).party == OWN, (
        "the inventory's own, unless another is named"
    )
    assert {one.party for one in (await world.see(landlord_list)).items} == {LAKESIDE, OWN}


@pytest.mark.row("N1", "U6")
async def test_an_inventory_of_no_property_entity_asks_which_one(
    fresh_database: Any, fixed_clock: Any, make_units: Any
) -> None:
    world = make_units(await fresh_database("units"), fixed_clock, entity="city-inventory")
    given = {"kind": LandlordKind.ORGANISATION, "name": "Maple Homes", "relation": OURS}
    actor = Actor("staff-1", "city-inventory", frozenset({"inventory_keeper"}), "Kim Okafor")
    with pytest.raises(InvalidInput) as refused:
        await world.do(add_landlord, AddLandlord(**given), actor)
    assert refused.value.field == "party"
    await world.do(add_landlord, AddLandlord(**given, party=OWN), actor)
    await world.runtime.close()


@pytest.mark.row("N1", "N6", "U6")
async def test_with_one_property_entity_nobody_is_asked_which(
    fresh_database: Any, fixed_clock: Any, make_units: Any
) -> None:
    world = make_units(await fresh_database("units"), fixed_clock, **neighbourhood("pair").settings())
    async with world.desk("inventory_keeper") as browser:
        assert 'name="party"' not in (await browser.get("/inventory-desk/landlords/new")).text
    landlord = await world.landlord(OURS)
    assert (await world.see(landlord_record, landlord)).party == OWN
    await world.runtime.close()


@pytest.mark.row("N1", "N4", "U6")
async def test_the_desk_asks_for_the_property_entity_and_names_it(world: Any, visitor: Any) -> None:
    desk = visitor("inventory_keeper", "property_administrator")
    path = "/inventory-desk/landlords/new"
    given = {"kind": "organisation", "name": "Maple Homes", "relation": "third_party"}
    wrong = await desk.send(path, {**given, "party": LAKESIDE}, status=422)
    assert "Leave this empty: a third party manages its own homes." in wrong.html
    led = await desk.send(path, {**given, "relation": "managing_agent", "party": LAKESIDE})
    page = await desk.see(led)
    assert "Managing agent of Lakeside Homes" in page.html
    await desk.send(f"{led}/edit", {"party": OWN})
    page = await desk.see(led)
    assert "Managing agent of Property entity" in page.html
    assert "Property entity: Lakeside Homes → Property entity" in page.html
    async with world.api("inventory_keeper") as client:
        body = {"kind": "person", "name": "Ada", "relation": "managing_agent", "party": SUPPORT}
        refused = await client.post("/landlords", json=body)
        assert refused.status_code == 422
        assert "party" in refused.text
        added = await client.post("/landlords", json={**body, "party": LAKESIDE})
        read_back = await client.get(f"/landlords/{added.json()['id']}")
        assert read_back.json()["party"] == LAKESIDE


@pytest.mark.row("N1", "N5", "U6")
async def test_a_landlord_of_a_party_that_left_can_still_be_corrected(world: Any) -> None:
    unit = await world.home_of(LAKESIDE)
    landlord = (await world.see(unit_record, unit)).landlord_id
    connection = await world.database.connect()
    await connection.execute("UPDATE landlord SET party = 'gone-homes' WHERE id = $1", landlord)
    await connection.close()
    await world.edit_landlord(unit, phone="416 555 0100")
    assert (await world.see(landlord_record, landlord)).party == "gone-homes"


@pytest.mark.row("N2", "N3", "U6")
async def test_a_listing_names_who_manages_the_home_alone_and_in_bulk(world: Any) -> None:
    unit = await world.home_of(LAKESIDE)
    assert (await world.last_published(units.UnitPublishedV1)).data.manager == LAKESIDE
    since = await world.position()
    await world.edit_landlord(unit, party=OWN)
    (row,) = await world.rows("SELECT * FROM outbox WHERE position > $1", since)
    listing = read(units.UnitPublishedV1, row["data"])
    assert (listing.source, listing.data.manager) == ("/property/units", OWN)
    assert (row["type"], row["subject"], row["addressee"]) == (
        "units.unit_published.v1",
        "evt.property.units.unit_published.v1",
        None,
    )
    await world.edit_landlord(unit, relation=THIRD, party=None)
    assert (await world.last_published(units.UnitPublishedV1)).data.manager is None
    async with world.runtime.transaction(world.STAFF) as tx:
        await publish_listings(tx, select(HOMES.c.id).where(HOMES.c.id == unit))
    assert (
        "manager"
        not in json.loads((await world.rows("SELECT data FROM outbox ORDER BY position"))[-1]["data"])["data"]
    )


async def _import(world: Any, *lines: str) -> Any:
    header = "address,unit,city,province,housing_type,landlord,landlord_relation,property_entity"
    content = "\n".join((header, *lines)).encode()
    received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content), "homes.csv")
    return await carry_through(world.runtime, world.STAFF, await world.do(receive_file, received))


@pytest.mark.row("N1", "U6", "U8")
async def test_an_import_maps_the_property_entity_by_id_or_name(world: Any) -> None:
    found = await _import(
        world,
        "1 Elm Road,1,Toronto,ON,apartment,Maple,managing_agent,lakeside-homes",
        "2 Elm Road,1,Toronto,ON,apartment,Maple,managing_agent,Logements Lakeside",
        "3 Elm Road,1,Toronto,ON,apartment,Maple,managing_agent,",
        "4 Elm Road,1,Toronto,ON,apartment,Maple,managing_agent,Harbour Support",
        "5 Elm Road,1,Toronto,ON,apartment,Maple,third_party,lakeside-homes",
    )
    problems = await world.see(import_problems, found.id)
    assert [(one.line, one.column, one.rule) for one in problems] == [
        (5, "property_entity", "not_on_the_list"),
        (6, "property_entity", "third_party_named"),
    ]
    await world.do(apply_import, ImportCommand(found.id))
    await carry_through(world.runtime, world.STAFF, found.id)
    rows = await world.rows(
        "SELECT b.street, l.party FROM unit u JOIN building b ON b.id = u.building_id"
        " JOIN landlord l ON l.id = u.landlord_id ORDER BY b.street"
    )
    assert [row["party"] for row in rows] == [LAKESIDE, LAKESIDE, OWN]
    published = await world.rows("SELECT data->'data'->>'manager' AS manager FROM outbox ORDER BY position")
    assert [row["manager"] for row in published] == [LAKESIDE, LAKESIDE, OWN]
    # A newer list that names none leaves a home with the landlord it has; one that names another changes it.
    again = await _import(
        world,
        "1 Elm Road,1,Toronto,ON,studio,Maple,managing_agent,",
        "2 Elm Road,1,Toronto,ON,apartment,Maple,managing_agent,property",
    )
    assert again.changed == 2
    await world.do(apply_import, ImportCommand(again.id))
    await carry_through(world.runtime, world.STAFF, again.id)
    rows = await world.rows(
        "SELECT b.street, l.party FROM unit u JOIN building b ON b.id = u.building_id"
        " JOIN landlord l ON l.id = u.landlord_id ORDER BY b.street"
    )
    assert [row["party"] for row in rows] == [LAKESIDE, OWN, OWN]


@pytest.mark.row("N1", "U6", "U8")
async def test_a_row_that_names_no_property_entity_is_wrong_where_somebody_has_to_choose(
    fresh_database: Any, fixed_clock: Any, make_units: Any
) -> None:
    world = make_units(await fresh_database("units"), fixed_clock, entity="city-inventory")
    actor = Actor("staff-1", "city-inventory", frozenset({"inventory_keeper"}), "Kim Okafor")
    content = (
        "address,unit,city,province,housing_type,landlord,landlord_relation\n"
        "1 Elm Road,1,Toronto,ON,apartment,Maple,managing_agent\n"
        "2 Elm Road,1,Toronto,ON,apartment,Oak,third_party\n"
    )
    received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content.encode()), "homes.csv")
    found = await carry_through(world.runtime, actor, await world.do(receive_file, received, actor))
    problems = await world.see(import_problems, found.id, actor=actor)
    assert [(one.line, one.rule) for one in problems] == [(2, "property_entity_missing")]
    await world.runtime.close()
