"""A whole city at the broker: what many parties cost, compared with one on each side in the same run.

    python benchmarks/parties.py [--rounds 5] [--events 300] [--support 20] [--property 40] [--inventories 3]

Accounts, streams and consumers of everybody, without processes. Printed for both: how long the configuration
takes to make and how large it is, how long the server takes to start and to reload when a party joins, its
memory, how long it takes to set up all streams and consumers, and how long one event takes from being
published to being received through a grant, one at a time; pair and city take turns. The last part publishes
all the time while the server reloads, and prints the longest that an event took.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import statistics
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats
import psutil
import uvloop
from delivery_ground import Clock, Table, until
from nats.aio.client import Client

from chassis.bus.pulling import Pull
from contracts.border import Address, Grant, Grants, Seat, establish, inbox_of, nats_config
from contracts.enrolment import Plan
from contracts.examples import message
from contracts.words import Service
from testkit.broker import run_nats
from testkit.ports import free_port
from testkit.waiting import eventually

PASSWORD = "benchmark"  # noqa: S105 - of a server that lives for this run
PAIR, CITY = "one of each", "city"
JOINING = {"id": "joins", "names": {"en": "Joins", "fr": "Joint"}, "kinds": ["support"]}


def parties(**numbers: int) -> list[dict[str, object]]:
    """Return so many parties of each kind, as a plan lists them."""
    return [
        {"id": f"{kind}-{number}", "names": {"en": kind.title(), "fr": kind.title()}, "kinds": [kind]}
        for kind, count in numbers.items()
        for number in range(count)
    ]


@dataclass
class Broker:
    """A server with the border of some parties, and what it took."""

    folder: Path
    planned: list[dict[str, object]]
    port: int = field(default_factory=free_port)
    monitor: int = field(default_factory=free_port)
    took: dict[str, float] = field(default_factory=dict)
    pid: int = 0

    def grants(self, *joining: dict[str, object]) -> Grants:
        """Return the grants of its parties and of those that join."""
        return Grants(Plan.model_validate({"parties": [*self.planned, *joining]}).seats)

    def configure(self, grants: Grants) -> str:
        """Write and return the server's configuration."""
        text = nats_config(
            grants,
            listen=Address("127.0.0.1", self.port),
            monitor=Address("127.0.0.1", self.monitor),
            store_dir=str(self.folder / "store"),
            passwords=dict.fromkeys(grants.users, PASSWORD),
        )
        (self.folder / "nats.conf").write_text(text)
        return text

    def start(self) -> None:
        """Make the configuration, and start the server on it."""
        with Clock() as clock:
            text = self.configure(self.grants())
        self.took["configuration, ms to make"] = clock.seconds * 1000
        self.took["its size, kB"] = len(text.encode()) / 1000
        with Clock() as clock:
            self.pid = run_nats(self.folder / "nats.conf", self.folder, self.monitor)
        self.took["server, ms to start, empty"] = clock.seconds * 1000
        self.took["its memory, MB, empty"] = self.memory()

    def stop(self, number: int = signal.SIGKILL) -> None:
        """End the server."""
        process = psutil.Process(self.pid)
        process.send_signal(number)
        process.wait(60)

    def memory(self) -> float:
        """Return the memory that the server has in use, in MB."""
        return psutil.Process(self.pid).memory_info().rss / 1e6

    async def connect(self, user: str) -> Client:
        """Open a connection."""
        return await nats.connect(
            f"nats://127.0.0.1:{self.port}",
            user=user,
            password=PASSWORD,
            inbox_prefix=inbox_of(user).encode(),
            allow_reconnect=False,
            connect_timeout=30,
        )

    async def establish(self, grants: Grants, seats: Sequence[Seat]) -> None:
        """Set up the streams and consumers of some seats, one after the other."""
        for seat in seats:
            admin = await self.connect(seat.admin)
            await establish(seat, grants, admin)
            await admin.close()

    async def restart(self) -> None:
        """Start the server again on what it has stored."""
        self.stop(signal.SIGTERM)
        with Clock() as clock:
            self.pid = run_nats(self.folder / "nats.conf", self.folder, self.monitor)
        self.took["server, ms to start, everything set up"] = clock.seconds * 1000
        self.took["its memory, MB, everything set up"] = self.memory()

    async def reload(self) -> None:
        """Let the server read its configuration again, and return when it has."""
        log = self.folder / "nats.log"
        before = log.read_text().count("Reloaded server configuration")
        psutil.Process(self.pid).send_signal(signal.SIGHUP)

        async def done() -> bool:
            return log.read_text().count("Reloaded server configuration") > before

        await eventually(done, timeout=60)


@dataclass
class Way:
    """A publisher's connection and a listener's open request."""

    grant: Grant
    publisher: Client
    listener: Client
    pull: Pull

    @classmethod
    @asynccontextmanager
    async def open(cls, broker: Broker) -> AsyncIterator[Way]:
        """Hold the way from the first inventory to the first support organisation."""
        inventory, support = Seat("inventory-0", Service.UNITS), Seat("support-0", Service.SUPPORT)
        (grant,) = (each for each in broker.grants().given_to(support) if each.publisher == inventory)
        publisher = await broker.connect(inventory.account)
        listener = await broker.connect(support.account)
        pull = Pull(listener, grant)
        await pull.open()
        try:
            yield cls(grant, publisher, listener, pull)
        finally:
            await pull.close()
            await publisher.close()
            await listener.close()

    async def publish(self) -> uuid.UUID:
        """Publish one event and wait until it is stored; return its id."""
        party, to = self.grant.publisher.party, self.grant.listener.party
        identity = uuid.uuid4()
        data = message("unit_secured", id=identity, party=party, addressee=to)
        subject = f"evt.{party}.units.unit_secured.v1.{to}"
        await self.publisher.jetstream().publish(subject, data, timeout=30)
        return identity

    async def one(self) -> float:
        """Return the milliseconds from publishing one event to having received it."""
        began = time.perf_counter()
        sending = asyncio.create_task(self.publish())
        (delivery,) = await self.pull.take(1)
        took = (time.perf_counter() - began) * 1000
        await self.pull.answer([delivery], b"+ACK")
        await sending
        return took


async def latency(brokers: dict[str, Broker], rounds: int, number: int) -> None:
    """Let pair and city take turns, and print the latency of one event at a time."""
    middle, worst = Table("p50 ms"), Table("p99 ms")
    async with AsyncExitStack() as open_ways:
        ways = {
            name: await open_ways.enter_async_context(Way.open(broker)) for name, broker in brokers.items()
        }
        for _ in range(rounds):
            for name, way in ways.items():
                took = sorted([await way.one() for _ in range(number)][number // 10 :])
                middle.add(name, statistics.median(took))
                worst.add(name, took[len(took) * 99 // 100])
    middle.show(f"From publishing to receiving, medians of {rounds} rounds of {number} events")
    print(f"| **{CITY} / {PAIR}** | **{middle.ratio(CITY, PAIR):.2f}** |")
    worst.show("The same, 99th percentile")
    print(f"| {CITY} / {PAIR} | {worst.ratio(CITY, PAIR):.2f} |")
    middle.end()


async def joining(broker: Broker) -> None:
    """Let a party join while events flow; note how long it took, and the longest wait for an event."""
    async with Way.open(broker) as way:
        sent: dict[uuid.UUID, float] = {}
        waited: dict[uuid.UUID, float] = {}
        stopped = False

        async def publish() -> None:
            while not stopped:
                began = time.perf_counter()
                sent[await way.publish()] = began
                await asyncio.sleep(0.005)

        async def receive() -> None:
            while True:
                for delivery in await way.pull.take(500):
                    identity = uuid.UUID(delivery.data.split(b'"id":"')[1][:36].decode())
                    waited.setdefault(identity, time.perf_counter())
                    await way.pull.answer([delivery], b"+ACK")

        publishing, receiving = asyncio.create_task(publish()), asyncio.create_task(receive())
        await asyncio.sleep(1)
        grants = broker.grants(JOINING)
        broker.configure(grants)
        # Twice: nats-server 2.15.1 starts the imports of an account that a reload adds at the next reload.
        with Clock() as clock:
            await broker.reload()
            await broker.reload()
        broker.took["reload when a party joins, twice, ms"] = clock.seconds * 1000
        with Clock() as clock:
            await broker.establish(grants, grants.seats)
        broker.took["its consumers and stream, set-up of all seats repeated, s"] = clock.seconds
        await asyncio.sleep(1)
        stopped = True
        await publishing
        await until(lambda: sent.keys() <= waited.keys())
        receiving.cancel()
        took = [waited[identity] - began for identity, began in sent.items()]
        broker.took["longest that an event took meanwhile, s"] = max(took)
        broker.took["its memory, MB, afterwards"] = broker.memory()


async def measure(rounds: int, number: int, numbers: dict[str, int]) -> None:
    """Measure pair and city side by side, and print."""
    with tempfile.TemporaryDirectory(prefix="bench-parties-", ignore_cleanup_errors=True) as name:
        brokers = {
            PAIR: Broker(Path(name) / "pair", parties(**dict.fromkeys(numbers, 1))),
            CITY: Broker(Path(name) / "city", parties(**numbers)),
        }
        try:
            for broker in brokers.values():
                broker.folder.mkdir()
                broker.start()
                grants = broker.grants()
                broker.took["seats"] = len(grants.seats)
                broker.took["grants (a consumer each)"] = len(grants.all)
                with Clock() as clock:
                    await broker.establish(grants, grants.seats)
                broker.took["set-up of all streams and consumers, s"] = clock.seconds
                with Clock() as clock:
                    await broker.establish(grants, grants.seats)
                broker.took["the same, nothing to do, s"] = clock.seconds
                await broker.restart()
            await latency(brokers, rounds, number)
            for broker in brokers.values():
                await joining(broker)
        finally:
            for broker in brokers.values():
                if broker.pid:
                    broker.stop()
    print(f"\n| | {' | '.join(brokers)} |\n|---|---:|---:|")
    for what in brokers[PAIR].took:
        values = " | ".join(f"{broker.took[what]:,.1f}" for broker in brokers.values())
        print(f"| {what} | {values} |")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--events", type=int, default=300)
    parser.add_argument("--support", type=int, default=20)
    parser.add_argument("--property", type=int, default=40)
    parser.add_argument("--inventories", type=int, default=3)
    chosen = parser.parse_args()
    numbers = {"support": chosen.support, "property": chosen.property, "inventory": chosen.inventories}
    uvloop.run(measure(chosen.rounds, chosen.events, numbers))


if __name__ == "__main__":
    main()
