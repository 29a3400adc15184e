"""Secure Unit against a real database: sent once, in any order, and never more than agreed (P6, W5)."""

import asyncio
import datetime as dt
import json
import uuid

import pytest

from chassis.errors import Conflict, NotFound
from support_svc.consents.commands import WithdrawConsent, withdraw_consent
from support_svc.consents.model import ConsentMissing, GivenHow
from support_svc.homes.model import UnknownHome
from support_svc.placements.model import PlacementStatus
from support_svc.placements.queries import placement
from support_svc.placements.timeline import crossing, timeline
from support_svc.securing.commands import GiveUpUnit, SecureUnit, give_up_unit, secure_unit
from support_svc.securing.model import AnswerPending, HouseholdChanged, MoveInBeforeSecuring, NothingToGiveUp
from support_svc.securing.queries import preview_securing


async def hot(world, placement_id, unit, **changes):
    """The command as the confirm page sends it: with what the page showed as to be disclosed."""
    day = world.today + dt.timedelta(days=14)
    preview = await world.see(preview_securing, placement_id, unit, day)
    given = {"adults": preview.adults, "children": preview.children, "consent": preview.consent, **changes}
    return SecureUnit(
        placement_id=placement_id, unit=unit, secured_on=world.today, expected_move_in=day, **given
    )


@pytest.mark.row("P6")
async def test_what_the_confirm_page_showed_is_published_in_one_statement(world):
    head, child = await world.family()
    wanted = await world.placement(head, child)
    unit = await world.home()
    command = await hot(world, wanted, unit)
    started = await world.do(secure_unit, command, idempotency_key="form-1")
    again = await world.do(secure_unit, command, idempotency_key="form-1")
    assert started == again
    (sent,) = await world.see(crossing, wanted)
    assert (sent.event, sent.fields["adults"], sent.fields["children"]) == ("unit_requested", 1, 1)
    assert (await world.see(placement, wanted)).securing
    timers = await world.rows("SELECT kind, due_at FROM timers WHERE kind <> 'look_over_records'")
    assert timers == [{"kind": "answer_expected", "due_at": world.clock.now() + dt.timedelta(minutes=5)}]
    audit = await world.rows("SELECT action FROM audit WHERE record_kind = 'placement' AND action = 'asked'")
    assert len(audit) == 1


@pytest.mark.row("P6", "C2")
async def test_a_household_that_changed_meanwhile_is_looked_at_again(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    with pytest.raises(HouseholdChanged):
        await world.do(secure_unit, await hot(world, wanted, unit, adults=3))
    assert await world.published() == []


@pytest.mark.row("P6", "C6")
async def test_nothing_is_asked_without_the_consent_to_be_housed(world):
    person = await world.client()
    wanted = await world.placement(person)
    unit = await world.home()
    command = await hot(world, wanted, unit)
    await world.do(withdraw_consent, WithdrawConsent(client_id=person, consent_id=command.consent))
    with pytest.raises(ConsentMissing):
        await world.do(secure_unit, command)
    assert await world.published() == []


@pytest.mark.row("P6", "W5", "C6")
async def test_a_consent_withdrawn_while_the_inventory_answers_keeps_the_referral_back(world):
    person = await world.client()
    wanted = await world.placement(person)
    unit = await world.home()
    command = await hot(world, wanted, unit)
    request = (await world.do(secure_unit, command)).request
    await world.do(withdraw_consent, WithdrawConsent(client_id=person, consent_id=command.consent))
    await world.receive("unit_secured", request=request, unit=unit)
    assert await world.published("pending") == ["unit_requested"]
    assert await world.published("withheld") == ["tenancy_referred"]
    assert (await world.see(crossing, wanted))[0].withheld == "consent_ended"


@pytest.mark.row("P6", "W5")
async def test_name_and_contact_cross_only_under_their_consent_and_notes_never(world):
    head, child = await world.family()
    wanted = await world.placement(
        head, child, referral_person="Canary-person-7733", referral_organisation="Canary-org"
    )
    unit = await world.home()
    request = await world.held(wanted, unit)
    await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
    everything = json.dumps([row["data"] for row in await world.rows("SELECT data FROM outbox")])
    for private in (
        "Zdenka",
        "Quillfeather",
        "0142",
        "zdenka@",
        "Canary",
        "Milo",
        str(head),
        str(child),
        str(wanted),
    ):
        assert private not in everything, private
    assert str(request) in everything


@pytest.mark.row("P6")
async def test_a_third_partys_home_is_no_business_of_the_property_entity(world):
    wanted = await world.placement(await world.client(), agrees_to_share_contact=GivenHow.WRITTEN)
    unit = await world.home(managed_by="third_party")
    await world.held(wanted, unit)
    assert await world.published() == ["unit_requested"]
    assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_SECURED


@pytest.mark.row("P3", "P6", "P10")
async def test_a_refusal_is_shown_in_words_and_the_search_goes_on(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    request = await world.ask_for(wanted, unit)
    await world.receive("unit_refused", request=request, unit=unit, reason="secured_by_another")
    seen = await world.see(placement, wanted)
    assert (seen.status, seen.request.ended_why) == (
        PlacementStatus.HOUSING_NOT_SECURED,
        "secured_by_another",
    )
    second = await world.home()
    await world.held(wanted, second)
    assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_SECURED


@pytest.mark.row("P6")
async def test_a_late_answer_says_so_and_can_be_given_up(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    request = await world.ask_for(wanted, unit)
    await world.fire("answer_expected", str(request))
    assert (await world.see(placement, wanted)).request.late
    await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
    assert await world.published() == ["unit_requested", "unit_request_withdrawn"]
    await world.receive("unit_secured", request=request, unit=unit)
    seen = await world.see(placement, wanted)
    assert seen.status is PlacementStatus.HOUSING_NOT_SECURED
    assert (await world.see(timeline, wanted))[0].kind.value == "overtaken"
    with pytest.raises(NothingToGiveUp):
        await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))


@pytest.mark.row("P6", "P10")
async def test_a_hold_warns_before_it_lapses_and_returns_to_the_search(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    request = await world.held(wanted, unit)
    deadline = (await world.see(placement, wanted)).request.deadline
    await world.receive("unit_hold_ending", request=request, unit=unit, deadline=deadline)
    assert (await world.see(placement, wanted)).request.ending
    await world.fire("hold_deadline", str(request))
    assert (await world.see(placement, wanted)).request.overdue
    await world.receive("unit_released", request=request, unit=unit, reason="deadline_passed")
    seen = await world.see(placement, wanted)
    assert (seen.status, seen.secured_on if hasattr(seen, "secured_on") else None) == (
        PlacementStatus.HOUSING_NOT_SECURED,
        None,
    )
    assert (await world.published())[-1] == "tenancy_referral_withdrawn"


@pytest.mark.row("P6")
async def test_every_fact_may_come_twice_and_out_of_order(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    request = await world.ask_for(wanted, unit)
    deadline = world.clock.now() + dt.timedelta(days=10)
    for name in ("unit_hold_ending", "unit_secured", "unit_hold_ending", "unit_secured"):
        await world.receive(name, request=request, unit=unit, deadline=deadline)
    assert await world.published() == ["unit_requested", "tenancy_referred"]
    await world.receive("unit_released", request=request, unit=unit, reason="deadline_passed")
    await world.receive("unit_secured", request=request, unit=unit, deadline=deadline)
    assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_NOT_SECURED


@pytest.mark.row("P6")
async def test_requests_of_others_change_nothing(world):
    await world.receive("unit_secured", request=uuid.uuid4(), unit=uuid.uuid4())
    assert await world.published() == []


@pytest.mark.row("P6", "X5")
async def test_of_twenty_clicks_at_once_one_asks(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    command = await hot(world, wanted, unit)
    results = await asyncio.gather(
        *(world.do(secure_unit, command) for _ in range(20)), return_exceptions=True
    )
    refused = [one for one in results if isinstance(one, BaseException)]
    assert len(refused) == 19
    assert {type(one) for one in refused} <= {AnswerPending, Conflict}
    assert await world.published() == ["unit_requested"]


@pytest.mark.row("P6")
async def test_dates_and_homes_have_to_make_sense(world):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    with pytest.raises(MoveInBeforeSecuring):
        await world.ask_for(wanted, unit, expected_move_in=world.today - dt.timedelta(days=1))
    with pytest.raises(UnknownHome):
        await world.ask_for(wanted, uuid.uuid4())
    with pytest.raises(NotFound):
        await world.ask_for(uuid.uuid4(), unit)
