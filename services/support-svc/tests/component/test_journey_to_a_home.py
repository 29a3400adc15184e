"""The journey of one household: search, secure, refer, sign, move in, follow up; neighbours play their
part.
"""

import datetime as dt

import pytest

from support_svc.clients.queries import client
from support_svc.consents.model import GivenHow
from support_svc.followups.commands import Outcome, RecordFollowUp, record_follow_up
from support_svc.followups.model import Cases, StillInHousing
from support_svc.followups.queries import follow_ups_of
from support_svc.homes.queries import HomeFilter, search_homes
from support_svc.housing_history.commands import Rent
from support_svc.housing_history.queries import housing_history
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.moving_in.model import TenancyNotStarted
from support_svc.placements.model import PlacementStatus
from support_svc.placements.queries import placement
from support_svc.placements.timeline import crossing, timeline
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import Attendance
from support_svc.signings.queries import signings


@pytest.mark.row("C1", "C2", "P2", "P3", "P5", "P6", "P7", "P8", "P10", "W4", "F1")
async def test_a_household_goes_from_search_to_follow_up(world):
    head, child = await world.family()
    wanted = await world.placement(
        head,
        child,
        monthly_income={"amount": "4200", "currency": "CAD"},
        agrees_to_share_contact=GivenHow.WRITTEN,
    )
    unit = await world.home()
    before = await world.see(placement, wanted)
    found = await world.see(search_homes, HomeFilter(q="elm"), before.seeking())
    assert before.status is PlacementStatus.HOUSING_NOT_SECURED
    assert {home.unit for home in (await world.see(search_homes, HomeFilter(), before.seeking())).items} == {
        unit
    }
    assert {one.inventory: one.received_at is not None for one in found.inventories}["property"]

    request = await world.ask_for(wanted, unit)
    asking = await world.see(placement, wanted)
    assert asking.securing
    assert asking.status is PlacementStatus.HOUSING_NOT_SECURED
    assert await world.published() == ["unit_requested"]

    await world.receive(
        "unit_secured", request=request, unit=unit, deadline=world.clock.now() + dt.timedelta(days=10)
    )
    held = await world.see(placement, wanted)
    assert held.status is PlacementStatus.HOUSING_SECURED
    assert await world.published() == ["unit_requested", "tenancy_referred"]
    referred = (await world.see(crossing, wanted))[0]
    assert referred.fields["name"] == {"given": "Zdenka", "family": "Quillfeather"}
    assert (referred.fields["adults"], referred.fields["children"]) == (1, 1)

    referral = await world.referral(request)
    await world.receive("application_opened", referral=referral)
    signing = dt.datetime(2026, 3, 20, 15, 0, tzinfo=dt.UTC)
    await world.receive("signing_scheduled", referral=referral, starts_at=signing)
    (listed,) = await world.see(signings)
    await world.do(answer_signing, AnswerSigning(signing=listed.signing, attendance=Attendance.ATTENDING))
    assert (await world.published())[-1] == "signing_attendance"
    await world.receive("signing_held", referral=referral, signing=listed.signing, outcome="signed")

    with pytest.raises(TenancyNotStarted):
        await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1))
    start = world.today + dt.timedelta(days=30)
    await world.receive("referred_tenancy_started", referral=referral, unit=unit, start=start)
    world.clock.advance(dt.timedelta(days=30))
    rent = Rent(amount="1250")
    await world.do(move_in, MoveIn(placement_id=wanted, moved_in_on=start, next_months=1, rent=rent))
    housed = await world.see(placement, wanted)
    assert housed.status is PlacementStatus.MOVED_IN
    assert housed.next_follow_up == dt.date(2026, 5, 1)
    for person in (head, child):
        (stay,) = await world.see(housing_history, person)
        assert (stay.started_on, stay.ended_on) == (start, None)
    assert "household_moved_in" not in await world.published()

    world.clock.advance(dt.timedelta(days=30))
    both = [Outcome(client_id=one, still_in_housing=StillInHousing.YES) for one in (head, child)]
    hot = RecordFollowUp(
        cases=Cases.PLACEMENTS,
        case_id=wanted,
        done_on=world.today,
        months_since=1,
        outcomes=both,
        next_months=3,
        comments="Canary-note-7732",
    )
    await world.do(record_follow_up, hot)
    world.clock.advance(dt.timedelta(days=92))
    last = RecordFollowUp(
        cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, final=True, outcomes=both
    )
    await world.do(record_follow_up, last)
    assert (await world.see(placement, wanted)).status is PlacementStatus.FOLLOW_UPS_COMPLETED
    done = await world.see(follow_ups_of, Cases.PLACEMENTS, wanted)
    assert [one.final for one in done] == [True, False]

    kinds = [line.kind.value for line in reversed(await world.see(timeline, wanted))]
    assert kinds == [
        "started",
        "asked",
        "secured",
        "referred",
        "application_opened",
        "signing_scheduled",
        "signing_answered",
        "signing_held",
        "tenancy_started",
        "moved_in",
        "follow_up",
        "follow_up",
        "completed",
    ]
    assert (await world.see(client, head)).household.children == 1
