"""A withdrawal shows what was disclosed and still stands, and what follows is chosen (C6, W5, W13)."""

import datetime as dt
import json
import uuid

import pytest

from deskkit.testing import parse_page
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import AlreadyWithdrawn, Consequence, GivenHow, Purpose
from support_svc.placements.queries import placement
from support_svc.securing.commands import ReferHousehold, refer_household
from support_svc.securing.model import NothingToRefer
from support_svc.signings.model import SigningState
from support_svc.signings.queries import signings_of
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import WithdrawWithConsequences
from support_svc.withdrawals.queries import standing_disclosures

SHARES = {"agrees_to_share_contact": GivenHow.WRITTEN}


async def consent(world, client, purpose):
    found = await world.rows("SELECT id FROM consent WHERE client_id = $1 AND purpose = $2", client, purpose)
    return found[0]["id"]


async def withdraw(world, client, purpose, *follows):
    one = await consent(world, client, purpose)
    command = WithdrawWithConsequences(client_id=client, consent_id=one, follows=list(follows))
    await world.do(withdraw_with_consequences, command)
    return one


async def referred(world):
    client = await world.client("Ines", "Marrow", phones=["416 555 0142"])
    placement = await world.placement(client, **SHARES)
    request = await world.held(placement, await world.home())
    return client, placement, request


@pytest.mark.row("C6", "W13", "P6")
@pytest.mark.parametrize(
    ("purpose", "follows", "published", "state"),
    [
        (Purpose.BE_HOUSED, (), [], "held"),
        (
            Purpose.BE_HOUSED,
            (Consequence.GIVE_UP_HOME,),
            ["unit_request_withdrawn", "tenancy_referral_withdrawn"],
            "given_up",
        ),
        (Purpose.BE_HOUSED, (Consequence.WITHDRAW_REFERRAL,), ["tenancy_referral_withdrawn"], "held"),
        (Purpose.BE_HOUSED, (Consequence.FORGET_CONTACT,), [], "held"),
        (Purpose.SHARE_CONTACT_FOR_TENANCY, (), [], "held"),
        (Purpose.SHARE_CONTACT_FOR_TENANCY, (Consequence.FORGET_CONTACT,), ["contact_withdrawn"], "held"),
        (
            Purpose.SHARE_CONTACT_FOR_TENANCY,
            (Consequence.FORGET_CONTACT, Consequence.WITHDRAW_REFERRAL),
            ["contact_withdrawn", "tenancy_referral_withdrawn"],
            "held",
        ),
    ],
)
async def test_exactly_what_is_chosen_follows(world, purpose, follows, published, state):
    client, _, request = await referred(world)
    before = await world.published()
    await withdraw(world, client, purpose, *follows)
    assert (await world.published())[len(before) :] == published
    (row,) = await world.rows("SELECT state FROM securing WHERE request = $1", request)
    assert row["state"] == state
    numbers = await world.rows(
        "SELECT aggregate_version FROM outbox WHERE aggregate = $1 ORDER BY position",
        str(await world.referral(request)),
    )
    assert [one["aggregate_version"] for one in numbers] == list(range(1, len(numbers) + 1))


@pytest.mark.row("C6", "W13")
async def test_what_stands_is_shown_and_can_follow_later(world):
    client, placement, _ = await referred(world)
    one = await withdraw(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY)
    (stands,) = await world.see(standing_disclosures, client, one)
    assert stands.contact_was_disclosed
    assert stands.may_follow == (Consequence.WITHDRAW_REFERRAL, Consequence.FORGET_CONTACT)
    again = WithdrawWithConsequences(client_id=client, consent_id=one)
    with pytest.raises(AlreadyWithdrawn):
        await world.do(withdraw_with_consequences, again)
    address = f"/front-desk/clients/{client}/consents"
    async with world.desk("caseworker") as browser:
        assert "What is still in effect" in (await browser.get(address)).text
        page = parse_page((await browser.get(f"{address}/{one}/withdraw")).text)
        assert "Property entity has the name and contact" in page.text
    await withdraw(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, Consequence.FORGET_CONTACT)
    assert await world.see(standing_disclosures, client, one) == []
    basis = await world.rows("SELECT basis FROM outbox WHERE type LIKE '%contact_withdrawn%'")
    assert [row["basis"] for row in basis] == [str(one)]
    async with world.desk("caseworker") as browser:
        assert "What is still in effect" not in (await browser.get(address)).text
        shown = parse_page((await browser.get(f"/front-desk/placements/{placement}")).text)
        assert "Property entity was asked to delete the name and contact" in shown.text


@pytest.mark.row("C6", "W13", "W2")
async def test_a_tenancy_is_not_taken_back(world):
    client, _, request = await referred(world)
    await world.receive("referred_tenancy_started", referral=await world.referral(request))
    before = await world.published()
    one = await withdraw(world, client, Purpose.BE_HOUSED, *Consequence)
    assert await world.published() == before
    (stands,) = await world.see(standing_disclosures, client, one)
    assert stands.may_follow == ()


@pytest.mark.row("C6")
async def test_the_api_shows_what_stands_and_takes_what_follows(world):
    client, _, _ = await referred(world)
    one = await consent(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY)
    address = f"/clients/{client}/consents/{one}"
    async with world.api("caseworker") as api:
        (stands,) = (await api.get(f"{address}/disclosures")).json()
        assert stands["may_follow"] == ["withdraw_referral", "forget_contact"]
        refused = await api.post(f"{address}/withdrawal", json={"follows": ["shout"]})
        assert refused.status_code == 422
        done = await api.post(f"{address}/withdrawal", json={"follows": ["forget_contact"]})
        assert done.status_code == 204, done.text
    assert "contact_withdrawn" in await world.published("pending")


@pytest.mark.row("C6", "W13")
@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("purpose", [Purpose.BE_HOUSED, Purpose.SHARE_CONTACT_FOR_TENANCY])
async def test_the_page_of_a_withdrawal_stands_in_every_state(world, locale, purpose):
    client, placement, request = await referred(world)
    one = await consent(world, client, purpose)
    async with world.desk("caseworker", locale=locale) as browser:
        for event in (None, "application_opened", "referred_tenancy_started"):
            if event:
                await world.receive(event, referral=await world.referral(request))
            answer = await browser.get(f"/front-desk/clients/{client}/consents/{one}/withdraw")
            assert answer.status_code == 200
            parse_page(answer.text)
        await withdraw(world, client, purpose, *Consequence)
        for address in (f"clients/{client}/consents", f"placements/{placement}/timeline"):
            answer = await browser.get(f"/front-desk/{address}")
            assert answer.status_code == 200
            parse_page(answer.text)


async def referrals_published(world, request):
    """The referral events of a request by reference: what was published, in its order, with its number."""
    rows = await world.rows(
        "SELECT aggregate, subject, aggregate_version, data FROM outbox ORDER BY position"
    )
    found = {}
    for row in rows:
        name = row["subject"].split(".")[3]
        if name in ("tenancy_referred", "tenancy_referral_withdrawn", "contact_withdrawn"):
            found.setdefault(row["aggregate"], []).append((name, row["aggregate_version"]))
            if name == "tenancy_referred":
                assert json.loads(row["data"])["data"]["request"] == str(request)
    return found


async def referred_again(world):
    """A household that was referred, with name and contact, withdrew that and was referred again."""
    client, placement, request = await referred(world)
    first = await world.referral(request)
    await withdraw(world, client, Purpose.BE_HOUSED, Consequence.WITHDRAW_REFERRAL)
    given = GiveConsent(client_id=client, purpose=Purpose.BE_HOUSED, given_on=world.today)
    await world.do(give_consent, given)
    return client, placement, request, first


@pytest.mark.row("C6", "P6", "W5", "W13")
async def test_a_referral_that_was_withdrawn_is_made_again_with_a_reference_of_its_own(world):
    client, placed, request, first = await referred_again(world)
    base = f"/front-desk/placements/{placed}"
    async with world.desk("caseworker") as browser:
        shown = parse_page((await browser.get(base)).text)
        assert f"{base}/referral" in shown.links().values()
        assert "refer the household to Property entity, if the client still agrees" in shown.text
        form = parse_page((await browser.get(f"{base}/referral")).text).fields(f"{base}/referral")
        assert (await browser.post(f"{base}/referral", data=form)).headers["location"] == base
        assert f"{base}/referral" not in parse_page((await browser.get(base)).text).links().values()
    second = await world.referral(request)
    assert second != first
    assert await referrals_published(world, request) == {
        str(first): [("tenancy_referred", 1), ("tenancy_referral_withdrawn", 2)],
        str(second): [("tenancy_referred", 1)],
    }
    (former,) = await world.rows(
        "SELECT request, named, withdrawn_at FROM former_referral WHERE referral = $1", first
    )
    assert (former["request"], former["named"], former["withdrawn_at"]) == (request, True, world.clock.now())
    with pytest.raises(NothingToRefer):
        await world.do(refer_household, ReferHousehold(placement_id=placed))
    # Name and contact came with both referrals: to withdraw them reaches both.
    await withdraw(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, Consequence.FORGET_CONTACT)
    assert await referrals_published(world, request) == {
        str(first): [("tenancy_referred", 1), ("tenancy_referral_withdrawn", 2), ("contact_withdrawn", 3)],
        str(second): [("tenancy_referred", 1), ("contact_withdrawn", 2)],
    }
    one = await consent(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY)
    assert await world.see(standing_disclosures, client, one) == []


@pytest.mark.row("P6", "P7", "W4")
async def test_what_is_reported_about_a_former_referral_is_received(world):
    _, placed, _, first = await referred_again(world)
    starts = world.clock.now() + dt.timedelta(days=3)
    signing = uuid.uuid4()
    await world.receive("signing_scheduled", referral=first, signing=signing, starts_at=starts)
    await world.receive("application_opened", referral=first)
    await world.do(refer_household, ReferHousehold(placement_id=placed))
    await world.receive("application_declined", referral=first)
    seen = (await world.see(placement, placed)).request
    assert (seen.referred, seen.application) == (True, None)
    (shown,) = await world.see(signings_of, placed)
    assert (shown.signing, shown.state, shown.overtaken) == (signing, SigningState.CANCELLED, True)
    await world.receive("signing_moved", referral=first, signing=signing, starts_at=starts)
    # A lease that was signed before the withdrawal arrived is the household's lease all the same.
    await world.receive("referred_tenancy_started", referral=first, unit=seen.unit, start=world.today)
    seen = (await world.see(placement, placed)).request
    assert (seen.state.value, seen.tenancy_start) == ("let", world.today)


@pytest.mark.row("P6")
async def test_after_a_decline_nobody_is_referred_again(world):
    client, placed, request = await referred(world)
    await world.receive("application_declined", referral=await world.referral(request))
    await withdraw(world, client, Purpose.BE_HOUSED, Consequence.WITHDRAW_REFERRAL)
    with pytest.raises(NothingToRefer):
        await world.do(refer_household, ReferHousehold(placement_id=placed))
