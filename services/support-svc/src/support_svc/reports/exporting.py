"""The file of a quarterly export: CSV files in an archive, with the layout (R1)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from fastapi import Response

from chassis.periods import FiscalQuarter
from deskkit.csv_files import Table, zip_stream
from support_svc.reports.housing_facts import FILES, LAYOUT, HousingFacts, housing_facts
from support_svc.reports.model import RecordExport

LAYOUT_TEXT = f"""Partywall housing facts, layout {LAYOUT}

placements.csv   one line a housing placement that was open on a day of the quarter
stays.csv        one line a person and stay in a home on a day of the quarter
preventions.csv  one line a housing loss prevention that was open on a day of the quarter

Everything is as it was on the last day of the quarter. Words for people, households, placements and
preventions are the same in the three files, were drawn for this export alone, and mean nothing elsewhere.
Months as 2026-03. "left_out" stands for what fewer than five people of the file have in common. UTF-8 with a
byte order mark. The columns and their codes are described in the documentation, under "Housing facts".
"""


async def exported(
    ask: Callable[..., Awaitable[HousingFacts]],
    record: Callable[[RecordExport], Awaitable[Any]],
    quarter: str,
) -> Response:
    """Return the housing facts of a quarter as an archive, once it's recorded that they were exported."""
    found = await ask(housing_facts, FiscalQuarter.read(quarter))
    counts = {name.removesuffix(".csv"): len(lines) for name, lines in found.lines.items()}
    await record(RecordExport(quarter=quarter, **counts))
    tables = [Table(name, columns, _whole(found.lines[name])) for name, columns in FILES.items()]
    return zip_stream(f"housing-facts-{quarter}.zip", tables, {"layout.txt": LAYOUT_TEXT})


async def _whole(lines: list[list[Any]]) -> AsyncIterator[list[list[Any]]]:
    yield lines
