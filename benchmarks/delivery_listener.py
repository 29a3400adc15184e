"""Acting on received events: inbox row and effect in batches, compared with receiving alone.

    python benchmarks/delivery_listener.py [--rounds 5] [--events 20000]

The stream holds `--events` messages. Raw: fetch 500 with the client library and acknowledge. Ours: inbox
rows, effects and commit, then acknowledge, with an effect in one statement for a run of events and with one
statement for each. For comparison the same work one event at a time, a transaction each.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import sqlalchemy as sa
import uvloop
from delivery_ground import (
    CONSUMER,
    GRANTED,
    PARTY,
    STREAM,
    TYPE,
    Clock,
    Event,
    Ground,
    Table,
    events,
    ground,
    until,
)
from delivery_relays import raw_batches
from nats.aio.client import Client
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.access import Access
from chassis.bus import Incoming, Listening
from chassis.bus.listener import Listener
from chassis.clock import SystemClock
from chassis.db import Database
from chassis.publisher import NothingPublished
from chassis.runtime import Runtime
from chassis.settings import WebSettings
from chassis.tx import Tx

RAW, MANY = "raw receive", "ours, effect for a run of events"
EACH, SINGLE = "ours, effect for each event", "one event, one transaction"

EFFECT = sa.text("INSERT INTO effects (event, aggregate) VALUES (:event, :aggregate)")
EFFECTS = sa.text(
    "INSERT INTO effects (event, aggregate) SELECT * FROM unnest(:events, :aggregates)"
).bindparams(
    sa.bindparam("events", type_=ARRAY(sa.Uuid())), sa.bindparam("aggregates", type_=ARRAY(sa.Text()))
)
INBOX = """
    WITH seen AS (
        INSERT INTO inbox (source, id, subject, aggregate, aggregate_version, received_at)
        VALUES ('single', $1, $2, $3, 1, now()) ON CONFLICT DO NOTHING RETURNING id
    ) INSERT INTO effects (event, aggregate) SELECT id, $3 FROM seen
"""


def runtime_of(ground: Ground) -> Runtime:
    """Return the parts of a service on the benchmark's database."""
    return Runtime(
        name="bench",
        entity=PARTY,
        settings=WebSettings(
            database_url=ground.database,
            issuer="bench",
            jwks_url="bench",
            audience="bench",
            entity=PARTY,
            public_url="http://bench",
            csrf_secret="0" * 32,
            parties_file="none",
            parties_keys="none",
        ),
        database=Database(ground.database),
        clock=SystemClock(),
        access=Access({}, entity=PARTY),
        publisher=NothingPublished(),
        time_zone=ZoneInfo("America/Toronto"),
    )


def many() -> Listening:
    """Return a listener whose effect is one statement for a run."""
    listening = Listening()

    @listening.on_many(TYPE)
    async def note(tx: Tx, run: Sequence[Incoming]) -> None:
        await tx.execute(
            EFFECTS, {"events": [one.id for one in run], "aggregates": [one.aggregate for one in run]}
        )

    return listening


def each() -> Listening:
    """Return a listener whose effect is one statement for each event."""
    listening = Listening()

    @listening.on(TYPE)
    async def note(tx: Tx, event: Incoming) -> None:
        await tx.execute(EFFECT, {"event": event.id, "aggregate": event.aggregate})

    return listening


async def refill(here: Ground, broker: Client, rows: Sequence[Event]) -> None:
    """Let the stream hold these events, unread, and the database nothing."""
    await here.sql("TRUNCATE inbox, effects")
    await here.fresh_stream(broker.jetstream())
    await raw_batches(broker, rows)


async def receive(broker: Client, number: int) -> float:
    """Return messages a second of the client library's fetch and acknowledgement."""
    subscription = await broker.jetstream().pull_subscribe_bind(CONSUMER, STREAM)
    received = 0
    with Clock() as clock:
        while received < number:
            for message in await subscription.fetch(500, timeout=5):
                received += 1
                await message.ack()
        await broker.flush()
    await subscription.unsubscribe()
    return number / clock.seconds


async def listen(runtime: Runtime, broker: Client, listening: Listening, number: int) -> float:
    """Return events a second of our listener, from its start until all is acknowledged."""
    listener = Listener(runtime, broker, GRANTED, listening)
    task = asyncio.create_task(listener.run())
    with Clock() as clock:
        await until(lambda: listener.state.acted_on >= number)
        await broker.flush()
        seconds = clock.so_far()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return number / seconds


async def single(here: Ground, broker: Client, number: int) -> float:
    """Return events a second with a transaction for each."""
    subscription = await broker.jetstream().pull_subscribe_bind(CONSUMER, STREAM)
    connection = await asyncpg.connect(here.database)
    received = 0
    with Clock() as clock:
        while received < number:
            for message in await subscription.fetch(500, timeout=5):
                received += 1
                envelope = json.loads(message.data)
                await connection.execute(INBOX, UUID(envelope["id"]), message.subject, envelope["subject"])
                await message.ack()
    await subscription.unsubscribe()
    await connection.close()
    return number / clock.seconds


async def measure(rounds: int, number: int) -> None:
    """Let all take their turns, and print."""
    async with ground() as here, here.broker() as broker:
        runtime = runtime_of(here)
        table = Table("events/s")
        for _ in range(rounds):
            rows = events(number)
            await refill(here, broker, rows)
            table.add(RAW, await receive(broker, number))
            await refill(here, broker, rows)
            table.add(MANY, await listen(runtime, broker, many(), number))
            await refill(here, broker, rows)
            table.add(EACH, await listen(runtime, broker, each(), number))
            await refill(here, broker, rows[: number // 10])
            table.add(SINGLE, await single(here, broker, number // 10))
        table.show(f"Acting on {number:,} waiting events, medians of {rounds} rounds")
        table.verdict(MANY, RAW, 0.5, 0.7)
        print(f"| {EACH} / {RAW} | {table.ratio(EACH, RAW):.2f} |")
        table.end()
        assert len(await here.sql("SELECT 1 FROM effects")) == number // 10
        await runtime.close()


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=20_000)
    chosen = parser.parse_args()
    uvloop.run(measure(chosen.rounds, chosen.events))


if __name__ == "__main__":
    main()
