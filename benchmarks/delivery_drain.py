"""Draining what waits after an outage: our relay, the raw limit of the broker, and two other outboxes.

    python benchmarks/delivery_drain.py [--rounds 5] [--events 100000] [--others 10000]

One PostgreSQL and one NATS, both syncing to disk before they acknowledge. In each round all take their turn:
raw atomic batches from memory and our relay with `--events` rows, then ours, faststream-outbox and
nats-outbox with the same `--others` rows. The last part counts statements (pg_stat_statements) and fsyncs
(strace, where it is allowed).
"""

from __future__ import annotations

import argparse
import asyncio
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import psutil
import uvloop
from delivery_ground import STREAM, Clock, Event, Ground, Table, events, ground
from delivery_relays import (
    drain_ours,
    faststream_outbox,
    fill_faststream,
    fill_nats_outbox,
    make_tables,
    nats_outbox,
    raw_batches,
)
from nats.aio.client import Client
from nats.js import JetStreamContext

RAW, OURS, OURS_SAME = "raw atomic batches", "our relay", "our relay, the same rows"
Running = Callable[[Ground, JetStreamContext], AbstractAsyncContextManager[object]]
FASTSTREAM, NATS_OUTBOX = "faststream-outbox, tuned", "nats-outbox, tuned"


async def measure(rounds: int, number: int, others: int) -> None:
    """Let all take their turns, and print."""
    async with ground() as here, here.broker() as broker:
        await make_tables(here)
        js = broker.jetstream()
        table = Table("events/s")
        for _ in range(rounds):
            rows = events(number)
            table.add(RAW, await raw(here, broker, js, rows))
            table.add(OURS, await relayed(here, broker, js, rows))
            fewer = rows[:others]
            table.add(OURS_SAME, await relayed(here, broker, js, fewer))
            await fill_faststream(here, fewer)
            table.add(FASTSTREAM, await arriving(here, js, others, faststream_outbox))
            await fill_nats_outbox(here, fewer)
            table.add(NATS_OUTBOX, await arriving(here, js, others, nats_outbox))
        table.show(f"Draining {number:,} waiting events (others: {others:,}), medians of {rounds} rounds")
        table.verdict(OURS, RAW, 0.7, 0.9)
        table.verdict(OURS_SAME, FASTSTREAM, 8, 12)
        table.verdict(OURS_SAME, NATS_OUTBOX, 8, 12)
        table.end()
        await count(here, broker, js, events(10_000))


async def raw(here: Ground, broker: Client, js: JetStreamContext, rows: Sequence[Event]) -> float:
    """Return events a second of bare publishing."""
    await here.fresh_stream(js)
    with Clock() as clock:
        await raw_batches(broker, rows)
    return len(rows) / clock.seconds


async def relayed(here: Ground, broker: Client, js: JetStreamContext, rows: Sequence[Event]) -> float:
    """Return events a second of our relay, from its start until the last row is marked as published."""
    await here.fresh_stream(js)
    await here.fill_outbox(rows)
    with Clock() as clock:
        await drain_ours(here, broker, len(rows))
    assert (await js.stream_info(STREAM)).state.messages == len(rows)
    return len(rows) / clock.seconds


async def arriving(here: Ground, js: JetStreamContext, number: int, relay: Running) -> float:
    """Return events a second of another relay, from its start until the stream holds them all."""
    await here.fresh_stream(js)
    with Clock() as clock:
        async with relay(here, js):
            while (await js.stream_info(STREAM)).state.messages < number:  # noqa: ASYNC110 - asks the broker
                await asyncio.sleep(0.02)
            seconds = clock.so_far()
    return number / seconds


async def count(here: Ground, broker: Client, js: JetStreamContext, rows: Sequence[Event]) -> None:
    """Print what a drain costs in statements and in fsyncs."""
    await here.fresh_stream(js)
    await here.fill_outbox(rows)
    await here.sql("SELECT pg_stat_statements_reset()")
    fsyncs = Fsyncs([here.server._pid, here.cluster.pid() or 0])
    with fsyncs:
        relay = await drain_ours(here, broker, len(rows))
    found = await here.sql(
        "SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements"
        " WHERE query LIKE '%outbox%' AND query NOT LIKE '%SELECT $1 FROM%' AND query NOT LIKE '%LIMIT $2'"
    )
    per_thousand = float(found[0]["calls"]) / len(rows) * 1000
    word = "stretch reached" if per_thousand <= 3 else "reached" if per_thousand <= 6 else "MISSED"
    print(f"| **SQL statements for 1,000 events** | **{per_thousand:.1f}** (target 6, stretch 3: {word}) |")
    print(
        f"| atomic batches / single messages for {len(rows):,} events"
        f" | {relay.state.batches} / {relay.state.singles} |"
    )
    if fsyncs.number is None:
        print("| fsyncs an event | not counted: strace isn't installed or not allowed |")
        return
    each = fsyncs.number / len(rows)
    word = "stretch reached" if each <= 0.004 else "reached" if each <= 0.02 else "MISSED"
    print(
        f"| **fsyncs an event, broker and database** | **{each:.4f}** (target 0.02, stretch 0.004: {word}) |"
    )


class Fsyncs:
    """Counts the fsync and fdatasync calls of some processes and their children, with strace."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = pids
        self.number: int | None = None

    def __enter__(self) -> Fsyncs:
        self._log = Path(tempfile.mkstemp(prefix="fsyncs-")[1])
        strace = shutil.which("strace")
        self._strace: subprocess.Popen[bytes] | None = None
        if strace is not None:
            command = [strace, "-f", "-e", "trace=fsync,fdatasync,sync_file_range", "-o", str(self._log)]
            for pid in family(self._pids):
                command += ["-p", str(pid)]
            self._strace = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            assert self._strace.stderr is not None
            self._attached = b"attached" in self._strace.stderr.readline()
        return self

    def __exit__(self, *_: object) -> None:
        if self._strace is not None:
            self._strace.send_signal(signal.SIGINT)
            self._strace.communicate()
            if self._attached:
                self.number = len(re.findall(r"\b(?:fsync|fdatasync)\(", self._log.read_text()))
        self._log.unlink()


def family(pids: Sequence[int]) -> list[int]:
    """Return the processes and all their children."""
    found = []
    for pid in pids:
        process = psutil.Process(pid)
        found += [pid, *(child.pid for child in process.children(recursive=True))]
    return found


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--others", type=int, default=10_000)
    chosen = parser.parse_args()
    uvloop.run(measure(chosen.rounds, chosen.events, chosen.others))


if __name__ == "__main__":
    main()
