"""The relays that are compared: ours, two other outboxes, and the raw limit of client and broker."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
from delivery_ground import SUBJECT, Event, Ground, until
from faststream_outbox import OutboxBroker, make_outbox_table
from faststream_outbox.message import OutboxMessage
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats_outbox.core.models import Base as NatsOutboxBase
from nats_outbox.publishers.nats_publisher import NatsPublisher
from nats_outbox.relay.polling import PollingRelay
from nats_outbox.settings import OutboxSettings
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from chassis.bus.relay import Relay

BATCH = 1000
QUEUE = "bench"
metadata = MetaData()
faststream_table = make_outbox_table(metadata, table_name="faststream_outbox")
logging.getLogger("nats_outbox").setLevel(logging.ERROR)


def engine_of(ground: Ground) -> AsyncEngine:
    """Return an engine for the libraries that want one."""
    return create_async_engine(
        ground.database.replace("postgresql://", "postgresql+asyncpg://"), pool_size=24
    )


async def make_tables(ground: Ground) -> None:
    """Create the tables of the other two."""
    engine = engine_of(ground)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.run_sync(NatsOutboxBase.metadata.create_all)
    await engine.dispose()


async def raw_batches(broker: Client, rows: Sequence[Event]) -> None:
    """Publish from memory, in atomic batches of a thousand: the limit of client and broker."""
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        batch = f"{part[0].id}"
        for number, row in enumerate(part[:-1], start=1):
            await broker.publish(
                SUBJECT,
                row.data.encode(),
                headers={
                    "Nats-Msg-Id": str(row.id),
                    "Nats-Batch-Id": batch,
                    "Nats-Batch-Sequence": str(number),
                },
            )
        answer = await broker.request(
            SUBJECT,
            part[-1].data.encode(),
            timeout=30,
            headers={
                "Nats-Msg-Id": str(part[-1].id),
                "Nats-Batch-Id": batch,
                "Nats-Batch-Sequence": str(len(part)),
                "Nats-Batch-Commit": "1",
            },
        )
        if "error" in json.loads(answer.data):
            raise RuntimeError(answer.data)


@asynccontextmanager
async def ours(ground: Ground, broker: Client) -> AsyncIterator[Relay]:
    """Run our relay, as a worker does."""
    relay = Relay(ground.database, broker, service="bench")
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def drain_ours(ground: Ground, broker: Client, number: int) -> Relay:
    """Send what waits in our outbox and return when all of it is marked as published."""
    async with ours(ground, broker) as relay:
        await until(lambda: relay.state.published >= number and not relay.unmarked, 0.001)
        return relay


async def _as_it_is(message: OutboxMessage) -> OutboxMessage:
    """Decode nothing: the handler sends the bytes on."""
    return message


@asynccontextmanager
async def faststream_outbox(ground: Ground, js: JetStreamContext) -> AsyncIterator[OutboxBroker]:
    """Run faststream-outbox, tuned: many workers, large fetches and flushes, short waits, no log."""
    engine = engine_of(ground)
    broker = OutboxBroker(engine, outbox_table=faststream_table, logger=None, apply_types=False)

    @broker.subscriber(
        QUEUE,
        max_workers=16,
        fetch_batch_size=BATCH,
        min_fetch_interval=0.005,
        max_fetch_interval=0.05,
        terminal_flush_batch_size=BATCH,
        decoder=_as_it_is,
    )
    async def relay(message: OutboxMessage) -> None:
        await js.publish(SUBJECT, message.body, headers={"Nats-Msg-Id": message.headers["event_id"]})

    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()
        await engine.dispose()


async def fill_faststream(ground: Ground, rows: Sequence[Event]) -> None:
    """Let these events wait in faststream-outbox's table."""
    connection = await asyncpg.connect(ground.database)
    try:
        await connection.execute("TRUNCATE faststream_outbox")
        await connection.copy_records_to_table(
            "faststream_outbox",
            columns=["queue", "payload", "headers"],
            records=[(QUEUE, row.data.encode(), json.dumps({"event_id": str(row.id)})) for row in rows],
        )
        await connection.execute("ANALYZE faststream_outbox")
    finally:
        await connection.close()


async def fill_nats_outbox(ground: Ground, rows: Sequence[Event]) -> None:
    """Let these events wait in nats-outbox's table."""
    connection = await asyncpg.connect(ground.database)
    now = datetime.now(UTC)
    try:
        await connection.execute("TRUNCATE outbox_events")
        await connection.executemany(
            "INSERT INTO outbox_events"
            " (event_id, subject, payload, headers, scheduled_at, status, retry_count)"
            " VALUES ($1, $2, $3::jsonb, '{}'::jsonb, $4, 'pending', 0)",
            [(row.id, SUBJECT, row.data, now) for row in rows],
        )
        await connection.execute("ANALYZE outbox_events")
    finally:
        await connection.close()


@asynccontextmanager
async def nats_outbox(ground: Ground, js: JetStreamContext) -> AsyncIterator[PollingRelay]:
    """Run nats-outbox, tuned: batches of a thousand, a poll of five milliseconds, no log."""
    engine = engine_of(ground)
    settings = OutboxSettings(
        database_url=ground.database.replace("postgresql://", "postgresql+asyncpg://"),
        batch_size=BATCH,
        polling_interval=0.005,
    )
    relay = PollingRelay(async_sessionmaker(engine, expire_on_commit=False), NatsPublisher(js), settings)
    task = asyncio.create_task(relay.start())
    try:
        yield relay
    finally:
        await relay.stop()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await engine.dispose()
