"""Who manages a home is fixed when it's asked for, and not known without a landlord (U4, U6, U9)."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from typing import Any

import pytest

from chassis.actor import Actor
from chassis.parties import NotTheSenders
from contracts import units
from contracts.words import ManagedBy as PublishedManager
from importing.steps import ImportCommand, ReceiveFile
from units_svc.holds.commands import CorrectManager, correct_manager
from units_svc.holds.model import HoldState, ManagerUnchanged
from units_svc.holds.queries import hold_record, use_of_unit
from units_svc.imports.commands import apply_import, carry_through, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.inventory.commands import EditDetails, edit_details
from units_svc.inventory.queries import unit_record
from units_svc.landlords.commands import EditLandlord, edit_landlord
from units_svc.landlords.model import LandlordKind, ManagedBy, Relation
from units_svc.landlords.queries import landlord_record
from units_svc.maintenance.entry_requests import notice_due

KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
OURS, THEIRS = Relation.PROPERTY_ENTITY, Relation.THIRD_PARTY


async def _correct_landlord(world: Any, landlord: uuid.UUID, relation: Relation) -> None:
    found = await world.see(landlord_record, landlord)
    command = EditLandlord(
        landlord_id=landlord,
        version=found.version,
        kind=LandlordKind.ORGANISATION,
        name=found.name,
        relation=relation,
    )
    await world.do(edit_landlord, command)


async def _give_landlord(world: Any, unit: uuid.UUID, landlord: uuid.UUID | None) -> None:
    record = await world.see(unit_record, unit)
    values = {name: getattr(record, name) for name in EditDetails.model_fields if hasattr(record, name)}
    await world.do(edit_details, EditDetails(**{**values, "unit_id": unit, "landlord_id": landlord}))


async def _import_landlord(world: Any, unit: uuid.UUID, relation: Relation) -> None:
    """Import a list with a column for landlords that names this home."""
    home = await world.see(unit_record, unit)
    content = (
        "address,unit,city,province,postal_code,housing_type,landlord,landlord_relation\n"
        f"{home.street},{home.unit_number},Toronto,ON,M5A 1A1,apartment,Birch Homes,{relation.value}\n"
    )
    received = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content.encode()), "homes.csv")
    found = await carry_through(world.runtime, KEEPER, await world.do(receive_file, received))
    await world.do(apply_import, ImportCommand(found.id))
    written = await carry_through(world.runtime, KEEPER, found.id)
    assert (written.new, written.changed) == (0, 1)


async def _change(world: Any, way: str, unit: uuid.UUID, landlord: uuid.UUID, relation: Relation) -> None:
    if way == "landlord":
        await _correct_landlord(world, landlord, relation)
    elif way == "home":
        await _give_landlord(world, unit, await world.landlord(relation, "Cedar Homes"))
    elif way == "none":
        await _give_landlord(world, unit, None)
    else:
        await _import_landlord(world, unit, relation)


WAYS = pytest.mark.parametrize("way", ["landlord", "home", "none", "import"])


@pytest.mark.row("U4", "U6", "U9")
@WAYS
async def test_a_landlord_corrected_while_a_third_partys_home_is_held_keeps_the_move_in(
    world: Any, way: str
) -> None:
    landlord = await world.landlord(THEIRS)
    unit, asked = await world.unit(landlord_id=landlord), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    await _change(world, way, unit, landlord, OURS)
    assert await world.occupancy(unit) == "secured"
    with pytest.raises(NotTheSenders):
        await world.receive("application_closed", unit=unit, request=asked)
    assert await world.occupancy(unit) == "secured", "it was a third party's when it was asked for"
    await world.receive("household_moved_in", unit=unit, request=asked, moved_in_on=dt.date(2026, 3, 2))
    assert await world.occupancy(unit) == "occupied_by_client"
    assert (await world.see(use_of_unit, unit)).open[0].managed_by is ManagedBy.THIRD_PARTY


@pytest.mark.row("U4", "U6", "U9", "T1")
@WAYS
async def test_a_landlord_corrected_while_an_own_home_is_held_still_lets_the_lease_speak(
    world: Any, way: str
) -> None:
    landlord = await world.landlord(OURS)
    unit, asked = await world.unit(landlord_id=landlord), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    await _change(world, way, unit, landlord, THEIRS)
    await world.receive("household_moved_in", unit=unit, request=asked)
    assert await world.occupancy(unit) == "secured", "the lease speaks for it"
    await world.receive("application_closed", unit=unit, request=asked)
    assert await world.occupancy(unit) == "available"


@pytest.mark.row("U4", "U6", "U7")
@WAYS
async def test_a_landlord_corrected_while_people_live_there_takes_no_notice_of_entry_from_them(
    world: Any, way: str
) -> None:
    landlord = await world.landlord(OURS)
    unit, asked = await world.unit(landlord_id=landlord), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    await world.receive(
        "tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=dt.date(2026, 3, 9), request=asked
    )
    await _change(world, way, unit, landlord, THEIRS)
    assert await world.occupancy(unit) == "occupied_by_client"
    async with world.runtime.reading(KEEPER) as tx:
        assert await notice_due(tx, unit)


@pytest.mark.row("U4", "U9")
async def test_who_manages_a_held_home_is_corrected_knowingly_and_published(world: Any, visitor: Any) -> None:
    landlord = await world.landlord(THEIRS)
    unit, asked = await world.unit(landlord_id=landlord), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    secured = (await world.last_published(units.UnitSecuredV1)).data
    assert secured.managed_by is PublishedManager.THIRD_PARTY
    await _correct_landlord(world, landlord, OURS)
    desk = visitor("inventory_keeper", "property_manager", "property_administrator")
    page = await desk.see(f"/inventory-desk/units/{unit}/use")
    assert "The present hold or stay began under: A third party" in page.html
    path = f"/inventory-desk/units/{unit}/manager"
    refused = await desk.send(path, {"managed_by": "property_entity", "reason": ""}, status=422)
    assert "Fill in “Why”" in refused.html
    await desk.send(path, {"managed_by": "property_entity", "reason": "Bought in January"})
    again = (await world.last_published(units.UnitSecuredV1)).data
    assert (again.managed_by, again.deadline) == (PublishedManager.PROPERTY_ENTITY, secured.deadline)
    hold = await world.see(hold_record, asked)
    assert (hold.state, hold.managed_by) == (HoldState.HELD, ManagedBy.PROPERTY_ENTITY)
    recorded = await world.rows("SELECT changes FROM audit WHERE action = 'manager_corrected'")
    assert all("Bought in January" in str(row["changes"]) for row in recorded)
    assert "The present hold or stay began" not in (await desk.see(f"/inventory-desk/units/{unit}/use")).html
    same = CorrectManager(unit_id=unit, managed_by=ManagedBy.PROPERTY_ENTITY, reason="twice")
    with pytest.raises(ManagerUnchanged):
        await world.do(correct_manager, same)
    async with world.api("inventory_keeper") as client:
        body = {"managed_by": "third_party", "reason": "It was sold again"}
        assert (await client.put(f"/units/{unit}/manager", json=body)).status_code == 204


@pytest.mark.row("U6", "P6")
@pytest.mark.parametrize(
    ("relation", "published"),
    [
        (None, PublishedManager.NOT_KNOWN),
        (Relation.THIRD_PARTY, PublishedManager.THIRD_PARTY),
        (Relation.MANAGING_AGENT, PublishedManager.PROPERTY_ENTITY),
        (Relation.PROPERTY_ENTITY, PublishedManager.PROPERTY_ENTITY),
    ],
)
async def test_a_home_without_a_landlord_is_published_and_shown_as_not_known(
    world: Any, visitor: Any, relation: Relation | None, published: PublishedManager
) -> None:
    unit = await world.unit(landlord_id=await world.landlord(relation) if relation else None)
    assert (await world.last_published(units.UnitPublishedV1)).data.managed_by is published
    await world.receive("unit_requested", unit=unit, request=uuid.uuid4())
    assert (await world.last_published(units.UnitSecuredV1)).data.managed_by is published
    page = await visitor("inventory_keeper").see(f"/inventory-desk/units/{unit}/details")
    assert ("Missing for a referral: the landlord" in page.html) is (relation is None)


@pytest.mark.row("U4", "P6")
async def test_for_a_home_whose_manager_is_not_known_events_of_both_sides_are_acted_on(world: Any) -> None:
    closed, moved = await world.unit(), await world.unit()
    one, other = uuid.uuid4(), uuid.uuid4()
    await world.receive("unit_requested", unit=closed, request=one)
    await world.receive("unit_requested", unit=moved, request=other)
    await world.receive("application_closed", unit=closed, request=one)
    await world.receive("household_moved_in", unit=moved, request=other)
    assert (await world.occupancy(closed), await world.occupancy(moved)) == (
        "available",
        "occupied_by_client",
    )
