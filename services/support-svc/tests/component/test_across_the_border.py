"""The worker on the real border: neighbours publish contract examples, and receive what support publishes."""

import asyncio
import datetime as dt
import uuid

import pytest

from chassis.bus.worker import Worker
from contracts import support
from support_svc.placements.model import PlacementStatus
from support_svc.placements.queries import placement
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from support_svc.worker import DUTIES


@pytest.mark.row("P6", "W1")
async def test_a_request_crosses_and_its_answer_comes_back(world, border, eventually):
    given = world.runtime.settings.model_dump() | border.environment("support")
    runtime = build_runtime(Settings(**given))
    worker = asyncio.create_task(Worker(runtime, DUTIES).run())
    try:
        head, child = await world.family()
        wanted = await world.placement(head, child)
        unit = uuid.uuid4()
        await border.publish("unit_published", unit=unit, listing_version=1, occupancy="available")

        async def listed():
            assert await world.rows("SELECT 1 FROM home WHERE unit = $1", unit)

        await eventually(listed)
        request = await world.ask_for(wanted, unit)

        async def asked():
            sent = await border.published(support.UnitRequestedV1)
            assert [(one.data.request, one.data.adults, one.data.children) for one in sent] == [
                (request, 1, 1)
            ]

        await eventually(asked)
        deadline = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)
        await border.publish("unit_secured", request=request, unit=unit, deadline=deadline)
        await border.publish("unit_secured", request=request, unit=unit, deadline=deadline)

        async def referred():
            assert (await world.see(placement, wanted)).status is PlacementStatus.HOUSING_SECURED
            sent = await border.published(support.TenancyReferredV1)
            assert [(one.data.name, one.data.contact) for one in sent] == [(None, None)]

        await eventually(referred)
        sent = b"".join(data for _, data in await border.raw("support"))
        for private in (b"Zdenka", b"Quillfeather", b"Canary", str(head).encode(), str(wanted).encode()):
            assert private not in sent
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
        await runtime.close()
