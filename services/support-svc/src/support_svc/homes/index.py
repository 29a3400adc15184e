"""The copy of the inventory in memory: what is stored of each home, and all fits at once (P5)."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from column_search import UNKNOWN, Columns, Plan, Row
from support_svc.homes.facts import FIGURES, FLAGS
from support_svc.homes.fitting import Seeking
from trade import addresses, letters

_street_order = lru_cache(maxsize=20_000)(addresses.street_order)


@lru_cache(maxsize=20_000)
def _padded(text: str) -> str:
    return addresses.padded(letters.folded(text))


def building_key(row: Row) -> str:
    """What the homes of one building have in common: street and city, however they are spelt."""
    return f"{_street_order(row['street'])} | {_padded(row['city'])}"


HOMES = Plan(
    codes=(
        "housing_type",
        "currency",
        "region",
        "city",
        "inventory",
        "managed_by",
        "occupancy",
        *(flag.name for flag in FLAGS),
    ),
    numbers=(*FIGURES, "rent", "available_from"),
    sets=("features",),
    texts={
        "street": lambda row: _street_order(row["street"]),
        "building": building_key,
        "unit_number": lambda row: _padded(row["unit_number"] or ""),
    },
    words=lambda row: row["address_search"].split(),
    shown=lambda row: row["listed"],
)
"""`rent` is in cents, `available_from` the ordinal of a day."""


def misfits(index: Columns, seeking: Seeking, today: date) -> NDArray[np.int8]:
    """How far each home is from fitting entirely: 100 less the `score` of `fitting`, so 0 is the best.

    Almost all points are whole numbers found by a table or a comparison; only the homes in between are
    calculated.
    """
    kinds = index.values("housing_type")
    sought = np.array(
        [40 if not seeking.housing_types or kind in seeking.housing_types else 0 for kind in kinds], np.int8
    )
    found = index.looked_up("housing_type", sought)
    # An unknown number of bedrooms is -1: the last of the table.
    rooms = [_points_for_bedrooms(seeking.bedrooms, number) for number in range(seeking.bedrooms + 1)]
    found += np.array([*rooms, 15], np.int8)[np.minimum(index.number("bedrooms"), seeking.bedrooms)]

    rent, affordable = rents_in(index, seeking.currency), cents(seeking.affordable_rent)
    if affordable is None:
        found += np.int8(15)
        between = np.zeros(index.size, np.bool_)
    else:
        unknown, cheap = rent == UNKNOWN, rent <= affordable
        found += 30 * (cheap & ~unknown).view(np.int8) + 15 * unknown.view(np.int8)
        between = ~cheap & (rent < affordable * 3 // 2 + 1)
    free = index.number("available_from")
    wanted = max(seeking.needed_by or today, today).toordinal()
    late = free > wanted

    rows = np.flatnonzero(between | late)
    points = found[rows].astype(np.float64)
    if affordable:
        over = (rent[rows] - affordable) / affordable
        points += np.where(between[rows], np.maximum(0.0, 20 - 40 * over), 0.0)
    points -= np.where(late[rows], np.minimum(20.0, (free[rows] - wanted) / 3), 0.0)
    found[rows] = np.clip(np.rint(points), 0, 100).astype(np.int8)
    return np.int8(100) - found


def rents_in(index: Columns, currency: str) -> NDArray[Any]:
    """Each home's rent in cents; in another currency it counts as unknown, for it can't be compared."""
    rents = index.number("rent")
    mine = index.having("currency", [currency])
    return rents if mine.all() else np.where(mine, rents, UNKNOWN)


def _points_for_bedrooms(needed: int, bedrooms: int) -> int:
    return 30 if bedrooms >= needed else max(0, 30 - 15 * (needed - bedrooms))


def cents(amount: Decimal | None) -> int | None:
    """An amount in cents."""
    return None if amount is None else int(amount * 100)
