"""Nothing is lost, doubled or overtaken while relay, listener, broker and database are killed."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import asyncpg
import nats
import psutil
import pytest
from delivery import world
from sqlalchemy.exc import DBAPIError

from contracts.border import jetstream
from partywall.postgres import DURABLE_SETTINGS, PostgresCluster
from testkit.broker import run_nats
from testkit.ports import free_port

TESTS = Path(world.__file__).parents[1]
EVENTS = 5000
KILLS = 12
WRITERS = 16
SUBJECTS = 60


@dataclass
class Land:
    """A database server, a broker and two workers of each service, each killable."""

    folder: Path
    cluster: PostgresCluster
    nats_port: int
    monitor_port: int
    nats_pid: int = 0
    workers: dict[str, list[subprocess.Popen[bytes]]] = field(default_factory=dict)
    killed: Counter[str] = field(default_factory=Counter)

    @property
    def nats_url(self) -> str:
        """Address of the broker."""
        return f"nats://127.0.0.1:{self.nats_port}"

    def start_broker(self) -> None:
        """Start the broker on what it had stored."""
        self.nats_pid = run_nats(self.folder / "nats.conf", self.folder, self.monitor_port)

    def start_worker(self, name: str) -> None:
        """Start one more worker of a service."""
        log = (self.folder / f"{name}.log").open("ab")
        environment = {
            "PATH": os.environ["PATH"],
            "DELIVERY_DSN": self.cluster.dsn(name),
            "DELIVERY_NATS": self.nats_url,
        }
        command = [sys.executable, "-m", "delivery.process", name]
        process = subprocess.Popen(command, cwd=TESTS, env=environment, stdout=log, stderr=log)
        self.workers.setdefault(name, []).append(process)

    def kill_worker(self, name: str) -> None:
        """Kill the older worker of a service, most likely the leading one, and start another."""
        process = self.workers[name].pop(0)
        process.kill()
        process.wait()
        self.start_worker(name)

    def kill_broker(self) -> None:
        """Kill the broker in the middle of whatever it does, and start it again."""
        os.kill(self.nats_pid, signal.SIGKILL)
        psutil.wait_procs([psutil.Process(self.nats_pid)] if psutil.pid_exists(self.nats_pid) else [], 1)
        self.start_broker()

    def kill_database(self) -> None:
        """Kill every process of the database server, and start it again on what it had written."""
        pid = self.cluster.pid()
        assert pid is not None
        server = psutil.Process(pid)
        family = [server, *server.children(recursive=True)]
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        psutil.wait_procs(family, 3)
        self.cluster.start()
        self.cluster.wait_until_ready()

    def stop(self) -> None:
        """End everything that was started here."""
        for process in chain.from_iterable(self.workers.values()):
            process.kill()
            process.wait()
        os.kill(self.nats_pid, signal.SIGKILL)
        self.cluster.stop(at_once=True)


@pytest.fixture
def land() -> Iterator[Land]:
    """Everything up, and nothing published.

    Not under pytest's own folder: each new session closes it to others, and PostgreSQL runs as another user.
    """
    tmp_path = Path(tempfile.mkdtemp(prefix="survival-"))
    cluster = PostgresCluster(
        data=tmp_path / "pg",
        port=free_port(),
        superuser_password="survival",
        log=tmp_path / "postgres.log",
        settings=DURABLE_SETTINGS,
        sync=False,
    )
    cluster.create()
    cluster.start()
    cluster.wait_until_ready()
    land = Land(tmp_path, cluster, free_port(), free_port())
    (tmp_path / "nats.conf").write_text(
        f'listen: "127.0.0.1:{land.nats_port}"\nhttp: "127.0.0.1:{land.monitor_port}"\n'
        f'jetstream {{ store_dir: "{tmp_path}/jetstream", sync_interval: always }}\n'
    )
    land.start_broker()
    try:
        yield land
    finally:
        land.stop()
        shutil.rmtree(tmp_path, ignore_errors=True)


async def writer(runtime: Any, number: int, until: int, written: list[int]) -> None:
    """Commit versions one after the other, whatever breaks; one whose fate is unknown may have happened."""
    chance = random.Random(number)  # noqa: S311 - no secret
    while sum(written) < until:
        try:
            await world.send_next(runtime, chance.randrange(SUBJECTS))
            written[number] += 1
        except (OSError, TimeoutError, DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(0.1)


async def committed(land: Land) -> list[asyncpg.Record]:
    return await world.fetch(land.cluster.dsn("sender"), "SELECT id, status FROM outbox")


@pytest.mark.row("W1")
@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled_under_kills(land: Land, eventually: Any) -> None:
    for name in ("sender", "noter"):
        await world.fetch(land.cluster.dsn(), f"CREATE DATABASE {name}")
        await world.create_tables(land.cluster.dsn(name))
    broker = await nats.connect(
        land.nats_url, max_reconnect_attempts=-1, reconnect_time_wait=1, error_cb=_silent
    )
    await world.create_stream(jetstream(broker), ack_wait=2)
    for name in ("sender", "noter"):
        land.start_worker(name)
        land.start_worker(name)
    runtime = world.build_runtime("sender", land.cluster.dsn("sender"), pool=WRITERS)
    chance = random.Random()  # noqa: S311 - no secret
    written = [0] * WRITERS
    writers = [asyncio.create_task(writer(runtime, n, EVENTS, written)) for n in range(WRITERS)]
    victims = ["sender", "noter", "broker", "database"] * (KILLS // 4)
    chance.shuffle(victims)
    kills = {
        "sender": lambda: land.kill_worker("sender"),
        "noter": lambda: land.kill_worker("noter"),
        "broker": land.kill_broker,
        "database": land.kill_database,
    }
    for victim in victims:
        await asyncio.sleep(chance.uniform(0.3, 1.5))
        await asyncio.to_thread(kills[victim])
    await asyncio.gather(*writers)

    async def all_noted() -> None:
        rows = await committed(land)
        found = await world.effects(land.cluster.dsn("noter"))
        assert len(found) >= len(rows) >= EVENTS, f"{len(found)} of {len(rows)} noted"

    try:
        await eventually(all_noted, timeout=120, every=0.5)
        in_stream = await world.messages(jetstream(broker))
    finally:
        await runtime.close()
        await broker.close()
    assert world.out_of_order([(one["subject"], one["aggregateversion"]) for one in in_stream]) == []
    recorded = await committed(land)
    found = await world.effects(land.cluster.dsn("noter"))
    doubled = [event for event, times in Counter(row["event"] for row in found).items() if times > 1]
    lost = {row["id"] for row in recorded} - {row["event"] for row in found}
    assert (len(lost), len(doubled)) == (0, 0)
    assert world.out_of_order([(row["aggregate"], row["version"]) for row in found]) == []


async def _silent(_: Exception) -> None:
    """Expect the broker to go away."""
