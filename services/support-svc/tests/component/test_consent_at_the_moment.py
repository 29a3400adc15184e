"""What leaves is asked of the consent at that moment, and pages show what was withheld (C6, W13)."""

import datetime as dt
import re

import pytest

from chassis.actor import Actor
from deskkit.testing import parse_page
from support_svc.clients.commands import AddMember, add_member
from support_svc.consents.commands import GiveConsent, WithdrawConsent, give_consent, withdraw_consent
from support_svc.consents.model import SUFFICIENT, ConsentMissing, ConsentType, GivenHow, Purpose
from support_svc.consents.standing import consent_in_force
from support_svc.followups.commands import Outcome, RecordFollowUp, record_follow_up
from support_svc.followups.model import Cases, StillInHousing
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.securing.commands import GiveUpUnit, give_up_unit
from support_svc.signings.commands import AnswerSigning, answer_signing
from support_svc.signings.model import Attendance

DAY = dt.timedelta(days=1)
CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")


async def consents(world, client, purpose):
    return await world.rows(
        "SELECT id, withdrawn_at FROM consent WHERE client_id = $1 AND purpose = $2"
        " AND superseded_by IS NULL",
        client,
        purpose,
    )


async def in_force(world, client, purpose):
    async with world.runtime.reading(CASEWORKER, query="test") as tx:
        return await consent_in_force(tx, client, purpose)


async def withdraw(world, client, purpose="be_housed"):
    (one,) = await consents(world, client, purpose)
    await world.do(withdraw_consent, WithdrawConsent(client_id=client, consent_id=one["id"]))


async def give(
    world, client, type_, *, purpose=Purpose.SHARE_CONTACT_FOR_TENANCY, days_ago=0, expires_on=None
):
    return await world.do(
        give_consent,
        GiveConsent(
            client_id=client,
            purpose=purpose,
            type=type_,
            given_on=world.today - days_ago * DAY,
            expires_on=expires_on,
            given_how=GivenHow.WRITTEN,
        ),
    )


@pytest.mark.row("W13", "C6", "P10", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
@pytest.mark.parametrize("shares", [True, False])
async def test_pages_of_a_placement_stand_whatever_was_shared(world, locale, shares):
    head, child = await world.family()
    given = {"agrees_to_share_contact": GivenHow.WRITTEN} if shares else {}
    placement = await world.placement(head, child, **given)
    request = await world.held(placement, await world.home())
    assert await world.referral(request)
    moved = MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    for months_since in (1, None):
        world.clock.advance(31 * DAY)
        both = [Outcome(client_id=one, still_in_housing=StillInHousing.YES) for one in (head, child)]
        await world.do(
            record_follow_up,
            RecordFollowUp(
                cases=Cases.PLACEMENTS,
                case_id=placement,
                done_on=world.today,
                months_since=months_since,
                outcomes=both,
                next_months=1,
            ),
        )
    async with world.desk("caseworker", locale=locale) as browser:
        for page in ("", "/timeline", "/follow-ups"):
            answer = await browser.get(f"/front-desk/placements/{placement}{page}")
            assert answer.status_code == 200, answer.text[:300]
            assert not re.search(r"\bNone\b", parse_page(answer.text).text)


@pytest.mark.row("P8", "P10")
async def test_both_ways_of_recording_a_follow_up_write_the_same(world):
    """The one statement and the way that looks closer: the same columns, details and audit, row by row."""
    written = []
    for months_since in (1, None):
        client = await world.client("Ines", f"Marrow{months_since}")
        placement = await world.placement(client)
        await world.held(placement, await world.home(managed_by="third_party"))
        await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
        done_on = world.today
        await world.do(
            record_follow_up,
            RecordFollowUp(
                cases=Cases.PLACEMENTS,
                case_id=placement,
                done_on=done_on,
                months_since=0 if months_since else None,
                outcomes=[Outcome(client_id=client, still_in_housing=StillInHousing.YES)],
                next_months=2,
                comments="well",
            ),
        )
        follow_ups = await world.rows(
            "SELECT due_on, state, done_on, months_since, final, comments, recorded_by_name,"
            " caseworker, version FROM followup WHERE subject_id = $1 ORDER BY due_on",
            placement,
        )
        outcomes = await world.rows(
            "SELECT still_in_housing, reason_left_id, housed_elsewhere FROM followup_outcome"
            " WHERE client_id = $1",
            client,
        )
        (line,) = await world.rows(
            "SELECT kind, actor_name, details FROM placement_timeline WHERE placement_id = $1"
            " AND kind = 'follow_up'",
            placement,
        )
        (audit,) = await world.rows(
            "SELECT action, changes FROM audit WHERE record_id = $1 AND action = 'follow_up_recorded'",
            str(placement),
        )
        written.append((follow_ups, outcomes, line, audit))
    assert written[0] == written[1]


@pytest.mark.row("W13", "C6", "U4")
async def test_moves_are_withheld_once_the_consent_to_be_housed_is_gone(world):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    await world.held(placement, await world.home(managed_by="third_party"))
    await withdraw(world, client)
    await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
    assert "household_moved_in" in await world.published("withheld")
    assert "household_moved_in" not in await world.published("pending")
    left = Outcome(
        client_id=client,
        still_in_housing=StillInHousing.NO,
        reason_left_id=await world.value(REASON_LEFT, "health"),
        housed_elsewhere=False,
    )
    await world.do(
        record_follow_up,
        RecordFollowUp(cases=Cases.PLACEMENTS, case_id=placement, done_on=world.today, outcomes=[left]),
    )
    assert "household_moved_out" in await world.published("withheld")
    assert "household_moved_out" not in await world.published("pending")
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(f"/front-desk/placements/{placement}")).text)
    assert "or the consent had ended" in page.text


async def bases(world):
    rows = await world.rows("SELECT type, basis FROM outbox WHERE status <> 'withheld' ORDER BY position")
    return {row["type"].split(".")[1]: row["basis"] for row in rows}


@pytest.mark.row("W5", "W13", "P6")
async def test_giving_up_is_published_under_the_consent_that_opened_the_matter(world):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    await give(world, client, ConsentType.EXPLICIT)
    (housed,) = await consents(world, client, "be_housed")
    (shared,) = await consents(world, client, "share_contact_for_tenancy")
    await world.held(placement, await world.home())
    await withdraw(world, client)
    await world.do(give_up_unit, GiveUpUnit(placement_id=placement))
    under = str(housed["id"])
    assert await bases(world) == {
        "unit_requested": under,
        "tenancy_referred": f"{under} {shared['id']}",
        "unit_request_withdrawn": under,
        "tenancy_referral_withdrawn": under,
    }


@pytest.mark.row("W4", "W5")
async def test_the_answer_to_a_signing_rests_on_the_tenants_choice_to_share_it(world):
    placement = await world.placement(await world.client("Ines", "Marrow"))
    referral = await world.referral(await world.held(placement, await world.home()))
    await world.receive("signing_scheduled", referral=referral, signing=referral)
    await world.do(answer_signing, AnswerSigning(signing=referral, attendance=Attendance.ATTENDING))
    assert (await bases(world))["signing_attendance"] == f"signing:{referral}"


@pytest.mark.row("W13", "C6", "P8")
@pytest.mark.parametrize("withdrawn", [False, True])
async def test_a_move_out_asks_the_consent_of_whom_the_home_was_asked_for(world, withdrawn):
    head = await world.client("Ines", "Marrow")
    other = await world.client("Ola", "Marrow")
    await world.do(add_member, AddMember(client_id=head, member_id=other))
    placement = await world.placement(head, other)
    await world.held(placement, await world.home(managed_by="third_party"))
    await world.do(move_in, MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1))
    reason = await world.value(REASON_LEFT, "health")
    for leaving, staying in ((head, other), (other, None)):
        still = [(leaving, StillInHousing.NO), *([(staying, StillInHousing.YES)] if staying else [])]
        found = [
            Outcome(
                client_id=one,
                still_in_housing=answer,
                reason_left_id=reason if answer is StillInHousing.NO else None,
            )
            for one, answer in still
        ]
        if withdrawn and staying is None:
            await withdraw(world, head)
        await world.do(
            record_follow_up,
            RecordFollowUp(
                cases=Cases.PLACEMENTS,
                case_id=placement,
                done_on=world.today,
                outcomes=found,
                new_head_id=staying,
                next_months=1 if staying else None,
            ),
        )
    assert "household_moved_out" in await world.published("withheld" if withdrawn else "pending")


@pytest.mark.row("C6")
@pytest.mark.parametrize("type_", list(ConsentType))
async def test_a_contact_is_shared_only_under_an_explicit_consent(world, type_):
    client = await world.client("Ines", "Marrow", phones=["416 555 0142"])
    placement = await world.placement(client)
    await give(world, client, type_)
    await world.held(placement, await world.home())
    (row,) = await world.rows("SELECT data FROM outbox WHERE type LIKE '%tenancy_referred%'")
    named = (
        row["data"]["data"]["name"] is not None if isinstance(row["data"], dict) else '"given"' in row["data"]
    )
    assert named == (type_.value in {"explicit", "coordinated_access_explicit"})


@pytest.mark.row("C6")
async def test_the_last_word_counts_whenever_it_is_recorded(world):
    client = await world.client("Ines", "Marrow")
    refused = await give(world, client, ConsentType.DECLINED_ANONYMOUS, days_ago=2)
    await give(world, client, ConsentType.EXPLICIT, days_ago=10)
    (stands,) = await consents(world, client, "share_contact_for_tenancy")
    assert stands["id"] == refused
    agreed = await give(world, client, ConsentType.EXPLICIT, days_ago=1)
    await give(world, client, ConsentType.EXPLICIT, days_ago=1, expires_on=world.today - DAY)
    (stands,) = await consents(world, client, "share_contact_for_tenancy")
    assert stands["id"] == agreed


@pytest.mark.row("C6")
async def test_a_withdrawal_is_a_last_word_too(world):
    client = await world.client("Ines", "Marrow")
    await give(world, client, ConsentType.EXPLICIT, days_ago=10)
    await withdraw(world, client, "share_contact_for_tenancy")
    world.clock.advance(2 * DAY)
    for days_ago in (12, 5):
        await give(world, client, ConsentType.EXPLICIT, days_ago=days_ago)
        assert await in_force(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY) is None
    given = await give(world, client, ConsentType.EXPLICIT, days_ago=1)
    assert await in_force(world, client, Purpose.SHARE_CONTACT_FOR_TENANCY) == given


@pytest.mark.row("C6")
@pytest.mark.parametrize("purpose", list(Purpose))
@pytest.mark.parametrize("type_", list(ConsentType))
async def test_each_purpose_says_which_consents_suffice(world, purpose, type_):
    client = await world.client("Ines", "Marrow")
    given = await give(world, client, type_, purpose=purpose)
    explicit = {ConsentType.EXPLICIT, ConsentType.COORDINATED_ACCESS_EXPLICIT}
    enough = (
        type_ in explicit
        if purpose in {Purpose.SHARE_CONTACT_FOR_TENANCY, Purpose.SHARE_SUBSIDIES}
        else type_ is not ConsentType.DECLINED_ANONYMOUS
    )
    assert await in_force(world, client, purpose) == (given if enough else None)


@pytest.mark.row("C6", "P6")
@pytest.mark.parametrize("shown", [True, False], ids=["in one statement", "looked at closer"])
@pytest.mark.parametrize("type_", list(ConsentType))
async def test_both_ways_of_asking_for_a_home_ask_the_same_of_a_consent(world, type_, shown):
    client = await world.client("Ines", "Marrow")
    placement = await world.placement(client)
    given = await give(world, client, type_, purpose=Purpose.BE_HOUSED)
    confirmed = {"adults": 1, "children": 0, "consent": given} if shown else {}
    unit = await world.home()
    if type_ in SUFFICIENT[Purpose.BE_HOUSED]:
        assert await world.ask_for(placement, unit, **confirmed)
    else:
        with pytest.raises(ConsentMissing):
            await world.ask_for(placement, unit, **confirmed)
