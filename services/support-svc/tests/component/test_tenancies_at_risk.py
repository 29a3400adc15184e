"""Tenancies that a property entity reports to be at risk, and the voluntary offers that follow (H3, W5)."""

import asyncio
import datetime as dt
import uuid
from functools import partial

import pytest

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.parties import NotTheSenders
from support_svc.housing_loss_prevention import listing
from support_svc.housing_loss_prevention.commands import (
    ClosePrevention,
    ReopenPrevention,
    close_prevention,
    reopen_prevention,
)
from support_svc.housing_loss_prevention.feature import REASON_FOR_SERVICE
from support_svc.housing_loss_prevention.listing import PreventionFilter, preventions
from support_svc.housing_loss_prevention.model import (
    OfferAnswer,
    OfferEnded,
    Outcome,
    PreventionStatus,
    RiskResolution,
    RiskSource,
    RiskStage,
)
from support_svc.housing_loss_prevention.queries import offer, offers, prevention, risks_of
from support_svc.housing_loss_prevention.risks import (
    AddToOpen,
    DeclineOffer,
    TakeUpOffer,
    add_to_open,
    decline_offer,
    take_up_offer,
)
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.my_day.queries import my_day
from trade.due import Urgency

DAY = dt.timedelta(days=1)
OTHER = Actor("staff-other", "support", frozenset({"caseworker"}), "Noor Anders")


async def tenant(world, given="Ines"):
    """A client who moved in, and the referral under which the landlord reports about the tenancy."""
    person = await world.client(given, "Marrow")
    wanted = await world.placement(person)
    unit = await world.home()
    request = await world.held(wanted, unit)
    referral = await world.referral(request)
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=3))
    return person, wanted, referral


async def reported(world, referral, risk=None, version=None, **more):
    """Let the property entity report a notice."""
    risk = risk or uuid.uuid4()
    days = {"served_on": world.today, "remedy_by": world.today + 3 * DAY, "termination_on": None, **more}
    await world.receive("tenancy_at_risk", version, referral=referral, risk=risk, **days)
    return risk


async def resolved(world, referral, risk, version=None):
    await world.receive(
        "tenancy_risk_resolved", version, referral=referral, risk=risk, resolved_on=world.today
    )


async def decided(world, risk, **more):
    reason = await world.value(REASON_FOR_SERVICE, "notice_received")
    given = {"reason_id": reason, "started_on": world.today, "caseworker": "staff-7", **more}
    return await world.do(take_up_offer, TakeUpOffer(risk=risk, **given))


async def everything_else(world):
    """What declining an offer may not change."""
    tables = ("housing_loss_prevention", "placement", "housing_record", "followup", "outbox", "client")
    found = {table: f"SELECT * FROM {table} ORDER BY 1" for table in tables}  # noqa: S608 - no value
    return {table: await world.rows(sql) for table, sql in found.items()}


@pytest.mark.row("H3", "F2", "W5")
async def test_help_is_offered_with_the_days_that_are_left(world):
    """Case 42, on the side of support: the days are shown as they were reported."""
    person, _, referral = await tenant(world)
    risk = await reported(world, referral)
    (due,) = [one for one in (await world.see(my_day)).due if one.task == "answer_offer"]
    assert (due.person, due.by, due.urgency, dict(due.at)) == (
        person,
        world.today + 3 * DAY,
        Urgency.SOON,
        {"risk": risk},
    )
    assert [one.task for one in (await world.see(my_day, actor=OTHER)).due] == []
    (seen,) = await world.see(offers)
    assert (seen.risk, seen.served_on, seen.remedy_by) == (risk, world.today, due.by)
    async with world.desk("caseworker", subject="staff-7") as browser:
        for address in ("/front-desk", "/front-desk/housing-loss-preventions", f"/front-desk/offers/{risk}"):
            assert "in 3 days" in (await browser.get(address, follow_redirects=True)).text, address


@pytest.mark.row("H3", "W12")
async def test_declining_changes_nothing_else_and_the_offer_can_be_taken_up_later(world):
    person, _, referral = await tenant(world)
    risk = await reported(world, referral)
    before = await everything_else(world)
    await world.do(decline_offer, DeclineOffer(risk=risk))
    await world.do(decline_offer, DeclineOffer(risk=risk))
    assert await everything_else(world) == before
    assert await world.see(offers) == []
    assert "answer_offer" not in [one.task for one in (await world.see(my_day)).due]
    (still,) = await world.see(risks_of, person)
    assert still.offered
    world.clock.advance(9 * DAY)
    one = await world.see(prevention, await decided(world, risk))
    assert (one.risk_source, one.remedy_by) == (RiskSource.NOTICE, still.remedy_by)
    assert [each.risk for each in one.risks] == [risk]
    with pytest.raises(OfferEnded):
        await decided(world, risk)
    with pytest.raises(OfferEnded):
        await world.do(decline_offer, DeclineOffer(risk=risk))


@pytest.mark.row("H3", "F2")
async def test_the_list_is_in_the_order_of_remedy_dates_and_follows_what_is_reported(world):
    later, sooner = uuid.uuid4(), uuid.uuid4()
    found = []
    for given, risk, days in (("Ada", later, 9), ("Ben", sooner, 4)):
        _, _, referral = await tenant(world, given)
        await reported(world, referral, risk, remedy_by=world.today + days * DAY)
        found.append((await decided(world, risk), referral))
    (first, first_referral), (second, _) = found
    listed = (await world.see(preventions, PreventionFilter())).items
    assert [line.id for line in listed] == [second, first]
    page = await world.see(preventions, PreventionFilter(after=None, remedy="soon"))
    assert page.count == 2
    assert sorted(one.task for one in (await world.see(my_day)).due if one.task == "remedy") == ["remedy"] * 2
    await reported(world, first_referral, remedy_by=world.today + DAY)
    (another,) = await world.see(offers)
    assert await world.do(add_to_open, AddToOpen(risk=another.risk)) == first
    listed = (await world.see(preventions, PreventionFilter())).items
    assert (listed[0].id, listed[0].remedy_by) == (first, world.today + DAY)
    await resolved(world, first_referral, another.risk)
    assert (await world.see(prevention, first)).remedy_by == world.today + 9 * DAY
    end = ClosePrevention(prevention_id=first, ended_on=world.today, outcome=Outcome.UNKNOWN)
    await world.do(close_prevention, end)
    assert [line.id for line in (await world.see(preventions, PreventionFilter())).items] == [second, first]
    await world.do(reopen_prevention, ReopenPrevention(prevention_id=first))
    assert (await world.see(prevention, first)).remedy_by == world.today + 9 * DAY
    await resolved(world, first_referral, later)
    seen = await world.see(prevention, first)
    assert (seen.remedy_by, seen.status) == (None, PreventionStatus.OPEN)


@pytest.mark.row("H3", "F1")
async def test_the_list_goes_on_from_page_to_page_by_remedy_date(world, monkeypatch):
    for given, days in (("Ada", 9), ("Ben", None), ("Cay", 2)):
        _, _, referral = await tenant(world, given)
        day = None if days is None else world.today + days * DAY
        await decided(world, await reported(world, referral, remedy_by=day))
    everything = [line.id for line in (await world.see(preventions, PreventionFilter())).items]
    assert len(everything) == 3
    one_at_a_time = partial(listing._BY_REMEDY.counted_page, limit=1)
    monkeypatch.setattr(listing._BY_REMEDY, "counted_page", one_at_a_time)
    page = await world.see(preventions, PreventionFilter())
    read = [line.id for line in page.items]
    while page.next is not None:
        page = await world.see(preventions, PreventionFilter(after=page.next))
        read += [line.id for line in page.items]
    assert read == everything


@pytest.mark.row("H3")
async def test_events_that_come_twice_late_or_crossed_leave_the_latest_state(world):
    """Case 25 and 27: what is reported late isn't offered as if it were fresh."""
    _, wanted, referral = await tenant(world)
    risk, number = uuid.uuid4(), world.versions[referral]
    await resolved(world, referral, risk, number + 2)
    assert await world.see(offers) == []
    await reported(world, referral, risk, number + 1)
    seen = await world.see(offer, risk)
    assert (seen.resolution, seen.offered, seen.stage) == (RiskResolution.REMEDIED, False, None)
    assert await world.see(offers) == []
    with pytest.raises(OfferEnded):
        await decided(world, risk)
    late = await reported(world, referral, remedy_by=world.today - 2 * DAY)
    assert [one.risk for one in await world.see(offers)] == [late]
    (due,) = [one for one in (await world.see(my_day)).due if one.task == "answer_offer"]
    assert due.urgency is Urgency.OVERDUE
    async with world.desk("caseworker") as browser:
        page = (await browser.get(f"/front-desk/offers/{late}")).text
    assert "has passed" in page
    assert "2 days ago" in page
    lines = await world.rows(
        "SELECT kind FROM placement_timeline WHERE placement_id = $1 AND kind LIKE 'tenancy_%'"
        " ORDER BY at, id",
        wanted,
    )
    assert [line["kind"] for line in lines] == [
        "tenancy_started",
        "tenancy_risk_resolved",
        "tenancy_at_risk",
    ]


@pytest.mark.row("H3")
async def test_another_stage_offers_help_again_unless_it_was_taken_up(world):
    _, _, referral = await tenant(world)
    declined, taken = await reported(world, referral), await reported(world, referral)
    await world.do(decline_offer, DeclineOffer(risk=declined))
    one = await decided(world, taken)
    for risk in (declined, taken):
        hearing = {"stage": "hearing", "next_date": world.today + 20 * DAY, "remedy_by": None}
        await reported(world, referral, risk, **hearing)
    (again,) = await world.see(offers)
    assert (again.risk, again.stage, again.answer) == (declined, RiskStage.HEARING, OfferAnswer.OPEN)
    assert again.open_prevention_id == one
    (known,) = (await world.see(prevention, one)).risks
    assert (known.stage, known.answer) == (RiskStage.HEARING, OfferAnswer.TAKEN_UP)


@pytest.mark.row("H3", "N2", "W1")
async def test_only_the_landlord_of_the_referral_reports_about_it(world):
    _, _, referral = await tenant(world)
    with pytest.raises(NotTheSenders):
        await reported(world, referral, sender="lakeside-homes")
    with pytest.raises(NotFound):
        await reported(world, uuid.uuid4())
    assert await world.rows("SELECT 1 FROM tenancy_risk") == []


@pytest.mark.row("H3", "H1")
async def test_of_two_who_take_an_offer_up_at_once_one_does(world):
    _, _, referral = await tenant(world)
    risk = await reported(world, referral)
    answers = await asyncio.gather(*(decided(world, risk) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) == ["OfferEnded", "OfferEnded", "UUID"]


@pytest.mark.row("H3")
async def test_offers_through_the_api(world):
    person, _, referral = await tenant(world)
    risk = await reported(world, referral)
    reason = str(await world.value(REASON_FOR_SERVICE, "notice_received"))
    body = {"reason_id": reason, "started_on": str(world.today), "caseworker": "staff-7"}
    async with world.api("caseworker") as api:
        assert [one["risk"] for one in (await api.get("/offers")).json()] == [str(risk)]
        assert [one["risk"] for one in (await api.get(f"/clients/{person}/risks")).json()] == [str(risk)]
        assert (await api.put(f"/offers/{risk}/prevention")).json()["code"] == "no_open_prevention"
        assert (await api.post(f"/offers/{risk}/refusal")).status_code == 204
        assert (await api.get("/offers")).json() == []
        opened = await api.post(f"/offers/{risk}/prevention", json=body)
        assert opened.status_code == 201
        assert (await api.post(f"/offers/{uuid.uuid4()}/refusal")).status_code == 404
        assert (await api.get(f"/offers/{risk}")).json()["prevention_id"] == opened.json()["id"]
