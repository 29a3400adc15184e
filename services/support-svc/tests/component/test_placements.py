"""Starting, listing, changing and ending placements; move-ins and follow-ups with everything that can be
wrong.
"""

import datetime as dt
import json
from decimal import Decimal

import pytest
from pydantic import ValidationError

from chassis.errors import EditedMeanwhile, NotFound
from chassis.http.routes import account_for
from support_svc.clients.commands import EditClient, edit_client
from support_svc.clients.model import ClientState, HeadIsAChild, NotAMember
from support_svc.clients.queries import client, household
from support_svc.followups.commands import Outcome, RecordFollowUp, record_follow_up
from support_svc.followups.model import (
    Cases,
    EverybodyAnswered,
    HeadNeeded,
    NextFollowUpNeeded,
    ReasonLeftNeeded,
    StillInHousing,
)
from support_svc.housing_history.commands import AddHousing, ChangeRent, add_housing, change_rent
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.model import HousingOverlap, RentInAnotherCurrency
from support_svc.housing_history.queries import housing_history
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.moving_in.model import ActiveHousing, NotSecured
from support_svc.placements.commands import (
    ChangePlacement,
    Income,
    RecordAttempt,
    change_placement,
    record_attempt,
)
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.placements.listing import PlacementFilter, Urgent, placements
from support_svc.placements.model import ActivePlacementExists, PlacementEnded, PlacementStatus
from support_svc.placements.queries import attempts, placement
from support_svc.securing.model import MoveInBeforeSecuring

DAY = dt.timedelta(days=1)


async def moved_in(world, *, third_party=False, **move):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    unit = await world.home(managed_by="third_party" if third_party else "property_entity")
    await world.held(wanted, unit)
    given = {"moved_in_on": world.today, "next_months": 1, "reported_by_client": not third_party, **move}
    await world.do(move_in, MoveIn(placement_id=wanted, **given))
    return head, child, wanted


@pytest.mark.row("P2")
async def test_a_person_is_in_one_active_placement(world):
    head, child = await world.family()
    await world.placement(head, child)
    with pytest.raises(ActivePlacementExists):
        await world.placement(head)
    with pytest.raises(ActivePlacementExists):
        await world.placement(child)
    with pytest.raises(NotAMember):
        await world.placement(await world.client("Ola", "Berg"), head)


@pytest.mark.row("P1")
async def test_the_list_counts_what_is_urgent(world):
    late = await world.placement(await world.client("Ann", "Late"), target_on=world.today)
    soon = await world.placement(await world.client("Bo", "Soon"), target_on=world.today + 12 * DAY)
    world.clock.advance(2 * DAY)
    found = await world.see(placements, PlacementFilter())
    assert [line.id for line in found.items] == [soon, late]
    assert found.counts == {
        Urgent.PAST_TARGET_DATE: 1,
        Urgent.UPCOMING_TARGET_DATE: 1,
        Urgent.PAST_MOVE_IN_DATE: 0,
        Urgent.UPCOMING_FOLLOW_UP: 0,
    }
    narrowed = await world.see(placements, PlacementFilter(urgent=Urgent.PAST_TARGET_DATE))
    assert [line.id for line in narrowed.items] == [late]
    by_name = await world.see(placements, PlacementFilter(q="soone"))
    assert [line.id for line in by_name.items] == [soon]


@pytest.mark.row("P1", "P6", "P8")
async def test_past_move_ins_and_coming_follow_ups_are_urgent(world):
    wanted = await world.placement(await world.client())
    await world.held(wanted, await world.home())
    world.clock.advance(15 * DAY)
    assert (await world.see(placements, PlacementFilter())).counts[Urgent.PAST_MOVE_IN_DATE] == 1
    await world.do(
        move_in,
        MoveIn(
            placement_id=wanted,
            moved_in_on=world.today,
            next_on=world.today + 10 * DAY,
            reported_by_client=True,
            days_confirmed=True,
        ),
    )
    counts = (await world.see(placements, PlacementFilter())).counts
    assert (counts[Urgent.PAST_MOVE_IN_DATE], counts[Urgent.UPCOMING_FOLLOW_UP]) == (0, 1)


@pytest.mark.row("P4")
async def test_a_final_attempt_ends_the_placement_and_lets_go_of_the_home(world):
    person = await world.client()
    wanted = await world.placement(person)
    await world.held(wanted, await world.home())
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    attempt = RecordAttempt(
        placement_id=wanted, attempted_on=world.today, reason_id=reason, caseworker="staff-7", final=True
    )
    await world.do(record_attempt, attempt)
    assert (await world.see(placement, wanted)).status is PlacementStatus.FAILED
    assert (await world.published())[-2:] == ["unit_request_withdrawn", "tenancy_referral_withdrawn"]
    assert [one.final for one in await world.see(attempts, wanted)] == [True]
    await world.placement(person)


@pytest.mark.row("P2", "X4")
async def test_the_second_of_two_editors_is_shown_the_difference(world):
    wanted = await world.placement(await world.client())
    seen = await world.see(placement, wanted)
    change = ChangePlacement(
        placement_id=wanted,
        version=seen.version,
        caseworker=seen.caseworker,
        housing_types=list(seen.housing_types),
        search_started_on=seen.search_started_on,
        target_on=world.today + 30 * DAY,
    )
    await world.do(change_placement, change)
    with pytest.raises(EditedMeanwhile) as refused:
        await world.do(change_placement, change.model_copy(update={"target_on": world.today + 40 * DAY}))
    assert refused.value.difference == {"target_on": (world.today + 30 * DAY, world.today + 40 * DAY)}


@pytest.mark.row("P2", "X3", "X4")
async def test_an_income_in_another_currency_is_another_income(world):
    wanted = await world.placement(
        await world.client(), monthly_income={"amount": "2000.00", "currency": "CAD"}
    )
    seen = await world.see(placement, wanted)
    change = ChangePlacement(
        placement_id=wanted,
        version=seen.version,
        caseworker=seen.caseworker,
        housing_types=list(seen.housing_types),
        search_started_on=seen.search_started_on,
        target_on=seen.target_on,
        monthly_income=Income(amount=Decimal(2000), currency="CAD"),
    )
    await world.do(change_placement, change)
    written = "SELECT changes::text AS changes FROM audit WHERE action = 'changed'"
    assert await world.rows(written) == []
    in_dollars = change.model_copy(update={"monthly_income": Income(amount=Decimal(2000), currency="USD")})
    await world.do(change_placement, in_dollars)
    (changed,) = await world.rows(written)
    difference = {"monthly_income": ("2000.00 CAD", "2000.00 USD")}
    assert json.loads(changed["changes"]) == {name: list(pair) for name, pair in difference.items()}
    with pytest.raises(EditedMeanwhile) as refused:
        await world.do(change_placement, change)
    assert refused.value.difference == {name: pair[::-1] for name, pair in difference.items()}


@pytest.mark.row("X3", "X4")
async def test_a_clients_view_is_logged_and_an_archived_one_is_hidden(world):
    person = await world.client(comments="private")
    wanted = await world.placement(person)
    seen = await world.see(client, person)
    views = await world.rows("SELECT actor, query FROM access_log WHERE record_kind = 'client'")
    assert {"actor": "staff-7", "query": "clients.client"} in views
    archive = EditClient(
        client_id=person,
        version=seen.version,
        given_name="Jordan",
        family_name="Davis",
        state=ClientState.ARCHIVED,
    )
    reason = await world.value(REASON_NOT_SECURED, "client_declined")
    attempt = RecordAttempt(
        placement_id=wanted, attempted_on=world.today, reason_id=reason, caseworker="staff-7", final=True
    )
    await world.do(record_attempt, attempt)
    await world.do(edit_client, archive)
    with pytest.raises(NotFound):
        await world.see(client, person)
    with pytest.raises(NotFound):
        await world.see(placement, wanted)
    assert (await world.see(placements, PlacementFilter())).items == []


@pytest.mark.row("P7")
async def test_a_move_in_ends_the_housing_that_is_open_in_the_same_step(world):
    head, child = await world.family()
    room = await world.value(HOUSING_TYPE, "room")
    before = AddHousing(client_id=head, housing_type_id=room, started_on=world.today - 90 * DAY)
    await world.do(add_housing, before)
    wanted = await world.placement(head, child)
    with pytest.raises(NotSecured):
        await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    await world.held(wanted, await world.home())
    move = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    with pytest.raises(ActiveHousing):
        await world.do(move_in, move)
    with pytest.raises(MoveInBeforeSecuring):
        await world.do(move_in, move.model_copy(update={"moved_in_on": world.today - DAY}))
    with pytest.raises(NextFollowUpNeeded):
        await world.do(move_in, move.model_copy(update={"next_months": None}))
    await world.do(move_in, move.model_copy(update={"end_housing": True}))
    now, then = await world.see(housing_history, head)
    assert (then.ended_on, now.started_on, now.ended_on) == (world.today, world.today, None)
    assert len(await world.see(housing_history, child)) == 1


@pytest.mark.row("P7")
async def test_a_move_in_names_whoever_of_the_household_is_recorded_elsewhere_then(world):
    head, child = await world.family()
    room = await world.value(HOUSING_TYPE, "room")
    days = {"started_on": world.today - 20 * DAY, "ended_on": world.today - 2 * DAY}
    await world.do(add_housing, AddHousing(client_id=child, housing_type_id=room, **days))
    wanted = await world.placement(head, child)
    await world.held(wanted, await world.home(), secured_on=world.today - 10 * DAY)
    moved = {"placement_id": wanted, "next_months": 1, "reported_by_client": True}
    with pytest.raises(HousingOverlap) as refused:
        await world.do(move_in, MoveIn(moved_in_on=world.today - 5 * DAY, **moved))
    assert refused.value.params["name"] == (await world.see(client, child)).name
    await world.do(move_in, MoveIn(moved_in_on=world.today, **moved))
    assert (await world.see(placement, wanted)).status is PlacementStatus.MOVED_IN


@pytest.mark.row("P7", "P8", "U4")
async def test_moves_are_published_only_for_homes_of_third_party_landlords(world):
    head, child, wanted = await moved_in(world, third_party=True, phone="416 555 0199")
    assert (await world.published())[-1] == "household_moved_in"
    assert (await world.see(client, head)).phones[0] == "+1 416-555-0199"
    world.clock.advance(30 * DAY)
    reason = await world.value(REASON_LEFT, "other_housing")
    gone = [
        Outcome(
            client_id=one, still_in_housing=StillInHousing.NO, reason_left_id=reason, housed_elsewhere=True
        )
        for one in (head, child)
    ]
    await world.do(
        record_follow_up,
        RecordFollowUp(cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, outcomes=gone),
    )
    assert (await world.see(placement, wanted)).status is PlacementStatus.FOLLOW_UPS_COMPLETED
    assert (await world.published())[-1] == "household_moved_out"
    assert (await world.see(housing_history, child))[0].ended_on == world.today


@pytest.mark.row("P8", "C2")
async def test_when_the_head_leaves_another_becomes_the_head(world):
    head, child, wanted = await moved_in(world)
    world.clock.advance(30 * DAY)
    leaves = Outcome(client_id=head, still_in_housing=StillInHousing.NO)
    follow_up = RecordFollowUp(
        cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, outcomes=[leaves], next_months=2
    )
    with pytest.raises(ReasonLeftNeeded):
        await world.do(record_follow_up, follow_up)
    leaves.reason_left_id = await world.value(REASON_LEFT, "health")
    with pytest.raises(HeadNeeded):
        await world.do(record_follow_up, follow_up)
    chosen = follow_up.model_copy(update={"new_head_id": child})
    with pytest.raises(HeadIsAChild):
        await world.do(record_follow_up, chosen)
    await world.do(record_follow_up, chosen.model_copy(update={"child_as_head": True}))
    seen = await world.see(placement, wanted)
    assert (seen.client_id, seen.status) == (child, PlacementStatus.MOVED_IN)
    assert next(one for one in (await world.see(household, child)).members if one.is_head).client_id == child
    assert seen.next_follow_up == dt.date(2026, 6, 1)


@pytest.mark.row("P8", "F1")
async def test_a_follow_up_says_for_everybody_and_only_once(world):
    head, child, wanted = await moved_in(world)
    world.clock.advance(31 * DAY)
    one = Outcome(client_id=head, still_in_housing=StillInHousing.UNABLE_TO_CONTACT)
    with pytest.raises(EverybodyAnswered):
        await world.do(
            record_follow_up,
            RecordFollowUp(
                cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, final=True, outcomes=[one]
            ),
        )
    declined = Outcome(client_id=child, still_in_housing=StillInHousing.CLIENT_DECLINED_FOLLOW_UP)
    hot = RecordFollowUp(
        cases=Cases.PLACEMENTS,
        case_id=wanted,
        done_on=world.today,
        months_since=1,
        outcomes=[one, declined],
        next_months=1,
    )
    await world.do(record_follow_up, hot, idempotency_key="form-9")
    await world.do(record_follow_up, hot, idempotency_key="form-9")
    done = await world.rows("SELECT state, due_on FROM followup ORDER BY due_on")
    assert [row["state"] for row in done] == ["done", "due"]
    await world.do(
        record_follow_up,
        RecordFollowUp(
            cases=Cases.PLACEMENTS,
            case_id=wanted,
            done_on=world.today,
            final=True,
            outcomes=[one.model_copy(update={"still_in_housing": StillInHousing.YES}), declined],
        ),
    )
    assert (await world.see(placement, wanted)).status is PlacementStatus.FOLLOW_UPS_COMPLETED
    with pytest.raises(PlacementEnded):
        await world.do(record_follow_up, hot)


@pytest.mark.row("W10")
async def test_roles_of_the_other_entity_and_administrators_get_nowhere(world):
    person = await world.client()
    async with world.api("property_manager", entity="property") as stranger:
        assert (await stranger.get("/placements")).status_code == 401
    async with world.api("support_administrator") as administrator:
        assert (await administrator.get(f"/clients/{person}")).status_code == 403
        assert (await administrator.get("/placements")).status_code == 403
    value = {"code": "another", "label_en": "Another", "label_fr": "Un autre"}
    async with world.api("caseworker") as caseworker:
        assert (await caseworker.post("/lookups/referral_source", json=value)).status_code == 403
        assert (await caseworker.get("/placements")).status_code == 200
    words = {word for route in account_for(world.app) for word in route.path.split("/")}
    assert not words & {"leases", "rent-roll", "notices", "ledger", "evictions"}


@pytest.mark.row("P4")
async def test_an_attempt_is_recorded_through_the_api(world):
    wanted = await world.placement(await world.client())
    reason = await world.value(REASON_NOT_SECURED, "not_affordable")
    body = {
        "attempted_on": str(world.today),
        "reason_id": str(reason),
        "caseworker": "staff-7",
    }
    async with world.api("caseworker") as caseworker:
        answer = await caseworker.post(f"/placements/{wanted}/attempts", json=body)
        assert answer.status_code == 201
        listed = (await caseworker.get(f"/placements/{wanted}/attempts")).json()
    assert [one["id"] for one in listed] == [answer.json()["id"]]


@pytest.mark.row("P7")
async def test_the_rents_of_a_stay_are_in_one_currency(world):
    head, _ = await world.family()
    room = await world.value(HOUSING_TYPE, "room")
    begun = world.today - 90 * DAY
    rent = {"amount": "900.00", "currency": "USD"}
    stay = AddHousing(client_id=head, housing_type_id=room, started_on=begun, rent=rent)
    record = await world.do(add_housing, stay)
    later = {"client_id": head, "record_id": record, "from_date": begun + 30 * DAY}
    with pytest.raises(RentInAnotherCurrency):
        await world.do(change_rent, ChangeRent(**later, rent={"amount": "950.00"}))
    await world.do(change_rent, ChangeRent(**later, rent={**rent, "amount": "950.00"}))
    with pytest.raises(ValidationError, match="ISO 4217"):
        ChangeRent(**later, rent={**rent, "currency": "ABC"})


@pytest.mark.row("P8", "F1", "X3")
async def test_details_of_those_who_stay_are_stored_and_the_next_date_is_audited(world):
    head, child, wanted = await moved_in(world)
    world.clock.advance(31 * DAY)
    reason = await world.value(REASON_LEFT, "health")
    stays = {"still_in_housing": "unable_to_contact", "reason_left_id": str(reason), "housed_elsewhere": True}
    outcomes = [{"client_id": str(one), **stays} for one in (head, child)]
    body = {"done_on": str(world.today), "months_since": 1, "next_months": 2, "outcomes": outcomes}
    async with world.api("caseworker") as caseworker:
        path = f"/placements/{wanted}/follow-ups"
        twice = await caseworker.post(path, json=body | {"outcomes": [*outcomes, outcomes[0]]})
        assert (twice.status_code, twice.json()["code"]) == (422, "answered_twice")
        assert [each["field"] for each in twice.json()["errors"]] == ["outcomes-2-client_id"]
        assert (await caseworker.post(path, json=body)).status_code == 201
    stored = await world.rows("SELECT reason_left_id, housed_elsewhere FROM followup_outcome")
    assert stored == [{"reason_left_id": reason, "housed_elsewhere": True}] * 2
    dated = await world.rows("SELECT 1 FROM audit WHERE record_kind = 'followup' AND action = 'dated'")
    assert len(dated) == 2
