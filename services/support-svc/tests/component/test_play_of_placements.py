"""Placements as a play: what a household and its caseworker live through when answers come late or cross.

The single facts are tested beside `securing`; here they follow each other as they do in life (P1 to P11).
"""

import datetime as dt
import uuid

import pytest

from support_svc.followups.commands import Outcome, RecordFollowUp, record_follow_up
from support_svc.followups.model import Cases, StillInHousing
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.moving_in.model import NotSecured
from support_svc.placements.commands import RecordAttempt, record_attempt
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.placements.listing import PlacementFilter, placements
from support_svc.placements.model import PlacementStatus, SecuringState
from support_svc.placements.queries import placement
from support_svc.placements.timeline import timeline
from support_svc.proposals.commands import ProposeHome, propose_home
from support_svc.securing.commands import GiveUpUnit, give_up_unit

DAY = dt.timedelta(days=1)
NOT_SECURED, SECURED = PlacementStatus.HOUSING_NOT_SECURED, PlacementStatus.HOUSING_SECURED


async def fail(world, wanted):
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    last = RecordAttempt(
        placement_id=wanted, attempted_on=world.today, reason_id=reason, caseworker="staff-7", final=True
    )
    await world.do(record_attempt, last)


async def lives_there(world, wanted):
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, end_housing=True)
    await world.do(move_in, moved)


async def states(world, wanted):
    rows = await world.rows(
        "SELECT request, state FROM securing WHERE placement_id = $1 ORDER BY asked_at, request", wanted
    )
    return [row["state"] for row in rows]


async def kinds(world, wanted):
    return [line.kind.value for line in await world.see(timeline, wanted)][::-1]


@pytest.mark.row("P2", "P6")
async def test_after_a_placement_failed_the_same_client_gets_the_same_home(world):
    """Case 24: failed while the answer was on its way, then a new placement for the same client and home."""
    person, rival = await world.client("Noa", "Again"), await world.client("Rae", "Rival")
    unit = await world.home()
    first = await world.placement(person)
    others = await world.placement(rival)
    asked, lost = await world.ask_for(first, unit), await world.ask_for(others, unit)
    await fail(world, first)
    # The inventory had decided already: the first won, the rival lost. Both answers arrive now.
    await world.receive("unit_secured", request=asked, unit=unit)
    await world.receive("unit_refused", request=lost, unit=unit, reason="secured_by_another")
    assert (await world.see(placement, first)).status is PlacementStatus.FAILED
    assert await states(world, first) == ["given_up"]
    rivals = await world.see(placement, others)
    assert (rivals.status, rivals.securing) == (NOT_SECURED, False)

    second = await world.placement(person)
    again = await world.held(second, unit)
    # What comes late about the first request is nothing to the second.
    await world.receive("unit_released", request=asked, unit=unit, reason="request_withdrawn")
    seen = await world.see(placement, second)
    assert (seen.status, seen.request.request) == (SECURED, again)
    waiting = [line for line in (await world.see(placements, PlacementFilter())).items if line.securing]
    assert waiting == []


@pytest.mark.row("P2", "P7", "P8", "P6")
async def test_after_a_placement_was_completed_the_same_client_gets_the_same_home(world):
    """Case 24: completed, everybody left, then a new placement for the same client and the same home."""
    person = await world.client("Noa", "Back")
    unit = await world.home(managed_by="third_party")
    first = await world.placement(person)
    await world.held(first, unit)
    await lives_there(world, first)
    gone = Outcome(client_id=person, still_in_housing=StillInHousing.YES)
    done = RecordFollowUp(
        cases=Cases.PLACEMENTS, case_id=first, done_on=world.today, final=True, outcomes=[gone]
    )
    await world.do(record_follow_up, done)
    assert (await world.see(placement, first)).status is PlacementStatus.FOLLOW_UPS_COMPLETED

    world.clock.advance(30 * DAY)
    second = await world.placement(person)
    await world.held(second, unit)
    await lives_there(world, second)
    assert (await world.see(placement, second)).status is PlacementStatus.MOVED_IN
    assert await states(world, first) == await states(world, second) == ["used"]


@pytest.mark.row("P6", "P7")
async def test_a_hold_lapses_while_the_client_is_on_the_telephone(world):
    """The caseworker has the move-in form open; the release arrives before it's sent."""
    wanted = await world.placement(await world.client())
    unit = await world.home(managed_by="third_party")
    request = await world.held(wanted, unit)
    path = f"/front-desk/placements/{wanted}/move-in"
    async with world.desk("caseworker") as browser:
        assert (await browser.get(path)).status_code == 200
    await world.receive("unit_released", request=request, unit=unit, reason="deadline_passed")
    with pytest.raises(NotSecured):
        await lives_there(world, wanted)
    assert "household_moved_in" not in await world.published()
    seen = await world.see(placement, wanted)
    assert (seen.status, seen.moved_in_on, seen.can_move_in) == (NOT_SECURED, None, False)
    # The home is free again, and the same household asks for it again at once.
    await world.held(wanted, unit)
    await lives_there(world, wanted)
    assert (await world.see(placement, wanted)).status is PlacementStatus.MOVED_IN
    assert await states(world, wanted) == ["released", "used"]


@pytest.mark.row("P6", "P10")
async def test_the_inventory_is_away_for_a_day(world):
    """Asked in the morning, late by the evening; next day all answers arrive at once, in no order."""
    first, second = [await world.placement(await world.client("Day", name)) for name in ("One", "Two")]
    unit, other = await world.home(), await world.home()
    asked, given_up = await world.ask_for(first, unit), await world.ask_for(second, other)
    for request in (asked, given_up):
        await world.fire("answer_expected", str(request))
    assert (await world.see(placement, first)).request.late
    await world.do(give_up_unit, GiveUpUnit(placement_id=second))
    elsewhere = await world.ask_for(second, await world.home())

    world.clock.advance(DAY)
    deadline = world.clock.now() + 10 * DAY
    for _ in range(2):
        await world.receive("unit_hold_ending", request=asked, unit=unit, deadline=deadline)
        await world.receive("unit_secured", request=given_up, unit=other, deadline=deadline)
        await world.receive("unit_secured", request=asked, unit=unit, deadline=deadline)
        await world.receive("unit_released", request=given_up, unit=other, reason="request_withdrawn")
    seen = await world.see(placement, first)
    assert (seen.status, seen.request.late, seen.request.deadline) == (SECURED, True, deadline)
    seen = await world.see(placement, second)
    assert (seen.securing, seen.request.request) == (True, elsewhere)
    assert (await kinds(world, first)).count("secured") <= 1
    # The timer of the request that was answered fires late, and changes nothing.
    await world.fire("answer_expected", str(asked))
    assert (await kinds(world, first)).count("no_answer") == 1


@pytest.mark.row("P6", "P11")
async def test_a_proposed_home_is_secured_while_another_is_held(world):
    """The held home stays until the inventory has taken the proposed one in, a day later, and holds it."""
    wanted = await world.placement(await world.client())
    unit = await world.home()
    held = await world.held(wanted, unit)
    proposed = await world.do(
        propose_home,
        ProposeHome(
            placement_id=wanted,
            inventory="property",
            street="18 Sample Road",
            city="Toronto",
            province="ON",
            housing_type="apartment",
            landlord_name="Sample Road Rentals",
            hold=True,
            expected_move_in=world.today + 14 * DAY,
        ),
    )
    await world.fire("answer_expected", str(proposed))
    seen = await world.see(placement, wanted)
    assert (seen.status, seen.request.request, seen.securing_another) == (SECURED, held, True)

    world.clock.advance(DAY)
    found, deadline = uuid.uuid4(), world.clock.now() + 10 * DAY
    secured = {"request": proposed, "unit": found, "deadline": deadline, "managed_by": "third_party"}
    await world.receive("unit_secured", **secured)
    await world.receive("unit_proposal_answered", request=proposed, outcome="taken_in", unit=found)
    # The release of the former home crosses its withdrawal.
    await world.receive("unit_released", request=held, unit=unit, reason="deadline_passed")
    seen = await world.see(placement, wanted)
    assert (seen.status, seen.request.unit, seen.request.state) == (SECURED, found, SecuringState.HELD)
    assert sorted(await states(world, wanted)) == ["held", "replaced"]
    assert (await world.published())[-2:] == ["unit_request_withdrawn", "tenancy_referral_withdrawn"]
    await lives_there(world, wanted)
    (moved,) = await world.rows("SELECT data::text FROM outbox WHERE type = 'support.household_moved_in.v1'")
    assert str(found) in moved["data"]


@pytest.mark.row("P6", "P3")
async def test_a_withdrawal_crosses_the_answer_and_the_client_asks_again(world):
    """Given up while the inventory secures it; the same home asked for again is another request."""
    wanted = await world.placement(await world.client())
    unit = await world.home()
    first = await world.ask_for(wanted, unit)
    await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
    second = await world.ask_for(wanted, unit)
    await world.receive("unit_secured", request=first, unit=unit)
    seen = await world.see(placement, wanted)
    assert (seen.status, seen.securing, seen.asked.request) == (NOT_SECURED, True, second)
    # The inventory received the second request before the withdrawal of the first: nobody else has the home.
    await world.receive("unit_refused", request=second, unit=unit, reason="secured_by_another")
    await world.receive("unit_released", request=first, unit=unit, reason="request_withdrawn")
    assert not (await world.see(placement, wanted)).securing
    await world.held(wanted, unit)
    assert (await world.see(placement, wanted)).status is SECURED
    assert await states(world, wanted) == ["given_up", "refused", "held"]
