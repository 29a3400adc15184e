"""Imports of a list in which many rows repeat an address, after many others (U8).

    python benchmarks/units_import_repeats.py [--rows 200000] [--repeats 56000] [--before 100] [--runs 10]

Starts a PostgreSQL of its own and imports many small lists first, so that what the server believes of the
staging tables comes from those. Each run then reads, checks and compares the large list; all but the last are
discarded, the last is written. Printed is how long the longest step took: nothing of an import may keep
anybody waiting for more than a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import io
import tempfile
import time
from pathlib import Path
from uuid import UUID

from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from importing.steps import ImportCommand, ReceiveFile
from testkit.databases import PostgresForTests
from units_svc.imports.commands import apply_import, carry_on, discard_import, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.queries import import_record
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

ACTOR = Actor.system("benchmark", "property")
HEADER = ("address", "unit", "city", "province", "housing_type")


def table(rows: int, repeats: int, street: str) -> bytes:
    """Return a list of `rows` homes, the last `repeats` of which repeat the address of an earlier one."""
    lines = io.StringIO()
    writer = csv.writer(lines)
    writer.writerow(HEADER)
    for at in range(rows):
        home = at if at < rows - repeats else (at * 7) % (rows - repeats)
        writer.writerow((f"{home // 40 + 1} {street}", home % 40 + 1, "Toronto", "ON", "apartment"))
    return lines.getvalue().encode()


async def received(runtime: Runtime, content: bytes, *, at_once: bool) -> UUID:
    """Take a file in."""
    command = ReceiveFile(MAPPINGS.named("unit-list"), io.BytesIO(content), "homes.csv", at_once=at_once)
    found: UUID = await perform(runtime, ACTOR, receive_file, command)
    return found


async def steps(runtime: Runtime, import_id: UUID) -> list[float]:
    """Carry an import on for as long as there is something to do; return the seconds of each step."""
    took = []
    while True:
        began = time.perf_counter()
        more = await perform(runtime, ACTOR, carry_on, ImportCommand(import_id))
        took.append(time.perf_counter() - began)
        if not more:
            return took


async def measure(server: PostgresForTests, chosen: argparse.Namespace) -> None:
    """Import the small lists, then the large one again and again."""
    database = await server.fresh("units", None)
    runtime = runtime_on(database, build_runtime, UnitsSettings, "property")
    for at in range(chosen.before):
        await steps(runtime, await received(runtime, table(60, 10, f"Before {at} St"), at_once=True))
    content, longest = table(chosen.rows, chosen.repeats, "Example St"), 0.0
    for run in range(chosen.runs):
        began = time.perf_counter()
        import_id = await received(runtime, content, at_once=False)
        took = await steps(runtime, import_id)
        found = await ask(runtime, ACTOR, import_record, import_id)
        assert (found.state, found.wrong_rows) == ("ready", chosen.repeats), found
        if run < chosen.runs - 1:
            ended = time.perf_counter()
            await perform(runtime, ACTOR, discard_import, ImportCommand(import_id))
            took.append(time.perf_counter() - ended)
        else:
            await perform(runtime, ACTOR, apply_import, ImportCommand(import_id))
            took += await steps(runtime, import_id)
        longest = max(longest, *took)
        print(
            f"run {run + 1}: {time.perf_counter() - began:6.1f} s in {len(took)} steps, the longest"
            f" {max(took):.1f} s",
            flush=True,
        )
    await runtime.close()
    print(f"longest step of all: {longest:.1f} s (target: below 60)")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=56_000)
    parser.add_argument("--before", type=int, default=100)
    parser.add_argument("--runs", type=int, default=10)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresForTests.start(Path(folder))
        try:
            asyncio.run(measure(server, chosen))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
