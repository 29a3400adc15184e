"""The worker on the real border: the inventory asks for entry over the broker, and is answered (U7, W1)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.bus.worker import embedded
from chassis.clock import SystemClock
from contracts import tenancy
from tenancy_svc.worker import DUTIES


@pytest.mark.row("U7", "W1")
async def test_a_home_without_a_tenancy_is_answered_over_the_broker(
    border: Any, world_on: Any, eventually: Any
) -> None:
    settings = {
        name: value
        for name, value in border.environment("tenancy").items()
        if name.startswith("nats_") and not name.startswith("nats_admin")
    }
    world = await world_on(**settings)
    world.runtime.clock = SystemClock()
    request, unit = uuid.uuid4(), uuid.uuid4()
    start = dt.datetime.now(dt.UTC) + dt.timedelta(days=3)
    window = {"starts_at": start, "ends_at": start + dt.timedelta(hours=3)}
    await border.publish("entry_requested", request=request, unit=unit, **window)
    async with embedded(world.runtime, DUTIES):

        async def answered() -> None:
            published = await border.published(tenancy.EntryAnsweredV1)
            assert [(one.data.request, one.data.reason) for one in published] == [(request, "no_tenancy")]

        await eventually(answered)
        await border.publish("entry_request_withdrawn", request=request, unit=unit)

        async def given_up() -> None:
            rows = await world.rows("SELECT state FROM entry_request WHERE id = $1", request)
            assert [row["state"] for row in rows] == ["withdrawn"]

        await eventually(given_up)
    await world.runtime.close()
