"""From the commit in one service to the effect in another: ours, bare publishing, two other outboxes.

    python benchmarks/delivery_latency.py [--rounds 5] [--events 200]

One event at a time, a few milliseconds apart, everything in one process. The clock starts when the commit has
returned (raw: when publishing begins, for it commits nothing) and stops when the transaction with the inbox
row has committed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import uvloop
from delivery_ground import GRANTED, PARTY, SUBJECT, TYPE, Event, Table, events, ground, until
from delivery_listener import each, runtime_of
from delivery_relays import QUEUE, faststream_outbox, make_tables, nats_outbox, ours
from nats.aio.client import Client

from chassis.bus import Incoming, Listening
from chassis.bus.arrivals import Arrival
from chassis.bus.listener import Listener
from chassis.bus.pulling import Pull
from chassis.bus.relay import Relay
from chassis.tx import Tx

RAW, OURS = "raw publish → receive, inbox row", "ours: commit → acted on"
OURS_TX = "ours, effect in a transaction of several statements"
FASTSTREAM, NATS_OUTBOX = "faststream-outbox, tuned", "nats-outbox, tuned"
PAUSE = 0.004

COMMIT = """
    WITH business AS (INSERT INTO effects (event, aggregate) VALUES ($1, $2))
    INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, addressee, data, recorded_at)
    VALUES ($1, $2, 1, $3, $6, $7, $4, $5)
"""
COMMIT_NATS_OUTBOX = """
    WITH business AS (INSERT INTO effects (event, aggregate) VALUES ($1, $2))
    INSERT INTO outbox_events (event_id, subject, payload, headers, scheduled_at, status, retry_count)
    VALUES ($1, $3, $4::jsonb, '{}'::jsonb, $5, 'pending', 0)
"""
COMMIT_FASTSTREAM = """
    WITH business AS (INSERT INTO effects (event, aggregate) VALUES ($1, $2)), sent AS (
        INSERT INTO faststream_outbox (queue, payload, headers) VALUES ($3, $4, $5::jsonb)
    ) SELECT pg_notify('outbox_faststream_outbox', $3)
"""
INBOX = """
    WITH seen AS (
        INSERT INTO inbox (source, id, subject, aggregate, aggregate_version, received_at)
        VALUES ($1, $2, $3, $4, 1, now()) ON CONFLICT DO NOTHING RETURNING id
    ) INSERT INTO effects (event, aggregate) SELECT id, $4 FROM seen
"""


class Stopwatch:
    """Notes when each event was acted on."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, asyncio.Future[float]] = {}

    def expect(self, event: UUID) -> asyncio.Future[float]:
        """Return what will hold the moment at which the event is acted on."""
        self._waiting[event] = asyncio.get_running_loop().create_future()
        return self._waiting[event]

    def acted_on(self, event: UUID) -> None:
        """Note that its transaction has committed."""
        waiting = self._waiting.pop(event, None)
        if waiting is not None:
            waiting.set_result(time.perf_counter())


class TimedListener(Listener):
    """Our listener, with a stopwatch that is stopped after each commit."""

    watch: Stopwatch

    async def _attempt(self, arrivals: Sequence[Arrival]) -> None:
        await super()._attempt(arrivals)
        for arrival in arrivals:
            self.watch.acted_on(arrival.id)


async def receive_raw(broker: Client, connection: asyncpg.Connection, watch: Stopwatch) -> None:
    """Take one message after the other, write inbox row and effect, acknowledge."""
    pull = Pull(broker, GRANTED)
    await pull.open()
    try:
        while True:
            for delivery in await pull.take(1):
                envelope = json.loads(delivery.data)
                event = UUID(envelope["id"])
                await connection.execute(INBOX, "raw", event, SUBJECT, envelope["subject"])
                watch.acted_on(event)
                await pull.answer([delivery], b"+ACK")
    finally:
        await pull.close()


async def one_by_one(
    rows: Sequence[Event], watch: Stopwatch, send: Callable[[Event], Awaitable[float]]
) -> list[float]:
    """Send each event when the one before it was acted on; return the milliseconds each took."""
    took = []
    for row in rows:
        done = watch.expect(row.id)
        began = await send(row)
        async with asyncio.timeout(10):
            took.append((await done - began) * 1000)
        await asyncio.sleep(PAUSE)
    return took


async def measure(rounds: int, number: int) -> None:
    """Let all take their turns, and print."""
    async with ground() as here, AsyncExitStack() as closing:
        await make_tables(here)
        broker = await closing.enter_async_context(here.broker())
        publisher = await closing.enter_async_context(here.broker())
        js = publisher.jetstream()
        commits = await asyncpg.connect(here.database)
        inbox = await asyncpg.connect(here.database)
        runtime = runtime_of(here)
        middle, worst = Table("p50 ms"), Table("p99 ms")

        async def turn(name: str, took: list[float]) -> None:
            took = sorted(took[len(took) // 10 :])
            middle.add(name, statistics.median(took))
            worst.add(name, took[min(len(took) - 1, len(took) * 99 // 100)])

        for _ in range(rounds):
            watch = Stopwatch()
            await here.sql("TRUNCATE outbox, inbox, effects, faststream_outbox, outbox_events")

            async def raw(row: Event) -> float:
                began = time.perf_counter()
                await js.publish(SUBJECT, row.data.encode(), headers={"Nats-Msg-Id": str(row.id)})
                return began

            async def committed(row: Event) -> float:
                now = datetime.now(UTC)
                await commits.execute(COMMIT, row.id, row.aggregate, SUBJECT, row.data, now, TYPE, PARTY)
                relay.wake()
                return time.perf_counter()

            async def committed_faststream(row: Event) -> float:
                headers = json.dumps({"event_id": str(row.id)})
                await commits.execute(
                    COMMIT_FASTSTREAM, row.id, row.aggregate, QUEUE, row.data.encode(), headers
                )
                return time.perf_counter()

            async def committed_nats_outbox(row: Event) -> float:
                await commits.execute(
                    COMMIT_NATS_OUTBOX, row.id, row.aggregate, SUBJECT, row.data, datetime.now(UTC)
                )
                return time.perf_counter()

            await here.fresh_stream(js)
            async with receiving(receive_raw(broker, inbox, watch)):
                await turn(RAW, await one_by_one(events(number), watch, raw))
                async with faststream_outbox(here, js):
                    await turn(FASTSTREAM, await one_by_one(events(number), watch, committed_faststream))
                async with nats_outbox(here, js):
                    await turn(NATS_OUTBOX, await one_by_one(events(number), watch, committed_nats_outbox))
            for name, listening in ((OURS, concluding()), (OURS_TX, each())):
                await here.fresh_stream(js)
                listener = TimedListener(runtime, broker, GRANTED, listening, observe_every=0.05)
                listener.watch = watch
                async with ours(here, publisher) as relay, receiving(listener.run()):
                    await until_ready(relay, listener)
                    await turn(name, await one_by_one(events(number), watch, committed))
        middle.show(f"From commit to effect, one event at a time: medians of {rounds} rounds of {number}")
        middle.verdict(OURS, RAW, 1.5, 1.15, lower=True)
        print(f"| {OURS_TX} / {RAW} | {middle.ratio(OURS_TX, RAW):.2f} |")
        worst.show("The same, 99th percentile")
        middle.end()
        await runtime.close()
        await commits.close()
        await inbox.close()


class receiving:  # noqa: N801 - reads as a word in `async with`
    """Let something run for the length of the block."""

    def __init__(self, work: Awaitable[None]) -> None:
        self._work = work

    async def __aenter__(self) -> None:
        self._task = asyncio.ensure_future(self._work)

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def until_ready(relay: Relay, listener: Listener) -> None:
    """Return when both are at work and the first counts are behind them."""
    await until(lambda: relay.state.leading and listener.acts_at_once)
    await asyncio.sleep(0.2)


def concluding() -> Listening:
    """Return a listener whose effect is one row for each event, in the statement of its inbox row."""
    listening = Listening()

    @listening.on(TYPE, concludes=True)
    async def note(tx: Tx, event: Incoming) -> None:
        await tx.conclude(
            "INSERT INTO effects (event, aggregate) VALUES (:event, :aggregate) RETURNING place",
            {"event": event.id, "aggregate": event.aggregate},
        )

    return listening


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=200)
    chosen = parser.parse_args()
    uvloop.run(measure(chosen.rounds, chosen.events))


if __name__ == "__main__":
    main()
