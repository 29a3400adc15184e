"""A placement that goes to another caseworker takes with it what is due on it (P2, F2)."""

import datetime as dt

import pytest

from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.consents.commands import GiveConsent, give_consent
from support_svc.consents.model import GivenHow, Purpose
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.my_day.queries import my_day
from support_svc.placements.commands import ChangePlacement, change_placement
from support_svc.placements.queries import placement

DAY = dt.timedelta(days=1)
CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")


async def hand_over(world, wanted, to=NOOR):
    world.keys.write_register(
        "support",
        {"sub": "staff-7", "name": "Robin Hale", "roles": ["caseworker"], "active": True},
        {"sub": to.subject, "name": to.name, "roles": ["caseworker"], "active": True},
    )
    await world.app.state.verifier.learn()
    seen = await world.see(placement, wanted)
    fields = {name: getattr(seen, name) for name in ("version", "search_started_on", "target_on")}
    change = ChangePlacement(
        placement_id=wanted, caseworker=to.subject, housing_types=list(seen.housing_types), **fields
    )
    await world.do(change_placement, change)


async def counts(world, actor):
    day = await world.see(my_day, actor=actor)
    of = [one.task for one in day.due]
    return (
        of.count("follow_up"),
        of.count("move_in"),
        of.count("answer_signing"),
        of.count("renew_consent"),
    )


@pytest.mark.row("P2", "P10", "F1", "F2", "C6")
@pytest.mark.parametrize("moved", [False, True], ids=["before the move-in", "after the move-in"])
async def test_what_is_due_goes_with_the_placement(world, moved):
    person = await world.client("Ines", "Marrow")
    wanted = await world.placement(person)
    lapses = GiveConsent(
        client_id=person,
        purpose=Purpose.SHARE_CONTACT_FOR_TENANCY,
        given_on=world.today,
        expires_on=world.today + 5 * DAY,
        given_how=GivenHow.WRITTEN,
    )
    await world.do(give_consent, lapses)
    request = await world.held(wanted, await world.home())
    referral = await world.referral(request)
    await world.receive("signing_scheduled", referral=referral, starts_at=world.clock.now() + 3 * DAY)
    if moved:
        done = MoveIn(
            placement_id=wanted,
            moved_in_on=world.today,
            next_on=world.today + 4 * DAY,
            reported_by_client=True,
        )
        await world.do(move_in, done)
    mine = (1, 0, 1, 1) if moved else (0, 1, 1, 1)
    assert await counts(world, CASEWORKER) == mine
    assert await counts(world, NOOR) == (0, 0, 0, 0)
    await hand_over(world, wanted)
    assert await counts(world, CASEWORKER) == (0, 0, 0, 0)
    assert await counts(world, NOOR) == mine
    audited = await world.rows("SELECT 1 FROM audit WHERE action = 'handed_over'")
    assert len(audited) == moved
    for locale, line in (
        ("en", "Noor Anders became the caseworker"),
        ("fr", "Noor Anders est maintenant l’intervenant"),
    ):
        async with world.desk("caseworker", locale=locale) as browser:
            page = await browser.get(f"/front-desk/placements/{wanted}/timeline")
            assert line in parse_page(page.text).text


@pytest.mark.row("C6", "F2")
async def test_a_consent_of_somebody_without_a_placement_is_renewed_by_who_took_it(world):
    lapses = GiveConsent(
        client_id=await world.client(),
        purpose=Purpose.BE_HOUSED,
        given_on=world.today,
        expires_on=world.today + 5 * DAY,
        given_how=GivenHow.WRITTEN,
    )
    await world.do(give_consent, lapses)
    assert await counts(world, CASEWORKER) == (0, 0, 0, 1)
    assert await counts(world, NOOR) == (0, 0, 0, 0)
