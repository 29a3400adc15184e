"""Reports over 300,000 placements of 300,000 clients: each over everything and over one quarter (R1).

    python benchmarks/reports.py [--rows 300000] [--rounds 3]

Starts a PostgreSQL of its own with the records of a city (`support_ground`), and asks for each report
through its query as a page does, then for the first page of the records behind its largest figure.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import support_ground
from delivery_ground import cpu
from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import ask
from chassis.runtime import Runtime
from support_svc.reports.definitions import REPORTS
from support_svc.reports.model import CellFilter, Report, ReportFilter
from support_svc.reports.queries import counted_records, report
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.databases import PostgresForTests

SUPERVISOR = Actor("bench", "support", frozenset({"supervisor"}))
YEARS = 8
TARGET = 2.0
"""Seconds that a report over everything may take."""


async def filled(server: PostgresForTests, number: int) -> Runtime:
    """Make a register of `number` clients with a placement each, and all that follows it."""
    database = await server.fresh("support", None)
    connection = await database.connect()
    await support_ground.fill(connection, number)
    await connection.close()
    return runtime_on(database, build_runtime, Settings, "support")


async def took(asked: Awaitable[Any]) -> tuple[float, Any]:
    """Return how many seconds something took, and its result."""
    began = time.perf_counter()
    found = await asked
    return time.perf_counter() - began, found


async def measure(runtime: Runtime, of: Report, first: dt.date, last: dt.date, rounds: int) -> list[float]:
    """Return the medians of a report and of the first page behind its largest figure, in seconds."""
    figures, behind = [], []
    for _ in range(rounds):
        wanted = ReportFilter(first=first, last=last)
        seconds, table = await took(ask(runtime, SUPERVISOR, report, of.name, wanted))
        figures.append(seconds)
        largest = max(table.lines, key=lambda line: line.figures["services"] or 0)
        cell = CellFilter(
            first=first, last=last, measure="people", key=largest.key, currency=largest.currency
        )
        behind.append((await took(ask(runtime, SUPERVISOR, counted_records, of.name, cell)))[0])
    return [statistics.median(figures), statistics.median(behind)]


async def main(rows: int, rounds: int) -> None:
    """Fill, measure and print."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)  # noqa: ASYNC240 - nothing else runs yet
        server = PostgresForTests.start(Path(folder))
        try:
            runtime = await filled(server, rows)
            today = dt.datetime.now(runtime.time_zone).date()
            print(f"{rows:,} clients and placements; seconds, medians of {rounds} rounds\n")
            print("| report | over everything | its records | one quarter | its records |")
            print("|---|---:|---:|---:|---:|")
            began = cpu()
            for of in REPORTS:
                whole = await measure(runtime, of, today - dt.timedelta(days=YEARS * 365), today, rounds)
                since = today - dt.timedelta(days=700)
                quarter = await measure(runtime, of, since, since + dt.timedelta(days=91), rounds)
                figures = " | ".join(f"{one:.2f}" for one in (*whole, *quarter))
                mark = "" if whole[0] < TARGET else " **misses the target**"
                print(f"| {of.name}{mark} | {figures} |", flush=True)
            ended = cpu()
            stolen = (ended[0] - began[0]) / max(ended[1] - began[1], 1)
            print(f"\nCPU stolen by the host: {stolen:.1%}; load {os.getloadavg()[0]:.1f}")
            await runtime.close()
        finally:
            server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    asyncio.run(main(chosen.rows, chosen.rounds))
