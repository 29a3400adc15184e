"""An organisation may be away for part of the journey, for any time, and catches up."""

from __future__ import annotations

import pytest

from partywall.journey import STEPS
from testkit.live import Live

UNITS_AWAY = ("secure_the_unit",)
TENANCY_AWAY = ("secure_the_unit", "until_housing_is_secured")
SUPPORT_AWAY = (
    "record_the_tenants_choices",
    "accept_the_application",
    "draw_up_the_lease",
    "schedule_the_signing",
)


@pytest.mark.row("W1", "P5", "P6")
@pytest.mark.parametrize(
    ("service", "meanwhile"),
    [("units", UNITS_AWAY), ("tenancy", TENANCY_AWAY), ("support", SUPPORT_AWAY)],
)
async def test_the_journey_goes_on_after_a_service_was_away(
    live: Live, service: str, meanwhile: tuple[str, ...]
) -> None:
    """What was published meanwhile arrives afterwards, once and in order."""
    async with live.journey("Away", service.title()) as journey:
        for step in STEPS:
            if step == meanwhile[0]:
                await live.stop(service, f"{service}-worker")
            await journey.take(step)
            if step == meanwhile[-1]:
                await live.start(service, f"{service}-worker")
        assert (await journey.placement_record())["status"] == "moved_in"
    await live.all_acted_on()


@pytest.mark.row("P5")
async def test_homes_can_be_searched_while_the_inventory_is_away(live: Live) -> None:
    """Support searches its own copy and shows how old it is."""
    async with live.journey("Away", "Search") as journey:
        await journey.take("record_the_client")
        await journey.take("start_the_placement")
        await live.stop("units", "units-worker")
        try:
            found = await journey.caseworker.get(
                f"/api/support/v1/placements/{journey.placement}/homes", include_unknown="true"
            )
        finally:
            await live.start("units", "units-worker")
        assert found["items"]
        assert all(inventory["received_at"] for inventory in found["inventories"])
        assert found["inventories"]
