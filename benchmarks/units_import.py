"""The import of units against COPY of the same rows into the same table (U8).

    python benchmarks/units_import.py [--rows 100000] [--rounds 3]

Starts a PostgreSQL of its own. Ours takes in a CSV file as the command line does, reads and checks it,
compares every row with the inventory, writes homes, buildings, landlords, rents, observations and the causes
of occupancy, and publishes a listing for each home. COPY then writes the rows of the table of homes that came
of it into that table again, with its indexes, keys and trigger. The same file a second time changes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import os
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import perform
from chassis.runtime import Runtime
from importing.steps import ReceiveFile
from testkit.databases import FreshDatabase, PostgresForTests
from units_svc.imports.commands import carry_through, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

HOMES_OF_A_BUILDING = 40
HEADER = (
    "address", "unit_number", "city", "province", "postal_code", "region", "housing_type", "rent", "bedrooms",
    "floor", "building_floors", "year_built", "area_square_feet", "landlord", "features", "status",
)  # fmt: skip
STREETS = ("Sherbourne St", "Bathurst St", "Kingston Rd", "Eglinton Ave E", "Jarvis St", "Finch Ave W")
FEATURES = ("elevator", "balcony", "intercom", "pets_allowed", "laundry_in_building")
ACTOR = Actor.system("benchmark", "property")


def write_file(path: Path, rows: int) -> None:
    """Write a unit list of so many homes in buildings of forty."""
    dice = random.Random(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for at in range(rows):
            building, door = divmod(at, HOMES_OF_A_BUILDING)
            floors = 10
            writer.writerow((
                f"{building + 1} {STREETS[building % len(STREETS)]}", 100 + door, "Toronto", "ON", "M5A 1J4",
                "toronto-east-york", dice.choice(("apartment", "apartment", "studio")),
                dice.randrange(600, 3500), dice.randrange(4), door // 4 + 1, floors, 1950 + building % 70,
                dice.randrange(300, 1200), f"Landlord {building % 200}",
                ";".join(dice.sample(FEATURES, dice.randrange(4))), "good",
            ))  # fmt: skip


async def ours(runtime: Runtime, file: Path) -> float:
    """Import a file and return the seconds it took from the first byte to the last commit."""
    began = time.perf_counter()
    with file.open("rb") as content:
        received = ReceiveFile(MAPPINGS.named("unit-list"), content, file.name, at_once=True)
        import_id = await perform(runtime, ACTOR, receive_file, received)
    found = await carry_through(runtime, ACTOR, import_id)
    took = time.perf_counter() - began
    assert (found.state, found.wrong_rows) == ("done", 0), found
    return took


async def copied(database: FreshDatabase, folder: Path) -> float:
    """Write the homes that were imported into their table again by COPY; return the seconds it took."""
    connection = await database.connect()
    dump = folder / "unit.copy"
    try:
        await connection.copy_from_table("unit", output=str(dump), format="binary")
        await connection.execute("TRUNCATE unit CASCADE")
        began = time.perf_counter()
        await connection.copy_to_table("unit", source=str(dump), format="binary")
        return time.perf_counter() - began
    finally:
        dump.unlink(missing_ok=True)
        await connection.close()


async def measure(server: PostgresForTests, folder: Path, rows: int, rounds: int) -> None:
    """Take turns and print what it took."""
    file = folder / "homes.csv"
    write_file(file, rows)
    ratios = []
    for round_ in range(rounds):
        database = await server.fresh("units", None)
        runtime = runtime_on(database, build_runtime, UnitsSettings, "property")
        first, second = await ours(runtime, file), await ours(runtime, file)
        connection = await database.connect()
        published = await connection.fetchval("SELECT count(*) FROM outbox")
        await connection.close()
        assert published == rows, published
        limit = await copied(database, folder)
        await runtime.close()
        ratios.append(limit / first)
        print(
            f"round {round_ + 1}: ours {rows / first:>8,.0f} rows/s ({rows / first * 60:,.0f} a minute)"
            f"   COPY {rows / limit:>8,.0f} rows/s   ratio {limit / first:.2f}"
            f"   the same file again {rows / second:,.0f} rows/s   load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    print(f"ours / COPY, median: {statistics.median(ratios):.2f} (target ≥ 0.2, stretch 0.4)")
    peak, size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file.stat().st_size / 1e6
    print(f"peak memory of the importing process: {peak:,.0f} MB for a file of {size:.0f} MB")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresForTests.start(Path(folder))
        try:
            asyncio.run(measure(server, Path(folder), chosen.rows, chosen.rounds))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
