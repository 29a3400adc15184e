"""One home has one tenancy (T4), however many sign at the same moment; what is sent twice happens once
(X5).
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from typing import Any

import pytest


@pytest.mark.row("T4", "T5")
async def test_of_many_leases_signed_at_once_one_comes_into_force(world: Any) -> None:
    unit = await world.home()
    signings = [await world.ready_to_sign(unit) for _ in range(8)]
    world.meet()
    async with world.api("property_manager") as api:
        answers = await asyncio.gather(*(api.post(f"/signings/{signing}/signature") for signing in signings))
    codes = Counter(answer.json().get("code", "signed") for answer in answers)
    assert codes == {"signed": 1, "tenancy_exists": 7}, codes
    assert len(await world.rows("SELECT 1 FROM lease WHERE status = 'in_force'")) == 1
    assert await world.published() == ["tenancy_started"]


@pytest.mark.row("T5", "X5")
async def test_a_signature_sent_twice_begins_one_tenancy(world: Any) -> None:
    signing = await world.ready_to_sign(await world.home())
    world.meet()
    async with world.api("property_manager", **{"Idempotency-Key": "once"}) as api:
        answers = await asyncio.gather(*(api.post(f"/signings/{signing}/signature") for _ in range(3)))
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert await world.published() == ["tenancy_started"]


@pytest.mark.row("T4")
async def test_a_change_before_signing_keeps_the_former_edition_and_asks_for_new_attestations(
    world: Any,
) -> None:
    signing = await world.ready_to_sign(await world.home())
    async with world.api("property_manager") as api:
        lease = (await api.get(f"/signings/{signing}")).json()["lease"]
        terms = {"start_on": "2026-05-01", "rent": {"amount": "950.00"}, "parties": [world.PARTY]}
        body = {"version": lease["version"], **terms}
        assert (await api.post(f"/leases/{lease['id']}/amendments", json=body)).status_code == 201
        stale = await api.post(f"/leases/{lease['id']}/amendments", json=body)
        assert (stale.status_code, stale.json()["code"]) == (409, "edited_meanwhile")
        changed = (await api.get(f"/leases/{lease['id']}")).json()
        assert changed["current"]["rent"]["amount"] == "950.00"
        assert [edition["rent"]["amount"] for edition in changed["former"]] == ["900.00"]
        refused = await api.post(f"/signings/{signing}/signature")
        assert refused.json()["code"] == "attestations_missing"
        assert "Robin Sample" in refused.json()["detail"]


@pytest.mark.row("T5")
async def test_a_discarded_draft_cancels_its_signing_and_frees_the_application(world: Any) -> None:
    signing = await world.ready_to_sign(await world.home())
    async with world.api("property_manager") as api:
        lease = (await api.get(f"/signings/{signing}")).json()["lease"]
        assert (await api.delete(f"/leases/{lease['id']}")).status_code == 204
        assert (await api.get(f"/signings/{signing}")).json()["status"] == "cancelled"
        application = (await api.get(f"/applications/{lease['application']['id']}")).json()
        assert application["status"] == "accepted"
        again = await api.post(f"/signings/{signing}/signature")
        assert again.json()["code"] == "signing_over"


@pytest.mark.row("T1")
async def test_a_home_that_is_taken_or_not_ours_gets_no_lease(world: Any) -> None:
    theirs = await world.home(managed_by="third_party")
    taken = await world.home(occupancy="occupied_by_other")
    async with world.api("property_manager") as api:
        body = {"adults": 1, "people": [world.PARTY]}
        refused = await api.post("/applications", json={"unit": str(theirs), **body})
        assert refused.json()["code"] == "home_not_ours"
        unknown = await api.post("/applications", json={"unit": str(uuid.uuid4()), **body})
        assert unknown.json()["code"] == "home_unknown"
        opened = (await api.post("/applications", json={"unit": str(taken), **body})).json()["id"]
        answer = await api.post(f"/applications/{opened}/acceptance")
        assert answer.json()["code"] == "home_taken"


@pytest.mark.row("T4", "X3")
async def test_a_party_with_one_name_is_no_change_while_the_name_is_the_same(world: Any) -> None:
    party = {"part": "tenant", "given_name": "", "family_name": "Suharto"}
    async with world.api("property_manager") as api:
        body = {"unit": str(await world.home()), "adults": 1, "people": [party]}
        application = (await api.post("/applications", json=body)).json()["id"]
        await api.post(f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [party]}
        lease = (await api.post("/leases", json={"application_id": application, **terms})).json()["id"]
        changed = {**terms, "version": 1, "due_day": 15}
        assert (await api.post(f"/leases/{lease}/amendments", json=changed)).status_code == 201
    (amended,) = await world.rows("SELECT changes::text AS changes FROM audit WHERE action = 'amended'")
    assert "due_day" in amended["changes"]
    assert "parties" not in amended["changes"]
