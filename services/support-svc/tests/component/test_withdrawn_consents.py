"""A withdrawal is shown what was told and still stands, and what follows is chosen (C6, W5, W13)."""

import pytest

from deskkit.testing import parse_page
from support_svc.consents.model import AlreadyWithdrawn, Consequence, GivenHow, Purpose
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
    ("purpose", "follows", "told", "state"),
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
async def test_exactly_what_is_chosen_follows(world, purpose, follows, told, state):
    client, _, request = await referred(world)
    before = await world.told()
    await withdraw(world, client, purpose, *follows)
    assert (await world.told())[len(before) :] == told
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
    assert stands.contact_told
    assert stands.may_follow == (Consequence.WITHDRAW_REFERRAL, Consequence.FORGET_CONTACT)
    again = WithdrawWithConsequences(client_id=client, consent_id=one)
    with pytest.raises(AlreadyWithdrawn):
        await world.do(withdraw_with_consequences, again)
    address = f"/front-desk/clients/{client}/consents"
    async with world.desk("caseworker") as browser:
        assert "What is still in effect" in (await browser.get(address)).text
        page = parse_page((await browser.get(f"{address}/{one}/withdraw")).text)
        assert "the property entity has the name and contact" in page.text
    await withdraw(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, Consequence.FORGET_CONTACT)
    assert await world.see(standing_disclosures, client, one) == []
    basis = await world.rows("SELECT basis FROM outbox WHERE type LIKE '%contact_withdrawn%'")
    assert [row["basis"] for row in basis] == [str(one)]
    async with world.desk("caseworker") as browser:
        assert "What is still in effect" not in (await browser.get(address)).text
        shown = parse_page((await browser.get(f"/front-desk/placements/{placement}")).text)
        assert "The property entity was asked to delete the name and contact" in shown.text


@pytest.mark.row("C6", "W13", "W2")
async def test_a_tenancy_is_not_taken_back(world):
    client, _, request = await referred(world)
    await world.hear("referred_tenancy_started", referral=await world.referral(request))
    before = await world.told()
    one = await withdraw(world, client, Purpose.BE_HOUSED, *Consequence)
    assert await world.told() == before
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
    assert "contact_withdrawn" in await world.told("pending")


@pytest.mark.row("C6", "W13")
@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("purpose", [Purpose.BE_HOUSED, Purpose.SHARE_CONTACT_FOR_TENANCY])
async def test_the_page_of_a_withdrawal_stands_in_every_state(world, locale, purpose):
    client, placement, request = await referred(world)
    one = await consent(world, client, purpose)
    async with world.desk("caseworker", locale=locale) as browser:
        for event in (None, "application_opened", "referred_tenancy_started"):
            if event:
                await world.hear(event, referral=await world.referral(request))
            answer = await browser.get(f"/front-desk/clients/{client}/consents/{one}/withdraw")
            assert answer.status_code == 200
            parse_page(answer.text)
        await withdraw(world, client, purpose, *Consequence)
        for address in (f"clients/{client}/consents", f"placements/{placement}/timeline"):
            answer = await browser.get(f"/front-desk/{address}")
            assert answer.status_code == 200
            parse_page(answer.text)
