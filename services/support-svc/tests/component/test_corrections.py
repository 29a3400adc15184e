"""A wrong entry is corrected with a reason, what hangs on it follows, and the history says so (P4, P8)."""

import datetime as dt
import json

import pytest

from deskkit.testing import parse_page
from support_svc.clients.commands import AddMember, add_member
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import GivenHow, Purpose
from support_svc.corrections.model import NothingCorrected
from support_svc.followups.commands import (
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    Outcome,
    OutcomeFound,
    RecordFollowUp,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    record_follow_up,
)
from support_svc.followups.model import BeforeMoveIn, Cases, DepartureIsNew, StillInHousing
from support_svc.followups.queries import follow_ups_of
from support_svc.housing_history.commands import (
    AddHousing,
    CorrectHousing,
    Rent,
    add_housing,
    correct_housing,
)
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.model import DaysOfPlacement, HousingOverlap
from support_svc.housing_history.queries import housing_history
from support_svc.moving_in.commands import CorrectMoveIn, MoveIn, correct_move_in, move_in
from support_svc.moving_in.model import MoveInAfterFollowUp, MoveInInTheFuture
from support_svc.placements.commands import CorrectAttempt, RecordAttempt, correct_attempt, record_attempt
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.placements.model import ActivePlacementExists, FinalOnlyWhileSearching, PlacementStatus
from support_svc.placements.queries import attempts, placement
from support_svc.placements.timeline import timeline
from support_svc.securing.model import MoveInBeforeSecuring, TenancyHasStarted

DAY = dt.timedelta(days=1)


async def housed(world):
    """A household of two that moved in today, from a room that the head had until then."""
    head, child = await world.family()
    room = await world.value(HOUSING_TYPE, "room")
    await world.do(
        add_housing, AddHousing(client_id=head, housing_type_id=room, started_on=world.today - 90 * DAY)
    )
    wanted = await world.placement(head, child)
    await world.held(wanted, await world.home(), secured_on=world.today - 5 * DAY)
    moved = MoveIn(
        placement_id=wanted,
        moved_in_on=world.today,
        next_months=1,
        reported_by_client=True,
        end_housing=True,
        rent=Rent(amount="900"),
    )
    await world.do(move_in, moved)
    return head, child, wanted


async def stays(world, person):
    return [(one.started_on, one.ended_on) for one in await world.see(housing_history, person)]


@pytest.mark.row("P7", "P10", "C5")
@pytest.mark.parametrize("by", [-3, 2])
async def test_a_move_in_date_is_corrected_with_the_stays_that_hang_on_it(world, by):
    head, child, wanted = await housed(world)
    before = world.today
    world.clock.advance(10 * DAY)
    after = before + by * DAY
    command = CorrectMoveIn(placement_id=wanted, moved_in_on=after, reason="Wrong line of the form")
    await world.do(correct_move_in, command)
    assert (await world.see(placement, wanted)).moved_in_on == after
    assert await stays(world, head) == [(after, None), (before - 90 * DAY, after)]
    assert await stays(world, child) == [(after, None)]
    rents = (await world.see(housing_history, head))[0].rents
    assert [rent.from_date for rent in rents] == [after]
    line = (await world.see(timeline, wanted))[0]
    assert (line.kind.value, line.details["before"], line.details["after"]) == ("corrected", before, after)
    with pytest.raises(NothingCorrected):
        await world.do(correct_move_in, command)
    for day, refusal in (
        (before - 6 * DAY, MoveInBeforeSecuring),
        (world.today + DAY, MoveInInTheFuture),
        (before - 91 * DAY, MoveInBeforeSecuring),
    ):
        with pytest.raises(refusal):
            await world.do(correct_move_in, command.model_copy(update={"moved_in_on": day}))


@pytest.mark.row("P7", "U4", "W13")
async def test_the_inventory_is_sent_a_corrected_move_in_of_a_third_partys_home(world):
    person = await world.client()
    wanted = await world.placement(person)
    unit = await world.home(managed_by="third_party")
    await world.held(wanted, unit, secured_on=world.today - 5 * DAY)
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))

    async def correct(by):
        day = world.today - by * DAY
        await world.do(
            correct_move_in, CorrectMoveIn(placement_id=wanted, moved_in_on=day, reason="Wrong line")
        )

    await correct(2)
    (consent,) = await world.rows("SELECT id FROM consent WHERE purpose = 'be_housed'")
    await world.do(withdraw_consent, WithdrawConsent(client_id=person, consent_id=consent["id"]))
    await correct(3)
    given = {"client_id": person, "purpose": Purpose.BE_HOUSED, "given_on": world.today}
    await world.do(give_consent, GiveConsent(given_how=GivenHow.VERBAL, **given))
    await correct(1)
    reason = await world.value(REASON_LEFT, "health")
    left = Outcome(client_id=person, still_in_housing=StillInHousing.NO, reason_left_id=reason)
    await world.do(
        record_follow_up,
        RecordFollowUp(cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, outcomes=[left]),
    )
    rows = await world.rows(
        "SELECT subject, aggregate_version, status, data FROM outbox WHERE aggregate ="
        " (SELECT request::text FROM securing) ORDER BY position"
    )
    published = [(row["subject"].split(".")[3], row["aggregate_version"], row["status"]) for row in rows]
    assert [one[:2] for one in published] == [
        ("unit_requested", 1),
        ("household_moved_in", 2),
        ("household_moved_in", 3),
        ("household_moved_in", 4),
        ("household_moved_in", 5),
        ("household_moved_out", 6),
    ]
    assert [number for _, number, status in published if status == "withheld"] == [4]
    for row, by in zip(rows[1:5], (0, 2, 3, 1), strict=True):
        assert str(world.today - by * DAY) in row["data"]


async def moves_published(world):
    """The events about the request after it was made: their name, number and day."""
    rows = await world.rows(
        "SELECT subject, aggregate_version, data FROM outbox WHERE aggregate ="
        " (SELECT request::text FROM securing) AND aggregate_version > 1 ORDER BY position"
    )
    days = [json.loads(row["data"])["data"] for row in rows]
    return [
        (row["subject"].split(".")[3], row["aggregate_version"], day.get("moved_out_on"))
        for row, day in zip(rows, days, strict=True)
    ]


@pytest.mark.row("P8", "U4", "W13")
@pytest.mark.parametrize("manager", ["third_party", "property_entity"])
async def test_the_inventory_is_informed_of_a_corrected_last_day_once_everybody_left(world, manager):
    person, friend = await world.client(), await world.client("Ari", "Friend")
    await world.do(add_member, AddMember(client_id=person, member_id=friend))
    wanted = await world.placement(person, friend)
    unit = await world.home(managed_by=manager)
    await world.held(wanted, unit, secured_on=world.today - 20 * DAY)
    moved = MoveIn(
        placement_id=wanted, moved_in_on=world.today - 15 * DAY, next_months=1, reported_by_client=True
    )
    await world.do(move_in, moved)
    reason = await world.value(REASON_LEFT, "health")

    async def leave(client, ago, **more):
        left = Outcome(client_id=client, still_in_housing=StillInHousing.NO, reason_left_id=reason)
        await world.do(
            record_follow_up,
            RecordFollowUp(
                cases=Cases.PLACEMENTS,
                case_id=wanted,
                done_on=world.today - ago * DAY,
                outcomes=[left],
                **more,
            ),
        )

    async def correct(client, ago):
        command = CorrectLastDay(
            placement_id=wanted, client_id=client, left_on=world.today - ago * DAY, reason="Wrong line"
        )
        await world.do(correct_last_day, command)

    await leave(friend, 8, next_months=1)
    await correct(friend, 9)
    assert [one[0] for one in await moves_published(world)] == ["household_moved_in"] * (
        manager == "third_party"
    )
    await leave(person, 4)
    await correct(person, 6)
    # A day that isn't the last of all changes nothing about since when the home is empty.
    await correct(friend, 7)
    await correct(friend, 3)
    # A corrected follow-up moves those who left on its day; this person's last day was corrected already.
    follow_up = (await world.see(follow_ups_of, Cases.PLACEMENTS, wanted))[0]
    command = CorrectFollowUp(
        cases=Cases.PLACEMENTS,
        case_id=wanted,
        follow_up_id=follow_up.id,
        done_on=world.today - 1 * DAY,
        months_since=0,
        reason="Wrong line",
        version=follow_up.version,
    )
    await world.do(correct_follow_up, command)
    if manager == "property_entity":
        assert await moves_published(world) == []
        return
    assert await moves_published(world) == [
        ("household_moved_in", 2, None),
        ("household_moved_out", 3, str(world.today - 4 * DAY)),
        ("household_moved_out", 4, str(world.today - 6 * DAY)),
        ("household_moved_out", 5, str(world.today - 3 * DAY)),
    ]


@pytest.mark.row("P8", "P10", "C5")
async def test_a_follow_up_is_corrected_and_who_was_taken_for_gone_lives_there_still(world):
    head, child, wanted = await housed(world)
    moved = world.today
    world.clock.advance(30 * DAY)
    reason = await world.value(REASON_LEFT, "health")
    gone = Outcome(client_id=child, still_in_housing=StillInHousing.NO, reason_left_id=reason)
    here = Outcome(client_id=head, still_in_housing=StillInHousing.YES)
    done = RecordFollowUp(
        cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, outcomes=[here, gone], next_months=2
    )
    await world.do(record_follow_up, done)
    _, first = await world.see(follow_ups_of, Cases.PLACEMENTS, wanted)
    correction = CorrectFollowUp(
        cases=Cases.PLACEMENTS,
        case_id=wanted,
        follow_up_id=first.id,
        done_on=world.today - 2 * DAY,
        months_since=0,
        outcomes=[OutcomeFound(client_id=child, still_in_housing=StillInHousing.NO)],
        reason="It was the Tuesday",
        version=first.version,
    )
    await world.do(correct_follow_up, correction)
    assert await stays(world, child) == [(moved, world.today - 2 * DAY)]
    last_day = CorrectLastDay(
        placement_id=wanted,
        client_id=child,
        left_on=world.today - 4 * DAY,
        reason="The neighbour reported it",
    )
    await world.do(correct_last_day, last_day)
    assert await stays(world, child) == [(moved, world.today - 4 * DAY)]
    with pytest.raises(BeforeMoveIn):
        await world.do(correct_last_day, last_day.model_copy(update={"left_on": moved - DAY}))
    late = CorrectMoveIn(
        placement_id=wanted, moved_in_on=world.today, reason="Typing error", days_confirmed=True
    )
    with pytest.raises(MoveInAfterFollowUp):
        await world.do(correct_move_in, late)

    _, first = await world.see(follow_ups_of, Cases.PLACEMENTS, wanted)
    mistaken = correction.model_copy(update={"version": first.version})
    mistaken.outcomes = [OutcomeFound(client_id=head, still_in_housing=StillInHousing.NO)]
    with pytest.raises(DepartureIsNew):
        await world.do(correct_follow_up, mistaken)
    mistaken.outcomes = [OutcomeFound(client_id=child, still_in_housing=StillInHousing.UNABLE_TO_CONTACT)]
    await world.do(correct_follow_up, mistaken)
    assert await stays(world, child) == [(moved, None)]
    people = (await world.see(placement, wanted)).people
    assert [person.left_on for person in people] == [None, None]
    _, first = await world.see(follow_ups_of, Cases.PLACEMENTS, wanted)
    assert [one.reason for one in first.corrections] == ["It was the Tuesday"] * 2
    due = CorrectDueDay(
        cases=Cases.PLACEMENTS, case_id=wanted, due_on=world.today + 9 * DAY, reason="A holiday"
    )
    await world.do(correct_due_day, due)
    assert (await world.see(placement, wanted)).next_follow_up == world.today + 9 * DAY
    # Both can go on: the child's follow-up is recorded with the head's.
    await world.do(
        record_follow_up,
        RecordFollowUp(
            cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, outcomes=[here, gone], next_months=2
        ),
    )


@pytest.mark.row("P4", "P10")
async def test_an_attempt_is_corrected(world):
    wanted = await world.placement(await world.client())
    first = await world.value(REASON_NOT_SECURED, "client_declined")
    second = await world.value(REASON_NOT_SECURED, "not_affordable")
    given = {"placement_id": wanted, "attempted_on": world.today, "caseworker": "staff-7"}
    attempt = await world.do(record_attempt, RecordAttempt(reason_id=first, **given))
    command = CorrectAttempt(attempt_id=attempt, reason_id=second, reason="Misread", **given)
    await world.do(correct_attempt, command)
    (seen,) = await world.see(attempts, wanted)
    assert (seen.reason_id, seen.corrections[0].reason) == (second, "Misread")
    assert seen.corrections[0].by_name == "Robin Hale"
    audited = await world.rows("SELECT changes FROM audit WHERE action = 'corrected'")
    assert "Misread" in audited[0]["changes"]


@pytest.mark.row("P4", "P10", "X2")
async def test_an_attempt_that_was_not_the_final_one_lets_the_search_go_on(world):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    await world.held(wanted, await world.home())
    base = f"/front-desk/placements/{wanted}"
    async with world.desk("caseworker") as browser:

        async def correct(last, status=303, **fields):
            page = f"{base}/attempts/{last}/correction"
            form = parse_page((await browser.get(page)).text).fields(page)
            sent = {**form, "reason": "Ticked by mistake", **fields}
            sent = {name: value for name, value in sent.items() if value is not None}
            answer = await browser.post(page, data=sent)
            assert answer.status_code == status, parse_page(answer.text).text
            return parse_page(answer.text).text if status != 303 else ""

        reason = await world.value(REASON_NOT_SECURED, "client_declined")
        given = RecordAttempt(
            placement_id=wanted, attempted_on=world.today, reason_id=reason, caseworker="staff-7", final=True
        )
        last = await world.do(record_attempt, given)
        published = await world.published()
        await correct(last, final=None)
        one = await world.see(placement, wanted)
        assert (one.status, one.ended_on) == (PlacementStatus.HOUSING_NOT_SECURED, None)
        assert await world.published() == published, "a home that was given up stays so"
        (seen,) = await world.see(attempts, wanted)
        assert (seen.final, seen.corrections[0].final) == (False, False)
        assert "no longer the final attempt" in (await browser.get(f"{base}/attempts")).text
        assert "the search goes on" in (await browser.get(f"{base}/timeline")).text
        with pytest.raises(ActivePlacementExists):
            await world.placement(child)

        await world.held(wanted, await world.home())
        await correct(last, final="yes")
        assert (await world.see(placement, wanted)).status is PlacementStatus.FAILED
        assert (await world.published())[-2:] == ["unit_request_withdrawn", "tenancy_referral_withdrawn"]
        another = await world.placement(child, child_as_head=True)
        assert "already has an active housing placement" in await correct(last, 422, final=None)
        assert (await world.see(attempts, wanted))[0].final

        end = given.model_copy(update={"placement_id": another, "final": False})
        first = await world.do(record_attempt, end)
        await world.do(record_attempt, end.model_copy(update={"final": True}))
    command = CorrectAttempt(attempt_id=first, reason="It was", **end.model_dump(exclude={"final"}))
    with pytest.raises(NothingCorrected):
        await world.do(correct_attempt, command)
    with pytest.raises(FinalOnlyWhileSearching):
        await world.do(correct_attempt, command.model_copy(update={"final": True}))


@pytest.mark.row("P4")
async def test_a_tenancy_that_started_is_not_given_up_by_a_correction(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    request = await world.held(wanted, unit)
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    given = {
        "placement_id": wanted, "attempted_on": world.today, "reason_id": reason, "caseworker": "staff-7"
    }  # fmt: skip
    attempt = await world.do(record_attempt, RecordAttempt(**given))
    referral = await world.referral(request)
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    with pytest.raises(TenancyHasStarted):
        await world.do(
            correct_attempt, CorrectAttempt(attempt_id=attempt, reason="It was", final=True, **given)
        )


@pytest.mark.row("C5")
async def test_a_stay_is_corrected_but_not_into_another(world):
    head, _, _ = await housed(world)
    now, then = await world.see(housing_history, head)
    fields = {name: getattr(then, name) for name in ("housing_type_id", "started_on", "ended_on", "version")}
    command = CorrectHousing(client_id=head, record_id=then.id, reason="Earlier than I thought", **fields)
    with pytest.raises(HousingOverlap):
        await world.do(correct_housing, command.model_copy(update={"ended_on": world.today + DAY}))
    earlier = then.started_on - 30 * DAY
    await world.do(correct_housing, command.model_copy(update={"started_on": earlier}))
    _, then = await world.see(housing_history, head)
    assert (then.started_on, then.corrections[0].days) == (
        earlier,
        {"started_on": (earlier + 30 * DAY, earlier)},
    )
    of_placement = command.model_copy(
        update={"record_id": now.id, "version": now.version, "started_on": now.started_on + DAY}
    )
    with pytest.raises(DaysOfPlacement):
        await world.do(correct_housing, of_placement)


@pytest.mark.row("P4", "P7", "P8", "P10", "C5", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_corrections_are_made_by_forms_and_shown(world, locale):
    head, child, wanted = await housed(world)
    world.clock.advance(30 * DAY)
    health = await world.value(REASON_LEFT, "health")
    gone = Outcome(client_id=child, still_in_housing=StillInHousing.NO, reason_left_id=health)
    done = RecordFollowUp(
        cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, outcomes=[gone], next_months=2
    )
    await world.do(record_follow_up, done)
    _, first = await world.see(follow_ups_of, Cases.PLACEMENTS, wanted)
    base = f"/front-desk/placements/{wanted}"
    history = f"/front-desk/clients/{head}/housing-history"
    _, room = await world.see(housing_history, head)
    earlier = world.today - 2 * DAY
    pages = {
        f"{base}/move-in/correction": "moved_in_on",
        f"{base}/follow-ups/{first.id}/correction": "done_on",
        f"{base}/members/{child}/last-day": "left_on",
        f"{base}/follow-ups/due/date": "due_on",
        f"{history}/{room.id}/correction": "ended_on",
    }
    async with world.desk("caseworker", locale=locale) as browser:
        for address, field in pages.items():
            page = parse_page((await browser.get(address)).text)
            fields = page.fields(address)
            without = await browser.post(address, data=fields)
            assert without.status_code == 422, "a correction has a reason"
            parse_page(without.text)
            day = {
                "moved_in_on": world.today - 31 * DAY,
                "due_on": world.today + 9 * DAY,
                "ended_on": world.today - 40 * DAY,
            }.get(field, earlier)
            typed = {f"{field}-day": str(day.day), f"{field}-month": str(day.month)}
            fields |= typed | {f"{field}-year": str(day.year), "reason": "Misread"}
            answer = await browser.post(address, data=fields)
            assert answer.status_code == 303, f"{address}: {parse_page(answer.text).text}"
            earlier -= DAY
        for address in (base, f"{base}/follow-ups", f"{base}/timeline", history, "/front-desk/placements"):
            page = parse_page((await browser.get(address)).text)
            if address in (f"{base}/follow-ups", f"{base}/timeline", history):
                assert "Misread" in page.text
