"""Signing at another time than arranged, and attestations of persons that can be taken back (T5, W4, W3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

ARRANGED = "2026-03-05T14:00:00-05:00"
ELDER = {"part": "tenant", "given_name": "Robin", "family_name": "Sample", "phone": "416 555 0100"}
YOUNGER = {**ELDER, "phone": "416 555 0199"}
ANSWERS = {"given_on": "2026-03-02", "signing": "share", "start": "share", "notices": "do_not_share"}


async def _referred(world: Any, api: Any, *parties: Any) -> tuple[str, Any]:
    """Prepare the lease of a referral up to the signing; return the signing and the referral."""
    application, referral, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    choices = {**ANSWERS, "party": "support"}
    assert (await api.post(f"/applications/{application}/choices", json=choices)).status_code == 204
    assert (await api.post(f"/applications/{application}/acceptance")).status_code == 204
    terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": parties or [ELDER]}
    drawn = await api.post("/leases", json={"application_id": str(application), **terms})
    arrangement = {"starts_at": ARRANGED, "place": "the_unit", "landlord_name": "Dana Roy"}
    arranged = await api.post(f"/leases/{drawn.json()['id']}/signings", json=arrangement)
    signing = arranged.json()["id"]
    await api.post(f"/signings/{signing}/rights-explained")
    return signing, referral


@pytest.mark.row("T5", "W4")
async def test_before_the_arranged_time_the_tenants_agree_and_the_advocate_is_informed(world: Any) -> None:
    async with world.api("property_manager") as api:
        signing, _ = await _referred(world, api)
        await world.attest(api, signing)
        refused = await api.post(f"/signings/{signing}/signature")
        assert (refused.status_code, refused.json()["code"]) == (422, "time_not_agreed")
        assert "signing_held" not in await world.published()
        signed = await api.post(f"/signings/{signing}/signature", json={"tenants_agreed": True})
        assert signed.status_code == 200, signed.text
        record = (await api.get(f"/signings/{signing}")).json()
    assert dt.datetime.fromisoformat(record["arranged_for"]) == dt.datetime.fromisoformat(ARRANGED)
    assert dt.datetime.fromisoformat(record["held_at"]) == world.clock.now()
    assert record["held_by"] == "Dana Roy"
    assert (await world.published("pending"))[1:] == [
        "signing_scheduled",
        "signing_moved",
        "tenancy_started",
        "signing_held",
        "referred_tenancy_started",
    ]


@pytest.mark.row("T5", "W4")
@pytest.mark.parametrize(
    ("signed_at", "agreed", "code"),
    [
        (ARRANGED, False, None),
        ("2026-03-05T18:00:00-05:00", False, None),
        ("2026-03-05T13:59:00-05:00", False, "time_not_agreed"),
        ("2026-03-06T09:00:00-05:00", False, "time_not_agreed"),
        ("2026-03-06T09:00:00-05:00", True, None),
        ("2026-03-07T09:00:00-05:00", True, "signed_in_future"),
        ("2026-03-02T09:00:00-05:00", True, "signed_before_lease"),
    ],
)
async def test_the_time_of_the_signatures_is_recorded_as_it_was(
    world: Any, signed_at: str, agreed: bool, code: str | None
) -> None:
    async with world.api("property_manager") as api:
        signing, _ = await _referred(world, api)
        await world.attest(api, signing)
        world.meet("2026-03-06T12:00:00-05:00")
        body = {"signed_at": signed_at, "tenants_agreed": agreed}
        answer = await api.post(f"/signings/{signing}/signature", json=body)
        record = (await api.get(f"/signings/{signing}")).json()
    assert answer.json().get("code") == code
    if code is None:
        assert dt.datetime.fromisoformat(record["held_at"]) == dt.datetime.fromisoformat(signed_at)
        assert ("signing_moved" in await world.published()) is agreed


@pytest.mark.row("T5", "W3")
async def test_two_tenants_of_one_name_attest_each_for_themselves(world: Any, visitor: Any) -> None:
    async with world.api("property_manager") as api:
        signing, _ = await _referred(world, api, ELDER, YOUNGER)
        parties = (await api.get(f"/signings/{signing}")).json()["attested"]
        assert [one["contact"] for one in parties[:2]] == ["416 555 0100", "416 555 0199"]
        first, second, landlord = ({"side": one["side"], "party": one["party"]} for one in parties)
        path = f"/signings/{signing}/attestations"
        for body in (first, first, landlord):
            assert (await api.post(path, json=body)).status_code == 204
        assert (await api.get(f"/signings/{signing}")).json()["missing"] == ["Robin Sample"]
        page = await visitor("property_manager").go(f"/property-desk/signings/{signing}")
        assert "416 555 0199" in page.html
        stranger = {"side": "tenant", "party": signing}
        assert (await api.post(path, json=stranger)).json()["code"] == "not_a_party"
        assert (await api.post(path, json=second)).status_code == 204
        assert (await api.get(f"/signings/{signing}")).json()["missing"] == []


@pytest.mark.row("T4", "T5", "W3")
async def test_an_attestation_stays_with_the_version_it_was_given_for(world: Any) -> None:
    given = (
        "SELECT made.number FROM attestation JOIN lease_edition made ON made.id = lease_edition_id"
        " WHERE side = $1 AND taken_back_at IS NULL ORDER BY made.number"
    )

    async def versions(side: str) -> list[int]:
        return [row["number"] for row in await world.rows(given, side)]

    async with world.api("property_manager") as api:
        signing, _ = await _referred(world, api)
        await world.attest(api, signing)
        record = (await api.get(f"/signings/{signing}")).json()
        terms = {"start_on": "2026-04-01", "rent": {"amount": "950.00"}, "parties": [ELDER]}
        body = {"version": record["lease"]["version"], **terms}
        amended = await api.post(f"/leases/{record['lease']['id']}/amendments", json=body)
        assert amended.status_code == 201, amended.text
        record = (await api.get(f"/signings/{signing}")).json()
        assert record["missing"] == ["Robin Sample", "Dana Roy"]
        assert {one["attestation"] for one in record["attested"]} == {None}
        assert [await versions(side) for side in ("tenant", "landlord")] == [[1], [1]]

        tenant, landlord = record["attested"]
        for party, missing in ((tenant, ["Dana Roy"]), (landlord, [])):
            refused = await api.post(f"/signings/{signing}/signature", json={"tenants_agreed": True})
            assert refused.json()["code"] == "attestations_missing"
            attesting = {"side": party["side"], "party": party["party"]}
            assert (await api.post(f"/signings/{signing}/attestations", json=attesting)).status_code == 204
            assert (await api.get(f"/signings/{signing}")).json()["missing"] == missing
        assert [await versions(side) for side in ("tenant", "landlord")] == [[1, 2], [1, 2]]
        world.meet()
        assert (await api.post(f"/signings/{signing}/signature")).status_code == 200


@pytest.mark.row("T5", "W3")
async def test_an_attestation_is_taken_back_until_the_lease_is_signed_and_stays_in_the_record(
    world: Any,
) -> None:
    async with world.api("property_manager") as api:
        signing, _ = await _referred(world, api)
        await world.attest(api, signing)
        tenant = (await api.get(f"/signings/{signing}")).json()["attested"][0]
        path = f"/signings/{signing}/attestations/{tenant['attestation']}"
        assert (await api.delete(path)).status_code == 204
        assert (await api.delete(path)).status_code == 204
        record = (await api.get(f"/signings/{signing}")).json()
        assert record["missing"] == ["Robin Sample"]
        assert [one["taken_back_by"] for one in record["taken_back"]] == ["Dana Roy"]
        refused = await api.post(f"/signings/{signing}/signature", json={"tenants_agreed": True})
        assert refused.json()["code"] == "attestations_missing"
        await world.attest(api, signing)
        world.meet()
        assert (await api.post(f"/signings/{signing}/signature")).status_code == 200
        stands = (await api.get(f"/signings/{signing}")).json()["attested"][0]["attestation"]
        late = await api.delete(f"/signings/{signing}/attestations/{stands}")
        assert late.json()["code"] == "signing_over"


@pytest.mark.row("T5", "W2", "W4")
@pytest.mark.parametrize("ended", ["referral given up", "signing cancelled"])
async def test_what_has_ended_is_not_answered_any_more(world: Any, ended: str) -> None:
    """A referral that is given up leaves the signing to the household, which may still want the home."""
    async with world.api("property_manager") as api:
        signing, referral = await _referred(world, api)
        if ended == "signing cancelled":
            await api.post(f"/signings/{signing}/cancellation")
        else:
            await world.receive("tenancy_referral_withdrawn", referral=referral)
        await world.receive(
            "signing_attendance", referral=referral, signing=signing, attendance="attending", reason=None
        )
        assert (await api.get(f"/signings/{signing}")).json()["invites"][0]["answer"] is None
    assert await world.rows("SELECT 1 FROM advocate_answer") == []


@pytest.mark.row("T5", "W4", "X1")
@pytest.mark.parametrize(
    ("locale", "agreed", "taken"),
    [
        ("en", "The tenants agreed to sign at another time.", "was taken back on"),
        ("fr", "Les locataires ont accepté de signer à un autre moment.", "a été retirée le"),
    ],
)
async def test_by_hand_each_is_asked_before_it_is_recorded(
    world: Any, visitor: Any, locale: str, agreed: str, taken: str
) -> None:
    async with world.api("property_manager") as api:
        signing, _ = await _referred(world, api)
        party = (await api.get(f"/signings/{signing}")).json()["attested"][0]["party"]
    desk = visitor("property_manager", locale=locale)
    base = f"/property-desk/signings/{signing}"
    for _ in range(2):
        await desk.go(f"{base}/attestation?side=tenant&party={party}")
        page = await desk.send("/attestation")
        if taken not in page.html:
            rows = await world.rows("SELECT id FROM attestation")
            await desk.go(f"{base}/attestations/{rows[0]['id']}/take-back")
            page = await desk.send("/take-back")
        assert taken in page.html
    await desk.go(f"{base}/attestation?side=landlord")
    await desk.send("/attestation")
    await desk.go(f"{base}/attestation?side=tenant&party={signing}", status=404)
    shown = await desk.go(f"{base}/sign")
    assert "tenants_agreed" in shown.html
    assert ("The lease signing was moved" if locale == "en" else "déplacée") in shown.html
    await desk.send("/sign", status=422)
    signed = await desk.send("/sign", tenants_agreed="yes")
    assert agreed in signed.html
