"""Housing loss prevention from its opening to its end: by the API, with what is due and what is refused."""

import asyncio
import datetime as dt
import uuid

import asyncpg
import pytest

from chassis.actor import Actor
from chassis.errors import EditedMeanwhile
from support_svc.clients.open_matters import MatterKind, open_matters
from support_svc.followups.commands import (
    CorrectDueDay,
    CorrectFollowUp,
    Outcome,
    OutcomeFound,
    RecordFollowUp,
    correct_due_day,
    correct_follow_up,
    record_follow_up,
)
from support_svc.followups.model import (
    Cases,
    FollowUpState,
    OutcomeNeeded,
    OutcomeNotAsked,
    ReasonLeftNeeded,
    StillInHousing,
)
from support_svc.followups.queries import follow_ups_of
from support_svc.housing_history.commands import AddHousing, add_housing
from support_svc.housing_history.feature import HOUSING_TYPE, REASON_LEFT
from support_svc.housing_history.queries import housing_history
from support_svc.housing_loss_prevention.commands import (
    ChangePrevention,
    ClosePrevention,
    OpenPrevention,
    ReopenPrevention,
    change_prevention,
    close_prevention,
    open_prevention,
    reopen_prevention,
)
from support_svc.housing_loss_prevention.feature import CREDITOR_KIND, REASON_FOR_SERVICE
from support_svc.housing_loss_prevention.listing import PreventionFilter, preventions
from support_svc.housing_loss_prevention.model import (
    BeforePrevention,
    EndsBeforeStart,
    NoActiveHousing,
    OpenPreventionExists,
    PreventionClosed,
    PreventionStatus,
    StartIsInTheFuture,
)
from support_svc.housing_loss_prevention.model import Outcome as Ended
from support_svc.housing_loss_prevention.queries import actions_of, prevention
from support_svc.my_day.queries import my_day

DAY = dt.timedelta(days=1)
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")
HLP = Cases.HOUSING_LOSS_PREVENTIONS
PATH = "/housing-loss-preventions"


async def housed(world, given="Ines", since=90):
    """A client who lives somewhere."""
    person = await world.client(given, "Marrow")
    room = await world.value(HOUSING_TYPE, "room")
    stay = AddHousing(
        client_id=person, housing_type_id=room, started_on=world.today - since * DAY, address="9 Oak Road"
    )
    await world.do(add_housing, stay)
    return person


async def fields(world, **more):
    reason = await world.value(REASON_FOR_SERVICE, "rent_arrears")
    return {"reason_id": reason, "started_on": world.today, "caseworker": "staff-7", **more}


async def opened(world, **more):
    person = await housed(world)
    return await world.do(open_prevention, OpenPrevention(client_id=person, **await fields(world, **more)))


async def found(world, one, still=StillInHousing.YES, **more):
    """Record a follow-up that found something."""
    seen = await world.see(prevention, one)
    outcome = Outcome(
        client_id=seen.client_id, still_in_housing=still, reason_left_id=more.pop("reason_left_id", None)
    )
    given = {"done_on": world.today, "outcomes": [outcome], **more}
    await world.do(record_follow_up, RecordFollowUp(cases=HLP, case_id=one, **given))


@pytest.mark.row("H1")
async def test_it_is_offered_to_who_has_a_home_and_none_that_is_open(world):
    person = await world.client("Ines", "Marrow")
    assert await world.see(actions_of, person) == []
    with pytest.raises(NoActiveHousing):
        await world.do(open_prevention, OpenPrevention(client_id=person, **await fields(world)))
    lives = await housed(world)
    (action,) = await world.see(actions_of, lives)
    assert (action.page, action.at) == ("prevention_new", {"client": lives})
    one = await world.do(open_prevention, OpenPrevention(client_id=lives, **await fields(world)))
    (action,) = await world.see(actions_of, lives)
    assert (action.page, action.at) == ("prevention", {"prevention_id": one})
    with pytest.raises(OpenPreventionExists):
        await world.do(open_prevention, OpenPrevention(client_id=lives, **await fields(world)))
    administrator = Actor("staff-9", "support", frozenset({"supervisor"}), "Alex Wren")
    assert await world.see(actions_of, await housed(world, "Ada"), actor=administrator)


@pytest.mark.row("H1", "X5")
async def test_of_two_people_who_press_at_once_one_opens_it(world):
    person = await housed(world)
    command = OpenPrevention(client_id=person, **await fields(world))
    answers = await asyncio.gather(
        *(world.do(open_prevention, command) for _ in range(4)), return_exceptions=True
    )
    refused = [one for one in answers if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [OpenPreventionExists] * 3
    (row,) = await world.rows("SELECT id FROM housing_loss_prevention")
    again = "INSERT INTO housing_loss_prevention SELECT ($1::housing_loss_prevention).*"
    (copy,) = await world.rows("SELECT * FROM housing_loss_prevention WHERE id = $1", row["id"])
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_prevention_open_client"):
        await world.rows(again, tuple({**copy, "id": uuid.uuid4(), "number": 99}.values()))


@pytest.mark.row("H1")
async def test_days_that_cannot_be_are_refused(world):
    person = await housed(world)
    tomorrow = world.today + DAY
    with pytest.raises(StartIsInTheFuture):
        await world.do(
            open_prevention, OpenPrevention(client_id=person, **await fields(world, started_on=tomorrow))
        )
    early = await fields(world, first_follow_up_on=world.today - DAY)
    with pytest.raises(BeforePrevention):
        await world.do(open_prevention, OpenPrevention(client_id=person, **early))
    async with world.api("caseworker") as api:
        body = {**{k: str(v) for k, v in (await fields(world)).items()}, "client_id": str(person)}
        far = await api.post(PATH, json={**body, "first_follow_up_on": "9999-12-31"})
        nobody = await api.post(PATH, json={**body, "client_id": str(uuid.uuid4())})
        unlisted = await api.post(PATH, json={**body, "reason_id": str(uuid.uuid4())})
        assert [one.status_code for one in (far, nobody, unlisted)] == [422, 404, 422]
        async with world.api("support_administrator") as other:
            assert (await other.get(PATH)).status_code == 403


@pytest.mark.row("H1", "X4", "F2")
async def test_it_is_changed_and_handed_over_with_what_is_due(world):
    one = await opened(world, first_follow_up_on=world.today + 3 * DAY)
    seen = await world.see(prevention, one)
    assert [due.task for due in (await world.see(my_day)).due] == ["follow_up"]
    world.keys.write_register(
        "support",
        {"sub": "staff-7", "name": "Robin Hale", "roles": ["caseworker"], "active": True},
        {"sub": NOOR.subject, "name": NOOR.name, "roles": ["caseworker"], "active": True},
    )
    await world.app.state.verifier.learn()
    changed = ChangePrevention(
        prevention_id=one,
        version=seen.version,
        **await fields(world, caseworker=NOOR.subject),
    )
    await world.do(change_prevention, changed)
    assert (await world.see(my_day)).due == ()
    assert [due.task for due in (await world.see(my_day, actor=NOOR)).due] == ["follow_up"]
    with pytest.raises(EditedMeanwhile):
        await world.do(change_prevention, changed)


@pytest.mark.row("H1", "C1")
async def test_it_is_an_open_matter_of_its_client(world):
    one = await opened(world)
    client_id = (await world.see(prevention, one)).client_id
    async with world.runtime.transaction(Actor.system("test", "support")) as tx:
        matters = await open_matters(tx, client_id)
    assert [(matter.kind, matter.prevention_id) for matter in matters] == [
        (MatterKind.STAY, None),
        (MatterKind.PREVENTION, one),
    ]


@pytest.mark.row("H2", "F1")
async def test_follow_ups_go_on_from_the_anchor(world):
    """Case 31, for follow-ups: 31 March, 30 April, 31 May."""
    first = dt.date(2026, 3, 31)
    one = await opened(world, first_follow_up_on=first)
    due = first
    days = []
    for _ in range(3):
        world.clock.advance((due - world.today) * 1)
        await found(world, one, next_months=1)
        due = (await world.see(prevention, one)).next_follow_up
        days.append(due.isoformat())
    assert days == ["2026-04-30", "2026-05-31", "2026-06-30"]
    world.clock.advance(due + DAY - world.today)
    await found(world, one, next_months=1)
    assert (await world.see(prevention, one)).next_follow_up == dt.date(2026, 8, 1)


@pytest.mark.row("H2", "P8", "F1")
@pytest.mark.parametrize(
    "still", [StillInHousing.CLIENT_DECLINED_FOLLOW_UP, StillInHousing.UNABLE_TO_CONTACT]
)
async def test_a_client_who_declines_a_follow_up_loses_nothing(world, still):
    one = await opened(world)
    before = await world.see(prevention, one)
    stay = await world.see(housing_history, before.client_id)
    await found(world, one, still, next_on=world.today + 9 * DAY)
    after = await world.see(prevention, one)
    assert (after.status, after.version) == (before.status, before.version)
    assert await world.see(housing_history, before.client_id) == stay
    assert after.next_follow_up == world.today + 9 * DAY
    (due, done) = await world.see(follow_ups_of, HLP, one)
    assert (due.state, done.state, done.months_since) == (FollowUpState.DUE, FollowUpState.DONE, 0)


@pytest.mark.row("H2", "H4")
async def test_the_final_follow_up_ends_it_with_its_outcome(world):
    one = await opened(world, first_follow_up_on=world.today)
    with pytest.raises(OutcomeNeeded):
        await found(world, one, final=True)
    with pytest.raises(OutcomeNotAsked):
        await found(world, one, next_months=1, outcome=Ended.KEPT_WITHOUT_SUBSIDY)
    await found(world, one, final=True, outcome=Ended.KEPT_WITHOUT_SUBSIDY)
    seen = await world.see(prevention, one)
    assert (seen.status, seen.ended_on, seen.outcome, seen.next_follow_up) == (
        PreventionStatus.CLOSED,
        world.today,
        Ended.KEPT_WITHOUT_SUBSIDY,
        None,
    )
    assert seen.stay_ended_on is None
    with pytest.raises(PreventionClosed):
        await found(world, one, next_months=1)


@pytest.mark.row("H2", "P8")
async def test_a_client_who_has_left_ends_the_stay_and_the_prevention_and_a_mistake_is_corrected(world):
    one = await opened(world, first_follow_up_on=world.today)
    with pytest.raises(ReasonLeftNeeded):
        await found(world, one, StillInHousing.NO, outcome=Ended.INSTITUTION)
    health = await world.value(REASON_LEFT, "health")
    await found(world, one, StillInHousing.NO, outcome=Ended.INSTITUTION, reason_left_id=health)
    seen = await world.see(prevention, one)
    assert (seen.status, seen.stay_ended_on) == (PreventionStatus.CLOSED, world.today)
    (done,) = await world.see(follow_ups_of, HLP, one)
    mistaken = CorrectFollowUp(
        cases=HLP,
        case_id=one,
        follow_up_id=done.id,
        done_on=world.today,
        months_since=0,
        outcomes=[OutcomeFound(client_id=seen.client_id, still_in_housing=StillInHousing.YES)],
        reason="Another client",
        version=done.version,
    )
    with pytest.raises(PreventionClosed):
        await world.do(correct_follow_up, mistaken)
    await world.do(reopen_prevention, ReopenPrevention(prevention_id=one))
    await world.do(correct_follow_up, mistaken)
    assert (await world.see(prevention, one)).stay_ended_on is None
    (done,) = await world.see(follow_ups_of, HLP, one)
    assert [each.reason for each in done.corrections] == ["Another client"]
    await found(world, one, next_months=1)
    due = CorrectDueDay(cases=HLP, case_id=one, due_on=world.today + 5 * DAY, reason="A holiday")
    await world.do(correct_due_day, due)
    assert (await world.see(prevention, one)).next_follow_up == world.today + 5 * DAY


@pytest.mark.row("F1", "H2")
async def test_a_follow_up_is_found_only_under_its_own_kind_of_case(world):
    one = await opened(world, first_follow_up_on=world.today)
    assert len(await world.see(follow_ups_of, HLP, one)) == 1
    assert await world.see(follow_ups_of, Cases.PLACEMENTS, one) == []
    body = {"done_on": str(world.today), "next_months": 1}
    async with world.api("caseworker") as api:
        elsewhere = await api.post(f"/placements/{one}/follow-ups", json=body)
        unknown = await api.post(f"/clients/{one}/follow-ups", json=body)
        here = await api.post(f"{PATH}/{one}/follow-ups", json=body)
    assert (elsewhere.status_code, unknown.status_code, here.status_code) == (404, 422, 201)
    assert here.json() == {"case_id": str(one)}


@pytest.mark.row("H4", "W12", "X4")
async def test_debts_the_end_and_opening_it_again_through_the_api(world):
    one = await opened(world)
    here = f"{PATH}/{one}"
    creditor = str(await world.value(CREDITOR_KIND, "landlord"))
    owed = {"creditor_kind_id": creditor, "owed": {"amount": "1033.33"}, "repayment_plan": True}
    async with world.api("caseworker") as api:
        debt = (await api.post(f"{here}/debts", json=owed)).json()["id"]
        foreign = {**owed, "owed": {"amount": "200", "currency": "USD"}, "repayment_plan": False}
        await api.post(f"{here}/debts", json=foreign)
        for wrong in ({"amount": "0"}, {"amount": "1.005"}, {"amount": "1", "currency": "dollars"}):
            assert (await api.post(f"{here}/debts", json={**owed, "owed": wrong})).status_code == 422
        seen = (await api.get(here)).json()
        assert [(one["amount"], one["currency"]) for one in seen["debts"]] == [
            ("1033.33", "CAD"),
            ("200.00", "USD"),
        ]
        change = {**owed, "owed": {"amount": "900"}, "version": 1}
        assert (await api.put(f"{here}/debts/{debt}", json=change)).status_code == 204
        assert (await api.put(f"{here}/debts/{debt}", json=change)).status_code == 409
        assert (await api.put(f"{here}/debts/{uuid.uuid4()}", json=change)).status_code == 404
        assert (await api.delete(f"{here}/debts/{debt}")).status_code == 204
        end = {"ended_on": str(world.today), "outcome": "kept_with_other_help"}
        assert (await api.put(f"{here}/end", json={**end, "outcome": "evicted"})).status_code == 422
        assert (await api.put(f"{here}/end", json=end)).status_code == 204
        assert (await api.put(f"{here}/end", json=end)).status_code == 409
        assert (await api.post(f"{here}/debts", json=owed)).status_code == 409
        assert (await api.delete(f"{here}/end")).status_code == 204
        assert (await api.delete(f"{here}/end")).status_code == 409
        seen = (await api.get(here)).json()
        assert (seen["status"], seen["outcome"], len(seen["debts"])) == ("open", None, 1)
        history = [one["title"] for one in (await api.get(f"{here}/history")).json()]
    assert history == [
        "Opened again",
        "Closed",
        "A debt was taken off the record",
        "A debt was changed",
        "A debt was recorded",
        "A debt was recorded",
        "Opened",
    ]


@pytest.mark.row("H4", "W12")
async def test_it_does_not_end_before_it_began_and_another_can_follow(world):
    """Case 24, for housing loss prevention: closed, then another one for the same client and home."""
    one = await opened(world)
    early = ClosePrevention(prevention_id=one, ended_on=world.today - DAY, outcome=Ended.UNKNOWN)
    with pytest.raises(EndsBeforeStart):
        await world.do(close_prevention, early)
    await world.do(close_prevention, early.model_copy(update={"ended_on": world.today}))
    person = (await world.see(prevention, one)).client_id
    await world.do(open_prevention, OpenPrevention(client_id=person, **await fields(world)))
    with pytest.raises(OpenPreventionExists):
        await world.do(reopen_prevention, ReopenPrevention(prevention_id=one))


@pytest.mark.row("H1", "R1")
async def test_the_list_is_filtered(world):
    """Case 49: a person with a placement and housing loss prevention is one line here."""
    several = [await opened(world) for _ in range(3)]
    await world.placement((await world.see(prevention, several[0])).client_id)
    closed = ClosePrevention(prevention_id=several[2], ended_on=world.today, outcome=Ended.UNKNOWN)
    await world.do(close_prevention, closed)

    async def listed(**wanted):
        page = await world.see(preventions, PreventionFilter(**wanted))
        return [line.id for line in page.items]

    assert await listed(status="open", q="marrow") == several[:2]
    assert await listed(caseworker="staff-8") == []
    assert await listed(reason=await world.value(REASON_FOR_SERVICE, "violence")) == []
    assert await listed(remedy="past") == []
    async with world.api("caseworker") as api:
        assert (await api.get(PATH, params={"after": "nowhere"})).status_code == 422
        assert (await api.get(PATH, params={"q": "marrow"})).json()["count"] == 3
