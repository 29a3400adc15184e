"""What a command costs in a service that holds ten times as much.

    python benchmarks/growth.py [--rows 100000] [--rounds 7] [--seconds 3] [--clients 8]

Starts a PostgreSQL of its own with two databases, one with ten times the rows of the other in every table
that the command of `http_command.py` touches (entry, audit, outbox). Two servers of the same program take
turns. Counted by PostgreSQL itself: statements, pages touched and WAL records of one command, which don't
depend on the machine; the time is printed as well.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
from contextlib import ExitStack
from dataclasses import dataclass

import asyncpg
import uvloop
from delivery_ground import Ground, ground
from http_command import PATH, bearer, contestant, entry_on, issuer, prepare, settings_for, until_up
from http_load import Round, load, post
from joserfc.jwk import OKPKey

TIMES = 10
TARGET, STRETCH = 1.2, 1.0
FILL = (
    """INSERT INTO entry
    SELECT uuidv7(), $1::uuid, 'a line of text', 7, now() FROM generate_series(1, $2::int)""",
    """INSERT INTO audit
        (id, at, actor, actor_name, actor_kind, use_case, record_kind, record_id, action, changes)
    SELECT uuidv7(), now(), 'actor', '', 'staff', 'bench.record_entry', 'entry', $1::uuid::text, 'recorded',
        '{"weight": [null, 7]}' FROM generate_series(1, $2::int)""",
    """INSERT INTO outbox
        (id, aggregate, aggregate_version, subject, type, data, recorded_at, status, published_at)
    SELECT uuidv7(), $1::uuid::text, 1, 'evt.bench.entry_recorded.v1', 'entry_recorded', '{"weight": 7}',
        now(), 'published', now() FROM generate_series(1, $2::int)""",
)
COUNT = """
    SELECT sum(calls)::float AS statements, sum(shared_blks_hit + shared_blks_read)::float AS pages,
        sum(wal_records)::float AS wal
    FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
    WHERE datname = $1 AND query NOT LIKE '%pg_stat_statements%'
"""


@dataclass
class Cost:
    """What PostgreSQL counted for one command."""

    statements: float
    pages: float
    wal: float


async def database(here: Ground, name: str, rows: int) -> tuple[str, str]:
    """Make a database with so many rows in each table; return its address and the reference of its shelf."""
    await here.sql(f"CREATE DATABASE {name}")
    dsn = here.cluster.dsn(name)
    shelf = await prepare(dsn)
    connection = await asyncpg.connect(dsn)
    for statement in FILL:
        await connection.execute(statement, shelf, rows)
    await connection.execute("VACUUM ANALYZE")
    await connection.close()
    return dsn, shelf


async def counted(here: Ground, name: str, port: int, request: bytes) -> Cost:
    """Let PostgreSQL count what one command costs."""
    sent = itertools.count()

    def next_one() -> bytes:
        next(sent)
        return request

    await here.sql("SELECT pg_stat_statements_reset()")
    await load(port, next_one, seconds=1, clients=1)
    ((statements, pages, wal),) = await here.sql(COUNT, name)
    commands = next(sent)
    return Cost(statements / commands, pages / commands, wal / commands)


async def measure(rows: int, rounds: int, seconds: float, clients: int) -> None:
    """Fill both, let them take turns, and print what one command costs."""
    sizes = {"small": rows, "large": rows * TIMES}
    results: dict[str, list[Round]] = {name: [] for name in sizes}
    costs: dict[str, Cost] = {}
    key = OKPKey.generate_key("Ed25519", {"kid": "bench"})
    async with ground() as here:
        with ExitStack() as running:
            jwks_url = running.enter_context(issuer(key))
            ways = {}
            for name, number in sizes.items():
                dsn, shelf = await database(here, name, number)
                port = running.enter_context(contestant("ours", settings_for(dsn, jwks_url)))
                ways[name] = port, post(PATH, entry_on(shelf), bearer(key))
            for port, request in ways.values():
                await until_up(port, request)
                await load(port, lambda again=request: again, seconds=2, clients=clients)
            for _ in range(rounds):
                for name, (port, request) in ways.items():
                    round_ = await load(port, lambda again=request: again, seconds=seconds, clients=clients)
                    results[name].append(round_)
            for name, (port, request) in ways.items():
                costs[name] = await counted(here, name, port, request)
    report(sizes, results, costs)


def report(sizes: dict[str, int], results: dict[str, list[Round]], costs: dict[str, Cost]) -> None:
    """Print what a command costs at each size, and the ratios with the target."""
    print(
        f"{'rows a table':>13} {'per s':>7} {'p50 ms':>7} {'statements':>11} {'pages':>7} {'WAL records':>12}"
    )
    for name, rounds in results.items():
        rate, p50 = (
            statistics.median(getattr(one, what) for one in rounds) for what in ("per_second", "p50")
        )
        cost = costs[name]
        print(f"{sizes[name]:13,} {rate:7.0f} {p50:7.2f} ", end="")
        print(f"{cost.statements:11.2f} {cost.pages:7.1f} {cost.wal:12.1f}")
    pairs = zip(results["small"], results["large"], strict=True)
    ratios = {
        "time": statistics.median(small.per_second / large.per_second for small, large in pairs),
        "statements": costs["large"].statements / costs["small"].statements,
        "pages": costs["large"].pages / costs["small"].pages,
        "WAL records": costs["large"].wal / costs["small"].wal,
    }
    for what, exactly in ratios.items():
        ratio = round(exactly, 2)
        word = "stretch reached" if ratio <= STRETCH else "reached" if ratio <= TARGET else "MISSED"
        print(f"{what}, {TIMES} × the data: {ratio:.2f} × (target {TARGET}, stretch {STRETCH}: {word})")
    failed = sum(each.failed for rounds in results.values() for each in rounds)
    steal = max(each.steal for rounds in results.values() for each in rounds)
    print(f"failed {failed}; CPU stolen, worst round: {steal:.1%}; load {os.getloadavg()[0]:.1f}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000, help="in each table of the smaller one")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--clients", type=int, default=8)
    chosen = parser.parse_args()
    uvloop.run(measure(chosen.rows, chosen.rounds, chosen.seconds, chosen.clients))


if __name__ == "__main__":
    main()
