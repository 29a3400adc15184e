"""New Housing Search on support-svc's own copy: 330,000 homes against 10,000, any filters and page (P5).

    [INVENTORIES=1] python benchmarks/homes_search.py [--rows 330000] [--rounds 7] [--searches 300]

Starts a PostgreSQL of its own, fills one copy of the inventory with each number of homes, and asks both the
same random searches in turn, through the use case as the page does; half of them begin at some position. The
homes are those of three inventories, or of as many as INVENTORIES says.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import search_ground as ground
from search_ground import FEATURES, OCCUPANCIES, TYPES
from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import ask
from chassis.positions import position_text
from chassis.runtime import Runtime
from support_svc.homes.buildings import search_buildings
from support_svc.homes.fitting import Seeking
from support_svc.homes.following import homes_in_memory
from support_svc.homes.model import searchable_address
from support_svc.homes.queries import HomeFilter, search_homes
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from testkit.databases import PostgresForTests

COLUMNS = [
    "unit", "listing_version", "listed", "building_name", "street", "unit_number", "city", "province",
    "postal_code", "country", "region", "housing_type", "bedrooms", "area_square_feet", "floor",
    "building_floors", "year_built", "rent", "currency", "features", "accessible", "shareable", "managed_by",
    "occupancy", "available_from", "address_search", "published_at", "inventory", "manager",
]  # fmt: skip
INVENTORIES = ("property", "city-inventory", "lakeside-inventory")[: int(os.environ.get("INVENTORIES", "3"))]
SEEKING = Seeking(frozenset({"apartment"}), 2, 1, Decimal(1200))
ACTOR = Actor("bench", "support", frozenset({"caseworker"}))


def homes(number: int, dice: random.Random) -> Iterator[tuple[Any, ...]]:
    """Yield rows of the copy."""
    began = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for at in range(number):
        building, floor = divmod(at, 100)
        street, door = ground.street_of(building), str(100 + at % 100)
        managed_by = dice.choice(["property_entity", "third_party", "third_party"])
        yield (
            uuid.UUID(int=dice.getrandbits(128)), 1, True, None, street, door,
            "Toronto", "ON", "M5A 1J4", "CA",
            f"ward-{building % 25:02}", dice.choice(TYPES), dice.choice([None, None, 0, 1, 1, 2, 2, 3, 4]),
            dice.choice([None, 400, 600, 800, 1000]), floor // 10 + 1, 10, 1900 + building % 120,
            dice.choice([None, *(Decimal(dice.randrange(600, 3500)) for _ in range(3))]), "CAD",
            dice.sample(FEATURES, dice.randrange(6)), dice.random() < 0.05, dice.random() < 0.1,
            managed_by, dice.choice(OCCUPANCIES), None,
            searchable_address(street, door, "Toronto", "M5A 1J4"), began + dt.timedelta(seconds=at),
            INVENTORIES[building % len(INVENTORIES)], "property" if managed_by == "property_entity" else None,
        )  # fmt: skip


def search(dice: random.Random) -> ground.Ask:
    """Return a search as people combine them: any filters, any order, words spelt as they come, any page."""
    wanted: dict[str, Any] = {
        "include_unknown": dice.random() < 0.6,
        "sort": dice.choice(["fit", "fit", "rent", "address", "newest"]),
        "occupancy": dice.choice(["open", "open", "available", "all"]),
    }
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
        (0.25, "q", ground.typed_text(dice)),
    ]
    wanted |= {name: value for chance, name, value in chances if dice.random() < chance}
    if "rent_from" in wanted and "rent_to" in wanted:
        wanted["rent_from"], wanted["rent_to"] = sorted((wanted["rent_from"], wanted["rent_to"]))
    if dice.random() < 0.5:
        unit, rent = uuid.UUID(int=dice.getrandbits(128)), dice.randrange(60_000, 350_000)
        name = f"{dice.choice(ground.NAMES).lower()} st {dice.randrange(900):06}"
        places = {
            "fit": (dice.randrange(60), rent, unit),
            "rent": (rent, unit),
            "address": (name, "", unit),
            "newest": (dice.randrange(700, 1000), unit),
        }
        wanted["after"] = position_text(places[wanted["sort"]])
    filters = HomeFilter(**wanted)
    asked = search_homes
    if dice.random() < 0.5:  # as the desk does: by building, which is paged by positions of its own
        asked, filters = search_buildings, filters.model_copy(update={"after": None})
    return lambda runtime: ask(runtime, ACTOR, asked, filters, SEEKING)


async def filled(server: PostgresForTests, number: int) -> Runtime:
    """Make a copy of `number` homes; return the service's runtime on it."""
    database = await server.fresh("support", None)
    connection = await database.connect()
    await connection.copy_records_to_table(
        "home", records=homes(number, random.Random(number)), columns=COLUMNS
    )
    await connection.execute("VACUUM ANALYZE home")
    await connection.close()
    return runtime_on(database, build_runtime, Settings, "support")


if __name__ == "__main__":
    ground.run(__doc__, "New Housing Search on the copy of support-svc", filled, search, homes_in_memory)
