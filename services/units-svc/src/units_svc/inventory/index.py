"""All homes of the inventory in memory, for the search (U1): what is held of each, and how it is read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from column_search import Columns, Follower, Plan
from column_search.columns import Row
from trade import addresses
from units_svc.inventory.facts import FACTS, FIGURES, FLAGS, OF_BUILDING


def _words(row: Row) -> Iterable[str]:
    """The words of the building's address, and the home's number as it is written and as it is compared."""
    number = row["unit_number"]
    own = (row["unit_key"], *(addresses.comparable(number).split() if number else ()))
    return [word for word in (*row["search_text"].split(), *own) if word]


UNITS = Plan(
    codes=(
        "housing_type", "status", "occupancy", "region", "city_key", "landlord_id", "service_provider",
        *(fact.name for fact in FLAGS), "active",
    ),
    numbers=(*(fact.name for fact in FIGURES), "rent"),
    sets=("features",),
    texts={"street_order": lambda row: row["street_order"], "unit_order": lambda row: row["unit_order"]},
    words=_words,
)  # fmt: skip
"""`rent` is in cents; `street_order` sorts by street name and civic number."""


_FACTS = ", ".join(f"{'b' if fact in OF_BUILDING else 'u'}.{fact.column} AS {fact.name}" for fact in FACTS)

FOLLOWER: Follower[Columns] = Follower(
    f"""
    SELECT u.id, u.housing_type, u.status, u.occupancy, u.region, u.city_key, u.landlord_id,
        u.service_provider, u.active, u.features, {_FACTS}, (u.rent_amount * 100)::bigint AS rent,
        left(u.address_order, length(u.address_order) - length(u.unit_order)) AS street_order,
        u.unit_order, u.unit_key, u.unit_number, b.search_text, u.written_in::text AS written_in
    FROM unit u JOIN building b ON b.id = u.building_id
    """,  # noqa: S608 - our own names of facts
    identity="u.id",
    written_in="u.written_in",
    make=lambda: Columns(UNITS),
)
"""The indexes of this process, one for each database."""


def cents(amount: Decimal | None) -> int | None:
    """Return an amount in cents."""
    return None if amount is None else int(amount * 100)
