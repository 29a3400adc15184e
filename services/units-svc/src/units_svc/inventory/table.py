"""The inventory as a table: the columns of its CSV file (U1)."""

from __future__ import annotations

from collections.abc import AsyncIterator

from units_svc.inventory.facts import LISTED
from units_svc.inventory.queries import UnitRow

CSV_HEADER = (
    "id", "building_name", "address", "unit_number", "city", "province", "postal_code", "region",
    "housing_type", "status", "occupancy", "available_from", *LISTED, "rent", "rent_currency", "landlord",
    "active",
)  # fmt: skip


async def csv_rows(batches: AsyncIterator[list[UnitRow]]) -> AsyncIterator[list[list[object]]]:
    """Yield the cells of a CSV file of homes, under CSV_HEADER."""
    async for rows in batches:
        yield _cells(rows)


def _cells(rows: list[UnitRow]) -> list[list[object]]:
    return [
        [
            str(row.id), row.building_name, row.street, row.unit_number, row.city, row.province,
            row.postal_code, row.region, row.housing_type, row.status, row.occupancy.value,
            row.available_from, *(getattr(row, name) for name in LISTED), row.rent_amount, row.rent_currency,
            row.landlord, "yes" if row.active else "no",
        ]
        for row in rows
    ]  # fmt: skip
