"""Work that needs entry to somebody's home asks the property entity first (U7)."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis.actor import Actor
from chassis.errors import EditedMeanwhile
from contracts import units
from units_svc.holds.use import EndUse, RecordUse, UseBegan, end_use, record_use
from units_svc.landlords.model import Relation
from units_svc.maintenance.commands import AddWork, EditWork, add_work, edit_work
from units_svc.maintenance.entry_requests import (
    AskEntry,
    ScheduleWork,
    WithdrawEntry,
    ask_entry,
    schedule_work,
    update_entries,
    withdraw_entry,
)
from units_svc.maintenance.model import (
    AnswerIncomplete,
    EntryNotAnswered,
    EntryNotAsked,
    EntryNotNeeded,
    EntryRefused,
    EntryTooSoon,
)
from units_svc.maintenance.queries import WorkFilter, entries_of, work_list, work_record

pytestmark = pytest.mark.row("U7")

ZONE = ZoneInfo("America/Toronto")


def at(day: int, hour: int) -> dt.datetime:
    """Return a moment of March 2026 in Toronto; the world stands at the 2nd, 10 o'clock."""
    return dt.datetime(2026, 3, day, hour, tzinfo=ZONE)


async def let(world: Any, relation: Relation = Relation.PROPERTY_ENTITY) -> uuid.UUID:
    """Return a home in which somebody lives."""
    unit: uuid.UUID = await world.unit(landlord_id=await world.landlord(relation, f"Owner {uuid.uuid4()}"))
    if relation is Relation.THIRD_PARTY:
        await world.receive(
            "household_moved_in", unit=unit, request=uuid.uuid4(), moved_in_on=dt.date(2026, 3, 1)
        )
    else:
        await world.receive("tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=dt.date(2026, 3, 1))
    return unit


async def work_on(world: Any, unit: uuid.UUID, **more: Any) -> uuid.UUID:
    """Record work on a home."""
    found: uuid.UUID = await world.do(
        add_work, AddWork(unit_id=unit, type="plumbing", description="New tap", **more)
    )
    return found


async def asks(world: Any, work: uuid.UUID, day: int = 5, hour: int = 9) -> uuid.UUID:
    """Ask for a window of three hours."""
    record = await world.see(work_record, work)
    found: uuid.UUID = await world.do(
        ask_entry,
        AskEntry(work_id=work, version=record.version, starts_at=at(day, hour), ends_at=at(day, hour + 3)),
    )
    return found


async def schedules(world: Any, work: uuid.UUID) -> None:
    """Schedule the work for the window."""
    record = await world.see(work_record, work)
    await world.do(schedule_work, ScheduleWork(work_id=work, version=record.version))


async def answer(world: Any, unit: uuid.UUID, request: uuid.UUID, answer: str, **more: Any) -> None:
    """Let the property entity answer."""
    given = {"entry_from": None, "reason": None, **more}
    await world.receive("entry_answered", request=request, unit=unit, answer=answer, **given)


async def test_asked_and_answered_work_is_scheduled(world: Any) -> None:
    unit = await let(world)
    work = await work_on(world, unit)
    request = await asks(world, work)
    event = (await world.last_published(units.EntryRequestedV1)).data
    assert (event.request, event.unit, event.purpose.value) == (request, unit, "repair_or_work")
    assert (event.starts_at, event.ends_at) == (at(5, 9), at(5, 12))
    with pytest.raises(EntryNotAnswered):
        await schedules(world, work)
    await answer(world, unit, request, "notice_given", entry_from=at(5, 9))
    await schedules(world, work)
    record = await world.see(work_record, work)
    assert record.scheduled_start == record.scheduled_end == dt.date(2026, 3, 5)
    assert (await world.see(work_list, WorkFilter(entry="notice_given"))).count == 1
    assert (await world.see(work_list, WorkFilter(entry="asked"))).count == 0


async def test_days_are_not_scheduled_past_the_asking(world: Any) -> None:
    unit = await let(world)
    with pytest.raises(EntryNotAsked):
        await work_on(world, unit, scheduled_start=dt.date(2026, 3, 20), agreed_on=dt.date(2026, 3, 2))
    work = await work_on(world, unit)
    request = await asks(world, work)
    await answer(world, unit, request, "tenant_agreed")
    record = await world.see(work_record, work)
    edit = {name: getattr(record, name) for name in EditWork.model_fields if hasattr(record, name)}
    with pytest.raises(EntryNotAsked):
        await world.do(
            edit_work, EditWork(**{**edit, "work_id": work, "scheduled_start": dt.date(2026, 3, 6)})
        )
    await world.do(edit_work, EditWork(**{**edit, "work_id": work, "scheduled_start": dt.date(2026, 3, 5)}))


async def test_inside_the_notice_period_only_the_tenants_agreement_counts(world: Any) -> None:
    unit = await let(world)
    work = await work_on(world, unit)
    request = await asks(world, work, day=3, hour=8)
    await answer(world, unit, request, "notice_given", entry_from=at(3, 8))
    with pytest.raises(EntryTooSoon):
        await schedules(world, work)
    await answer(world, unit, request, "tenant_agreed")
    await schedules(world, work)
    await answer(world, unit, request, "refused", reason="tenant_took_agreement_back")
    record = await world.see(work_record, work)
    assert (record.entry, record.scheduled_start) == ("refused", None)
    with pytest.raises(EntryRefused):
        await schedules(world, work)


async def test_another_window_is_asked_again_and_answers_to_the_old_one_are_ignored(world: Any) -> None:
    unit = await let(world)
    work = await work_on(world, unit)
    first = await asks(world, work)
    await answer(world, unit, first, "tenant_agreed")
    await schedules(world, work)
    second = await asks(world, work, day=6)
    assert (await world.see(work_record, work)).scheduled_start is None
    event = (await world.last_published(units.EntryRequestWithdrawnV1)).data
    assert (event.request, event.reason.value) == (first, "window_changed")
    await answer(world, unit, first, "tenant_agreed")
    await answer(world, unit, uuid.uuid4(), "tenant_agreed")
    assert (await world.see(work_record, work)).entry == "asked"
    assert [one.id for one in await world.see(entries_of, work)] == [second, first]


async def test_twice_and_out_of_order_an_answer_counts_once_and_the_newest_stands(world: Any) -> None:
    unit = await let(world)
    work = await work_on(world, unit)
    request = await asks(world, work)
    given = {"request": request, "unit": unit, "entry_from": None, "reason": None}
    first = world.message("entry_answered", **given, answer="tenant_agreed")
    later = world.message(
        "entry_answered", **{**given, "reason": "tenant_asks_another_time"}, answer="refused"
    )
    for message in (later, later, first):
        await world.deliver(*message)
    assert (await world.see(work_record, work)).entry == "refused"
    assert len(await world.rows("SELECT 1 FROM audit WHERE action = 'entry_refused'")) == 1
    with pytest.raises(AnswerIncomplete):
        await world.receive("entry_answered", **given, answer="refused")


async def test_when_somebody_moves_in_coming_work_is_taken_off_its_day_until_entry_was_asked_for(
    world: Any,
) -> None:
    unit = await world.unit(landlord_id=await world.landlord(Relation.PROPERTY_ENTITY, "Own"))
    coming = await work_on(world, unit, needs_entry=True, scheduled_start=at(5, 0).date())
    outside = await work_on(world, unit, needs_entry=False, scheduled_start=at(5, 0).date())
    over = await work_on(world, unit, needs_entry=True, scheduled_start=at(1, 0).date())
    version = (await world.see(work_record, coming)).version
    with pytest.raises(EntryNotNeeded):
        await world.do(schedule_work, ScheduleWork(work_id=coming, version=version))
    await world.receive("tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=dt.date(2026, 3, 2))
    record = await world.see(work_record, coming)
    assert (record.scheduled_start, record.asks_entry) == (None, True)
    assert (await world.see(work_record, outside)).scheduled_start is not None
    assert (await world.see(work_record, over)).overdue(world.clock.now().date())
    changed = await world.value("SELECT changes FROM audit WHERE action = 'unscheduled'")
    assert "2026-03-05" in changed
    elsewhere = await world.unit(landlord_id=await world.landlord(Relation.THIRD_PARTY, "Theirs"))
    theirs = await work_on(world, elsewhere, needs_entry=True, scheduled_start=at(5, 0).date())
    await world.do(
        record_use,
        RecordUse(unit_id=elsewhere, kind=UseBegan.OTHER_HOUSEHOLD, began_on=at(2, 0).date()),
    )
    assert (await world.see(work_record, theirs)).scheduled_start == at(5, 0).date()


async def test_when_nobody_lives_there_any_more_the_request_for_entry_is_withdrawn(world: Any) -> None:
    unit = await world.unit(landlord_id=await world.landlord(Relation.PROPERTY_ENTITY))
    today = dt.date(2026, 3, 2)
    use = await world.do(
        record_use, RecordUse(unit_id=unit, kind=UseBegan.OTHER_HOUSEHOLD, began_on=dt.date(2026, 2, 1))
    )
    work = await work_on(world, unit)
    request = await asks(world, work)
    await world.do(end_use, EndUse(unit_id=unit, occupation_id=use, last_day=today - dt.timedelta(days=1)))
    event = (await world.last_published(units.EntryRequestWithdrawnV1)).data
    assert (event.request, event.reason.value) == (request, "nobody_lives_there")
    await answer(world, unit, request, "refused", reason="no_tenancy")
    assert (await world.see(work_record, work)).entry is None
    with pytest.raises(EntryNotNeeded):
        await asks(world, work)


async def test_done_or_given_up_work_asks_for_nothing_any_more(world: Any) -> None:
    unit = await let(world)
    done, given_up = await work_on(world, unit), await work_on(world, unit)
    requests = [await asks(world, done), await asks(world, given_up)]
    record = await world.see(work_record, done)
    edit = {name: getattr(record, name) for name in EditWork.model_fields if hasattr(record, name)}
    ended = {"work_id": done, "actual_end": dt.date(2026, 3, 2), "completed": True}
    await world.do(edit_work, EditWork(**{**edit, **ended}))
    record = await world.see(work_record, given_up)
    await world.do(withdraw_entry, WithdrawEntry(work_id=given_up, version=record.version))
    rows = await world.rows("SELECT id, withdrawal FROM entry_request ORDER BY id")
    assert [row["id"] for row in rows] == requests
    assert {row["withdrawal"] for row in rows} == {"no_longer_needed"}


async def test_other_landlords_give_their_own_notices(world: Any) -> None:
    unit = await let(world, Relation.THIRD_PARTY)
    work = await work_on(world, unit, scheduled_start=dt.date(2026, 3, 2))
    with pytest.raises(EntryNotNeeded):
        await asks(world, work)
    assert "entry_requested" not in await world.published()


async def test_of_two_who_ask_at_once_one_reads_again(world: Any) -> None:
    work = await work_on(world, await let(world))
    answers = await asyncio.gather(*(asks(world, work, day) for day in (5, 6)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) in (
        ["EditedMeanwhile", "UUID"],
        ["UUID", "UUID"],  # the second read the work after the first had asked
    )
    assert len(await world.rows("SELECT 1 FROM entry_request WHERE status = 'asked'")) == 1


async def test_over_http_asking_twice_under_one_key_asks_once(world: Any) -> None:
    work = await work_on(world, await let(world))
    body = {"version": 1, "starts_at": at(5, 9).isoformat(), "ends_at": at(5, 12).isoformat()}
    async with world.api("inventory_keeper", **{"Idempotency-Key": "once"}) as api:
        answers = [await api.post(f"/maintenance/{work}/entry", json=body) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
    async with world.api("inventory_keeper") as api:
        stale = await api.post(f"/maintenance/{work}/entry", json=body)
        assert (stale.status_code, stale.json()["code"]) == (409, EditedMeanwhile.code)
        early = await api.post(f"/maintenance/{work}/schedule", json={"version": 2})
        assert early.json()["code"] == "entry_not_answered"
        listed = (await api.get(f"/maintenance/{work}/entry")).json()
        assert [one["status"] for one in listed] == ["asked"]
    async with world.api("property_manager") as api:
        refused = await api.post(f"/maintenance/{work}/entry", json=body)
        assert refused.status_code == 403


@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_at_the_desk_entry_is_asked_shown_and_scheduled(world: Any, visitor: Any, locale: str) -> None:
    unit = await let(world)
    work = await work_on(world, unit)
    keeper = visitor("inventory_keeper", locale=locale)
    page = f"/inventory-desk/maintenance/{work}"
    values = {
        f"{end}-{part}": value
        for end, hour in (("starts_at", "9:00"), ("ends_at", "12:00"))
        for part, value in (("day", "5"), ("month", "3"), ("year", "2026"), ("time", hour))
    }
    confirm = await keeper.send(f"{page}/entry", {**values, "purpose": "inspection"}, status=200)
    assert "304" in confirm.text
    answered = await keeper.client.post(f"{page}/entry", data=confirm.fields(f"{page}/entry"))
    assert answered.status_code == 303, answered.text[:2000]
    request = await world.value("SELECT id FROM entry_request WHERE work_id = $1", work)
    assert f"{page}/entry" in (await keeper.see(page)).html
    await answer(world, unit, request, "tenant_agreed")
    # A page that was tampered with is answered with what is wrong, and nothing happens.
    for button in ("schedule", "entry/withdrawal"):
        refused = await keeper.send(page, {"version": ""}, action=f"{page}/{button}", status=422)
        assert "version" in refused.text.lower()
    await keeper.send(page, {}, action=f"{page}/schedule")
    listed = await keeper.client.get("/inventory-desk/maintenance?entry=agreed&format=csv")
    assert "2026-03-05" in listed.text


async def test_a_spreadsheet_runs_nothing_of_the_csv(world: Any, visitor: Any) -> None:
    await world.do(
        add_work,
        AddWork(unit_id=await world.unit(), type="plumbing", description='=HYPERLINK("x")', comments="+1"),
    )
    answered = await visitor().client.get("/inventory-desk/maintenance?format=csv")
    assert "'=HYPERLINK" in answered.text
    assert "'+1" in answered.text


async def test_settling_a_home_without_requests_does_nothing(world: Any) -> None:
    unit = await world.unit()
    before = await world.published()
    async with world.runtime.transaction(Actor.system("test", "property")) as tx:
        await update_entries(tx, unit)
    assert await world.published() == before
