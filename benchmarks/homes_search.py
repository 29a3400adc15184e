"""New Housing Search on support-svc's own copy: 330,000 homes against 10,000, any filters, any order (P5).

    python benchmarks/homes_search.py [--homes 330000] [--searches 400]

Starts a PostgreSQL of its own, fills one copy of the inventory with each number of homes, and asks both
the same random searches in turn, through the use case as the page does. Prints p50 and p99 and their ratio.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime as dt
import random
import statistics
import tempfile
import time
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from chassis.actor import Actor
from chassis.perform import ask
from chassis.runtime import Runtime
from support_svc.homes.fitting import Seeking
from support_svc.homes.model import searchable_address
from support_svc.homes.queries import HomeFilter, search_homes
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.databases import FreshDatabase, PostgresForTests

SMALL = 10_000
WARM_UP = 20
COLUMNS = [
    "unit",
    "listing_version",
    "listed",
    "building_name",
    "street",
    "unit_number",
    "city",
    "province",
    "postal_code",
    "country",
    "region",
    "housing_type",
    "bedrooms",
    "area_square_feet",
    "floor",
    "building_floors",
    "year_built",
    "rent",
    "currency",
    "features",
    "accessible",
    "shareable",
    "managed_by",
    "occupancy",
    "available_from",
    "address_search",
    "published_at",
]
FEATURES = [
    "balcony",
    "elevator",
    "laundry_in_building",
    "pets_allowed",
    "parking",
    "smoke_free",
    "intercom",
    "pool",
    "recycling",
]
TYPES = ["apartment"] * 14 + ["studio"] * 2 + ["townhouse", "room", "supportive", "seniors_housing"]
OCCUPANCIES = ["available"] * 6 + ["occupied_by_other", "secured", "notice_given", "temporarily_unavailable"]
NAMES = [
    "Sherbourne",
    "Bathurst",
    "Kingston",
    "Eglinton",
    "Dufferin",
    "Jarvis",
    "Pembroke",
    "Shuter",
    "Lawrence",
    "Finch",
    "Dundas",
    "Keele",
]
KINDS = ["St", "Ave", "Rd", "Blvd", "Cres", "Dr"]
SEEKING = Seeking(frozenset({"apartment"}), 2, 1, Decimal(1200))


def homes(number: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the copy: buildings of a hundred homes on invented streets."""
    began = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for at in range(number):
        building, floor = divmod(at, 100)
        street = f"{building % 900 + 1} {NAMES[building % 12]} {KINDS[building % 6]}"
        door = str(100 + at % 100)
        yield (
            uuid.UUID(int=dice.getrandbits(128)), 1, True, None, street, door,
            "Toronto", "ON", "M5A 1J4", "CA",
            f"ward-{building % 25:02}", dice.choice(TYPES), dice.choice([None, None, 0, 1, 1, 2, 2, 3, 4]),
            dice.choice([None, 400, 600, 800, 1000]), floor // 10 + 1, 10, 1900 + building % 120,
            dice.choice([None, *(Decimal(dice.randrange(600, 3500)) for _ in range(3))]), "CAD",
            dice.sample(FEATURES, dice.randrange(6)), dice.random() < 0.05, dice.random() < 0.1,
            dice.choice(["property_entity", "third_party", "third_party"]), dice.choice(OCCUPANCIES), None,
            searchable_address(street, door, "Toronto", "M5A 1J4"), began + dt.timedelta(seconds=at),
        )  # fmt: skip


def search(dice: random.Random) -> HomeFilter:
    """Return a search as people combine them: any filters, any order, words spelt as they come."""
    wanted: dict[str, Any] = {
        "include_unknown": dice.random() < 0.6,
        "sort": dice.choice(["fit", "fit", "rent", "address", "newest"]),
        "occupancy": dice.choice(["open", "open", "available", "all"]),
    }
    word = dice.choice(NAMES).lower()
    chances: list[tuple[float, str, Any]] = [
        (0.5, "types", dice.sample(sorted(set(TYPES)), dice.randrange(1, 3))),
        (0.4, "bedrooms_from", dice.randrange(6)),
        (0.4, "rent_to", dice.randrange(500, 2500)),
        (0.2, "rent_from", dice.randrange(500, 3000)),
        (0.3, "region", f"ward-{dice.randrange(25):02}"),
        (0.2, "accessible", True),
        (0.2, "features", dice.sample(FEATURES, dice.randrange(1, 4))),
        (0.15, "floor_from", dice.randrange(1, 12)),
        (0.15, "year_from", dice.randrange(1900, 2025)),
        (
            0.25,
            "q",
            dice.choice([word, word[:2] + word[3:], f"{dice.randrange(1, 900)} {word}", f"{word} toronto"]),
        ),
    ]
    wanted |= {name: value for chance, name, value in chances if dice.random() < chance}
    return HomeFilter(**wanted)


async def filled(server: PostgresForTests, number: int) -> tuple[FreshDatabase, Runtime]:
    """Make a copy of `number` homes and the service's runtime on it; the first search reads the copy."""
    database = await server.fresh("support", None)
    connection = await database.connect()
    await connection.copy_records_to_table(
        "home", records=homes(number, random.Random(number)), columns=COLUMNS
    )
    await connection.execute("VACUUM ANALYZE home")
    await connection.close()
    nothing = dict.fromkeys(
        ("issuer", "jwks_url", "public_url", "nats_url", "nats_user", "nats_password"), "x"
    )
    settings = Settings(
        database_url=database.url, audience="support", entity="support", csrf_secret="x" * 40, **nothing
    )
    return database, build_runtime(settings)


async def measure(server: PostgresForTests, number: int, searches: int) -> None:
    """Fill both copies, search both in turn, and print what it took."""
    actor = Actor("bench", "support", frozenset({"caseworker"}))
    sizes = (SMALL, number)
    runtimes = {size: (await filled(server, size))[1] for size in sizes}
    for size in sizes:
        began = time.perf_counter()
        await ask(runtimes[size], actor, search_homes, HomeFilter(), SEEKING)
        print(f"{size:>9,} homes: first search, which reads the copy: {time.perf_counter() - began:.1f} s")
    took: dict[int, list[float]] = {size: [] for size in sizes}
    dice = random.Random(1)
    for at in range(searches + WARM_UP):
        wanted = search(dice)
        for size in sizes:
            began = time.perf_counter()
            await ask(runtimes[size], actor, search_homes, wanted, SEEKING)
            if at >= WARM_UP:
                took[size].append((time.perf_counter() - began) * 1000)
    p99 = {}
    for size in sizes:
        cuts = statistics.quantiles(took[size], n=100)
        p99[size] = cuts[98]
        print(f"{size:>9,} homes: p50 {cuts[49]:6.1f} ms   p99 {cuts[98]:6.1f} ms   of {searches} searches")
    print(f"p99 {number:,} / {SMALL:,}: {p99[number] / p99[SMALL]:.2f} (target ≤ 2, and < 50 ms)")
    for runtime in runtimes.values():
        await runtime.close()


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--homes", type=int, default=330_000)
    parser.add_argument("--searches", type=int, default=400)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresForTests.start(Path(folder))
        try:
            asyncio.run(measure(server, chosen.homes, chosen.searches))
        finally:
            server.stop()


if __name__ == "__main__":
    main()
