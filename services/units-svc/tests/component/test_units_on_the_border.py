"""The worker on the real border: neighbours ask over the broker, and a lapse is on time after a restart (U9,
W1); the property entity answers over the broker whether a home may be entered (U7)."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from pydantic import SecretStr

from chassis.bus.worker import embedded
from chassis.clock import SystemClock
from contracts import units
from units_svc.landlords.model import Relation
from units_svc.maintenance.commands import AddWork, add_work
from units_svc.maintenance.entry_requests import AskEntry, ask_entry
from units_svc.maintenance.queries import work_record
from units_svc.worker import DUTIES


@asynccontextmanager
async def _working(world: Any) -> AsyncIterator[None]:
    async with embedded(world.runtime, DUTIES):
        yield


@pytest.mark.row("U9", "W1")
async def test_a_request_over_the_broker_is_answered_over_the_broker(
    border: Any, fresh_database: Any, make_units: Any, eventually: Any
) -> None:
    settings = {
        name: SecretStr(value) if name == "nats_password" else value
        for name, value in border.environment("units").items()
        if name.startswith("nats_") and not name.startswith("nats_admin")
    }
    database = await fresh_database("units")
    world = make_units(database, SystemClock(), **settings)
    unit, asked, other = await world.unit(status_observed_on=dt.date(2026, 1, 1)), uuid.uuid4(), uuid.uuid4()
    today = dt.datetime.now(dt.UTC).date()
    await border.publish("unit_requested", unit=unit, request=asked, expected_move_in=today)
    async with _working(world):
        await border.publish("unit_requested", unit=unit, request=other, expected_move_in=today)

        async def answered() -> None:
            secured = await border.published(units.UnitSecuredV1)
            refused = await border.published(units.UnitRefusedV1)
            assert [one.data.request for one in secured] == [asked]
            assert [one.data.request for one in refused] == [other]

        await eventually(answered)
    await world.runtime.close()

    # The worker was away when the hold's time was over: the one that starts next does what is due at once.
    again = make_units(database, SystemClock(), **settings)
    past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
    connection = await database.connect()
    await connection.execute("UPDATE hold SET deadline = $1 WHERE request_id = $2", past, asked)
    await connection.execute("UPDATE timers SET due_at = $1 WHERE key = $2", past, str(asked))
    await connection.close()
    async with _working(again):

        async def lapsed() -> None:
            released = await border.published(units.UnitReleasedV1)
            assert [(one.data.request, one.data.reason.value) for one in released] == [
                (asked, "deadline_passed")
            ]

        await eventually(lapsed)
    assert await again.occupancy(unit) == "available"
    await again.runtime.close()
    await asyncio.sleep(0)


@pytest.mark.row("U7", "W1")
async def test_entry_is_asked_for_and_answered_over_the_broker(
    border: Any, fresh_database: Any, make_units: Any, eventually: Any
) -> None:
    settings = {
        name: SecretStr(value) if name == "nats_password" else value
        for name, value in border.environment("units").items()
        if name.startswith("nats_") and not name.startswith("nats_admin")
    }
    world = make_units(await fresh_database("units"), SystemClock(), **settings)
    unit = await world.unit(
        status_observed_on=dt.date(2026, 1, 1), landlord_id=await world.landlord(Relation.PROPERTY_ENTITY)
    )
    now = world.runtime.clock.now().astimezone(world.runtime.time_zone)
    start = (now + dt.timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
    await border.publish("tenancy_started", unit=unit, tenancy=uuid.uuid4(), start=now.date())
    async with _working(world):

        async def occupied() -> None:
            assert await world.occupancy(unit) != "available"

        await eventually(occupied)
        work = await world.do(add_work, AddWork(unit_id=unit, type="plumbing", description="New tap"))
        window = {"starts_at": start, "ends_at": start + dt.timedelta(hours=3)}
        request = await world.do(ask_entry, AskEntry(work_id=work, version=1, **window))

        async def asked() -> None:
            asked = await border.published(units.EntryRequestedV1)
            assert [(one.data.request, one.data.unit) for one in asked] == [(request, unit)]

        await eventually(asked)
        answer = {"request": request, "unit": unit, "answer": "tenant_agreed", "entry_from": None}
        await border.publish("entry_answered", **answer)

        async def answered() -> None:
            assert (await world.see(work_record, work)).entry == "agreed"

        await eventually(answered)
    await world.runtime.close()
