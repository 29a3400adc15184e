"""What was acknowledged leaves the broker after a year; what wasn't stays while its listener is away."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from nats.errors import Error as NatsError
from nats.js.client import JetStreamContext

from chassis.bus.retention import remove_acknowledged
from chassis.db.schema import chassis_v1, chassis_v2, chassis_v3, chassis_v4, chassis_v5, chassis_v6
from contracts import units
from contracts.border import OwnBorder, jetstream
from contracts.parties import RegisterFile
from testkit.border import BorderNats
from testkit.databases import FreshDatabase

pytestmark = pytest.mark.row("N2", "W13")

TODAY = dt.date(2026, 3, 2)
YEAR = dt.timedelta(days=365)


class _Statements(list[str]):
    def execute(self, sqltext: str) -> None:
        self.append(sqltext)


@pytest_asyncio.fixture
async def database(fresh_database: Any) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database that has the tables of the chassis."""
    made: FreshDatabase = await fresh_database()
    connection = await made.connect()
    statements = _Statements()
    for migration in (chassis_v1, chassis_v2, chassis_v3, chassis_v4, chassis_v5, chassis_v6):
        migration(statements)
    for statement in statements:
        await connection.execute(statement)
    yield connection
    await connection.close()


class _Publisher:
    """The inventory at the broker, as its own worker sees it."""

    def __init__(self, border: BorderNats, database: asyncpg.Connection) -> None:
        self.border = border
        self.database = database
        settings = border.neighbourhood.settings()
        register = RegisterFile(Path(settings["parties_file"]), [settings["parties_keys"]])
        self.own = OwnBorder(border.seat("units"), register)

    async def remove(self, on: dt.date) -> int:
        """Do what the worker does every hour, on a day."""
        client = await self.border.connect(self.own.seat.account)
        try:
            return await remove_acknowledged(self.database, client, self.own, on)
        finally:
            await client.close()

    async def read_by(self, service: str, number: int) -> None:
        """Let a listener take and acknowledge so many events."""
        seat = self.border.seat(service)
        (grant,) = [one for one in self.border.grants.given_to(seat) if one.publisher == self.own.seat]
        client = await self.border.connect(seat.account)
        try:
            js: JetStreamContext = jetstream(client, prefix=grant.api_prefix)
            waiting = await js.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
            for message in await waiting.fetch(number, timeout=5):
                await message.ack_sync()
        finally:
            await client.close()

    async def subjects(self) -> list[str]:
        """Return what the stream holds."""
        return [subject for subject, _ in await self.border.raw("units")]


@pytest_asyncio.fixture
async def publisher(border: BorderNats, database: asyncpg.Connection) -> _Publisher:
    """The inventory, which published a listing, and an answer to each of two organisations."""
    await border.publish("unit_published")
    await border.publish("unit_secured", to="support")
    await border.publish("unit_secured", to="property")
    return _Publisher(border, database)


LISTING = units.UnitPublishedV1.terms.subject("property")
TO_SUPPORT = units.UnitSecuredV1.terms.subject("property", "support")
TO_PROPERTY = units.UnitSecuredV1.terms.subject("property", "property")


async def test_what_a_listener_acknowledged_leaves_a_year_later(publisher: _Publisher) -> None:
    await publisher.read_by("support", 2)
    assert await publisher.remove(TODAY) == 0
    assert await publisher.remove(TODAY + YEAR - dt.timedelta(days=1)) == 0
    assert await publisher.subjects() == [LISTING, TO_SUPPORT, TO_PROPERTY]
    assert await publisher.remove(TODAY + YEAR) == 1
    assert await publisher.subjects() == [LISTING, TO_PROPERTY]


async def test_what_nobody_acknowledged_stays_for_as_long_as_its_listener_is_away(
    publisher: _Publisher,
) -> None:
    for years in range(6):
        assert await publisher.remove(TODAY + years * YEAR) == 0
    assert await publisher.subjects() == [LISTING, TO_SUPPORT, TO_PROPERTY]
    await publisher.read_by("tenancy", 2)
    back = TODAY + 6 * YEAR
    assert await publisher.remove(back) == 0  # acknowledged a moment ago, whenever it was published
    assert await publisher.remove(back + YEAR) == 1
    assert await publisher.subjects() == [LISTING, TO_SUPPORT]


async def test_a_consumer_that_was_made_again_begins_to_count_again(publisher: _Publisher) -> None:
    await publisher.read_by("support", 2)
    await publisher.remove(TODAY)
    admin = await publisher.border.connect(publisher.own.seat.admin)
    await publisher.own.redeliver(admin, "support/support")
    await admin.close()
    assert await publisher.remove(TODAY + YEAR) == 0
    assert await publisher.subjects() == [LISTING, TO_SUPPORT, TO_PROPERTY]


async def test_the_notes_of_days_that_no_longer_matter_are_deleted(publisher: _Publisher) -> None:
    for day in range(3):
        await publisher.remove(TODAY + dt.timedelta(days=day))
    await publisher.remove(TODAY + YEAR + dt.timedelta(days=1))
    days = await publisher.database.fetch(
        "SELECT DISTINCT day - $1 AS after FROM acknowledged ORDER BY 1", TODAY
    )
    assert [row["after"] for row in days] == [1, 2, 366]


async def test_a_listener_never_removes_anything(publisher: _Publisher, border: BorderNats) -> None:
    client = await border.connect(border.seat("support").account)
    try:
        for stream in ("EVT_property_units", "EVT_property_tenancy"):
            with pytest.raises((NatsError, TimeoutError)):
                await client.request(f"$JS.API.STREAM.PURGE.{stream}", b"", timeout=0.3)
    finally:
        await client.close()
    assert await publisher.subjects() == [LISTING, TO_SUPPORT, TO_PROPERTY]
