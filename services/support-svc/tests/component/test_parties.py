"""Several inventories and landlords: who receives what, who is believed, and whom a consent names (N2–N4)."""

import datetime as dt
import json
import uuid

import pytest

from chassis.parties import NotTheSenders
from deskkit.testing import parse_page
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import (
    LANDLORDS_ASKED,
    SERVICE_PARTNERS,
    ConsentMissing,
    ConsentType,
    Consequence,
    GivenHow,
    NotALandlord,
    Purpose,
)
from support_svc.homes.queries import HomeFilter, OccupancyFilter, search_homes
from support_svc.housing_search.commands import HomeOfPlacement, shortlist_home
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.placements.queries import placement as placement_view
from support_svc.placements.timeline import crossing
from support_svc.securing.commands import GiveUpUnit, ReferHousehold, give_up_unit, refer_household
from support_svc.securing.queries import preview_referral
from support_svc.settings import Settings
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import Attendance
from support_svc.wiring import build_runtime
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import WithdrawWithConsequences
from support_svc.withdrawals.queries import standing_disclosures
from testkit.parties import neighbourhood

OURS, THEIRS = "property", "lakeside-homes"
CITY = "city-inventory"
LISTED_BY_CITY = {"sender": CITY, "manager": THEIRS}
DAY = dt.timedelta(days=1)


async def sent(world, placement):
    """What left about a placement: event, addressee and whether it was withheld, in order."""
    rows = await world.rows(
        "SELECT type, addressee, status FROM outbox WHERE about = $1 ORDER BY position", str(placement)
    )
    return [(row["type"].split(".")[1], row["addressee"], row["status"] == "withheld") for row in rows]


async def household(world, **given):
    """A client, and a placement of theirs."""
    client = await world.client("Ines", "Marrow", phones=["416 555 0142"])
    return client, await world.placement(client, **given)


async def give(world, client, purpose, recipient=None, type_=ConsentType.EXPLICIT):
    command = GiveConsent(
        client_id=client, purpose=purpose, recipient=recipient, type=type_, given_on=world.today
    )
    return await world.do(give_consent, command)


@pytest.mark.row("N2", "P6", "W1")
async def test_each_party_receives_what_concerns_it_and_nothing_else(world):
    _, placement = await household(world)
    request = await world.held(placement, await world.home(**LISTED_BY_CITY))
    referral, signing = await world.referral(request), uuid.uuid4()
    starts = world.clock.now() + DAY
    await world.receive(
        "signing_scheduled", referral=referral, signing=signing, starts_at=starts, sender=THEIRS
    )
    await world.do(answer_signing, AnswerSigning(signing=signing, attendance=Attendance.ATTENDING))
    await world.do(give_up_unit, GiveUpUnit(placement_id=placement))
    assert await sent(world, placement) == [
        ("unit_requested", CITY, False),
        ("tenancy_referred", THEIRS, False),
        ("signing_attendance", THEIRS, False),
        ("unit_request_withdrawn", CITY, False),
        ("tenancy_referral_withdrawn", THEIRS, False),
    ]
    subjects = await world.rows("SELECT subject, addressee FROM outbox")
    assert all(row["subject"].endswith(f".v1.{row['addressee']}") for row in subjects)


@pytest.mark.row("N2", "P7", "U4")
async def test_a_move_into_a_third_partys_home_is_reported_to_its_inventory(world):
    _, placement = await household(world)
    await world.held(placement, await world.home(managed_by="third_party", sender=CITY))
    await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
    assert await sent(world, placement) == [
        ("unit_requested", CITY, False),
        ("household_moved_in", CITY, False),
    ]


@pytest.mark.row("N2", "P6")
async def test_another_home_of_others_beside_one_that_is_held_concerns_only_those(world):
    _, placement = await household(world)
    await world.held(placement, await world.home())
    await world.held(placement, await world.home(**LISTED_BY_CITY))
    assert await sent(world, placement) == [
        ("unit_requested", OURS, False),
        ("tenancy_referred", OURS, False),
        ("unit_requested", CITY, False),
        ("unit_request_withdrawn", OURS, False),
        ("tenancy_referral_withdrawn", OURS, False),
        ("tenancy_referred", THEIRS, False),
    ]


@pytest.mark.row("N2", "P6")
@pytest.mark.parametrize("event", ["unit_secured", "unit_refused", "unit_released", "unit_hold_ending"])
async def test_an_answer_counts_only_from_the_inventory_that_was_asked(world, event):
    _, placement = await household(world)
    unit = await world.home(**LISTED_BY_CITY)
    request = await world.ask_for(placement, unit)
    if event in ("unit_released", "unit_hold_ending"):
        await world.receive(
            "unit_secured", request=request, unit=unit, deadline=world.clock.now() + 9 * DAY, **LISTED_BY_CITY
        )
    before = await world.rows("SELECT * FROM securing")
    for sender in (OURS, THEIRS):
        with pytest.raises(NotTheSenders):
            await world.receive(event, request=request, unit=unit, sender=sender)
    assert await world.rows("SELECT * FROM securing") == before
    await world.receive(event, request=request, unit=unit, sender=CITY)
    assert await world.rows("SELECT * FROM securing") != before


@pytest.mark.row("N2", "P6", "W4")
@pytest.mark.parametrize(
    "event",
    [
        "application_opened",
        "application_declined",
        "signing_scheduled",
        "signing_moved",
        "signing_cancelled",
        "signing_held",
        "referred_tenancy_started",
    ],
)
async def test_what_is_reported_about_a_referral_counts_only_from_whom_it_was_sent_to(world, event):
    _, placement = await household(world)
    unit = await world.home(**LISTED_BY_CITY)
    referral = await world.referral(await world.held(placement, unit))
    own = {"unit": unit} if event == "referred_tenancy_started" else {}
    before = [await world.rows(f"SELECT * FROM {table}") for table in ("securing", "signing")]  # noqa: S608
    for sender in (OURS, CITY):
        with pytest.raises(NotTheSenders):
            await world.receive(event, referral=referral, sender=sender, **own)
    after = [await world.rows(f"SELECT * FROM {table}") for table in ("securing", "signing")]  # noqa: S608
    assert after == before
    await world.receive(event, referral=referral, sender=THEIRS, **own)
    assert [await world.rows(f"SELECT * FROM {table}") for table in ("securing", "signing")] != before  # noqa: S608


@pytest.mark.row("N2", "W4")
async def test_a_signing_of_one_landlord_cannot_be_changed_with_the_referral_of_another(world):
    _, first = await household(world)
    theirs = await world.referral(await world.held(first, await world.home(**LISTED_BY_CITY)))
    second = await world.placement(await world.client("Bo", "Marrow"))
    ours = await world.referral(await world.held(second, await world.home()))
    signing = uuid.uuid4()
    await world.receive("signing_scheduled", referral=theirs, signing=signing, sender=THEIRS)
    with pytest.raises(NotTheSenders):
        await world.receive("signing_cancelled", referral=ours, signing=signing, sender=OURS)
    assert [row["state"] for row in await world.rows("SELECT state FROM signing")] == ["scheduled"]


@pytest.mark.row("N2", "N3", "P6")
async def test_the_landlord_of_a_referral_stays_whoever_is_listed_later(world):
    _, placement = await household(world)
    unit = await world.home(**LISTED_BY_CITY)
    request = await world.held(placement, unit)
    await world.home(unit=unit, listing_version=2, sender=CITY, manager=OURS)
    secured = {"request": request, "unit": unit, "deadline": world.clock.now() + 12 * DAY, "sender": CITY}
    await world.receive("unit_secured", **secured, manager=OURS)
    referral = await world.referral(request)
    with pytest.raises(NotTheSenders):
        await world.receive("application_opened", referral=referral, sender=OURS)
    await world.receive("application_opened", referral=referral, sender=THEIRS)
    await world.do(give_up_unit, GiveUpUnit(placement_id=placement))
    assert ("tenancy_referral_withdrawn", THEIRS, False) in await sent(world, placement)
    assert not any(to == OURS for _, to, _ in await sent(world, placement))


@pytest.mark.row("N2", "P6", "W5")
async def test_nobody_is_referred_to_another_landlord_than_the_one_the_caseworker_saw(world):
    _, placement = await household(world, agrees_to_share_contact=GivenHow.WRITTEN)
    unit = await world.home(**LISTED_BY_CITY)
    request = await world.ask_for(placement, unit)
    secured = {"request": request, "unit": unit, "deadline": world.clock.now() + 9 * DAY, "sender": CITY}
    await world.receive("unit_secured", **secured, manager=OURS)
    assert await sent(world, placement) == [("unit_requested", CITY, False)]
    assert (await world.see(preview_referral, placement)).landlord == OURS
    await world.do(refer_household, ReferHousehold(placement_id=placement))
    assert (await sent(world, placement))[-1] == ("tenancy_referred", OURS, False)


# ---------------------------------------------------------------------------- the copy of the homes (N3)
@pytest.mark.row("N3", "P5")
@pytest.mark.parametrize("event", ["unit_published", "unit_availability_changed", "unit_withdrawn"])
@pytest.mark.parametrize("version", [1, 9])
async def test_a_home_is_changed_only_by_the_inventory_that_listed_it(world, event, version):
    unit = await world.home(sender=CITY, listing_version=3, manager=THEIRS)
    other = uuid.uuid4()
    tables = ("home", "home_early_change", "inventory_receipt")
    before = [await world.rows(f"SELECT * FROM {table}") for table in tables]  # noqa: S608
    subject, theirs = world.message(event, unit=unit, listing_version=version, sender=OURS)
    # Among many, all are refused together: the listener then finds the one by halves.
    _, own = world.message(event, unit=other, listing_version=1, sender=OURS)
    for messages in ((theirs,), (own, theirs)):
        with pytest.raises(NotTheSenders):
            await world.deliver(subject, *messages)
    assert [await world.rows(f"SELECT * FROM {table}") for table in tables] == before  # noqa: S608
    await world.receive(event, unit=unit, listing_version=9, sender=CITY)
    assert await world.rows("SELECT * FROM home") != before[0]


@pytest.mark.row("N3", "P5")
async def test_a_change_that_came_early_counts_only_from_the_inventory_that_then_lists_the_home(world):
    unit = uuid.uuid4()
    await world.receive("unit_withdrawn", unit=unit, listing_version=8, sender=OURS)
    gone = {"unit": unit, "listing_version": 2, "occupancy": "secured", "sender": CITY}
    await world.receive("unit_availability_changed", **gone)
    await world.home(unit=unit, sender=CITY)
    (home,) = (await world.see(search_homes, HomeFilter(occupancy=OccupancyFilter.ALL))).items
    assert (home.inventory, home.occupancy.value) == (CITY, "secured")


@pytest.mark.row("N3", "P5")
async def test_one_inventory_that_is_away_leaves_the_others_searchable(world):
    mine, theirs = await world.home(), await world.home(**LISTED_BY_CITY)
    world.clock.advance(30 * DAY)
    fresh = await world.home(**LISTED_BY_CITY)
    found = await world.see(search_homes, HomeFilter())
    assert {one.unit for one in found.items} == {mine, theirs, fresh}
    ages = {one.inventory: world.clock.now() - one.received_at for one in found.inventories}
    assert ages == {OURS: 30 * DAY, CITY: dt.timedelta(0)}
    only = await world.see(search_homes, HomeFilter(inventory=CITY))
    assert {one.unit for one in only.items} == {theirs, fresh}
    assert {(one.inventory, one.manager) for one in only.items} == {(CITY, THEIRS)}


@pytest.mark.row("N3", "P5", "X1")
@pytest.mark.parametrize(
    ("locale", "city", "lakeside", "listed"),
    [
        ("en", "City Inventory", "Lakeside Homes", "Listed by City Inventory"),
        ("fr", "Inventaire municipal", "Logements Lakeside", "Affiché par Inventaire municipal"),
    ],
)
async def test_pages_name_the_inventory_of_each_home_and_how_old_it_is(world, locale, city, lakeside, listed):
    _, placement = await household(world)
    units = [await world.home(**LISTED_BY_CITY), await world.home()]
    received = {"en": " as last received", "fr": "\u00a0: reçu pour la dernière fois"}[locale]
    for unit in units:
        await world.do(shortlist_home, HomeOfPlacement(placement_id=placement, unit=unit))
    base = f"/front-desk/placements/{placement}"
    async with world.desk("caseworker", locale=locale) as browser:
        search = parse_page((await browser.get(f"{base}/search?types=")).text)
        assert all(words in search.text for words in (city, lakeside, listed))
        narrowed = parse_page((await browser.get(f"{base}/search?types=&inventory={OURS}")).text)
        assert listed not in narrowed.text
        assert [f"{city}{received}" in page.html for page in (search, narrowed)] == [True, False]
        assert received in narrowed.html
        for address in ("shortlist", f"homes/{units[0]}", f"compare?unit={units[0]}&unit={units[1]}"):
            shown = parse_page((await browser.get(f"{base}/{address}")).text)
            assert city in shown.text, address
            assert lakeside in shown.text, address


@pytest.fixture
async def pair(world):
    """The same world, in which there is one inventory and one property entity."""
    settings = Settings(**{**world.runtime.settings.model_dump(), **neighbourhood("pair").settings()})
    runtime = build_runtime(settings, world.clock)
    yield type(world)(runtime, world.clock, world.database, world.keys)
    await runtime.close()


@pytest.mark.row("N3", "N4", "P5")
async def test_with_one_of_each_nobody_chooses_and_no_line_names_the_inventory(pair):
    client, placement = await household(pair)
    unit = await pair.home()
    await pair.do(shortlist_home, HomeOfPlacement(placement_id=placement, unit=unit))
    base = f"/front-desk/placements/{placement}"
    async with pair.desk("caseworker") as browser:
        search = parse_page((await browser.get(f"{base}/search")).text)
        assert 'name="inventory"' not in search.html
        for address in (f"{base}/search", f"{base}/shortlist", f"{base}/homes/{unit}"):
            assert "Listed by" not in (await browser.get(address)).text
        form = (await browser.get(f"/front-desk/clients/{client}/consents/new")).text
        assert 'name="recipient"' not in form
        page = parse_page((await browser.get(f"{base}/secure/{unit}")).text)
        fields = page.fields(f"{base}/secure/{unit}")
        assert (await browser.post(f"{base}/secure/{unit}", data=fields)).status_code == 303
    async with pair.api("caseworker") as api:
        # Without the inventory's name the short way is taken all the same: there is only one.
        assert (await api.get(f"/placements/{placement}/crossing")).json()[0]["addressee"] == OURS


# ----------------------------------------------------------------------- consents name whom they are for (N4)
@pytest.mark.row("N4", "C6", "W5")
@pytest.mark.parametrize(("named", "disclosed"), [(THEIRS, True), (OURS, False), (LANDLORDS_ASKED, True)])
async def test_a_consent_for_one_landlord_serves_no_other(world, named, disclosed):
    client, placement = await household(world)
    await give(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, named)
    await world.held(placement, await world.home(**LISTED_BY_CITY))
    (row,) = await world.rows("SELECT data FROM outbox WHERE type LIKE 'support.tenancy_referred%'")
    assert ("name" in json.loads(row["data"])["data"]) is disclosed


@pytest.mark.row("N4", "C6", "P6")
@pytest.mark.parametrize("short", [True, False])
async def test_no_home_is_asked_for_under_the_consent_for_another_landlord(world, short):
    client, placement = await household(world, agrees_to_be_housed=None)
    consent = await give(world, client, Purpose.BE_HOUSED, OURS)
    shown = {"adults": 0, "children": 1, "consent": consent, "inventory": CITY} if short else {}
    shown |= {"adults": 1, "children": 0} if short else {}
    unit = await world.home(**LISTED_BY_CITY)
    with pytest.raises(ConsentMissing):
        await world.ask_for(placement, unit, **shown)
    third_party = await world.home(sender=CITY, managed_by="third_party")
    with pytest.raises(ConsentMissing):
        await world.ask_for(placement, third_party, **shown)
    assert await sent(world, placement) == []
    await world.ask_for(placement, await world.home(sender=CITY, manager=OURS), **shown)
    assert await sent(world, placement) == [("unit_requested", CITY, False)]


@pytest.mark.row("N4", "C6", "W5")
@pytest.mark.parametrize("how", ["withdrawn", "declined"])
async def test_who_refuses_a_landlord_by_name_is_not_bound_by_the_consent_for_all(world, how):
    client, placement = await household(world, agrees_to_share_contact=GivenHow.WRITTEN)
    world.clock.advance(dt.timedelta(minutes=1))
    if how == "withdrawn":
        named = await give(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, THEIRS)
        await world.do(withdraw_consent, WithdrawConsent(client_id=client, consent_id=named))
    else:
        refusal = ConsentType.DECLINED_ANONYMOUS
        await give(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, THEIRS, refusal)
    for manager, disclosed in ((THEIRS, False), (OURS, True)):
        await world.held(placement, await world.home(manager=manager))
        *_, row = await world.rows(
            "SELECT data FROM outbox WHERE type LIKE 'support.tenancy_referred%' ORDER BY position"
        )
        assert ("name" in json.loads(row["data"])["data"]) is disclosed
    world.clock.advance(dt.timedelta(minutes=1))
    await give(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY)
    await world.held(placement, await world.home(manager=THEIRS))
    *_, row = await world.rows(
        "SELECT data FROM outbox WHERE type LIKE 'support.tenancy_referred%' ORDER BY position"
    )
    assert "name" in json.loads(row["data"])["data"], "the consent given last counts"


@pytest.mark.row("N4", "C6", "W5", "W13")
async def test_a_consent_withdrawn_for_one_landlord_withdraws_the_contact_only_there(world):
    client, placement = await household(world)
    consents = {
        landlord: await give(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, landlord)
        for landlord in (OURS, THEIRS)
    }
    for landlord in (THEIRS, OURS):
        await world.held(placement, await world.home(manager=landlord))
    before = await sent(world, placement)
    (stands,) = await world.see(standing_disclosures, client, consents[THEIRS])
    assert (stands.landlord, stands.contact_was_disclosed) == (THEIRS, True)
    command = WithdrawWithConsequences(
        client_id=client, consent_id=consents[THEIRS], follows=list(Consequence)
    )
    await world.do(withdraw_with_consequences, command)
    assert (await sent(world, placement))[len(before) :] == [("contact_withdrawn", THEIRS, False)]
    assert (await world.see(standing_disclosures, client, consents[OURS]))[0].landlord == OURS


@pytest.mark.row("N4", "C6", "W5")
async def test_the_end_of_the_consent_for_all_leaves_a_landlord_whom_another_consent_names(world):
    client, placement = await household(world, agrees_to_share_contact=GivenHow.WRITTEN)
    named = await give(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY, OURS)
    for landlord in (THEIRS, OURS):
        await world.held(placement, await world.home(manager=landlord))
    (for_all,) = await world.rows(
        "SELECT id FROM consent WHERE purpose = 'share_contact_for_tenancy' AND id <> $1", named
    )
    before = await sent(world, placement)
    follows = [Consequence.FORGET_CONTACT, Consequence.WITHDRAW_REFERRAL]
    command = WithdrawWithConsequences(client_id=client, consent_id=for_all["id"], follows=follows)
    await world.do(withdraw_with_consequences, command)
    assert (await sent(world, placement))[len(before) :] == [("contact_withdrawn", THEIRS, False)]


@pytest.mark.row("N4", "C6")
async def test_the_recipient_is_stored_and_shown(world):
    client, _ = await household(world)
    async with world.api("caseworker") as api:
        path = f"/clients/{client}/consents"
        given = {"purpose": "share_contact_for_tenancy", "given_on": str(world.today)}
        assert (await api.post(path, json={**given, "recipient": THEIRS})).status_code == 201
        assert (await api.post(path, json=given)).status_code == 201
        refused = await api.post(path, json={**given, "recipient": "nobody-known"})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "recipient")
        services = {**given, "purpose": "coordinate_services"}
        assert (await api.post(path, json={**services, "recipient": OURS})).status_code == 422
        assert (await api.post(path, json=services)).status_code == 201
        recorded = {(one["purpose"], one["recipient"]) for one in (await api.get(path)).json()}
    assert recorded == {
        ("be_housed", LANDLORDS_ASKED),
        ("share_contact_for_tenancy", LANDLORDS_ASKED),
        ("share_contact_for_tenancy", THEIRS),
        ("coordinate_services", SERVICE_PARTNERS),
    }
    address = f"/front-desk/clients/{client}/consents"
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"{address}/new")).text)
        form = page.fields(f"{address}/new")
        assert form["recipient"] == LANDLORDS_ASKED
        filled = {**form, "purpose": "be_housed", "recipient": THEIRS}
        assert (await browser.post(f"{address}/new", data=filled)).status_code == 303
        shown = parse_page((await browser.get(address)).text).text
    assert "Lakeside Homes alone" in shown
    assert "the landlords of the homes asked for" in shown


@pytest.mark.row("N4")
async def test_a_consent_names_only_a_landlord_that_takes_part(world):
    client, _ = await household(world)
    for recipient in (CITY, "harbour-support", "not-registered"):
        with pytest.raises(NotALandlord):
            await give(world, client, Purpose.BE_HOUSED, recipient)


# ------------------------------------------------------------------------------- what was disclosed (W13)
@pytest.mark.row("N4", "W13")
async def test_what_was_shared_is_shown_under_the_name_of_each_organisation(world):
    _, placement = await household(world)
    await world.held(placement, await world.home(**LISTED_BY_CITY))
    rows = await world.see(crossing, placement)
    assert [(row.event, row.addressee) for row in rows] == [
        ("tenancy_referred", THEIRS),
        ("unit_requested", CITY),
    ]
    assert [row.event for row in await world.see(crossing, placement, THEIRS)] == ["tenancy_referred"]
    async with world.api("caseworker") as api:
        answered = (await api.get(f"/placements/{placement}/crossing", params={"to": CITY})).json()
        assert [row["event"] for row in answered] == ["unit_requested"]
    base = f"/front-desk/placements/{placement}"
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(base)).text)
        for words in ("What was shared with City Inventory", "What was shared with Lakeside Homes"):
            assert words in page.text
        timeline = parse_page((await browser.get(f"{base}/timeline")).text).text
        assert "City Inventory holds" in timeline
        assert "referred to Lakeside Homes" in timeline
    assert (await world.see(placement_view, placement)).request.manager == THEIRS
