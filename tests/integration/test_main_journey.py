"""The main job, across the wall: from a housing search to a move-in."""

from __future__ import annotations

import json

import pytest

from testkit.live import Live


@pytest.mark.row("P2", "P3", "P5", "P6", "P7", "C5", "F1", "T1", "T2", "T4", "T5", "U4", "U9", "W1", "W4")
async def test_a_household_goes_from_a_search_to_a_move_in(live: Live) -> None:
    """Every step is taken by the staff of the organisation whose job it is, through the public API."""
    async with live.journey("Integration", "Whole Journey") as journey:
        await journey.run()

        placement = await journey.placement_record()
        assert placement["status"] == "moved_in"
        assert placement["next_follow_up"] is not None
        history = await journey.caseworker.get(f"/api/support/v1/clients/{journey.client}/housing-history")
        assert [record["ended_on"] for record in history] == [None]
        unit = await journey.keeper.get(f"/api/units/v1/units/{journey.unit}")
        assert unit["occupancy"] == "occupied_by_client"
        lease = await journey.manager.get(f"/api/tenancy/v1/leases/{journey.lease}")
        assert lease["status"] == "in_force"
    await live.all_acted_on()


@pytest.mark.row("P10", "W5", "W13")
async def test_each_side_shows_what_it_may_know_and_nothing_more(live: Live) -> None:
    """The property side never learns the client's number; support never learns the lease's."""
    async with live.journey("Integration", "Two Timelines") as journey:
        await journey.run()
        support = json.dumps(
            await journey.caseworker.get(f"/api/support/v1/placements/{journey.placement}/timeline")
        )
        property_side = json.dumps(
            await journey.manager.get(f"/api/tenancy/v1/applications/{journey.application}")
        )
        disclosed = json.dumps(
            await journey.manager.get(f"/api/tenancy/v1/applications/{journey.application}/disclosures")
        )
    for theirs in (journey.client, journey.placement):
        assert theirs not in property_side
        assert theirs not in disclosed
    for theirs in (journey.lease, journey.application):
        assert theirs not in support
    await live.all_acted_on()


@pytest.mark.row("W1", "W5", "C6")
async def test_without_consent_no_name_crosses(live: Live) -> None:
    """A referral without "share contact for tenancy" has no name; the applicant brings it in person."""
    family = "Unshared-Quillfeather"
    async with live.journey("Integration", family) as journey:
        journey.shares_contact = False
        for step in (
            "record_the_client",
            "start_the_placement",
            "search_a_home",
            "secure_the_unit",
            "until_housing_is_secured",
            "until_the_application_is_open",
        ):
            await journey.take(step)
        record = await journey.manager.get(f"/api/tenancy/v1/applications/{journey.application}")
        assert not [person for person in record["people"] if person["family_name"] == family]
    await live.all_acted_on()
    assert family not in await live.everything_published()
    assert family not in await live.everything_stored("tenancy")
    assert family not in await live.everything_stored("units")
