"""From a referral to a signed lease: what is disclosed and what is withheld (T1 T4 T5 W4 W5)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

CHOICES = {
    "given_on": "2026-03-02",
    "signing": "share",
    "start": "share",
    "notices": "do_not_share",
}
TERMS = {
    "start_on": "2026-04-01",
    "rent": {"amount": "1250.00", "currency": "CAD"},
    "due_day": 1,
    "deposits": [{"kind": "last_month_rent", "amount": {"amount": "1250.00"}}],
    "inclusions": ["heat", "water"],
    "parties": [{"part": "tenant", "given_name": "Robin", "family_name": "Sample"}],
}


async def _drawn_up(api: Any, application: Any) -> str:
    accepted = await api.post(f"/applications/{application}/acceptance")
    assert accepted.status_code == 204, accepted.text
    drawn = await api.post("/leases", json={"application_id": str(application), **TERMS})
    assert drawn.status_code == 201, drawn.text
    return str(drawn.json()["id"])


async def _ready(world: Any, api: Any, signing: str) -> None:
    assert (await api.post(f"/signings/{signing}/rights-explained")).status_code == 204
    await world.attest(api, signing)


@pytest.mark.row("T1", "T4", "T5", "W4", "W5")
async def test_a_referral_becomes_a_tenancy_and_support_receives_what_the_tenant_chose(world: Any) -> None:
    application, referral, _ = await world.referral(
        name={"given": "Robin", "family": "Sample"}, contact={"phone": "+1 416 555 0100"}
    )
    async with world.api("property_manager") as api:
        shown = (await api.get(f"/applications/{application}")).json()
        assert shown["people"][0]["given_name"] == "Robin"
        assert shown["hold"]["stands"]
        assert (
            await api.post(f"/applications/{application}/choices", json={**CHOICES, "party": "support"})
        ).status_code == 204
        lease = await _drawn_up(api, application)
        arranged = await api.post(
            f"/leases/{lease}/signings",
            json={
                "starts_at": "2026-03-05T14:00:00-05:00",
                "place": "property_office",
                "directions": "2 Market Street, 3rd floor",
                "landlord_name": "Dana Roy",
            },
        )
        assert arranged.status_code == 201, arranged.text
        signing = arranged.json()["id"]
        await world.receive(
            "signing_attendance", referral=referral, signing=signing, attendance="attending", reason=None
        )
        assert (await api.get(f"/signings/{signing}")).json()["invites"][0]["answer"][
            "attendance"
        ] == "attending"

        early = await api.post(f"/signings/{signing}/signature")
        assert (early.status_code, early.json()["code"]) == (409, "rights_not_explained")
        await api.post(f"/signings/{signing}/rights-explained")
        early = await api.post(f"/signings/{signing}/signature")
        assert (early.status_code, early.json()["code"]) == (409, "attestations_missing")
        await _ready(world, api, signing)
        world.meet()
        signed = await api.post(f"/signings/{signing}/signature")
        assert signed.status_code == 200, signed.text
        assert (await api.get(f"/leases/{lease}")).json()["status"] == "in_force"

        statement = (await api.get(f"/applications/{application}/disclosures")).json()[0]
    assert await world.published("pending") == [
        "application_opened",
        "signing_scheduled",
        "tenancy_started",
        "signing_held",
        "referred_tenancy_started",
    ]
    assert [crossing["what"] for crossing in statement["crossings"]] == [
        "An application was opened for the referral",
        "A lease signing was arranged",
        "The lease signing took place",
        "The tenancy started",
    ]
    assert all(crossing["basis"] for crossing in statement["crossings"])


@pytest.mark.row("W5", "W13")
async def test_without_the_tenants_choice_it_is_recorded_as_withheld_and_shown(world: Any) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    async with world.api("property_manager") as api:
        lease = await _drawn_up(api, application)
        arranged = await api.post(
            f"/leases/{lease}/signings",
            json={"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"},
        )
        signing = arranged.json()["id"]
        await _ready(world, api, signing)
        world.meet()
        assert (await api.post(f"/signings/{signing}/signature")).status_code == 200
        statement = (await api.get(f"/applications/{application}/disclosures")).json()[0]
    assert await world.published("pending") == ["application_opened", "tenancy_started"]
    assert await world.published("withheld") == [
        "signing_scheduled",
        "signing_held",
        "referred_tenancy_started",
    ]
    withheld = [crossing for crossing in statement["crossings"] if crossing["state"] == "withheld"]
    assert {crossing["why"] for crossing in withheld} == {"The tenant hasn't been asked yet."}


@pytest.mark.row("T1")
async def test_without_consent_no_name_arrives_and_the_applicant_brings_it(world: Any) -> None:
    application, _, _ = await world.referral(name=None, contact=None)
    async with world.api("property_manager") as api:
        shown = (await api.get(f"/applications/{application}")).json()
        assert shown["people"] == []
        refused = await api.post(f"/applications/{application}/acceptance")
        assert (refused.status_code, refused.json()["code"]) == (409, "nobody_named")
        people = [
            {"part": "tenant", "given_name": "Robin", "family_name": "Sample"},
            {"part": "occupant", "given_name": "Kit", "family_name": "Sample"},
        ]
        body = {"version": shown["version"], "people": people}
        assert (await api.put(f"/applications/{application}/people", json=body)).status_code == 204
        again = await api.put(f"/applications/{application}/people", json=body)
        assert (again.status_code, again.json()["code"]) == (409, "edited_meanwhile")
        assert (await api.post(f"/applications/{application}/acceptance")).status_code == 204


@pytest.mark.row("T5")
async def test_a_signing_fits_the_hold_and_lies_in_the_future(world: Any) -> None:
    application, _, _ = await world.referral(
        name={"given": "Robin", "family": "Sample"}, deadline=world.clock.now() + dt.timedelta(days=2)
    )
    async with world.api("property_manager") as api:
        lease = await _drawn_up(api, application)
        arrangement = {"place": "the_unit", "landlord_name": "Dana Roy"}
        for starts_at, code in (
            ("2026-03-01T14:00:00-05:00", "signing_in_the_past"),
            ("2026-03-06T14:00:00-05:00", "signing_after_hold"),
        ):
            answer = await api.post(f"/leases/{lease}/signings", json={"starts_at": starts_at, **arrangement})
            assert answer.json()["code"] == code
        good = {"starts_at": "2026-03-03T14:00:00-05:00", **arrangement}
        signing = (await api.post(f"/leases/{lease}/signings", json=good)).json()["id"]
        second = await api.post(f"/leases/{lease}/signings", json=good)
        assert second.json()["code"] == "already_scheduled"
        await _ready(world, api, signing)
        world.clock.advance(dt.timedelta(days=3))
        late = await api.post(f"/signings/{signing}/signature")
        assert (late.status_code, late.json()["code"]) == (409, "hold_ended")
