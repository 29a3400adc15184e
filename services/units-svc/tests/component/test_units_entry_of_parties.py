"""Entry is asked of the property entity under which people live in the home (N2, U7)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.parties import NotTheSenders
from units_svc.holds.commands import CorrectManager, correct_manager
from units_svc.landlords.model import ManagedBy
from units_svc.maintenance.commands import AddWork, add_work
from units_svc.maintenance.entry_requests import AskEntry, ScheduleWork, ask_entry, schedule_work
from units_svc.maintenance.queries import work_record

OWN, LAKESIDE = "property", "lakeside-homes"
DAY = dt.timedelta(days=1)


async def _let(world: Any, party: str = LAKESIDE) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """Let a home and ask for entry; return the home, the work and the request for entry."""
    unit = await world.home_of(party)
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
    assert await world.addressed() == [("entry_requested", LAKESIDE)]
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
    since = await world.position()
    command = CorrectManager(
        unit_id=unit, managed_by=ManagedBy.PROPERTY_ENTITY, manager=OWN, reason="Bought in May"
    )
    await world.do(correct_manager, command)
    assert await world.addressed(since) == [("entry_request_withdrawn", LAKESIDE)]
    found = await world.see(work_record, work)
    assert (found.entry, found.scheduled_start, found.gives_notice) == (None, None, OWN)
    starts = world.clock.now() + 12 * DAY
    window = {"starts_at": starts, "ends_at": starts + dt.timedelta(hours=3)}
    await world.do(ask_entry, AskEntry(work_id=work, version=found.version, **window))
    assert (await world.addressed(since))[-1] == ("entry_requested", OWN)
