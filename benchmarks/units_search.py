"""The inventory's own list of homes in units-svc: 330,000 against 10,000, any filters, order and page (U1).

    python benchmarks/units_search.py [--rows 330000] [--rounds 7] [--searches 300]

Starts a PostgreSQL of its own, fills one inventory with each number of homes, and asks both the same random
searches in turn, through the use case as the page does; half of them begin at some position.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from decimal import Decimal
from typing import Any

import search_ground as ground
from search_ground import FEATURES, OCCUPANCIES, TYPES
from settings_ground import runtime_on

from chassis.actor import Actor
from chassis.perform import ask
from chassis.positions import position_text
from chassis.runtime import Runtime
from testkit.databases import PostgresForTests
from trade import addresses
from units_svc.inventory.index import FOLLOWER
from units_svc.inventory.queries import unit_list
from units_svc.inventory.searching import Order, UnitFilter
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime

BUILDING = [
    "id", "street", "city", "province", "country", "postal_code", "region", "year_built", "floors",
    "address_key", "search_text", "version",
]  # fmt: skip
UNIT = [
    "id", "building_id", "unit_number", "unit_key", "unit_order", "housing_type", "status",
    "status_observed_on", "occupancy", "features", "accessible", "shareable", "active", "area_square_feet",
    "bedrooms", "floor", "rent_amount", "rent_currency", "region", "city_key", "year_built", "address_order",
    "listing_version", "created_at", "version",
]  # fmt: skip
STATUSES = ["good", "good", "good", "fair", "poor"]
ACTOR = Actor("bench", "property", frozenset({"inventory_keeper"}))


def rows(number: int, dice: random.Random) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Return buildings of a hundred homes, and their homes."""
    buildings, units = [], []
    today, now = dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    for at in range(number):
        building, home = divmod(at, 100)
        street, region, year = ground.street_of(building), f"ward-{building % 25:02}", 1900 + building % 120
        if home == 0:
            buildings.append((
                uuid.UUID(int=dice.getrandbits(128)), street, "Toronto", "ON", "CA", "M5A 1J4", region, year,
                10, f"{addresses.comparable(street)}|{building}",
                addresses.searchable(None, street, "Toronto", "M5A 1J4"), 1,
            ))  # fmt: skip
        key = addresses.unit_key(str(100 + home))
        unit_order = addresses.padded(key)
        units.append((
            uuid.UUID(int=dice.getrandbits(128)), buildings[-1][0], str(100 + home), key, unit_order,
            dice.choice(TYPES), dice.choice(STATUSES), today, dice.choice(OCCUPANCIES),
            dice.sample(FEATURES, dice.randrange(6)), dice.choice([None, False, True]), dice.random() < 0.1,
            dice.random() < 0.95, dice.choice([None, 400, 600, 800, 1000]),
            dice.choice([None, None, 0, 1, 1, 2, 2, 3, 4]), home // 10 + 1,
            dice.choice([None, *(Decimal(dice.randrange(600, 3500)) for _ in range(3))]), "CAD", region,
            "toronto", year, f"{addresses.street_order(street)} {unit_order}", 1, now, 1,
        ))  # fmt: skip
    return buildings, units


def search(dice: random.Random) -> ground.Ask:
    """Return a search as people combine them: any filters, any order, words spelt as they come, any page."""
    chances: list[tuple[float, str, Any]] = [
        (0.5, "housing_type", dice.sample(sorted(set(TYPES)), dice.randrange(1, 3))),
        (0.2, "status", [dice.choice(STATUSES)]),
        (0.5, "occupancy", [dice.choice(OCCUPANCIES)]),
        (0.4, "bedrooms_from", dice.randrange(6)),
        (0.4, "rent_to", dice.randrange(500, 2500)),
        (0.2, "rent_from", dice.randrange(500, 3000)),
        (0.2, "area_to", dice.randrange(300, 1200)),
        (0.3, "region", [f"ward-{dice.randrange(25):02}"]),
        (0.2, "accessible", True),
        (0.2, "features", dice.sample(FEATURES, dice.randrange(1, 4))),
        (0.15, "floor_from", dice.randrange(1, 12)),
        (0.15, "year_from", dice.randrange(1900, 2025)),
        (0.25, "text", ground.typed_text(dice)),
        (0.1, "active", None),
        (0.4, "unknown_too", False),
    ]
    wanted = UnitFilter(**{name: value for chance, name, value in chances if dice.random() < chance})
    order, place = dice.choice(list(Order)), None
    if dice.random() < 0.5:
        unit, rent = uuid.UUID(int=dice.getrandbits(128)), dice.randrange(60_000, 350_000)
        street = addresses.street_order(f"{dice.randrange(900)} {dice.choice(ground.NAMES)} St")
        by_rent = order in {Order.RENT, Order.RENT_DOWN}
        place = position_text((rent, unit) if by_rent else (f"{street} ", "", unit))
    way = dice.choice(["after", "after", "before"])
    return lambda runtime: ask(runtime, ACTOR, unit_list, wanted, order=order, **{way: place})


async def filled(server: PostgresForTests, number: int) -> Runtime:
    """Make an inventory of `number` homes; return the service's runtime on it."""
    database = await server.fresh("units", None)
    connection = await database.connect()
    buildings, units = rows(number, random.Random(number))
    await connection.copy_records_to_table("building", records=buildings, columns=BUILDING)
    await connection.copy_records_to_table("unit", records=units, columns=UNIT)
    await connection.execute("VACUUM ANALYZE building, unit")
    await connection.close()
    return runtime_on(database, build_runtime, UnitsSettings, "property")


if __name__ == "__main__":
    ground.run(__doc__, "The list of homes of units-svc", filled, search, FOLLOWER)
