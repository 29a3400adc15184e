"""The day of a move-in is the real one, to be confirmed when lease or hold contradict it (P7)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskkit.testing import parse_page
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.moving_in.model import (
    USUAL_DELAY,
    MoveAfterHold,
    MoveBeforeTenancy,
    MoveLongAfterTenancy,
    doubt_about,
)
from support_svc.placements.listing import PlacementFilter, placements
from support_svc.placements.queries import placement
from support_svc.securing.model import MoveInBeforeSecuring

DAY = dt.timedelta(days=1)
DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1))


@pytest.mark.row("P7")
@given(DAYS, DAYS, DAYS | st.none())
def test_a_lease_that_is_known_is_what_counts(day, start, held_until):
    doubt = doubt_about(day, start, held_until)
    assert (doubt is None) == (start <= day <= start + USUAL_DELAY)


@pytest.mark.row("P7")
@given(DAYS, DAYS | st.none())
def test_without_a_lease_the_hold_counts(day, held_until):
    assert (doubt_about(day, None, held_until) is None) == (held_until is None or day <= held_until)


@pytest.mark.row("P7", "T5")
@pytest.mark.parametrize(
    ("start", "refusal"), [(5, MoveBeforeTenancy), (30, MoveBeforeTenancy), (-40, MoveLongAfterTenancy)]
)
async def test_days_of_lease_and_move_that_disagree_are_asked_about(world, start, refusal):
    wanted = await world.placement(await world.client())
    unit = await world.home()
    request = await world.held(wanted, unit, secured_on=world.today - 50 * DAY)
    referral = await world.referral(request)
    begins = world.today + start * DAY
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=begins)
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1)
    with pytest.raises(refusal) as asked:
        await world.do(move_in, moved)
    assert asked.value.field == "days_confirmed"
    too_early = moved.model_copy(update={"moved_in_on": world.today - 51 * DAY, "days_confirmed": True})
    with pytest.raises(MoveInBeforeSecuring):
        await world.do(move_in, too_early)
    body = {"moved_in_on": str(world.today), "next_months": 1, "days_confirmed": True}
    async with world.api("caseworker") as caseworker:
        assert (await caseworker.post(f"/placements/{wanted}/move-in", json=body)).status_code == 204


@pytest.mark.row("P6", "P7")
async def test_a_move_in_after_the_hold_has_ended_is_asked_about(world):
    wanted = await world.placement(await world.client())
    await world.held(wanted, await world.home())
    world.clock.advance(12 * DAY)
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, reported_by_client=True)
    with pytest.raises(MoveAfterHold):
        await world.do(move_in, moved)
    await world.do(move_in, moved.model_copy(update={"days_confirmed": True}))


@pytest.mark.row("P1", "P7", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_pages_ask_and_then_show_the_real_day(world, locale):
    wanted = await world.placement(await world.client())
    await world.held(wanted, await world.home(), secured_on=world.today - 5 * DAY)
    real = world.today - 3 * DAY
    world.clock.advance(12 * DAY)
    address = f"/front-desk/placements/{wanted}/move-in"
    async with world.desk("caseworker", locale=locale) as browser:
        page = parse_page((await browser.get(address)).text)
        fields = page.fields(address) | {"reported_by_client": "yes"}
        asked = await browser.post(address, data=fields)
        assert asked.status_code == 422
        assert 'id="days_confirmed"' in asked.text
        parse_page(asked.text)
        fields |= {"moved_in_on-day": str(real.day), "moved_in_on-month": str(real.month)}
        answer = await browser.post(address, data=fields)
        assert answer.status_code == 303, parse_page(answer.text).text
    seen = await world.see(placement, wanted)
    assert seen.moved_in_on == real
    (line,) = (await world.see(placements, PlacementFilter())).items
    assert line.moved_in_on == real
    shown = {"en": "27 February 2026", "fr": "27 février 2026"}[locale]
    async with world.desk("caseworker", locale=locale) as browser:
        for page in ("", "/timeline"):
            text = parse_page((await browser.get(f"/front-desk/placements/{wanted}{page}")).text).text
            assert shown in text.replace("\u00a0", " ")
