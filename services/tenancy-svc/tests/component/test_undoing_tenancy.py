"""What another organisation is informed of can be taken back, completely, until then (X8)."""

import datetime as dt
import json

import pytest

from tenancy_svc.undo.feature import UNDOABLE
from testkit.undoing import undo_everything

MINUTE = dt.timedelta(minutes=1)
CHOICES = {
    "given_on": "2026-03-02",
    "signing": "share",
    "start": "share",
    "notices": "share",
    "party": "support",
}


@pytest.mark.row("X8")
async def test_whatever_is_undone_in_the_play_is_as_it_was(world, every_stage, monkeypatch):
    found = undo_everything(world, monkeypatch)
    await every_stage()
    assert found.differences == []
    assert len(found.undone) >= 7
    assert set(found.undone) <= set(UNDOABLE)
    assert found.at_once == set()


@pytest.mark.row("X8", "T1", "W13")
async def test_a_decline_taken_back_within_its_minute_was_never_sent(world, visitor):
    """Case 59: by the desk, in French."""
    application, _, _ = await world.referral()
    world.runtime.undo_for = MINUTE
    base = f"/property-desk/applications/{application}"
    desk = visitor("property_manager", locale="fr")
    await desk.go(f"{base}/decline")
    await desk.send("/decline", reason="unit_no_longer_available")
    page = await desk.send("/decline", confirmed="yes")
    assert "Une demande est refusée." in page.text
    assert "60 secondes restantes" in page.text
    (change,) = await world.rows("SELECT id FROM delayed_change")
    page = await desk.send(f"/not-sent-yet/{change['id']}")
    assert desk.path == base
    assert "C’est repris, et rien n’a été envoyé." in page.text
    page = await desk.go(f"{base}/disclosures")
    assert "Repris avant l’envoi" in page.text
    assert await world.published("undone") == ["application_declined", "application_closed"]
    assert await world.published("pending") == ["application_opened"]
    (row,) = await world.rows("SELECT status, decline_reason FROM application WHERE id = $1", application)
    assert (row["status"], row["decline_reason"]) == ("received", None)


async def scheduled(world, api):
    """A signing of which the support organisation is informed, in an undoable way."""
    application, referral, _ = await world.referral(
        name={"given": "Robin", "family": "Sample"}, contact={"phone": "416 555 0142"}
    )
    await post(api, f"/applications/{application}/choices", CHOICES)
    await post(api, f"/applications/{application}/acceptance")
    party = {"given_name": "Robin", "family_name": "Sample", "part": "tenant"}
    terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [party]}
    lease = await post(api, "/leases", {"application_id": str(application), **terms})
    arranged = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
    signing = (await post(api, f"/leases/{lease['id']}/signings", arranged))["id"]
    return application, referral, lease["id"], signing


async def post(api, path, body=None):
    answer = await api.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def numbers(world, referral):
    rows = await world.rows(
        "SELECT type, status, aggregate_version, data FROM outbox WHERE aggregate = $1 ORDER BY position",
        str(referral),
    )
    for row in rows:
        assert json.loads(row["data"])["aggregateversion"] == row["aggregate_version"]
    return [(row["type"].split(".")[1], row["status"], row["aggregate_version"]) for row in rows]


@pytest.mark.row("X8", "T5", "W4")
async def test_a_cancellation_taken_back_within_its_minute_was_never_sent(world):
    """Case 59: the next fact has the number of the one that was taken back."""
    async with world.api("property_manager") as api:
        _, referral, _, signing = await scheduled(world, api)
        world.runtime.undo_for = MINUTE
        await post(api, f"/signings/{signing}/cancellation")
        (waits,) = (await api.get("/delayed-changes")).json()
        assert (waits["change"], waits["to"]) == ("signings.cancel_signing", ["support"])
        await post(api, f"/delayed-changes/{waits['change_id']}/undo")
        await post(api, f"/signings/{signing}/rights-explained")
        await post(api, f"/signings/{signing}/cancellation")
    assert await numbers(world, referral) == [
        ("application_opened", "pending", 1),
        ("signing_scheduled", "pending", 2),
        ("signing_cancelled", "undone", 3),
        ("signing_cancelled", "delayed", 3),
    ]


@pytest.mark.row("X8", "W5")
@pytest.mark.parametrize("way", ["withdrawn", "answered otherwise", "referral withdrawn"])
async def test_what_waits_isnt_disclosed_after_the_tenant_took_the_choice_back(world, way):
    """It becomes withheld, and the next fact has its number: nobody can count what they don't receive."""
    async with world.api("property_manager") as api:
        application, referral, lease, signing = await scheduled(world, api)
        world.runtime.undo_for = MINUTE
        await post(api, f"/signings/{signing}/cancellation")
        if way == "withdrawn":
            path = f"/applications/{application}/choices/signing/withdrawal"
            await post(api, path, {"withdrawn_on": "2026-03-02", "party": "support"})
        elif way == "answered otherwise":
            await post(api, f"/applications/{application}/choices", {**CHOICES, "signing": "do_not_share"})
        else:
            await world.receive("tenancy_referral_withdrawn", referral=referral)
        if way != "referral withdrawn":
            assert (await api.delete(f"/leases/{lease}")).is_success
            await post(api, f"/applications/{application}/decline", {"reason": "unit_no_longer_available"})
    expected = [
        ("application_opened", "pending", 1),
        ("signing_scheduled", "pending", 2),
        ("signing_cancelled", "withheld", 3),
    ]
    if way != "referral withdrawn":
        expected.append(("application_declined", "delayed", 3))
    assert await numbers(world, referral) == expected
