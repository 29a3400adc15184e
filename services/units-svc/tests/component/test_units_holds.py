"""Holds on a real database: one winner, in any order, on time, with a cause for every change (U4, U9)."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.actor import Actor
from chassis.bus.timer_runner import TimerRunner
from chassis.clock import FixedClock
from chassis.parties import NotTheSenders
from chassis.perform import perform
from contracts import units
from contracts.words import Occupancy, RefusalReason, ReleaseReason
from units_svc.holds.commands import ProlongHold, ReleaseHold, prolong_hold, release_hold
from units_svc.holds.model import DeadlineNotLater, HoldState, NotHeld
from units_svc.holds.occupations import NotFreeForThat
from units_svc.holds.queries import hold_record, use_of_unit
from units_svc.holds.requests import AnswerRequest, answer_request
from units_svc.holds.use import (
    ChangeListing,
    EndUse,
    RecordUse,
    UseBegan,
    end_use,
    list_unit_again,
    record_use,
    withdraw_unit,
)
from units_svc.inventory.queries import unit_history
from units_svc.landlords.model import Relation
from units_svc.worker import DUTIES

SYSTEM = Actor.system("listener", "property")


def request(unit: uuid.UUID, **changes: Any) -> AnswerRequest:
    """Return a request for a home."""
    given: dict[str, Any] = {
        "request_id": uuid.uuid4(),
        "unit_id": unit,
        "secured_on": dt.date(2026, 3, 2),
        "expected_move_in": dt.date(2026, 3, 10),
        "adults": 1,
        "children": 2,
        "requested_by": "support",
        **changes,
    }
    return AnswerRequest(**given)


@pytest.mark.row("U9", "U4")
async def test_a_request_holds_a_free_home_and_publishes_both(world: Any) -> None:
    unit = await world.unit()
    asked = uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked, expected_move_in=dt.date(2026, 3, 10))

    assert await world.occupancy(unit) == "secured"
    assert await world.published() == ["unit_published", "unit_secured", "unit_availability_changed"]
    secured = (await world.last_published(units.UnitSecuredV1)).data
    assert (secured.request, secured.unit) == (asked, unit)
    # Fourteen days from 2 March in Toronto: the end of the 16th there, daylight saving time by then.
    assert secured.deadline == dt.datetime(2026, 3, 17, 4, 0, tzinfo=dt.UTC)
    event = await world.last_published(units.UnitAvailabilityChangedV1)
    assert (event.data.occupancy, event.data.listing_version) == (Occupancy.SECURED, event.aggregateversion)
    history = await world.see(unit_history, unit)
    assert (history.occupancy[0].cause, history.occupancy[0].cause_id) == ("hold", asked)


@pytest.mark.row("U9", "P6")
async def test_of_twenty_requests_at_once_exactly_one_wins_and_the_others_are_refused(world: Any) -> None:
    unit = await world.unit()
    asked = [request(unit, requested_by=("support", "harbour-support")[n % 2]) for n in range(20)]
    answers = await asyncio.gather(*(perform(world.runtime, SYSTEM, answer_request, one) for one in asked))
    assert sorted(answers).count(HoldState.HELD) == 1
    assert sorted(answers).count(HoldState.REFUSED) == 19
    events = await world.published()
    assert events.count("unit_secured") == 1
    assert events.count("unit_refused") == 19
    for party in ("support", "harbour-support"):
        answered = [*await world.published(to=party)]
        assert len(answered) == 10, "each is answered its own ten requests, whoever won"
    reasons = await world.rows("SELECT DISTINCT refusal FROM hold WHERE state = 'refused'")
    assert reasons == [{"refusal": "secured_by_another"}]
    assert await world.value("SELECT count(*) FROM occupancy_change WHERE unit_id = $1", unit) == 2


@pytest.mark.row("U9")
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("unknown", RefusalReason.UNKNOWN_UNIT),
        ("withdrawn", RefusalReason.NOT_PUBLISHED),
        ("held", RefusalReason.SECURED_BY_ANOTHER),
        ("lived_in", RefusalReason.NOT_AVAILABLE),
    ],
)
async def test_a_refusal_gives_its_reason(world: Any, state: str, reason: RefusalReason) -> None:
    unit = uuid.uuid4() if state == "unknown" else await world.unit()
    if state == "withdrawn":
        await world.do(withdraw_unit, ChangeListing(unit_id=unit))
    elif state == "held":
        await world.receive("unit_requested", unit=unit, request=uuid.uuid4())
    elif state == "lived_in":
        await world.do(
            record_use, RecordUse(unit_id=unit, kind=UseBegan.OTHER_HOUSEHOLD, began_on=dt.date(2026, 1, 1))
        )
    await world.receive("unit_requested", unit=unit, request=uuid.uuid4())
    assert (await world.last_published(units.UnitRefusedV1)).data.reason is reason


@pytest.mark.row("U9")
async def test_a_request_received_twice_is_answered_once(world: Any) -> None:
    unit, asked = await world.unit(), uuid.uuid4()
    for _ in range(3):
        await world.receive("unit_requested", unit=unit, request=asked)
    assert (await world.published()).count("unit_secured") == 1
    assert "unit_refused" not in await world.published()


@pytest.mark.row("U9")
async def test_a_withdrawal_frees_the_home_and_one_that_comes_first_keeps_it_free(world: Any) -> None:
    unit, asked, early = await world.unit(), uuid.uuid4(), uuid.uuid4()
    await world.receive("unit_request_withdrawn", unit=unit, request=early)
    await world.receive("unit_requested", unit=unit, request=early)
    assert await world.occupancy(unit) == "available"

    await world.receive("unit_requested", unit=unit, request=asked)
    await world.receive("unit_request_withdrawn", unit=unit, request=asked)
    await world.receive("unit_request_withdrawn", unit=unit, request=asked)
    assert await world.occupancy(unit) == "available"
    assert (await world.published())[1:] == [
        "unit_secured",
        "unit_availability_changed",
        "unit_released",
        "unit_availability_changed",
    ]
    assert (await world.last_published(units.UnitReleasedV1)).data.reason is ReleaseReason.REQUEST_WITHDRAWN
    assert await world.rows("SELECT * FROM timers") == []


@pytest.mark.row("U9", "P6")
async def test_a_hold_whose_time_ran_out_while_nothing_ran_lapses_at_the_next_start(
    world: Any, make_units: Any
) -> None:
    held, free = await world.unit(), await world.unit()
    await world.receive("unit_requested", unit=held, request=uuid.uuid4())
    later = FixedClock(world.clock.now() + dt.timedelta(days=60))
    again = make_units(world.database, later)
    try:
        runner = TimerRunner(again.runtime, DUTIES.timers)
        while await runner.fire_due():
            pass
        assert (await again.occupancy(held), await again.occupancy(free)) == ("available", "available")
        assert (await again.last_published(units.UnitReleasedV1)).data.reason is ReleaseReason.DEADLINE_PASSED
        assert (await again.published()).count("unit_released") == 1
        await again.receive("unit_requested", unit=held, request=uuid.uuid4())
        assert await again.occupancy(held) == "secured"
    finally:
        await again.runtime.close()


@pytest.mark.row("U9")
async def test_holds_are_listed_by_deadline_page_by_page(world: Any) -> None:
    asked = [uuid.uuid4() for _ in range(5)]
    for days, request in enumerate(asked):
        move_in = dt.date(2026, 3, 10) + dt.timedelta(days=days // 2)
        await world.receive(
            "unit_requested", unit=await world.unit(), request=request, expected_move_in=move_in
        )
    seen: list[str] = []
    deadlines: list[str] = []
    async with world.api("inventory_keeper") as client:
        params: dict[str, Any] = {"limit": 2}
        while params.get("after", "") is not None:
            page = (await client.get("/holds", params=params)).json()
            assert page["count"] == 5
            seen += [one["request_id"] for one in page["items"]]
            deadlines += [one["deadline"] for one in page["items"]]
            params["after"] = page["next"]
        assert sorted(seen) == sorted(map(str, asked))
        assert deadlines == sorted(deadlines)
        refused = await client.get("/holds", params={"after": str(asked[0])})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "after")


@pytest.mark.row("U9", "P6")
async def test_a_hold_announces_its_end_and_lapses_on_time(world: Any) -> None:
    unit, asked = await world.unit(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked, expected_move_in=dt.date(2026, 3, 10))
    world.clock.advance(dt.timedelta(days=10))
    assert await world.due() == []
    world.clock.advance(dt.timedelta(days=2))
    assert await world.due() == ["hold_ending_soon"]
    assert (await world.last_published(units.UnitHoldEndingV1)).data.request == asked
    assert await world.occupancy(unit) == "secured"
    world.clock.advance(dt.timedelta(days=3))
    assert await world.due() == ["hold_deadline"]
    assert (await world.last_published(units.UnitReleasedV1)).data.reason is ReleaseReason.DEADLINE_PASSED
    assert await world.occupancy(unit) == "available"
    # The next household can have it at once.
    await world.receive("unit_requested", unit=unit, request=uuid.uuid4())
    assert await world.occupancy(unit) == "secured"


@pytest.mark.row("U9", "U4")
async def test_a_tenancy_takes_the_hold_over_and_nothing_lapses_later(world: Any) -> None:
    owner = await world.landlord(Relation.PROPERTY_ENTITY)
    unit, asked, tenancy = await world.unit(landlord_id=owner), uuid.uuid4(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    for _ in range(2):
        await world.receive(
            "tenancy_started", unit=unit, tenancy=tenancy, start=dt.date(2026, 3, 9), request=asked
        )
    await world.receive("unit_request_withdrawn", unit=unit, request=asked)
    world.clock.advance(dt.timedelta(days=60))
    assert await world.due() == []
    assert await world.occupancy(unit) == "occupied_by_client"
    hold = await world.see(hold_record, asked)
    assert hold.state is HoldState.TENANCY
    use = await world.see(use_of_unit, unit)
    assert [one.kind for one in use.open] == ["tenancy"]
    changes = (await world.see(unit_history, unit)).occupancy
    assert (changes[0].occupancy, changes[0].cause, changes[0].cause_id) == (
        "occupied_by_client",
        "occupation",
        use.open[0].id,
    )


@pytest.mark.row("U4", "U9")
@pytest.mark.parametrize("other_request", [False, True], ids=["came directly", "for another request"])
async def test_a_tenancy_for_somebody_else_ends_the_hold_and_informs_its_owner(
    world: Any, visitor: Any, other_request: bool
) -> None:
    owner = await world.landlord(Relation.PROPERTY_ENTITY)
    unit, held, tenancy = await world.unit(landlord_id=owner), uuid.uuid4(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=held)
    fulfils = uuid.uuid4() if other_request else None
    for _ in range(2):
        await world.receive(
            "tenancy_started", unit=unit, tenancy=tenancy, start=dt.date(2026, 3, 9), request=fulfils
        )
    event = await world.last_published(units.UnitReleasedV1)
    assert (event.data.request, event.data.reason) == (held, ReleaseReason.LET_TO_ANOTHER)
    assert (await world.see(hold_record, held)).state is HoldState.RELEASED
    assert await world.occupancy(unit) == "occupied_by_other"
    world.clock.advance(dt.timedelta(days=60))
    assert await world.due() == []
    page = await visitor("inventory_keeper").see(f"/inventory-desk/holds/{held}")
    assert "The home was let to another household" in page.html


@pytest.mark.row("U9", "T1")
async def test_a_closed_application_frees_the_entitys_own_home_at_once(world: Any, visitor: Any) -> None:
    owner = await world.landlord(Relation.PROPERTY_ENTITY)
    unit, asked = await world.unit(landlord_id=owner), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    for _ in range(2):
        await world.receive("application_closed", unit=unit, request=asked)
    event = await world.last_published(units.UnitReleasedV1)
    assert (event.data.request, event.data.reason) == (asked, ReleaseReason.APPLICATION_CLOSED)
    assert await world.occupancy(unit) == "available"
    page = await visitor("inventory_keeper").see(f"/inventory-desk/holds/{asked}")
    assert "The application for the home was closed" in page.html
    third, theirs = await world.unit(landlord_id=await world.landlord()), uuid.uuid4()
    await world.receive("unit_requested", unit=third, request=theirs)
    with pytest.raises(NotTheSenders):
        await world.receive("application_closed", unit=third, request=theirs)
    assert await world.occupancy(third) == "secured", "no application is made for a third party's home"


@pytest.mark.row("U4")
async def test_a_tenancy_without_a_hold_is_somebody_elses(world: Any) -> None:
    unit = await world.unit()
    await world.receive(
        "tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=dt.date(2026, 3, 1), request=None
    )
    assert await world.occupancy(unit) == "occupied_by_other"
    await world.receive("tenancy_started", unit=uuid.uuid4(), tenancy=uuid.uuid4())


@pytest.mark.row("U4")
async def test_at_a_third_partys_the_household_moves_in_and_out(world: Any) -> None:
    unit, asked = await world.unit(landlord_id=await world.landlord()), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    for _ in range(2):
        await world.receive("household_moved_in", unit=unit, request=asked, moved_in_on=dt.date(2026, 3, 2))
    assert await world.occupancy(unit) == "occupied_by_client"
    await world.receive("household_moved_out", unit=unit, request=asked, moved_out_on=dt.date(2026, 3, 12))
    assert await world.occupancy(unit) == "notice_given"
    event = (await world.last_published(units.UnitAvailabilityChangedV1)).data
    assert event.available_from == dt.date(2026, 3, 13)
    world.clock.advance(dt.timedelta(days=12))
    assert await world.due() == ["occupation_ends"]
    assert await world.occupancy(unit) == "available"


@pytest.mark.row("U4", "P7")
async def test_a_first_day_that_was_corrected_stays_and_an_older_fact_that_comes_late_is_not(
    world: Any,
) -> None:
    owner, asked = await world.landlord(), uuid.uuid4()
    unit = await world.unit(landlord_id=owner)

    async def lived_in_since() -> dt.date:
        (use,) = await world.rows("SELECT began_on FROM occupation WHERE reference = $1", asked)
        return dt.date.fromisoformat(str(use["began_on"]))

    await world.receive("unit_requested", unit=unit, request=asked)
    moved = {"unit": unit, "request": asked}
    late = world.message("household_moved_in", moved_in_on=dt.date(2026, 3, 3), **moved)
    await world.receive("household_moved_in", moved_in_on=dt.date(2026, 3, 2), **moved)
    await world.deliver(*late)
    assert await lived_in_since() == dt.date(2026, 3, 2), "what was published later stands"
    correction = world.message("household_moved_in", moved_in_on=dt.date(2026, 2, 27), **moved)
    for _ in range(2):
        await world.deliver(*correction)
    assert await lived_in_since() == dt.date(2026, 2, 27)
    changed = await world.rows("SELECT changes FROM audit WHERE action = 'move_in_corrected'")
    assert len(changed) == 1
    assert await world.occupancy(unit) == "occupied_by_client"
    elsewhere = {**moved, "unit": await world.unit(landlord_id=owner)}
    await world.receive("household_moved_in", moved_in_on=dt.date(2026, 2, 20), **elsewhere)
    await world.receive("household_moved_out", moved_out_on=dt.date(2026, 3, 2), **moved)
    await world.receive("household_moved_in", moved_in_on=dt.date(2026, 2, 26), **moved)
    assert await lived_in_since() == dt.date(2026, 2, 26)
    world.clock.advance(dt.timedelta(days=1))
    assert await world.due() == ["occupation_ends"]
    assert await world.occupancy(unit) == "available"


@pytest.mark.row("U4", "P8")
async def test_a_last_day_that_was_corrected_is_taken_over_whether_past_or_to_come(world: Any) -> None:
    owner, asked = await world.landlord(), uuid.uuid4()
    unit = await world.unit(landlord_id=owner)
    lived = {"unit": unit, "request": asked}
    await world.receive("unit_requested", **lived)
    await world.receive("household_moved_in", moved_in_on=dt.date(2026, 2, 2), **lived)
    late = world.message("household_moved_out", moved_out_on=dt.date(2026, 2, 20), **lived)
    gone = world.message("household_moved_out", moved_out_on=dt.date(2026, 2, 22), **lived)

    async def last_day() -> tuple[object, object]:
        (use,) = await world.rows("SELECT ended_on, free_from FROM occupation WHERE reference = $1", asked)
        return use["ended_on"], use["free_from"]

    for message in (gone, late, gone):
        await world.deliver(*message)
    assert await last_day() == (dt.date(2026, 2, 22), None), "what was published later stands"
    assert await world.occupancy(unit) == "available"
    await world.receive("household_moved_out", moved_out_on=dt.date(2026, 3, 4), **lived)
    assert await last_day() == (None, dt.date(2026, 3, 5))
    assert await world.occupancy(unit) == "notice_given"
    await world.receive("household_moved_out", moved_out_on=dt.date(2026, 2, 25), **lived)
    assert await last_day() == (dt.date(2026, 2, 25), None)
    assert await world.occupancy(unit) == "available"
    corrected = await world.rows("SELECT changes FROM audit WHERE action = 'move_out_corrected'")
    assert len(corrected) == 2
    world.clock.advance(dt.timedelta(days=5))
    assert await world.due() == [], "the end that was announced meanwhile is void"
    assert await last_day() == (dt.date(2026, 2, 25), None)


@pytest.mark.row("U4")
async def test_for_the_entitys_own_homes_the_lease_speaks(world: Any) -> None:
    owner = await world.landlord(Relation.MANAGING_AGENT)
    unit, asked = await world.unit(landlord_id=owner), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    await world.receive("household_moved_in", unit=unit, request=asked)
    assert await world.occupancy(unit) == "secured"


@pytest.mark.row("U4", "U9")
async def test_people_who_live_there_outweigh_a_lapse_and_another_hold(world: Any) -> None:
    unit, late, other = await world.unit(landlord_id=await world.landlord()), uuid.uuid4(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=late)
    world.clock.advance(dt.timedelta(days=120))
    await world.due()
    await world.receive("unit_requested", unit=unit, request=other)
    await world.receive("household_moved_in", unit=unit, request=late, moved_in_on=dt.date(2026, 3, 15))
    assert await world.occupancy(unit) == "occupied_by_client"
    released = (await world.last_published(units.UnitReleasedV1)).data
    assert (released.request, released.reason) == (other, ReleaseReason.INVENTORY_DECISION)


@pytest.mark.row("U9")
async def test_staff_can_end_or_prolong_a_hold_but_not_for_ever(world: Any) -> None:
    unit, asked = await world.unit(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked, expected_move_in=dt.date(2026, 3, 10))
    hold = await world.see(hold_record, asked)
    for day in (dt.date(2026, 3, 10), dt.date(2026, 8, 1)):
        with pytest.raises(DeadlineNotLater):
            await world.do(prolong_hold, ProlongHold(request_id=asked, version=hold.version, last_day=day))
    await world.do(
        prolong_hold, ProlongHold(request_id=asked, version=hold.version, last_day=dt.date(2026, 4, 1))
    )
    world.clock.advance(dt.timedelta(days=20))
    assert await world.due() == []
    hold = await world.see(hold_record, asked)
    with pytest.raises(NotHeld):
        await world.do(
            release_hold, ReleaseHold(request_id=asked, version=hold.version + 7, remark="burst pipe")
        )
    await world.do(release_hold, ReleaseHold(request_id=asked, version=hold.version, remark="burst pipe"))
    assert (await world.last_published(units.UnitReleasedV1)).data.reason is ReleaseReason.INVENTORY_DECISION
    with pytest.raises(NotHeld):
        await world.do(release_hold, ReleaseHold(request_id=asked, version=hold.version, remark="again"))


@pytest.mark.row("U9", "U3")
async def test_taking_a_held_home_off_the_list_releases_the_hold_first(world: Any) -> None:
    unit, asked = await world.unit(), uuid.uuid4()
    await world.receive("unit_requested", unit=unit, request=asked)
    await world.do(withdraw_unit, ChangeListing(unit_id=unit))
    assert (await world.last_published(units.UnitReleasedV1)).data.reason is ReleaseReason.UNIT_WITHDRAWN
    assert (await world.published())[-1] == "unit_withdrawn"
    await world.do(list_unit_again, ChangeListing(unit_id=unit))
    listed = (await world.last_published(units.UnitPublishedV1)).data
    assert listed.occupancy is Occupancy.AVAILABLE
    versions = await world.rows(
        "SELECT aggregate_version AS v FROM outbox WHERE aggregate = $1 ORDER BY position", str(unit)
    )
    assert [row["v"] for row in versions] == sorted({row["v"] for row in versions})


@pytest.mark.row("U4")
async def test_staff_record_events_and_never_the_occupancy_itself(world: Any) -> None:
    unit = await world.unit()
    works = RecordUse(
        unit_id=unit, kind=UseBegan.OUT_OF_USE, began_on=dt.date(2026, 3, 1), free_from=dt.date(2026, 3, 20)
    )
    used = await world.do(record_use, works)
    assert await world.occupancy(unit) == "temporarily_unavailable"
    with pytest.raises(NotFreeForThat):
        await world.do(record_use, works)
    await world.do(end_use, EndUse(unit_id=unit, occupation_id=used, last_day=dt.date(2026, 3, 1)))
    assert await world.occupancy(unit) == "available"
    changes = (await world.see(unit_history, unit)).occupancy
    assert [change.cause for change in changes] == ["occupation", "occupation", "listed"]
