"""The import of clients beside the import of homes, in turns (C7).

    python benchmarks/clients_import.py [--rows 300000] [--homes 100000] [--rounds 1]

Starts a PostgreSQL of its own. Clients come as a HIFIS export of so many rows, with names as uneven as in a
register, telephone numbers, e-mail addresses and dirty days; each is looked for in the file and the register,
and written with its words of names, ways to be reached, external id and audit. The same file a second time
changes nothing. Homes are imported as `units_import.py` does.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import datetime as dt
import os
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

import client_search as register
import units_import as homes
from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import perform
from chassis.runtime import Runtime
from importing.steps import ReceiveFile
from support_svc.client_imports.commands import carry_through, receive_file
from support_svc.client_imports.mapping import MAPPINGS
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.databases import PostgresForTests
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime as build_units

HEADER = (
    "client_id", "first_name", "last_name", "middle_name", "aliases", "dob", "age", "gender",
    "indigenous_identity", "primary_language", "phone", "email",
)  # fmt: skip
ACTOR = Actor.system("benchmark", "support")


def write_file(path: Path, rows: int) -> None:
    """Write an export of so many clients."""
    dice = random.Random(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for at in range(rows):
            given = register._name(dice, register.GIVEN, 0.6)
            family = register._name(dice, register.FAMILY, 0.5)
            born = dt.date(1940, 1, 1) + dt.timedelta(days=dice.randrange(29_000))
            day = born.isoformat() if dice.random() < 0.8 else f"{born:%B %d, %Y}"
            writer.writerow((
                f"CLI-{at:07}", given, family, dice.choice(("", "", "Marie", "John")), "",
                day if dice.random() < 0.95 else "Unknown", 20 + at % 60,
                dice.choice(("male", "female", "non_binary")), "non_indigenous", "english",
                f"(250) {200 + at % 800}-{at // 800 % 10_000:04}" if dice.random() < 0.9 else "",
                f"person{at}@mail.example" if dice.random() < 0.6 else "",
            ))  # fmt: skip


async def ours(runtime: Runtime, file: Path) -> tuple[float, int, int]:
    """Import a file; return the seconds from the first byte to the last commit, and what was found."""
    began = time.perf_counter()
    with file.open("rb") as content:
        received = ReceiveFile(MAPPINGS.named("hifis-clients"), content, file.name, at_once=True)
        import_id = await perform(runtime, ACTOR, receive_file, received)
    found = await carry_through(runtime, ACTOR, import_id)
    assert found.state == "done", found
    return time.perf_counter() - began, found.new, found.wrong_rows


async def measure(server: PostgresForTests, folder: Path, rows: int, of_homes: int, rounds: int) -> None:
    """Take turns and print what it took."""
    clients, units = folder / "clients.csv", folder / "homes.csv"
    write_file(clients, rows)
    homes.write_file(units, of_homes)
    ratios = []
    for round_ in range(rounds):
        of_units = await server.fresh("units", None)
        runtime = runtime_on(of_units, build_units, UnitsSettings, "property")
        seconds = await homes.ours(runtime, units)
        await runtime.close()
        rate = of_homes / seconds
        of_clients = await server.fresh("support", None)
        runtime = runtime_on(of_clients, build_runtime, Settings, "support")
        first, new, wrong = await ours(runtime, clients)
        print(f"  homes {rate:,.0f} rows/s   clients {rows / first:,.0f} rows/s", flush=True)
        second, again, _ = await ours(runtime, clients)
        await runtime.close()
        assert (new, again) == (rows - wrong, 0), (new, again, wrong)
        ratios.append(rows / first / rate)
        print(
            f"round {round_ + 1}: clients {rows / first:>8,.0f} rows/s   homes {rate:>8,.0f} rows/s"
            f"   ratio {ratios[-1]:.2f}   set aside as doubles {wrong:,}"
            f"   the same file again {rows / second:,.0f} rows/s   load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    print(f"clients / homes, median: {statistics.median(ratios):.2f} (target ≥ 0.5)")
    peak, size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, clients.stat().st_size / 1e6
    print(f"peak memory of the importing process: {peak:,.0f} MB for a file of {size:.0f} MB")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--homes", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresForTests.start(Path(folder))
        try:
            asyncio.run(measure(server, Path(folder), chosen.rows, chosen.homes, chosen.rounds))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
