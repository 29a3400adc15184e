"""The most frequent commands of support-svc, each compared with a plain endpoint that writes the same rows.

    python benchmarks/real_commands.py [--rounds 5] [--requests 100] [--clients 16] [--only secure-unit …]

Secure Unit, Record Follow-up, Move In and recording a client go to the real application in a process of its
own, with a real PostgreSQL of default durability and a broker. Compared with it is plain FastAPI with an ORM
session (`real_plain.py`), which decides nothing and writes what the command was seen to write: the same
columns of the same tables, which is checked at the end. Both take turns, round by round. Prints medians, the
median of the ratios, round trips and statements counted on the wire, and the CPU that the host gave to
others. Each command needs a record of its own: one is prepared by real commands and copied.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import json
import multiprocessing
import os
import random
import secrets
import statistics
import string
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import client_search
import structlog
import uvloop
from fastapi.routing import APIRoute, iter_route_contexts
from http_command import program
from http_load import Request, Round, load, post
from pydantic import BaseModel
from real_plain import Recorded, serve
from real_records import (
    copied,
    counts,
    identifiers,
    multiply,
    records_between,
    snapshot,
    written_between,
)

from chassis.actor import Actor
from chassis.clock import FixedClock
from partywall.postgres import DURABLE_SETTINGS, PostgresCluster
from support_svc.main import create_app
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from support_svc.worker import DUTIES
from testkit.broker import PlainNats
from testkit.databases import FreshDatabase, PostgresForTests
from testkit.ports import free_port
from testkit.tokens import KeySetServer
from testkit.wire import counting
from testkit.world import ServiceWorld, settings_of

API = "/api/support/v1"
REGISTER = 10_000
"""Clients there are already."""
WARM_UP, COUNTED = 40, 20
TARGET, STRETCH = 2.0, 3.0
PATHS = {
    "secure-unit": "/placements/{record}/secure-unit",
    "move-in": "/placements/{record}/move-in",
    "follow-up": "/placements/{record}/follow-ups",
    "client": "/clients",
}
ROUTES = {
    **{command: path.replace("{record}", "{placement_id}") for command, path in PATHS.items()},
    "follow-up": "/{cases}/{case_id}/follow-ups",
}
Body = Mapping[str, Any]


class Support(ServiceWorld):
    """A support-svc in this process, by which records are prepared."""

    CREATE_APP = staticmethod(create_app)
    DUTIES = DUTIES
    API = API
    STAFF = Actor("bench", "support", frozenset({"caseworker"}), "Bench")

    async def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Send a command, and return its answer."""
        async with self.api("caseworker") as caseworker:
            answer = await caseworker.post(path, json=body)
        assert answer.is_success, answer.text
        return dict(answer.json()) if answer.content else {}

    async def placement(self, *, tied: bool) -> tuple[UUID, UUID, Body]:
        """Start a placement of an adult and a child, and publish a home; return both and what is asked.

        With `tied` the home is the property entity's, which then receives a referral.
        """
        head = (await self.post("/clients", **newcomer(), phones=["416 555 0142"]))["id"]
        child = (await self.post("/clients", **newcomer() | {"date_of_birth": "2015-02-03"}))["id"]
        await self.post(f"/clients/{head}/household", member_ids=[child])
        kind = await self.rows(
            "SELECT id FROM lookup_value WHERE list = 'housing_type' AND code = 'apartment'"
        )
        (caseworker,) = await self.rows("SELECT subject FROM caseworker")
        placement = (
            await self.post(
                "/placements",
                caseworker=caseworker["subject"],
                housing_types=[str(kind[0]["id"])],
                client_id=head,
                member_ids=[child],
                search_started_on=str(self.today),
                agrees_to_be_housed="verbal",
            )
        )["id"]
        unit = uuid4()
        manager = "property_entity" if tied else "third_party"
        await self.receive(
            "unit_published", unit=unit, managed_by=manager, occupancy="available", listing_version=1
        )
        (consent,) = await self.rows(
            "SELECT id FROM consent WHERE client_id = $1 AND purpose = 'be_housed'", UUID(head)
        )
        days = {"secured_on": str(self.today), "expected_move_in": str(self.today)}
        counted = {"adults": 1, "children": 1, "consent": str(consent["id"]), "inventory": "property"}
        return UUID(placement), unit, {"unit": str(unit), **days, **counted}

    async def held(self) -> tuple[UUID, Body]:
        """Let a third party's home be held; return the placement and what moves the household in."""
        placement, unit, asked = await self.placement(tied=False)
        started = await self.post(f"/placements/{placement}/secure-unit", **asked)
        deadline = self.clock.now() + dt.timedelta(days=10)
        await self.receive(
            "unit_secured",
            request=UUID(started["request"]),
            unit=unit,
            deadline=deadline,
            managed_by="third_party",
        )
        return placement, {"moved_in_on": str(self.today), "next_months": 1}

    async def housed(self) -> tuple[UUID, Body]:
        """Move a household in; return the placement and what records its first follow-up."""
        placement, move = await self.held()
        await self.post(f"/placements/{placement}/move-in", **move)
        people = await self.rows(
            "SELECT client_id FROM placement_member WHERE placement_id = $1 ORDER BY is_head DESC", placement
        )
        outcomes = [{"client_id": str(each["client_id"]), "still_in_housing": "yes"} for each in people]
        follow_up = {"done_on": str(self.today), "months_since": 0, "outcomes": outcomes, "next_months": 3}
        return placement, follow_up

    async def prepare(self, command: str) -> tuple[UUID | None, Body]:
        """Make the record that a command is for; return it and the body of the request."""
        if command == "client":
            return None, newcomer() | {"phones": ["416 555 0142"], "emails": ["z@mail.example"]}
        if command == "secure-unit":
            placement, _, asked = await self.placement(tied=True)
            return placement, asked
        return await (self.held() if command == "move-in" else self.housed())


def newcomer() -> dict[str, Any]:
    """Return a person whom nobody resembles."""
    given, family = ("".join(random.choices(string.ascii_lowercase, k=11)).capitalize() for _ in range(2))
    return {"given_name": given, "family_name": family, "date_of_birth": "1990-05-01"}


@dataclass
class Trial:
    """One command: what it writes, and the requests for both contestants."""

    recorded: Recorded
    model: type[BaseModel]
    requests: list[tuple[str, bytes]] = field(default_factory=list)


async def record(world: Support, command: str, number: int, url: str) -> Trial:
    """Carry out the command once, note what it writes, and copy its record `number` times."""
    before = await snapshot(url)
    of, body = await world.prepare(command)
    prepared = await snapshot(url)
    path = PATHS[command]
    await world.post(path.format(record=of), **body)
    written = written_between(prepared, await snapshot(url))
    known = frozenset(identifiers(before))
    model = next(
        context.original_route.body_field.field_info.annotation
        for context in iter_route_contexts(world.app.routes)
        if isinstance(context.original_route, APIRoute)
        and "POST" in (context.methods or ())
        and context.path == f"{API}{ROUTES[command]}"
    )
    rows = records_between(before, prepared)
    if of is None:
        (of,) = {row["id"] for table, row in written.inserted if table == "client"}
        names = ("given_name", "family_name", "date_of_birth")
        recorded = Recorded(f"{API}{path}", body, of, known, written, names[:2])
        trial = Trial(recorded, model)
        trial.requests = [(path, json.dumps({**body, **newcomer()}).encode()) for _ in range(number)]
        return trial
    trial = Trial(Recorded(f"{API}{path}", body, of, known, written), model)
    ours = identifiers((rows, body)) - known
    copies = [(copy, copied(ours, of, copy)) for copy in (uuid4() for _ in range(number))]
    await multiply(url, rows, [changed for _, changed in copies])
    trial.requests = [
        (path.format(record=copy), json.dumps(changed(body)).encode()) for copy, changed in copies
    ]
    return trial


async def prepared(
    server: PostgresForTests, keys: KeySetServer, commands: list[str], number: int
) -> tuple[FreshDatabase, dict[str, Trial], Settings]:
    """Return a database with a register, records for so many requests of each command, and its settings."""
    database = await server.fresh("support", None)
    settings = Settings(**settings_of("support", "support", database, keys))
    clock = FixedClock(dt.datetime.now(dt.UTC))
    world = Support(build_runtime(settings, clock), clock, database, keys)
    superuser = superuser_url(server, database.name)
    try:
        # The first command of a caseworker lists the caseworker.
        await world.post("/clients", **newcomer())
        trials = {each: await record(world, each, number, superuser) for each in commands}
    finally:
        await world.runtime.close()
    connection = await asyncpg.connect(superuser.replace("+asyncpg", ""))
    # The number is left to the database, which has given some already.
    columns = [name for name in client_search.CLIENT if name != "number"]
    people = [(id_, *others) for id_, _, *others in client_search.clients(REGISTER, random.Random(REGISTER))]
    await connection.copy_records_to_table("client", records=people, columns=columns)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return database, trials, settings


def superuser_url(server: PostgresForTests, database: str) -> str:
    """Return the address of a database, as the superuser."""
    return f"{server.admin_dsn.rpartition('/')[0]}/{database}".replace("postgresql:", "postgresql+asyncpg:")


async def copy_of(server: PostgresForTests, database: FreshDatabase) -> FreshDatabase:
    """Return a copy of a database to which nobody is connected."""
    name = f"{database.name}_copy"
    admin = await asyncpg.connect(server.admin_dsn)
    await admin.execute(f'CREATE DATABASE "{name}" OWNER "{database.user}" TEMPLATE "{database.name}"')
    await admin.close()
    return FreshDatabase(database.host, database.port, name, database.user, database.password)


async def until_open(port: int) -> None:
    """Return once somebody listens at the port."""
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.close()
        return
    raise TimeoutError


@dataclass(frozen=True)
class Side:
    """A contestant: how it is run on a database, and the header of its requests."""

    run: Callable[[Trial, str, int], Any]
    database: FreshDatabase


@contextmanager
def real(settings: Settings, broker: str, url: str, port: int) -> Iterator[None]:
    """Serve the real application as it is served in production."""
    values = settings.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    values |= {"csrf_secret": secrets.token_hex(32), "nats_password": "none", "nats_url": broker}
    values |= {"database_url": url, "http_port": port}
    environment = {f"SUPPORT_{name.upper()}": str(value) for name, value in values.items()}
    with program("-m", "support_svc", "serve", environment=dict(os.environ) | environment):
        yield


@contextmanager
def plain(trial: Trial, url: str, port: int) -> Iterator[None]:
    """Serve the plain endpoint."""
    process = multiprocessing.get_context("spawn").Process(
        target=serve, args=(trial.recorded, trial.model, url, port), daemon=True
    )
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join(20)


def sending(trial: Trial, taken: Iterator[tuple[str, bytes]], number: int, token: str) -> Request:
    """Return what gives the next `number` requests of a command."""
    left = iter(range(number))

    def request() -> bytes | None:
        if next(left, None) is None:
            return None
        path, body = next(taken)
        return post(f"{API}{path}", body, {"Authorization": f"Bearer {token}"}, host="support.localhost")

    return request


@dataclass(frozen=True)
class Load:
    """How much is asked."""

    rounds: int
    requests: int
    clients: int

    @property
    def records(self) -> int:
        """Requests to each contestant, from the warm-up to the counting."""
        return self.rounds * self.requests + WARM_UP + WARM_UP // 2 + COUNTED


async def contest(
    name: str, trial: Trial, sides: Mapping[str, Side], token: Callable[[], str], asking: Load
) -> None:
    """Let both take turns with one command, count what they ask of the database, and print it."""
    taken = {side: iter(trial.requests) for side in sides}
    results: dict[str, list[Round]] = {side: [] for side in sides}
    rows: dict[str, dict[str, int]] = {}

    async def ask(side: str, port: int, number: int, at_once: int) -> Round:
        request = sending(trial, taken[side], number, token())
        done = await load(port, request, seconds=600, clients=at_once)
        assert not done.failed, f"{name}, {side}: {done.failed} of {number} failed: {done.refusal}"
        return done

    before = {side: await counts(one.database.url) for side, one in sides.items()}
    with ExitStack() as running:
        ports = {side: free_port() for side in sides}
        for side, port in ports.items():
            running.enter_context(sides[side].run(trial, sides[side].database.url, port))
            await until_open(port)
            await ask(side, port, WARM_UP, asking.clients)
        for _ in range(asking.rounds):
            for side, port in ports.items():
                results[side].append(await ask(side, port, asking.requests, asking.clients))
    asked: dict[str, tuple[float, float]] = {}
    for side, one in sides.items():
        async with counting(one.database.dsn) as wire:
            port = free_port()
            with one.run(trial, wire.dsn.replace("postgresql:", "postgresql+asyncpg:"), port):
                await until_open(port)
                await ask(side, port, WARM_UP // 2, 1)
                wire.reset()
                await ask(side, port, COUNTED, 1)
                asked[side] = wire.round_trips / COUNTED, wire.statements / COUNTED
        after = await counts(one.database.url)
        rows[side] = {table: after[table] - before[side][table] for table in after}
    report(name, results, asked)
    differing = {table for table in rows["ours"] if rows["ours"][table] != rows["plain"][table]}
    print(f"{'':<14} writes {trial.recorded.written} ({', '.join(trial.recorded.written.tables)})")
    assert not differing, {table: (rows["ours"][table], rows["plain"][table]) for table in differing}


def report(name: str, results: Mapping[str, list[Round]], asked: Mapping[str, tuple[float, float]]) -> None:
    """Print what both took, and the ratio with its target."""
    for side, rounds in results.items():
        figures = ("per_second", "p50", "p99")
        per_second, p50, p99 = (statistics.median(getattr(one, each) for one in rounds) for each in figures)
        steal = max(each.steal for each in rounds)
        trips, statements = asked[side]
        print(
            f"{name:<14} {side:<6} {per_second:7.0f} {p50:8.1f} {p99:8.1f} {steal:6.1%} {trips:12.1f} "
            f"{statements:10.1f}"
        )
    pairs = zip(results["ours"], results["plain"], strict=True)
    ratio = statistics.median(ours.per_second / other.per_second for ours, other in pairs)
    word = "stretch reached" if ratio >= STRETCH else "reached" if ratio >= TARGET else "MISSED"
    print(f"{name:<14} ours/plain {ratio:.2f}   target {TARGET:g}, stretch {STRETCH:g}: {word}", flush=True)


async def measure(asking: Load, commands: list[str], folder: Path) -> None:
    """Start the servers, prepare the records, and measure one command after another."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    cluster = PostgresCluster(
        folder / "pg", free_port(), secrets.token_hex(8), folder / "pg.log", settings=DURABLE_SETTINGS
    )
    cluster.create()
    cluster.start()
    (folder / "nats").mkdir()
    broker = PlainNats.start(folder / "nats")
    try:
        cluster.wait_until_ready()
        server = PostgresForTests(cluster)
        with KeySetServer() as keys:
            keys.key("support")
            database, trials, settings = await prepared(server, keys, commands, asking.records)
            sides = {
                "ours": Side(lambda _, url, port: real(settings, broker.url, url, port), database),
                "plain": Side(plain, await copy_of(server, database)),
            }
            print(
                f"{'':<14} {'':<6} {'per s':>7} {'p50 ms':>8} {'p99 ms':>8} {'steal':>6} {'round trips':>12} "
                f"{'statements':>10}"
            )

            def token() -> str:
                return keys.key("support").token(roles=["caseworker"], audience=["support"], name="Bench")

            for name, trial in trials.items():
                await contest(name, trial, sides, token, asking)
            print(f"load of the machine at the end: {os.getloadavg()[0]:.1f}")
    finally:
        broker.stop()
        cluster.stop(at_once=True)


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=100, help="in each round")
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--only", nargs="+", choices=PATHS, default=list(PATHS))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        uvloop.run(measure(Load(chosen.rounds, chosen.requests, chosen.clients), chosen.only, Path(folder)))


if __name__ == "__main__":
    main()
