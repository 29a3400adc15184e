"""Several property entities and support organisations: who is named, who is informed, who is believed (N1 to
N4)."""

from __future__ import annotations

import datetime as dt
import io
import json
import uuid
from typing import Any

import pytest
from sqlalchemy import select

from chassis.actor import Actor
from chassis.db.migrate import upgrade
from chassis.errors import InvalidInput, SeveralFaults
from chassis.parties import NotTheSenders
from contracts import units
from contracts.envelope import read
from importing.steps import ImportCommand, ReceiveFile
from testkit.databases import migrations_of
from testkit.parties import neighbourhood
from units_svc.holds.commands import CorrectManager, ProlongHold, correct_manager, prolong_hold
from units_svc.holds.model import ManagerUnchanged
from units_svc.holds.queries import hold_record, use_of_unit
from units_svc.imports.commands import apply_import, carry_through, receive_file
from units_svc.imports.mapping import mapping_named
from units_svc.imports.queries import import_problems
from units_svc.inventory.queries import unit_record
from units_svc.landlords.commands import AddLandlord, EditLandlord, add_landlord, edit_landlord
from units_svc.landlords.model import LandlordKind, LandlordKnown, ManagedBy, Relation
from units_svc.landlords.queries import landlord_list, landlord_record
from units_svc.maintenance.commands import AddWork, add_work
from units_svc.maintenance.entry_requests import AskEntry, ScheduleWork, ask_entry, schedule_work
from units_svc.maintenance.queries import work_record
from units_svc.publishing import HOMES, publish_listings

KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
OURS, AGENT, THIRD = Relation.PROPERTY_ENTITY, Relation.MANAGING_AGENT, Relation.THIRD_PARTY
OWN, LAKESIDE = "property", "lakeside-homes"
SUPPORT, HARBOUR = "support", "harbour-support"
DAY = dt.timedelta(days=1)


async def _home(world: Any, party: str | None = LAKESIDE, relation: Relation = OURS) -> uuid.UUID:
    """Add a home of a landlord of its own."""
    landlord = await world.landlord(relation, f"Landlord {uuid.uuid4()}", party)
    found: uuid.UUID = await world.unit(landlord_id=landlord)
    return found


async def _ask(world: Any, unit: uuid.UUID, sender: str = SUPPORT) -> uuid.UUID:
    """Ask for a home and return the request."""
    request = uuid.uuid4()
    soon = dt.date(2026, 3, 10)
    await world.receive("unit_requested", unit=unit, request=request, sender=sender, expected_move_in=soon)
    return request


async def _addressed(world: Any, since: int = 0) -> list[tuple[str, str]]:
    """Return event and addressee of each addressed message, in order."""
    rows = await world.rows(
        "SELECT type, addressee FROM outbox WHERE addressee IS NOT NULL AND position > $1 ORDER BY position",
        since,
    )
    return [(row["type"].split(".")[1], row["addressee"]) for row in rows]


async def _position(world: Any) -> int:
    return int(await world.value("SELECT coalesce(max(position), 0) FROM outbox"))


async def _edit_landlord(world: Any, unit: uuid.UUID, **changes: Any) -> None:
    landlord = (await world.see(unit_record, unit)).landlord_id
    found = await world.see(landlord_record, landlord)
    values = {name: getattr(found, name) for name in EditLandlord.model_fields if hasattr(found, name)}
    await world.do(edit_landlord, EditLandlord(**{**values, "landlord_id": landlord, **changes}))


# ------------------------------------------------------------------ landlords and listings
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
    unit = await _home(world)
    landlord = (await world.see(unit_record, unit)).landlord_id
    connection = await world.database.connect()
    await connection.execute("UPDATE landlord SET party = 'gone-homes' WHERE id = $1", landlord)
    await connection.close()
    await _edit_landlord(world, unit, phone="416 555 0100")
    assert (await world.see(landlord_record, landlord)).party == "gone-homes"


@pytest.mark.row("N2", "N3", "U6")
async def test_a_listing_names_who_manages_the_home_alone_and_in_bulk(world: Any) -> None:
    unit = await _home(world)
    assert (await world.last_published(units.UnitPublishedV1)).data.manager == LAKESIDE
    since = await _position(world)
    await _edit_landlord(world, unit, party=OWN)
    (row,) = await world.rows("SELECT * FROM outbox WHERE position > $1", since)
    listing = read(units.UnitPublishedV1, row["data"])
    assert (listing.source, listing.data.manager) == ("/property/units", OWN)
    assert (row["type"], row["subject"], row["addressee"]) == (
        "units.unit_published.v1",
        "evt.property.units.unit_published.v1",
        None,
    )
    await _edit_landlord(world, unit, relation=THIRD, party=None)
    assert (await world.last_published(units.UnitPublishedV1)).data.manager is None
    async with world.runtime.transaction(KEEPER) as tx:
        await publish_listings(tx, select(HOMES.c.id).where(HOMES.c.id == unit))
    assert (
        "manager"
        not in json.loads((await world.rows("SELECT data FROM outbox ORDER BY position"))[-1]["data"])["data"]
    )


async def _import(world: Any, *lines: str) -> Any:
    header = "address,unit,city,province,housing_type,landlord,landlord_relation,property_entity"
    content = "\n".join((header, *lines)).encode()
    received = ReceiveFile(mapping_named("unit-list"), io.BytesIO(content), "homes.csv")
    return await carry_through(world.runtime, KEEPER, await world.do(receive_file, received))


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
    await carry_through(world.runtime, KEEPER, found.id)
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
    await carry_through(world.runtime, KEEPER, again.id)
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
    received = ReceiveFile(mapping_named("unit-list"), io.BytesIO(content.encode()), "homes.csv")
    found = await carry_through(world.runtime, actor, await world.do(receive_file, received, actor))
    problems = await world.see(import_problems, found.id, actor=actor)
    assert [(one.line, one.rule) for one in problems] == [(2, "property_entity_missing")]
    await world.runtime.close()


# ------------------------------------------------------------------ who is informed
@pytest.mark.row("N2", "N3", "P6", "U9")
async def test_a_hold_is_announced_to_who_asked_and_to_who_manages_and_to_nobody_else(world: Any) -> None:
    unit = await _home(world)
    request = await _ask(world, unit, HARBOUR)
    refused = await _ask(world, unit)
    assert await _addressed(world) == [
        ("unit_secured", HARBOUR),
        ("unit_secured", LAKESIDE),
        ("unit_refused", SUPPORT),
    ]
    secured = await world.rows(
        "SELECT subject, data FROM outbox WHERE type LIKE '%secured%' ORDER BY position"
    )
    assert [row["subject"] for row in secured] == [
        f"evt.property.units.unit_secured.v1.{party}" for party in (HARBOUR, LAKESIDE)
    ]
    for row in secured:
        assert read(units.UnitSecuredV1, row["data"]).data.manager == LAKESIDE
    hold = await world.see(hold_record, request)
    since = await _position(world)
    later = ProlongHold(request_id=request, version=1, last_day=hold.deadline.date() + DAY)
    await world.do(prolong_hold, later)
    for days in (15, 3):
        world.clock.advance(days * DAY)
        await world.due()
    assert await _addressed(world, since) == [
        (event, party)
        for event in ("unit_secured", "unit_hold_ending", "unit_released")
        for party in (HARBOUR, LAKESIDE)
    ]
    to_support = await world.rows("SELECT data FROM outbox WHERE addressee = 'support'")
    assert [str(request) in row["data"] for row in to_support] == [False]
    to_manager = await world.rows("SELECT data FROM outbox WHERE addressee = $1", LAKESIDE)
    assert not any(str(refused) in row["data"] for row in to_manager)


@pytest.mark.row("N2", "N3", "U9")
@pytest.mark.parametrize("relation", [THIRD, None])
async def test_a_home_that_no_property_entity_manages_has_no_second_addressee(
    world: Any, relation: Relation | None
) -> None:
    unit = await world.unit() if relation is None else await _home(world, None, relation)
    request = await _ask(world, unit, HARBOUR)
    await world.receive("unit_request_withdrawn", unit=unit, request=request, sender=HARBOUR)
    assert await _addressed(world) == [("unit_secured", HARBOUR), ("unit_released", HARBOUR)]


@pytest.mark.row("N2", "N4", "U6", "U9")
async def test_a_corrected_manager_of_a_hold_informs_the_former_one_the_new_one_and_who_asked(
    world: Any, visitor: Any
) -> None:
    unit = await _home(world, OWN)
    request = await _ask(world, unit)
    since = await _position(world)
    await _edit_landlord(world, unit, party=LAKESIDE)
    assert await _addressed(world, since) == [], "what was begun stays under who managed it then"
    desk = visitor("inventory_keeper", "property_manager", "property_administrator")
    page = await desk.see(f"/inventory-desk/units/{unit}/use")
    assert "according to the landlord on record: Lakeside Homes" in page.html
    assert "began under: Property entity" in page.html
    path = f"/inventory-desk/units/{unit}/manager"
    await desk.send(path, {"managed_by": "property_entity", "manager": LAKESIDE, "reason": "Sold in January"})
    assert await _addressed(world, since) == [
        ("unit_released", OWN),
        ("unit_secured", SUPPORT),
        ("unit_secured", LAKESIDE),
    ]
    with pytest.raises(ManagerUnchanged):
        await world.do(
            correct_manager,
            CorrectManager(
                unit_id=unit, managed_by=ManagedBy.PROPERTY_ENTITY, manager=LAKESIDE, reason="twice"
            ),
        )
    # What the former manager sent before it knew is let go; what only a manager can say, it can't any more.
    await world.receive("application_closed", unit=unit, request=request, sender=OWN)
    assert await world.occupancy(unit) == "secured"
    started = {"unit": unit, "request": request, "start": dt.date(2026, 3, 9)}
    with pytest.raises(NotTheSenders):
        await world.receive("tenancy_started", tenancy=uuid.uuid4(), sender=OWN, **started)
    since = await _position(world)
    await world.receive("application_closed", unit=unit, request=request, sender=LAKESIDE)
    assert await _addressed(world, since) == [("unit_released", SUPPORT), ("unit_released", LAKESIDE)]


@pytest.mark.row("N2", "U6", "U9")
async def test_a_hold_corrected_to_a_third_party_leaves_only_who_asked(world: Any) -> None:
    unit = await _home(world)
    await _ask(world, unit)
    since = await _position(world)
    wrong = CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, manager=OWN, reason="Deed")
    with pytest.raises((InvalidInput, SeveralFaults)) as refused:
        await world.do(correct_manager, wrong)
    assert refused.value.field == "manager"
    command = CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, reason="The deed says so")
    await world.do(correct_manager, command)
    assert await _addressed(world, since) == [("unit_released", LAKESIDE), ("unit_secured", SUPPORT)]


# ------------------------------------------------------------------ who is believed
@pytest.mark.row("N2", "U9")
async def test_only_who_asked_gives_a_request_up_or_reports_its_moves(world: Any) -> None:
    unit = await _home(world, None, THIRD)
    request = await _ask(world, unit)
    since = await _position(world)
    for name in ("unit_request_withdrawn", "household_moved_in", "household_moved_out"):
        with pytest.raises(NotTheSenders):
            await world.receive(name, unit=unit, request=request, sender=HARBOUR)
    with pytest.raises(NotTheSenders):
        await world.receive("unit_requested", unit=await _home(world), request=request, sender=HARBOUR)
    assert await _addressed(world, since) == []
    assert (await world.see(hold_record, request)).requested_by == SUPPORT
    assert await world.occupancy(unit) == "secured"
    await world.receive("household_moved_in", unit=unit, request=request)
    with pytest.raises(NotTheSenders):
        await world.receive("household_moved_out", unit=unit, request=request, sender=HARBOUR)
    assert await world.occupancy(unit) == "occupied_by_client"
    assert (await world.see(use_of_unit, unit)).occupations[0].requested_by == SUPPORT


@pytest.mark.row("N2", "U9")
@pytest.mark.parametrize("name", ["unit_request_withdrawn", "household_moved_out"])
async def test_what_overtook_its_request_belongs_to_who_sent_it(world: Any, name: str) -> None:
    unit, request = await _home(world), uuid.uuid4()
    await world.receive(name, unit=unit, request=request, sender=HARBOUR)
    with pytest.raises(NotTheSenders):
        await world.receive("unit_requested", unit=unit, request=request)
    await world.receive("unit_requested", unit=unit, request=request, sender=HARBOUR)
    assert await world.occupancy(unit) == "available"


@pytest.mark.row("N2", "U9", "T1")
async def test_only_the_property_entity_that_manages_a_home_lets_it_or_closes_its_applications(
    world: Any,
) -> None:
    unit = await _home(world)
    request = await _ask(world, unit)
    started = {"unit": unit, "start": dt.date(2026, 3, 9), "request": request}
    tenancy = uuid.uuid4()
    for more in ({}, {"request": None}):
        with pytest.raises(NotTheSenders):
            await world.receive("tenancy_started", sender=OWN, tenancy=tenancy, **{**started, **more})
    with pytest.raises(NotTheSenders):
        await world.receive("application_closed", sender=OWN, unit=unit, request=request)
    third = await _home(world, None, THIRD)
    with pytest.raises(NotTheSenders):
        await world.receive("tenancy_started", sender=OWN, tenancy=tenancy, unit=third, request=None)
    assert await world.occupancy(unit) == "secured"
    await world.receive("tenancy_started", sender=LAKESIDE, tenancy=tenancy, **started)
    assert await world.occupancy(unit) == "occupied_by_client"
    (stay,) = (await world.see(use_of_unit, unit)).open
    assert (stay.managed_by, stay.manager) == (ManagedBy.PROPERTY_ENTITY, LAKESIDE)
    own = await _home(world, OWN)
    with pytest.raises(NotTheSenders):
        await world.receive("tenancy_started", sender=OWN, tenancy=tenancy, unit=own, request=None)
    assert await world.occupancy(own) == "available", "another's tenancy has that id"


@pytest.mark.row("N2", "U9", "T1")
async def test_a_let_home_ends_another_organisations_hold_and_informs_its_parties_alone(world: Any) -> None:
    unit = await _home(world)
    await _ask(world, unit, HARBOUR)
    since = await _position(world)
    await world.receive(
        "tenancy_started", sender=LAKESIDE, tenancy=uuid.uuid4(), unit=unit, request=None,
        start=dt.date(2026, 3, 9),
    )  # fmt: skip
    assert await _addressed(world, since) == [("unit_released", HARBOUR), ("unit_released", LAKESIDE)]


async def _let(world: Any, party: str = LAKESIDE) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Let a home and ask for entry; return the home, the work and the request for entry."""
    unit = await _home(world, party)
    await world.receive(
        "tenancy_started", sender=party, tenancy=uuid.uuid4(), unit=unit, request=None,
        start=dt.date(2026, 2, 1),
    )  # fmt: skip
    work = await world.do(add_work, AddWork(unit_id=unit, type="plumbing", description="New tap"))
    starts = world.clock.now() + 10 * DAY
    window = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=3)}
    asked = await world.do(ask_entry, AskEntry(work_id=work, version=1, **window))
    return unit, work, asked


@pytest.mark.row("N2", "N4", "U7")
async def test_entry_is_asked_of_and_answered_by_the_property_entity_under_which_people_live_there(
    world: Any, visitor: Any
) -> None:
    unit, work, asked = await _let(world)
    assert await _addressed(world) == [("entry_requested", LAKESIDE)]
    answer = {"unit": unit, "request": asked, "answer": "tenant_agreed", "entry_from": None}
    with pytest.raises(NotTheSenders):
        await world.receive("entry_answered", sender=OWN, **answer)
    assert (await world.see(work_record, work)).entry == "asked"
    page = await visitor("inventory_keeper").see(f"/inventory-desk/maintenance/{work}")
    assert "Asked; Lakeside Homes hasn’t answered yet." in page.html
    await world.receive("entry_answered", sender=LAKESIDE, **answer)
    assert (await world.see(work_record, work)).entry == "agreed"


@pytest.mark.row("N2", "U7")
async def test_entry_asked_of_a_manager_that_was_corrected_is_given_up_and_asked_of_the_next(
    world: Any,
) -> None:
    unit, work, asked = await _let(world)
    await world.receive(
        "entry_answered", sender=LAKESIDE, unit=unit, request=asked, answer="tenant_agreed", entry_from=None
    )
    version = (await world.see(work_record, work)).version
    await world.do(schedule_work, ScheduleWork(work_id=work, version=version))
    since = await _position(world)
    command = CorrectManager(
        unit_id=unit, managed_by=ManagedBy.PROPERTY_ENTITY, manager=OWN, reason="Bought in May"
    )
    await world.do(correct_manager, command)
    assert await _addressed(world, since) == [("entry_request_withdrawn", LAKESIDE)]
    found = await world.see(work_record, work)
    assert (found.entry, found.scheduled_start, found.gives_notice) == (None, None, OWN)
    starts = world.clock.now() + 12 * DAY
    window = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=3)}
    await world.do(ask_entry, AskEntry(work_id=work, version=found.version, **window))
    assert (await _addressed(world, since))[-1] == ("entry_requested", OWN)


# ------------------------------------------------------------------ what pages say
@pytest.mark.row("N4", "U9")
async def test_the_inventorys_staff_see_who_asked_and_who_was_informed_by_name(
    world: Any, visitor: Any
) -> None:
    unit = await _home(world)
    request = await _ask(world, unit, HARBOUR)
    await _ask(world, unit)
    desk = visitor("inventory_keeper", "property_administrator", locale="fr")
    assert "Soutien du Port" in (await desk.see("/inventory-desk/holds")).html
    page = await desk.see(f"/inventory-desk/holds/{request}")
    for party in ("Soutien du Port", "Logements Lakeside"):
        assert f"\u00a0: {party}</p>" in page.html, "whom each event was sent to"
    use = (await desk.see(f"/inventory-desk/units/{unit}/use")).html
    assert "Soutien du Port" in use
    assert "Organisme de soutien" in use
    english = visitor("inventory_keeper", "property_administrator")
    release = await english.see(f"/inventory-desk/holds/{request}/release")
    assert "Harbour Support and Lakeside Homes will receive, word for word" in release.html
    assert "drawn up by Lakeside Homes" in (await english.see(f"/inventory-desk/units/{unit}/details")).html
    listed = (await english.client.get("/inventory-desk/units/export.csv")).text.splitlines()
    assert "property_entity" in listed[0]
    assert "Lakeside Homes" in listed[1]


# ------------------------------------------------------------------ what was there before
@pytest.mark.row("N1", "N2")
async def test_records_of_before_are_the_inventorys_own_and_the_support_organisations(
    fresh_database: Any,
) -> None:
    database = await fresh_database()
    migrations = str(migrations_of("units"))
    await upgrade(database.url, migrations, "4734b2ba5bef")
    connection = await database.connect()
    unit, building, request = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
    try:
        await connection.execute(
            f"""
            INSERT INTO landlord (id, kind, name, name_key, relation, active, version) VALUES
                ('{uuid.uuid4()}', 'organisation', 'Maple', 'maple', 'managing_agent', true, 1),
                ('{uuid.uuid4()}', 'organisation', 'Oak', 'oak', 'third_party', true, 1);
            INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, recorded_at) VALUES
                ('{uuid.uuid4()}', '{unit}', 1, 's', 't', '{{"source": "/maple-homes/units"}}', now());
            INSERT INTO building (id, street, city, province, country, address_key, search_text, version)
                VALUES ('{building}', '1 Elm Road', 'Toronto', 'ON', 'CA', 'k', 's', 1);
            INSERT INTO unit (id, building_id, unit_key, unit_order, housing_type, status,
                status_observed_on, occupancy, features, shareable, active, rent_currency, city_key,
                address_order, listing_version, created_at, version)
                VALUES ('{unit}', '{building}', '', '', 'apartment', 'good', '2026-03-01', 'available',
                    '{{}}', false, true, 'CAD', 'toronto', '', 1, now(), 1);
            INSERT INTO hold (request_id, unit_id, state, asked_at, managed_by, version) VALUES
                ('{request}', '{unit}', 'held', now(), 'property_entity', 1),
                ('{uuid.uuid4()}', '{uuid.uuid4()}', 'refused', now(), NULL, 1);
            INSERT INTO occupation (id, unit_id, kind, reference, by_client, managed_by, began_on, noted_at,
                noted_by)
                VALUES ('{uuid.uuid4()}', '{unit}', 'tenancy', '{uuid.uuid4()}', true, 'property_entity',
                    '2026-03-01', now(), 'x'),
                ('{uuid.uuid4()}', '{unit}', 'other_household', '{uuid.uuid4()}', false, 'third_party',
                    '2026-03-01', now(), 'x');
            """  # noqa: S608 - ids of our own
        )
        await upgrade(database.url, migrations)
        parties = {row["name"]: row["party"] for row in await connection.fetch("SELECT * FROM landlord")}
        assert parties == {"Maple": "maple-homes", "Oak": None}
        holds = await connection.fetch("SELECT requested_by, manager FROM hold ORDER BY state")
        assert [tuple(row) for row in holds] == [("support", "maple-homes"), ("support", None)]
        stays = await connection.fetch("SELECT manager FROM occupation ORDER BY kind")
        assert [row["manager"] for row in stays] == [None, "maple-homes"]
    finally:
        await connection.close()
