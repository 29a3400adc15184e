"""What another organisation is informed of can be taken back, completely, until then (X8)."""

import datetime as dt

import pytest

from deskkit.testing import parse_page
from support_svc.consents.commands import WithdrawConsent, withdraw_consent
from support_svc.consents.model import GivenHow
from support_svc.followups.commands import (
    CorrectLastDay,
    Outcome,
    RecordFollowUp,
    correct_last_day,
    record_follow_up,
)
from support_svc.followups.model import Cases, StillInHousing
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.moving_in.commands import CorrectMoveIn, MoveIn, correct_move_in, move_in
from support_svc.placements.queries import placement
from support_svc.placements.timeline import crossing, timeline
from support_svc.securing.commands import ReferHousehold, refer_household
from support_svc.undo.feature import UNDOABLE
from testkit.undoing import undo_everything

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
AT_ONCE = {
    "securing.secure_unit": "Secure Unit",
    "proposals.propose_home": "Secure Unit, of a home that isn't in the inventory",
    "withdrawals.withdraw_with_consequences": "what the client no longer agrees to acts at once",
}
"""Use cases by which a person publishes something that doesn't wait, and why."""


@pytest.mark.row("X8")
async def test_whatever_is_undone_in_the_play_is_as_it_was(world, every_stage, monkeypatch):
    found = undo_everything(world, monkeypatch)
    await every_stage()
    assert found.differences == []
    assert len(found.undone) >= 7
    assert set(found.undone) <= set(UNDOABLE)
    assert found.at_once == set(AT_ONCE)


@pytest.mark.row("X8", "P7", "P8")
async def test_a_move_into_a_third_partys_home_and_out_of_it_can_be_undone(world, monkeypatch):
    found = undo_everything(world, monkeypatch)
    person = await world.client("Ora", "Elsewhere")
    wanted = await world.placement(person)
    await world.held(wanted, await world.home(managed_by="third_party"), secured_on=world.today - 9 * DAY)
    moved = MoveIn(placement_id=wanted, moved_in_on=world.today, next_months=1, end_housing=True)
    await world.do(move_in, moved)
    corrected = CorrectMoveIn(
        placement_id=wanted, moved_in_on=world.today - DAY, reason="Wrong line", days_confirmed=True
    )
    await world.do(correct_move_in, corrected)
    world.clock.advance(30 * DAY)
    left = Outcome(
        client_id=person,
        still_in_housing=StillInHousing.NO,
        reason_left_id=await world.value(REASON_LEFT, "other_housing"),
        housed_elsewhere=False,
    )
    follow_up = RecordFollowUp(
        cases=Cases.PLACEMENTS, case_id=wanted, done_on=world.today, months_since=1, outcomes=[left]
    )
    await world.do(record_follow_up, follow_up)
    last_day = CorrectLastDay(
        placement_id=wanted, client_id=person, left_on=world.today - DAY, reason="A day earlier"
    )
    await world.do(correct_last_day, last_day)
    assert found.differences == []
    assert set(found.undone) == {
        "moving_in.move_in",
        "moving_in.correct_move_in",
        "followups.record_follow_up",
        "followups.correct_last_day",
    }
    assert await world.published("pending") == [
        "unit_requested",
        "household_moved_in",
        "household_moved_in",
        "household_moved_out",
        "household_moved_out",
    ]


async def held(world, **consents):
    person = await world.client("Ines", "Marrow", phones=["416 555 0142"])
    wanted = await world.placement(person, **consents)
    await world.held(wanted, await world.home())
    return person, wanted


@pytest.mark.row("X8", "W13")
async def test_a_withdrawal_taken_back_within_its_minute_was_never_sent(world):
    """Case 59, by the desk, without JavaScript."""
    _, wanted = await held(world)
    before = await world.see(placement, wanted)
    world.runtime.undo_for = MINUTE
    path = f"/front-desk/placements/{wanted}"
    async with world.desk("caseworker") as browser:
        form = parse_page((await browser.get(f"{path}/give-up")).text)
        sent = await browser.post(f"{path}/give-up", data=form.fields(f"{path}/give-up"))
        assert sent.status_code == 303
        page = parse_page((await browser.get(path)).text)
        assert "A home is given up." in page.text
        assert "This will be sent to" in page.text
        assert "60 seconds left" in page.text
        assert "Not sent yet" in page.text
        (change,) = await world.rows("SELECT id FROM delayed_change")
        actions = [form.get("action") or "" for form in page.root.iter("form")]
        (action,) = [one for one in actions if f"/not-sent-yet/{change['id']}" in one]
        # Others see that it waits, and only its author can take it back.
        async with world.desk("caseworker", subject="another", name="Noor") as other:
            theirs = parse_page((await other.get(path)).text)
            assert "Not sent yet" in theirs.text
            assert "Take this back" not in theirs.text
        fields = page.fields(action)
        back = await browser.post(action, data=fields)
        assert (back.status_code, back.headers["Location"]) == (303, path)
        page = parse_page((await browser.get(path)).text)
        assert "It is taken back, and nothing was sent." in page.text
        assert "Taken back before it was sent" in page.text
        assert "Take this back" not in page.text
        lines = parse_page((await browser.get(f"{path}/timeline")).text).text
        assert "Taken back before it was sent: A home is given up" in lines
        # The button of an old page says that nothing can be taken back any more.
        again = await browser.post(action, data={**fields, "form_token": "another"})
        assert again.status_code == 409
        assert "Correct it instead." in parse_page(again.text).text
    after = await world.see(placement, wanted)
    assert after.status == before.status
    assert await world.published("undone") == ["unit_request_withdrawn", "tenancy_referral_withdrawn"]
    states = [one.state for one in await world.see(crossing, wanted)]
    assert states == ["undone", "undone", "waiting", "waiting"]


@pytest.mark.row("X8")
async def test_the_api_lists_what_waits_and_takes_it_back_until_it_is_sent(world):
    _, wanted = await held(world)
    world.runtime.undo_for = MINUTE
    give_up = f"/placements/{wanted}/give-up-unit"
    async with world.api("caseworker") as api:
        assert (await api.post(give_up)).status_code == 204
        (waits,) = (await api.get("/delayed-changes")).json()
        assert (waits["change"], waits["about"]) == ("securing.give_up_unit", [str(wanted)])
        assert waits["to"] == ["property"]
        undo = f"/delayed-changes/{waits['change_id']}/undo"
        assert (await api.post(undo)).status_code == 204
        assert (await api.get("/delayed-changes")).json() == []
        refused = await api.post(undo)
        assert (refused.status_code, refused.json()["code"]) == (409, "already_sent")
        assert (await api.post(give_up)).status_code == 204
        (waits,) = (await api.get("/delayed-changes")).json()
        world.clock.advance(MINUTE)
        refused = await api.post(f"/delayed-changes/{waits['change_id']}/undo")
        assert (refused.status_code, refused.json()["code"]) == (409, "already_sent")


@pytest.mark.row("X8", "C6", "W5")
async def test_what_waits_isnt_disclosed_after_the_consent_was_withdrawn(world):
    """Name and contact go first; the referral itself has a consent of its own, and goes with that."""
    person = await world.client("Ines", "Marrow", phones=["416 555 0142"])
    wanted = await world.placement(person, agrees_to_share_contact=GivenHow.WRITTEN)
    request = await world.held(wanted, await world.home(managed_by="third_party"))
    (row,) = await world.rows("SELECT unit FROM securing WHERE request = $1", request)
    await world.receive(
        "unit_secured",
        request=request,
        unit=row["unit"],
        deadline=world.clock.now() + 10 * DAY,
        managed_by="property_entity",
    )
    world.runtime.undo_for = MINUTE
    await world.do(refer_household, ReferHousehold(placement_id=wanted))
    (waits,) = await world.rows("SELECT data, basis FROM outbox WHERE status = 'delayed'")
    assert "Marrow" in waits["data"]
    consents = {
        one["purpose"]: one["id"]
        for one in await world.rows("SELECT purpose, id FROM consent WHERE client_id = $1", person)
    }
    share = consents["share_contact_for_tenancy"]
    await world.do(withdraw_consent, WithdrawConsent(client_id=person, consent_id=share))
    (waits,) = await world.rows("SELECT data, basis FROM outbox WHERE status = 'delayed'")
    assert "Marrow" not in waits["data"]
    assert "555" not in waits["data"]
    assert waits["basis"] == str(consents["be_housed"])
    await world.do(withdraw_consent, WithdrawConsent(client_id=person, consent_id=consents["be_housed"]))
    (withheld,) = await world.rows("SELECT type, withheld_reason FROM outbox WHERE status = 'withheld'")
    assert withheld["withheld_reason"] == "consent_ended"
    assert await world.published("delayed") == []
    assert (await world.see(timeline, wanted))[0].kind.value == "referred"
