"""Whose home it is counts as when it was held; without a known manager no lease is made (T1, T4, U6)."""

from __future__ import annotations

from typing import Any

import pytest

ROBIN = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
TERMS = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [ROBIN]}
NAMED = {"name": {"given": "Robin", "family": "Sample"}}


@pytest.mark.row("T1", "T4", "U6")
@pytest.mark.parametrize("listed_as", ["third_party", "not_known"])
async def test_a_landlord_corrected_after_the_hold_began_changes_nothing_for_the_lease(
    world: Any, listed_as: str
) -> None:
    application, _, unit = await world.referral(**NAMED)
    await world.home(unit=unit, managed_by=listed_as, listing_version=9, occupancy="secured")
    async with world.api("property_manager") as api:
        assert (await api.post(f"/applications/{application}/acceptance")).status_code == 204
        drawn = await api.post("/leases", json={"application_id": str(application), **TERMS})
    assert drawn.status_code == 201, drawn.text


@pytest.mark.row("T1", "T4", "U6")
async def test_a_hold_of_a_third_partys_home_gets_no_lease_whatever_the_listing_says_later(
    world: Any,
) -> None:
    application, _, unit = await world.referral(**NAMED, managed_by="third_party")
    await world.home(unit=unit, managed_by="property_entity", listing_version=9, occupancy="secured")
    async with world.api("property_manager") as api:
        await api.post(f"/applications/{application}/acceptance")
        refused = await api.post("/leases", json={"application_id": str(application), **TERMS})
    assert refused.json()["code"] == "home_not_ours"


@pytest.mark.row("T1", "U6")
async def test_a_home_that_nobody_is_known_to_manage_gets_no_lease_until_its_landlord_is_recorded(
    world: Any,
) -> None:
    unit = await world.home(managed_by="not_known")
    application, _, _ = await world.referral(unit=unit, **NAMED, managed_by="not_known")
    async with world.api("property_manager") as api:
        opened = await api.post("/applications", json={"unit": str(unit), "adults": 1})
        assert opened.json()["code"] == "manager_unknown"
        await api.post(f"/applications/{application}/acceptance")
        body = {"application_id": str(application), **TERMS}
        assert (await api.post("/leases", json=body)).json()["code"] == "manager_unknown"
        await world.home(unit=unit, listing_version=9, occupancy="secured")
        assert (await api.post("/leases", json=body)).status_code == 201


@pytest.mark.row("T5", "U9")
async def test_a_hold_that_was_prolonged_lasts_longer_here_too(world: Any) -> None:
    _, _, unit = await world.referral(**NAMED)
    (hold,) = await world.rows("SELECT request, deadline FROM hold")
    for days in (10, 3):
        later = hold["deadline"] + (days * (hold["deadline"] - world.clock.now()) / 10)
        await world.receive("unit_secured", request=hold["request"], unit=unit, deadline=later)
    (now,) = await world.rows("SELECT deadline FROM hold")
    assert now["deadline"] == hold["deadline"] + (hold["deadline"] - world.clock.now())
