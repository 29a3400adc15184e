"""A signing doesn't outlive its hold, its referral or its application (W4)."""

import datetime as dt
import uuid

import pytest

from deskkit.testing import parse_page
from support_svc.my_day.queries import my_day
from support_svc.placements.commands import RecordAttempt, record_attempt
from support_svc.placements.feature import REASON_NOT_SECURED
from support_svc.securing.commands import GiveUpUnit, give_up_unit
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import Attendance, SigningOver, SigningState
from support_svc.signings.queries import signing, signings_of

DAY = dt.timedelta(days=1)


async def scheduled(world):
    """A placement that holds a home, and what its signing is known by."""
    wanted = await world.placement(await world.client("Ines", "Marrow"))
    unit = await world.home()
    request = await world.held(wanted, unit)
    referral, signing_id = await world.referral(request), uuid.uuid4()
    starts = world.clock.now() + 3 * DAY
    await world.receive("signing_scheduled", referral=referral, signing=signing_id, starts_at=starts)
    return wanted, unit, request, referral, signing_id


async def end(world, how, wanted, unit, request):
    if how == "given up":
        await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
    elif how == "released":
        await world.receive("unit_released", request=request, unit=unit, reason="deadline_passed")
    elif how == "declined":
        await world.receive("application_declined", referral=await world.referral(request))
    elif how == "another secured":
        await world.held(wanted, await world.home())
    else:
        reason = await world.value(REASON_NOT_SECURED, "client_declined")
        given = {"attempted_on": world.today, "reason_id": reason, "caseworker": "staff-7", "final": True}
        await world.do(record_attempt, RecordAttempt(placement_id=wanted, **given))


async def signings_due(world):
    return [one for one in (await world.see(my_day)).due if one.page == "signing"]


@pytest.mark.row("W4", "F2", "F3")
@pytest.mark.parametrize("how", ["given up", "released", "declined", "another secured", "final attempt"])
async def test_a_signing_ends_with_what_it_is_for(world, how):
    wanted, unit, request, referral, signing_id = await scheduled(world)
    assert len(await signings_due(world)) == 1
    await end(world, how, wanted, unit, request)
    (seen,) = await world.see(signings_of, wanted)
    assert (seen.state, seen.overtaken) == (SigningState.CANCELLED, True)
    assert await signings_due(world) == []
    published = await world.published()
    answer = AnswerSigning(signing=signing_id, attendance=Attendance.ATTENDING)
    with pytest.raises(SigningOver):
        await world.do(answer_signing, answer)
    assert await world.published() == published
    # What the property entity sent before it knew changes nothing.
    for name in ("signing_moved", "signing_cancelled"):
        given = {"starts_at": world.clock.now() + 4 * DAY} if name == "signing_moved" else {}
        await world.receive(name, referral=referral, signing=signing_id, **given)
        assert (await world.see(signing, signing_id)).state is SigningState.CANCELLED
        assert await signings_due(world) == []


@pytest.mark.row("W4", "X1")
@pytest.mark.parametrize(("locale", "why"), [("en", "does not take place"), ("fr", "n’aura donc pas lieu")])
async def test_the_page_of_such_a_signing_explains_it_and_asks_nothing(world, locale, why):
    wanted, _, _, _, signing_id = await scheduled(world)
    async with world.desk("caseworker", locale=locale) as browser:
        address = f"/front-desk/signings/{signing_id}"
        assert 'name="attendance"' in (await browser.get(address)).text
        await world.do(give_up_unit, GiveUpUnit(placement_id=wanted))
        answer = await browser.get(address)
        assert why in parse_page(answer.text).text
        assert 'name="attendance"' not in answer.text


@pytest.mark.row("W4")
async def test_a_signing_goes_on_when_the_tenancy_starts_first(world):
    wanted, unit, _, referral, signing_id = await scheduled(world)
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=world.today)
    await world.do(answer_signing, AnswerSigning(signing=signing_id, attendance=Attendance.ATTENDING))
    assert (await world.see(signings_of, wanted))[0].state is SigningState.SCHEDULED
