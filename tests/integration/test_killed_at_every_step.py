"""Every worker is killed at every step of the journey: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import asyncio

import pytest

from partywall.journey import STEPS
from testkit.live import Live

WORKERS = ("units-worker", "support-worker", "tenancy-worker")


@pytest.mark.row("W1", "P6", "P7", "T5", "U9")
async def test_killing_every_worker_at_every_step_loses_and_doubles_nothing(live: Live) -> None:
    """SIGKILL during each step; the effects are counted at the end."""
    async with live.journey("Killed", "Every Step") as journey:
        journey.patience = 60.0
        for step in STEPS:
            taken = asyncio.create_task(journey.take(step))
            await live.kill(*WORKERS)
            await live.launch(*WORKERS)
            await taken
        assert (await journey.placement_record())["status"] == "moved_in"
        unit = journey.unit
        assert await live.count("units", "SELECT count(*) AS n FROM hold WHERE unit_id = $1", unit) == 1
        assert await live.count("tenancy", "SELECT count(*) AS n FROM application WHERE unit = $1", unit) == 1
        assert await live.count("tenancy", "SELECT count(*) AS n FROM lease WHERE unit = $1", unit) == 1
        placement = journey.placement
        moves = "SELECT count(*) AS n FROM placement_timeline WHERE placement_id = $1 AND kind = $2"
        for kind in ("asked", "secured", "referred", "application_opened", "tenancy_started", "moved_in"):
            assert await live.count("support", moves, placement, kind) == 1, kind
    await live.all_acted_on()
