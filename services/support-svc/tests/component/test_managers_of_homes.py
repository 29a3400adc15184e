"""A home whose manager is unknown is shown so, and asked about before a referral (P5, P6, U6)."""

import datetime as dt

import pytest

from deskkit.testing.pages import parse_page
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import GivenHow, Purpose
from support_svc.homes.model import ManagedBy
from support_svc.homes.queries import HomeFilter, search_homes
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.queries import placement
from support_svc.securing.commands import ReferHousehold, SecureUnit, refer_household, secure_unit
from support_svc.securing.model import ManagerNotKnown, NothingToRefer
from support_svc.securing.queries import preview_securing


async def asked(world, *, hot: bool, refer_to: str | None):
    """Secure a home of unknown manager, as the page or the API does; return the placement and the event."""
    wanted = await world.placement(await world.client(), agrees_to_share_contact=GivenHow.WRITTEN)
    unit = await world.home(managed_by="not_known")
    day = world.today + dt.timedelta(days=14)
    given = {"placement_id": wanted, "unit": unit, "secured_on": world.today, "expected_move_in": day}
    if hot:
        preview = await world.see(preview_securing, wanted, unit, day)
        assert [one.landlord for one in preview.referrals] == ["lakeside-homes", "property"]
        assert preview.asks_who_manages
        shown = ("adults", "children", "consent", "inventory")
        given |= {name: getattr(preview, name) for name in shown}
    started = await world.do(secure_unit, SecureUnit(refer_to=refer_to, **given))
    deadline = world.clock.now() + dt.timedelta(days=10)
    secured = {"request": started.request, "unit": unit, "deadline": deadline, "managed_by": "not_known"}
    await world.receive("unit_secured", **secured)
    return wanted, secured


@pytest.mark.row("P6", "W5")
@pytest.mark.parametrize("hot", [True, False])
async def test_the_caseworker_is_asked_before_anybody_is_referred(world, hot):
    with pytest.raises(ManagerNotKnown) as refused:
        await asked(world, hot=hot, refer_to=None)
    assert refused.value.field == "refer_to"
    assert await world.published() == []


@pytest.mark.row("P6", "W5")
@pytest.mark.parametrize("hot", [True, False])
async def test_the_household_is_referred_when_the_caseworker_chooses_so(world, hot):
    wanted, secured = await asked(world, hot=hot, refer_to="property")
    assert await world.published() == ["unit_requested", "tenancy_referred"]
    await world.receive("unit_secured", **{**secured, "deadline": secured["deadline"] + dt.timedelta(days=1)})
    assert (await world.see(placement, wanted)).request.managed_by is ManagedBy.PROPERTY_ENTITY


@pytest.mark.row("P6", "P7", "U4", "W5")
@pytest.mark.parametrize("hot", [True, False])
async def test_otherwise_no_referral_is_sent_and_we_report_the_move_in(world, hot):
    wanted, _ = await asked(world, hot=hot, refer_to="no_one")
    assert await world.published() == ["unit_requested"]
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    assert await world.published() == ["unit_requested", "household_moved_in"]


@pytest.mark.row("P6", "U6", "W5")
async def test_a_manager_corrected_by_the_inventory_is_stored_and_refers_nobody_by_itself(world):
    wanted, secured = await asked(world, hot=True, refer_to="no_one")
    await world.receive("unit_secured", **{**secured, "managed_by": "property_entity", "manager": "property"})
    seen = (await world.see(placement, wanted)).request
    assert (seen.managed_by, seen.referred) == (ManagedBy.PROPERTY_ENTITY, False)
    assert await world.published() == ["unit_requested"]
    async with world.desk("caseworker") as browser:
        page = (await browser.get(f"/front-desk/placements/{wanted}")).text
    assert "isn’t referred to it" in page


async def corrected(world):
    """A home secured without a referral that turned out to be the property entity's; its placement."""
    wanted, secured = await asked(world, hot=True, refer_to="no_one")
    await world.receive("unit_secured", **{**secured, "managed_by": "property_entity", "manager": "property"})
    return wanted


async def consent_of(world, wanted, purpose):
    (row,) = await world.rows(
        "SELECT c.id, c.client_id FROM consent c JOIN placement p ON p.client_id = c.client_id"
        " WHERE p.id = $1 AND purpose = $2 AND superseded_by IS NULL",
        wanted,
        purpose,
    )
    return row


@pytest.mark.row("P6", "W5", "X5")
async def test_the_household_of_a_home_that_is_the_property_entitys_after_all_is_referred_by_hand(world):
    wanted = await corrected(world)
    base = f"/front-desk/placements/{wanted}"
    async with world.desk("caseworker") as browser:
        shown = parse_page((await browser.get(base)).text)
        assert f"{base}/referral" in shown.links().values()
        page = parse_page((await browser.get(f"{base}/referral")).text)
        assert "Jordan Davis" in page.text
        form = page.fields(f"{base}/referral")
        for again in (form, form, {**form, "form_token": "another"}):
            assert (await browser.post(f"{base}/referral", data=again)).headers["location"] == base
        assert "or it was referred already" in (await browser.get(base)).text
        assert f"{base}/referral" not in parse_page((await browser.get(base)).text).links().values()
        assert "with name and contact" in (await browser.get(f"{base}/timeline")).text
    assert await world.published() == ["unit_requested", "tenancy_referred"]
    (sent,) = await world.rows("SELECT data FROM outbox WHERE subject LIKE '%tenancy_referred%'")
    assert "Davis" in sent["data"]
    assert (await world.see(placement, wanted)).request.referred
    async with world.api("caseworker") as api:
        path = f"/placements/{wanted}/referral"
        for answer in (await api.post(path), await api.get(f"{path}/preview")):
            assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_refer")


@pytest.mark.row("P6", "W5", "W13")
async def test_without_the_consent_to_be_housed_a_referral_is_withheld_and_the_page_shows_it(world):
    wanted = await corrected(world)
    base = f"/front-desk/placements/{wanted}"
    consent = await consent_of(world, wanted, "be_housed")
    async with world.desk("caseworker") as browser:
        form = parse_page((await browser.get(f"{base}/referral")).text).fields(f"{base}/referral")
        await world.do(
            withdraw_consent, WithdrawConsent(client_id=consent["client_id"], consent_id=consent["id"])
        )
        page = parse_page((await browser.get(f"{base}/referral")).text)
        assert "Record the consent first" in page.text
        assert "Refer the household</button>" not in page.html
        await browser.post(f"{base}/referral", data=form)
        assert "Nothing was sent" in (await browser.get(base)).text
    assert await world.published("withheld") == ["tenancy_referred"]
    assert not (await world.see(placement, wanted)).request.referred
    given = GiveConsent(
        client_id=consent["client_id"],
        purpose=Purpose.BE_HOUSED,
        given_on=world.today,
        given_how=GivenHow.VERBAL,
    )
    await world.do(give_consent, given)
    sharing = await consent_of(world, wanted, "share_contact_for_tenancy")
    await world.do(
        withdraw_consent, WithdrawConsent(client_id=sharing["client_id"], consent_id=sharing["id"])
    )
    async with world.api("caseworker") as api:
        path = f"/placements/{wanted}/referral"
        preview = (await api.get(f"{path}/preview")).json()
        assert (preview["name"], preview["phone"]) == (None, None)
        assert (await api.post(path)).json() == {"sent": True, "landlord": "property"}
    *_, sent = await world.rows("SELECT data FROM outbox WHERE status <> 'withheld' ORDER BY position")
    assert "Davis" not in sent["data"]


@pytest.mark.row("P6", "W5")
async def test_nobody_is_referred_for_a_home_of_somebody_else(world):
    wanted, secured = await asked(world, hot=True, refer_to="no_one")
    for manager in ("not_known", "third_party"):
        await world.receive("unit_secured", **{**secured, "managed_by": manager})
        with pytest.raises(NothingToRefer):
            await world.do(refer_household, ReferHousehold(placement_id=wanted))
    assert await world.published() == ["unit_requested"]


@pytest.mark.row("P5", "P6", "X1")
@pytest.mark.parametrize(
    ("locale", "words", "asks"),
    [
        ("en", "Not known who manages it", "refer the household to nobody"),
        ("fr", "On ne sait pas qui le gère", "n’aiguiller le ménage vers personne"),
    ],
)
async def test_search_and_securing_show_that_it_is_not_known(world, locale, words, asks):
    wanted = await world.placement(await world.client())
    unit, other = await world.home(managed_by="not_known"), await world.home()
    found = await world.see(search_homes, HomeFilter(managed_by=ManagedBy.NOT_KNOWN))
    assert [one.unit for one in found.items] == [unit]
    base = f"/front-desk/placements/{wanted}"
    async with world.desk("caseworker", locale=locale) as browser:
        searched = await browser.get(f"{base}/search?managed_by=not_known")
        assert words in searched.text
        shown = parse_page((await browser.get(f"{base}/secure/{unit}")).text)
        assert asks in shown.html
        form = shown.fields(f"{base}/secure/{unit}")
        refused = await browser.post(f"{base}/secure/{unit}", data=form)
        assert refused.status_code == 422
        parse_page(refused.text)
        sent = await browser.post(f"{base}/secure/{unit}", data={**form, "refer_to": "no_one"})
        assert sent.status_code == 303
        (asked_for,) = await world.rows("SELECT request, unit FROM securing")
        deadline = world.clock.now() + dt.timedelta(days=10)
        await world.receive("unit_secured", **asked_for, deadline=deadline, managed_by="not_known")
        assert words in (await browser.get(base)).text
        assert asks not in (await browser.get(f"{base}/secure/{other}")).text
