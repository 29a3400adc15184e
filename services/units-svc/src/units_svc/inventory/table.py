"""The inventory as a table: the columns of its CSV file (U1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from units_svc.inventory.facts import LISTED
from units_svc.inventory.queries import UnitRow

CSV_HEADER = (
    "id", "building_name", "address", "unit_number", "city", "province", "postal_code", "region",
    "housing_type", "status", "occupancy", "available_from", *LISTED, "rent", "rent_currency", "landlord",
    "property_entity", "active",
)  # fmt: skip


async def csv_rows(
    batches: AsyncIterator[list[UnitRow]], party_name: Callable[[str], str]
) -> AsyncIterator[list[list[object]]]:
    """Yield the cells of a CSV file of homes, under CSV_HEADER."""
    async for rows in batches:
        yield _cells(rows, party_name)


def _cells(rows: list[UnitRow], party_name: Callable[[str], str]) -> list[list[object]]:
    return [
        [
            str(row.id), row.building_name, row.street, row.unit_number, row.city, row.province,
            row.postal_code, row.region, row.housing_type, row.status, row.occupancy.value,
            row.available_from, *(getattr(row, name) for name in LISTED), row.rent_amount, row.rent_currency,
            row.landlord, party_name(row.party) if row.party else None, "yes" if row.active else "no",
        ]
        for row in rows
    ]  # fmt: skip
