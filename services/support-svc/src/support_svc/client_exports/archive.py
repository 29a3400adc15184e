"""The archive in which clients are exported: CSV files and a text that says what they are (C7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import Response

from chassis.clock import today
from chassis.runtime import Runtime
from deskkit.csv_files import Table, zip_stream
from support_svc.client_exports import queries
from support_svc.client_exports.queries import Rows, batches

LAYOUT = """Partywall export of clients, layout 1

clients.csv      one line a client: everything in the record. "client" names the person in all files.
consents.csv     one line a consent. "status" is the one on the day of the export.
households.csv   who was in which household, from when until when
stays.csv        where people have lived; people who lived there together share "stay"
rents.csv        the rents of stays, by "record"

UTF-8 with a byte order mark; days as 2026-03-31; codes of the look-up lists. A cell that a spreadsheet would
run as a formula has an apostrophe before it. Telephone numbers and external ids are separated by semicolons,
e-mail addresses by blanks. The import reads clients.csv with the mapping partywall-clients, then consents.csv
with partywall-consents.
"""
_FILES = (
    ("clients.csv", queries.CLIENT_COLUMNS, queries.exported_clients),
    ("consents.csv", queries.CONSENT_COLUMNS, queries.exported_consents),
    ("households.csv", queries.HOUSEHOLD_COLUMNS, queries.exported_households),
    ("stays.csv", queries.STAY_COLUMNS, queries.exported_stays),
    ("rents.csv", queries.RENT_COLUMNS, queries.exported_rents),
)


def archive(ask: Callable[..., Awaitable[Rows]], runtime: Runtime, client_id: UUID | None = None) -> Response:
    """Return the archive of one client, or of all whom the asker may know of, made while it's sent.

    `ask` runs a query in the asker's name.
    """
    tables = [Table(name, header, batches(_plain(ask), of, client_id)) for name, header, of in _FILES]
    what = "clients" if client_id is None else "client"
    return zip_stream(
        f"{what}-{today(runtime.clock, runtime.time_zone).isoformat()}.zip", tables, {"layout.txt": LAYOUT}
    )


def _plain(ask: Callable[..., Awaitable[Rows]]) -> Callable[..., Awaitable[Rows]]:
    async def asked(*args: Any, **kwargs: Any) -> Rows:
        found = await ask(*args, **kwargs)
        return Rows([[getattr(cell, "value", cell) for cell in row] for row in found.rows], found.after)

    return asked
