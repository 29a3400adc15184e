"""Holds among several parties: who is informed, who is believed, and what pages show (N2, N3, N4)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.errors import InvalidInput, SeveralFaults
from chassis.parties import NotTheSenders
from contracts import units
from contracts.envelope import read
from units_svc.holds.commands import CorrectManager, ProlongHold, correct_manager, prolong_hold
from units_svc.holds.model import ManagerUnchanged
from units_svc.holds.queries import hold_record, use_of_unit
from units_svc.landlords.model import ManagedBy, Relation

THIRD = Relation.THIRD_PARTY
OWN, LAKESIDE = "property", "lakeside-homes"
SUPPORT, HARBOUR = "support", "harbour-support"
DAY = dt.timedelta(days=1)


@pytest.mark.row("N2", "N3", "P6", "U9")
async def test_a_hold_is_announced_to_who_asked_and_to_who_manages_and_to_nobody_else(world: Any) -> None:
    unit = await world.home_of(LAKESIDE)
    request = await world.asked_for(unit, HARBOUR)
    refused = await world.asked_for(unit)
    assert await world.addressed() == [
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
    since = await world.position()
    later = ProlongHold(request_id=request, version=1, last_day=hold.deadline.date() + DAY)
    await world.do(prolong_hold, later)
    for days in (15, 3):
        world.clock.advance(days * DAY)
        await world.due()
    assert await world.addressed(since) == [
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
    unit = await world.unit() if relation is None else await world.home_of(None, relation)
    request = await world.asked_for(unit, HARBOUR)
    await world.receive("unit_request_withdrawn", unit=unit, request=request, sender=HARBOUR)
    assert await world.addressed() == [("unit_secured", HARBOUR), ("unit_released", HARBOUR)]


@pytest.mark.row("N2", "N4", "U6", "U9")
async def test_a_corrected_manager_of_a_hold_informs_the_former_one_the_new_one_and_who_asked(
    world: Any, visitor: Any
) -> None:
    unit = await world.home_of(OWN)
    request = await world.asked_for(unit)
    since = await world.position()
    await world.edit_landlord(unit, party=LAKESIDE)
    assert await world.addressed(since) == [], "what was begun stays under who managed it then"
    desk = visitor("inventory_keeper", "property_manager", "property_administrator")
    page = await desk.see(f"/inventory-desk/units/{unit}/use")
    assert "according to the landlord on record: Lakeside Homes" in page.html
    assert "began under: Property entity" in page.html
    path = f"/inventory-desk/units/{unit}/manager"
    await desk.send(path, {"managed_by": "property_entity", "manager": LAKESIDE, "reason": "Sold in January"})
    assert await world.addressed(since) == [
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
    since = await world.position()
    await world.receive("application_closed", unit=unit, request=request, sender=LAKESIDE)
    assert await world.addressed(since) == [("unit_released", SUPPORT), ("unit_released", LAKESIDE)]


@pytest.mark.row("N2", "U6", "U9")
async def test_a_hold_corrected_to_a_third_party_leaves_only_who_asked(world: Any) -> None:
    unit = await world.home_of(LAKESIDE)
    await world.asked_for(unit)
    since = await world.position()
    wrong = CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, manager=OWN, reason="Deed")
    with pytest.raises((InvalidInput, SeveralFaults)) as refused:
        await world.do(correct_manager, wrong)
    assert refused.value.field == "manager"
    command = CorrectManager(unit_id=unit, managed_by=ManagedBy.THIRD_PARTY, reason="The deed says so")
    await world.do(correct_manager, command)
    assert await world.addressed(since) == [("unit_released", LAKESIDE), ("unit_secured", SUPPORT)]


# ------------------------------------------------------------------ who is believed
@pytest.mark.row("N2", "U9")
async def test_only_who_asked_gives_a_request_up_or_reports_its_moves(world: Any) -> None:
    unit = await world.home_of(None, THIRD)
    request = await world.asked_for(unit)
    since = await world.position()
    for name in ("unit_request_withdrawn", "household_moved_in", "household_moved_out"):
        with pytest.raises(NotTheSenders):
            await world.receive(name, unit=unit, request=request, sender=HARBOUR)
    with pytest.raises(NotTheSenders):
        await world.receive(
            "unit_requested", unit=await world.home_of(LAKESIDE), request=request, sender=HARBOUR
        )
    assert await world.addressed(since) == []
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
    unit, request = await world.home_of(LAKESIDE), uuid.uuid4()
    await world.receive(name, unit=unit, request=request, sender=HARBOUR)
    with pytest.raises(NotTheSenders):
        await world.receive("unit_requested", unit=unit, request=request)
    await world.receive("unit_requested", unit=unit, request=request, sender=HARBOUR)
    assert await world.occupancy(unit) == "available"


@pytest.mark.row("N2", "U9", "T1")
async def test_only_the_property_entity_that_manages_a_home_lets_it_or_closes_its_applications(
    world: Any,
) -> None:
    unit = await world.home_of(LAKESIDE)
    request = await world.asked_for(unit)
    started = {"unit": unit, "start": dt.date(2026, 3, 9), "request": request}
    tenancy = uuid.uuid4()
    for more in ({}, {"request": None}):
        with pytest.raises(NotTheSenders):
            await world.receive("tenancy_started", sender=OWN, tenancy=tenancy, **{**started, **more})
    with pytest.raises(NotTheSenders):
        await world.receive("application_closed", sender=OWN, unit=unit, request=request)
    third = await world.home_of(None, THIRD)
    with pytest.raises(NotTheSenders):
        await world.receive("tenancy_started", sender=OWN, tenancy=tenancy, unit=third, request=None)
    assert await world.occupancy(unit) == "secured"
    await world.receive("tenancy_started", sender=LAKESIDE, tenancy=tenancy, **started)
    assert await world.occupancy(unit) == "occupied_by_client"
    (stay,) = (await world.see(use_of_unit, unit)).open
    assert (stay.managed_by, stay.manager) == (ManagedBy.PROPERTY_ENTITY, LAKESIDE)
    own = await world.home_of(OWN)
    with pytest.raises(NotTheSenders):
        await world.receive("tenancy_started", sender=OWN, tenancy=tenancy, unit=own, request=None)
    assert await world.occupancy(own) == "available", "another's tenancy has that id"


@pytest.mark.row("N2", "U9", "T1")
async def test_a_let_home_ends_another_organisations_hold_and_informs_its_parties_alone(world: Any) -> None:
    unit = await world.home_of(LAKESIDE)
    await world.asked_for(unit, HARBOUR)
    since = await world.position()
    await world.receive(
        "tenancy_started", sender=LAKESIDE, tenancy=uuid.uuid4(), unit=unit, request=None,
        start=dt.date(2026, 3, 9),
    )  # fmt: skip
    assert await world.addressed(since) == [("unit_released", HARBOUR), ("unit_released", LAKESIDE)]


# ------------------------------------------------------------------ what pages say
@pytest.mark.row("N4", "U9")
async def test_the_inventorys_staff_see_who_asked_and_who_was_informed_by_name(
    world: Any, visitor: Any
) -> None:
    unit = await world.home_of(LAKESIDE)
    request = await world.asked_for(unit, HARBOUR)
    await world.asked_for(unit)
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
