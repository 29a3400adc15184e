"""What the benchmarks of searches share: a city's homes, and two sizes of a register asked in turn."""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from delivery_ground import cpu

from chassis.db import Database
from chassis.runtime import Runtime
from column_search import Columns, Follower, following
from testkit.databases import PostgresForTests

SMALL = 10_000
WARM_UP = 20
PATIENCE = 120
"""Seconds that the benchmark waits for a first reading."""
FEATURES = [
    "balcony", "elevator", "laundry_in_building", "pets_allowed", "parking", "smoke_free", "intercom", "pool",
    "recycling",
]  # fmt: skip
TYPES = ["apartment"] * 14 + ["studio"] * 2 + ["townhouse", "room", "supportive", "seniors_housing"]
OCCUPANCIES = ["available"] * 6 + ["occupied_by_other", "secured", "notice_given", "temporarily_unavailable"]
NAMES = [
    "Sherbourne", "Bathurst", "Kingston", "Eglinton", "Dufferin", "Jarvis", "Pembroke", "Shuter", "Lawrence",
    "Finch", "Dundas", "Keele",
]  # fmt: skip
KINDS = ["St", "Ave", "Rd", "Blvd", "Cres", "Dr"]


def street_of(building: int) -> str:
    """Return the street of a building of a hundred homes, on an invented street."""
    return f"{building // 12 % 900 + 1} {NAMES[building % 12]} {KINDS[building // 5 % 6]}"


def typed_text(dice: random.Random) -> str:
    """Return an address as it is typed: whole, misspelt, abbreviated, with a number or the city."""
    word = dice.choice(NAMES).lower()
    return dice.choice(
        [word, word[:2] + word[3:], f"{dice.randrange(1, 900)} {word}", f"{word} toronto", f"{word} street"]
    )


@dataclass
class Took:
    """What one size took, in milliseconds, round by round."""

    first: float = 0.0
    memory: float = 0.0
    lags: list[float] = field(default_factory=list)
    rounds: list[list[float]] = field(default_factory=list)
    computing: list[list[float]] = field(default_factory=list)

    def cut(self, percent: int) -> float:
        """Return the median of the rounds' percentiles."""
        return _median_cut(self.rounds, percent)

    def cut_of_computing(self, percent: int) -> float:
        """Return the same of the CPU time of this process alone, which other processes hardly affect."""
        return _median_cut(self.computing, percent)


def _median_cut(rounds: list[list[float]], percent: int) -> float:
    return statistics.median(statistics.quantiles(took, n=100)[percent - 1] for took in rounds)


async def read_first(follower: Follower[Columns], database: Database) -> Took:
    """Read a table as a process does when it starts, and watch how late the event loop is."""
    took, done = Took(), asyncio.Event()
    process = psutil.Process()

    async def watch() -> None:
        while not done.is_set():
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            took.lags.append((time.perf_counter() - began) * 1000 - 5)

    gc.collect()
    before, began = process.memory_info().rss, time.perf_counter()
    watching = asyncio.create_task(watch())
    async with follower.reading_ahead(database):
        await follower.current(database)
        took.first = time.perf_counter() - began
    done.set()
    await watching
    gc.collect()
    took.memory = (process.memory_info().rss - before) / 1e6
    return took


Ask = Callable[[Runtime], Awaitable[object]]


def run(
    about: str | None,
    title: str,
    fill: Callable[[PostgresForTests, int], Awaitable[Runtime]],
    searches: Callable[[random.Random], Ask],
    follower: Follower[Columns] | None = None,
    *,
    rows: tuple[str, int] = ("homes", 330_000),
) -> None:
    """Measure with the sizes that the command line names; `about` is the benchmark's own description.

    `rows` is what is searched and how many of them; `follower` reads them into memory first.
    """
    what, most = rows
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=most, help=f"number of {what}")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--searches", type=int, default=300, help="in each round")
    chosen = parser.parse_args()
    following.PATIENCE = PATIENCE
    asyncio.run(
        measure(
            f"{title}, {chosen.rounds} rounds of {chosen.searches} searches",
            what,
            fill,
            searches,
            follower,
            sizes=(SMALL, chosen.rows),
            rounds=chosen.rounds,
            each=chosen.searches,
        )
    )


async def measure(
    title: str,
    what: str,
    fill: Callable[[PostgresForTests, int], Awaitable[Runtime]],
    searches: Callable[[random.Random], Ask],
    follower: Follower[Columns] | None,
    *,
    sizes: tuple[int, int],
    rounds: int,
    each: int,
) -> None:
    """Fill both sizes, search both in turn, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)  # noqa: ASYNC240 - nothing else runs yet
        server = PostgresForTests.start(Path(folder))
        try:
            runtimes = {size: await fill(server, size) for size in sizes}
            took = {
                size: await read_first(follower, runtime.database) if follower else Took()
                for size, runtime in runtimes.items()
            }
            dice, stolen, loads = random.Random(1), [], []
            for ask in (searches(dice) for _ in range(WARM_UP)):
                for runtime in runtimes.values():
                    await ask(runtime)
            for _ in range(rounds):
                began = cpu()
                now: dict[int, list[float]] = {size: [] for size in runtimes}
                own: dict[int, list[float]] = {size: [] for size in runtimes}
                for ask in [searches(dice) for _ in range(each)]:
                    for size, runtime in runtimes.items():
                        start, spent = time.perf_counter(), time.process_time()
                        await ask(runtime)
                        own[size].append((time.process_time() - spent) * 1000)
                        now[size].append((time.perf_counter() - start) * 1000)
                for size in runtimes:
                    took[size].rounds.append(now[size])
                    took[size].computing.append(own[size])
                ended = cpu()
                stolen.append((ended[0] - began[0]) / max(ended[1] - began[1], 1))
                loads.append(os.getloadavg()[0])
            for runtime in runtimes.values():
                await runtime.close()
        finally:
            server.stop()
    show(title, what, took)
    print(
        f"CPU stolen by the host, worst round: {max(stolen):.1%}; load {min(loads):.1f} to {max(loads):.1f}"
    )


def show(title: str, what: str, took: dict[int, Took]) -> None:
    """Print the figures as a table."""
    small, large = took.values()
    print(f"\n{title}\n")
    print(
        f"| {what} | first reading, s | memory, MB | loop late, p99 / worst, ms | p50, ms | p99, ms "
        "| computing, p50, ms | computing, p99, ms |"
    )
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for size, one in took.items():
        lags = sorted(one.lags) or [0.0]
        late = f"{lags[int(len(lags) * 0.99)]:.0f} / {lags[-1]:.0f}"
        reading = f"{one.first:.1f} | {one.memory:.0f} | {late}"
        computing = f"{one.cut_of_computing(50):.1f} | {one.cut_of_computing(99):.1f}"
        print(f"| {size:,} | {reading} | {one.cut(50):.1f} | {one.cut(99):.1f} | {computing} |")
    print(f"\np99, large against small: {large.cut(99) / small.cut(99):.2f} (target ≤ 2, and < 50 ms)")
    print(f"computing alone: {large.cut_of_computing(99) / small.cut_of_computing(99):.2f}")
