"""One command through HTTP: what the chassis adds to the bare minimum, and saves against the usual.

    python benchmarks/http_command.py [--rounds 5] [--seconds 3] [--clients 16]

Starts a PostgreSQL of its own with default durability and, one process each: ours (signed token,
permission, audit and outbox rows), bare ASGI with raw asyncpg and the same statement, plain FastAPI with an
ORM session and the same rows. They take turns, round by round, so that a throttled host slows all of them;
pgbench runs the bare statement in each round too. Prints medians, ratios against the targets, round trips
counted on the wire, and the CPU that the host gave to others.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from uuid import uuid4

import asyncpg
import uvloop
from http_load import Round, load, post
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from chassis.db.schema import chassis_v1, chassis_v3
from chassis.http.auth import LONGEST_LIFE
from partywall.postgres import BINARIES, PostgresCluster
from testkit.ports import free_port
from testkit.wire import counting

HERE = Path(__file__).parent
PATH = "/api/bench/v1/entries"
TARGETS = (("ours/bare", 0.4, 0.6), ("ours/plain", 2.0, 4.0), ("ours/pgbench", 0.15, 0.25))

PGBENCH = """
\\set w random(0, 1000)
WITH recorded AS (
    INSERT INTO entry (id, shelf, text, weight, at)
    SELECT gen_random_uuid(), shelf.id, 'a line of text', :w, now()
    FROM shelf WHERE shelf.id = '{shelf}' AND shelf.open RETURNING id
), sent AS (
    INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, recorded_at)
    SELECT gen_random_uuid(), '{shelf}', 1, 'evt.bench.entry_recorded.v1', 'entry_recorded', '{message}',
        now()
    WHERE EXISTS (SELECT 1 FROM recorded)
), seen AS (
    INSERT INTO audit
        (id, at, actor, actor_name, actor_kind, use_case, record_kind, record_id, action, changes)
    SELECT gen_random_uuid(), now(), 'actor', '', 'staff', 'bench.record_entry', 'entry', 'x', 'recorded',
        '{{"weight": [null, 1]}}'
    WHERE EXISTS (SELECT 1 FROM recorded)
)
SELECT id FROM recorded;
"""


@contextmanager
def issuer(key: OKPKey) -> Iterator[str]:
    """Serve the public key; yields the address of the key set."""
    body = json.dumps(KeySet([key]).as_dict(private=False)).encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/jwks.json"
    server.shutdown()


@contextmanager
def contestant(name: str, settings: dict[str, str], port: int | None = None) -> Iterator[int]:
    """Run one of the servers in a process of its own; yields its port."""
    port = port or free_port()
    with program(str(HERE / "http_contestants.py"), name, str(port), json.dumps(settings)):
        yield port


@contextmanager
def program(*arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """Run Python with these arguments for the length of the block."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=log, env=environment
        )
        try:
            yield
        finally:
            # Nothing to finish: what it served has been measured.
            process.kill()
            process.wait(20)


async def until_up(port: int, request: bytes) -> None:
    """Return once the server has answered one request with success."""
    for _ in range(600):
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.1)
            continue
        writer.write(request)
        answer = await reader.read(4096)
        writer.close()
        assert answer.startswith(b"HTTP/1.1 201"), answer.decode()
        return
    raise TimeoutError


async def prepare(dsn: str) -> str:
    """Create the tables; return the reference of the one shelf."""
    connection = await asyncpg.connect(dsn)
    statements: list[str] = []

    class Collect:
        def execute(self, sqltext: str) -> None:
            statements.append(sqltext)

    chassis_v1(Collect())
    chassis_v3(Collect())
    for statement in statements:
        await connection.execute(statement)
    await connection.close()
    return await new_shelf(dsn)


async def new_shelf(dsn: str) -> str:
    """Create the trade's own tables where the chassis' are; return the reference of the one shelf."""
    connection = await asyncpg.connect(dsn)
    shelf = str(uuid4())
    await connection.execute(
        "CREATE TABLE shelf (id uuid PRIMARY KEY, open boolean NOT NULL);"
        "CREATE TABLE entry (id uuid PRIMARY KEY, shelf uuid NOT NULL REFERENCES shelf, text text NOT NULL,"
        " weight int NOT NULL, at timestamptz NOT NULL);"
    )
    await connection.execute("INSERT INTO shelf VALUES ($1, true)", shelf)
    await connection.close()
    return shelf


def pgbench(dsn: str, script: Path, seconds: float, clients: int) -> float:
    """Return transactions a second of the bare statement."""
    command = [str(BINARIES / "pgbench"), "-n", "-M", "prepared", "-f", str(script), "-c", str(clients)]
    done = subprocess.run(
        [*command, "-j", "2", "-T", str(max(1, round(seconds))), dsn],
        capture_output=True,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        if line.startswith("tps"):
            return float(line.split()[2])
    raise RuntimeError(done.stdout + done.stderr)


async def round_trips(name: str, settings: dict[str, str], request: bytes) -> tuple[float, float]:
    """Return round trips and statements for one command, counted on the wire over 50 of them."""
    async with counting(settings["database_url"]) as wire:
        with contestant(name, settings | {"database_url": wire.dsn}) as port:
            await until_up(port, request)
            await load(port, lambda: request, seconds=0.5, clients=1)
            wire.reset()
            round_ = await load(port, lambda: request, seconds=1, clients=1)
            # The connection of the load is closed only when its last answer is in.
            commands = round_.per_second * 1
            return wire.round_trips / commands, wire.statements / commands


async def measure(rounds: int, seconds: float, clients: int, folder: Path) -> None:
    """Run everything and print it."""
    cluster = PostgresCluster(
        data=folder / "pg", port=free_port(), superuser_password=secrets.token_hex(8), log=folder / "pg.log"
    )
    cluster.create()
    cluster.start()
    try:
        cluster.wait_until_ready()
        await contest(cluster.dsn(), rounds, seconds, clients, folder)
    finally:
        cluster.stop()


def settings_for(dsn: str, jwks_url: str) -> dict[str, str]:
    """Return what the contestants are set up with."""
    return {
        "database_url": dsn,
        "issuer": "bench",
        "jwks_url": jwks_url,
        "audience": "bench",
        "entity": "property",
        "public_url": "http://bench",
        "csrf_secret": secrets.token_hex(32),
        "parties_file": "none",
        "parties_keys": "none",
    }


def bearer(key: OKPKey) -> dict[str, str]:
    """Return the header of somebody who may record entries, for as long as a token is accepted."""
    claims: dict[str, object] = {"iss": "bench", "aud": ["bench"], "sub": str(uuid4()), "entity": "property"}
    claims |= {"roles": ["porter"], "name": "Bench", "exp": int(time.time()) + LONGEST_LIFE}
    token = jwt.encode({"alg": "Ed25519", "kid": "bench"}, claims, key, algorithms=["Ed25519"])
    return {"Authorization": f"Bearer {token}"}


def entry_on(shelf: str) -> bytes:
    """Return the body of the command."""
    return json.dumps({"shelf": shelf, "text": "a line of text", "weight": 7}).encode()


async def contest(dsn: str, rounds: int, seconds: float, clients: int, folder: Path) -> None:
    """Let the contestants take turns, and print medians and ratios."""
    shelf = await prepare(dsn)
    script = folder / "statement.sql"
    with ExitStack() as running:
        key = OKPKey.generate_key("Ed25519", {"kid": "bench"})
        settings = settings_for(dsn, running.enter_context(issuer(key)))
        request = post(PATH, entry_on(shelf), bearer(key))
        message = json.dumps({"id": str(uuid4()), "data": {"entry": shelf, "shelf": shelf, "weight": 7}})
        script.write_text(PGBENCH.format(shelf=shelf, message=message))

        ports = {
            name: running.enter_context(contestant(name, settings)) for name in ("ours", "bare", "plain")
        }
        for port in ports.values():
            await until_up(port, request)
            await load(port, lambda: request, seconds=1, clients=clients)
        results: dict[str, list[Round]] = {name: [] for name in ports}
        statements: list[float] = []
        for _ in range(rounds):
            for name, port in ports.items():
                results[name].append(await load(port, lambda: request, seconds=seconds, clients=clients))
            statements.append(await asyncio.to_thread(pgbench, dsn, script, seconds, clients))
        report(results, statements)
        for name in ports:
            trips, count = await round_trips(name, settings, request)
            print(f"{name:<8} {trips:.2f} round trips and {count:.2f} statements a command, on the wire")


def report(results: dict[str, list[Round]], statements: list[float]) -> None:
    """Print the medians, and each ratio with its target."""
    print(f"{'':<8} {'per s':>8} {'p50 ms':>8} {'p99 ms':>8} {'failed':>7} {'steal':>6}")
    medians = {"pgbench": statistics.median(statements)}
    for name, rounds in results.items():
        medians[name] = statistics.median(each.per_second for each in rounds)
        p50, p99 = (statistics.median(getattr(each, which) for each in rounds) for which in ("p50", "p99"))
        failed, steal = sum(each.failed for each in rounds), max(each.steal for each in rounds)
        print(f"{name:<8} {medians[name]:8.0f} {p50:8.2f} {p99:8.2f} {failed:7} {steal:6.1%}")
    print(f"{'pgbench':<8} {medians['pgbench']:8.0f}")
    for pair, target, stretch in TARGETS:
        one, other = pair.split("/")
        # Round by round, because each round's figures were measured together.
        others = statements if other == "pgbench" else [each.per_second for each in results[other]]
        ratio = statistics.median(
            ours.per_second / theirs for ours, theirs in zip(results[one], others, strict=True)
        )
        verdict = "stretch reached" if ratio >= stretch else "reached" if ratio >= target else "MISSED"
        print(f"{pair:<13} {ratio:5.2f}   target {target}, stretch {stretch}: {verdict}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=16)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        uvloop.run(measure(chosen.rounds, chosen.seconds, chosen.clients, Path(folder)))


if __name__ == "__main__":
    main()
