"""What the delivery benchmarks share: servers with full durability, rows, streams, and the ratios."""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import nats
import structlog
from http_load import cpu
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, StorageType, StreamConfig

from chassis.bus import Source
from chassis.db.schema import chassis_v1, chassis_v2, chassis_v3, chassis_v4, chassis_v5, chassis_v6
from chassis.ids import new_id
from partywall.postgres import DURABLE_SETTINGS, PostgresCluster
from testkit.broker import PlainNats
from testkit.ports import free_port

PARTY, STREAM, CONSUMER = "acme", "EVT_acme_bench", "acme_bench"
TYPE = "bench.entry_recorded.v1"
SUBJECT = f"evt.{PARTY}.{TYPE}.{PARTY}"
GRANTED = Source(STREAM, CONSUMER, source=f"/{PARTY}/bench", listener=f"{PARTY}/bench")
_GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a usual size, as all contestants send it."""

    id: UUID
    aggregate: str
    data: str


def events(number: int) -> list[Event]:
    """Return new events, ten to an aggregate."""
    at = datetime.now(UTC).isoformat()
    made = []
    for index in range(number):
        event, aggregate = new_id(), str(UUID(int=index // 10))
        envelope = {
            "specversion": "1.0",
            "id": str(event),
            "source": GRANTED.source,
            "type": TYPE,
            "subject": aggregate,
            "time": at,
            "datacontenttype": "application/json",
            "dataschema": "urn:partywall:contracts:bench.entry_recorded.v1",
            "aggregateversion": index % 10 + 1,
            "addressee": PARTY,
            "data": {"request": aggregate, "unit": str(UUID(int=index)), "deadline": at, "line": "x" * 160},
        }
        made.append(Event(event, aggregate, json.dumps(envelope)))
    return made


@dataclass
class Ground:
    """Both servers; `database` is the address of a database with the chassis' tables and one for effects."""

    cluster: PostgresCluster
    server: PlainNats
    database: str

    async def sql(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """Run one statement on a connection of its own."""
        connection = await asyncpg.connect(self.database)
        try:
            return list(await connection.fetch(statement, *values))
        finally:
            await connection.close()

    @asynccontextmanager
    async def broker(self) -> AsyncIterator[Client]:
        """Hold a connection to the broker."""
        client = await nats.connect(self.server.url)
        try:
            yield client
        finally:
            await client.close()

    async def fresh_stream(self, js: JetStreamContext) -> None:
        """Replace the stream by an empty one, with one consumer."""
        if any(info.config.name == STREAM for info in await js.streams_info()):
            await js.delete_stream(STREAM)
        await js.add_stream(
            StreamConfig(
                name=STREAM,
                subjects=[f"evt.{PARTY}.bench.>"],
                storage=StorageType.FILE,
                discard=DiscardPolicy.NEW,
                duplicate_window=7200,
                allow_atomic=True,
                max_bytes=2 * _GIB,
            )
        )
        await js.add_consumer(
            STREAM,
            ConsumerConfig(
                durable_name=CONSUMER,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=10,
                max_ack_pending=1000,
                max_deliver=-1,
            ),
        )

    async def fill_outbox(self, rows: Sequence[Event]) -> None:
        """Replace the content of our outbox by these events, all waiting."""
        connection = await asyncpg.connect(self.database)
        try:
            await connection.execute("TRUNCATE outbox")
            now = datetime.now(UTC)
            await connection.copy_records_to_table(
                "outbox",
                columns=[
                    *("id", "aggregate", "aggregate_version", "subject", "type", "addressee", "data"),
                    "recorded_at",
                ],
                records=[
                    (row.id, row.aggregate, at % 10 + 1, SUBJECT, TYPE, PARTY, row.data, now)
                    for at, row in enumerate(rows)
                ],
            )
            await connection.execute("ANALYZE outbox")
        finally:
            await connection.close()


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """Start PostgreSQL and NATS, both syncing to disk before they acknowledge; stop them at the end."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        settings = dict(DURABLE_SETTINGS) | {
            "shared_preload_libraries": "pg_stat_statements",
            "track_io_timing": "off",
        }
        cluster = PostgresCluster(folder / "pg", free_port(), "bench", folder / "pg.log", settings=settings)
        cluster.create()
        cluster.start()
        cluster.wait_until_ready()
        (folder / "nats").mkdir()
        server = PlainNats.start(folder / "nats")
        try:
            here = Ground(cluster, server, cluster.dsn())
            statements: list[str] = []

            class Collect:
                def execute(self, sqltext: str) -> None:
                    statements.append(sqltext)

            chassis_v1(Collect())
            chassis_v2(Collect())
            chassis_v3(Collect())
            chassis_v4(Collect())
            chassis_v5(Collect())
            chassis_v6(Collect())
            for statement in statements:
                await here.sql(statement)
            await here.sql("CREATE EXTENSION pg_stat_statements")
            await here.sql(
                "CREATE TABLE effects (place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                " event uuid NOT NULL, aggregate text NOT NULL, at timestamptz NOT NULL DEFAULT now())"
            )
            yield here
        finally:
            server.stop()
            cluster.stop(at_once=True)


@dataclass
class Table:
    """What was measured, side by side, round by round."""

    unit: str
    rounds: dict[str, list[float]] = field(default_factory=dict)
    steal: list[float] = field(default_factory=list)
    _cpu: tuple[int, int] = field(default_factory=cpu)

    def add(self, name: str, value: float) -> None:
        """Note one contestant's result of this round, and how much CPU the host gave to others meanwhile."""
        self.rounds.setdefault(name, []).append(value)
        now = cpu()
        self.steal.append((now[0] - self._cpu[0]) / max(now[1] - self._cpu[1], 1))
        self._cpu = now

    def ratio(self, one: str, other: str) -> float:
        """Return the median of the ratios of each round."""
        pairs = zip(self.rounds[one], self.rounds[other], strict=True)
        return statistics.median(ours / theirs for ours, theirs in pairs)

    def show(self, title: str) -> None:
        """Print medians as a table."""
        print(f"\n{title}\n\n| | {self.unit} |\n|---|---:|")
        for name, values in self.rounds.items():
            print(f"| {name} | {statistics.median(values):,.1f} |")

    def verdict(self, one: str, other: str, target: float, stretch: float, *, lower: bool = False) -> None:
        """Print a ratio with its target; `lower` means that less is better."""
        ratio = self.ratio(one, other)
        good = (lambda limit: ratio <= limit) if lower else (lambda limit: ratio >= limit)
        word = "stretch reached" if good(stretch) else "reached" if good(target) else "MISSED"
        print(f"| **{one} / {other}** | **{ratio:.2f}** (target {target:g}, stretch {stretch:g}: {word}) |")

    def end(self) -> None:
        """Print the conditions."""
        print(f"| CPU stolen by the host, worst round | {max(self.steal):.1%} |")


async def until(done: Callable[[], bool], every: float = 0.002) -> None:
    """Return when `done` is true."""
    while not done():  # noqa: ASYNC110 - what it waits for has no event
        await asyncio.sleep(every)


class Clock:
    """Seconds of a block."""

    def __enter__(self) -> Clock:
        self.began = time.perf_counter()
        return self

    def so_far(self) -> float:
        """Return the seconds since the beginning."""
        return time.perf_counter() - self.began

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self.began
