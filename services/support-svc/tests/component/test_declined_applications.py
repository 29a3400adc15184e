"""A declined application leads: why, another home, and no move into the one that was declined (P3, T1)."""

import datetime as dt

import pytest

from deskkit.testing import parse_page
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.moving_in.model import ApplicationWasDeclined, NotSecured


@pytest.mark.row("P3", "P7", "F2", "T1", "X1")
@pytest.mark.parametrize(
    ("locale", "why", "next_step"),
    [
        ("en", "The home has a legal age rule.", "Find another home for Ines Marrow"),
        ("fr", "âge", "Trouver un autre logement pour Ines Marrow"),
    ],
)
async def test_a_declined_application_leads(world, locale, why, next_step):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    request = await world.held(placement, await world.home())
    referral = await world.referral(request)
    await world.receive("application_opened", referral=referral)
    async with world.desk("caseworker", locale=locale) as browser:
        base = f"/front-desk/placements/{placement}"
        before = parse_page((await browser.get(base)).text)
        assert f"{base}/move-in" in before.links().values()
        # Also after it was accepted: the hold is what counts.
        await world.receive("application_declined", referral=referral, reason="legal_age_rule")
        page = parse_page((await browser.get(base)).text)
        assert why in page.text
        assert f"{base}/move-in" not in page.links().values()
        assert f"{base}/search" in page.links().values()
        assert f"{base}/give-up?request={request}" in page.links().values()
    # My day is of the caseworker of the placement.
    async with world.desk("caseworker", locale=locale, subject="staff-7") as browser:
        day = parse_page((await browser.get("/front-desk")).text)
        assert next_step in day.text
        assert why in day.text
        assert "Move Ines Marrow in" not in day.text
        # The decline frees the home: what leads stays when the release arrives.
        unit = (await world.rows("SELECT unit FROM securing"))[0]["unit"]
        released = await world.rows("SELECT request FROM securing")
        await world.receive(
            "unit_released", request=released[0]["request"], unit=unit, reason="application_closed"
        )
        page = parse_page((await browser.get(base)).text)
        assert why in page.text
        assert f"{base}/move-in" not in page.links().values()
        assert next_step in parse_page((await browser.get("/front-desk")).text).text
    with pytest.raises(NotSecured):
        await world.do(
            move_in,
            MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1, reported_by_client=True),
        )


@pytest.mark.row("P7", "T1")
async def test_nobody_moves_into_a_home_whose_application_was_declined(world):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    request = await world.held(placement, await world.home())
    await world.receive(
        "application_declined", referral=await world.referral(request), reason="legal_age_rule"
    )
    moved = MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1, reported_by_client=True)
    with pytest.raises(ApplicationWasDeclined):
        await world.do(move_in, moved)


@pytest.mark.row("P7", "T1")
async def test_a_tenancy_that_started_all_the_same_can_be_moved_into(world):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    unit = await world.home()
    request = await world.held(placement, unit)
    referral = await world.referral(request)
    await world.receive("application_declined", referral=referral, reason="legal_age_rule")
    await world.receive(
        "referred_tenancy_started", referral=referral, unit=unit, start=world.today - dt.timedelta(days=1)
    )
    await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
