"""CSV files that open well in a spreadsheet and can't run anything there."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Sequence
from typing import Any

from starlette.responses import Response, StreamingResponse

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_response(filename: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> Response:
    """UTF-8 with a byte-order mark, so that accents survive.

    Text that begins like a formula gets an apostrophe.
    """
    text = "\ufeff" + _lines([header, *rows])
    return Response(text, media_type="text/csv; charset=utf-8", headers=_headers(filename))


def csv_stream(
    filename: str, header: Sequence[str], batches: AsyncIterator[Sequence[Sequence[Any]]]
) -> Response:
    """Return the same for more rows than should be in memory at once, from `batches`."""

    async def lines() -> AsyncIterator[str]:
        yield "\ufeff" + _lines([header])
        async for rows in batches:
            yield _lines(rows)

    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=_headers(filename))


def _headers(filename: str) -> dict[str, str]:
    safe_name = "".join(c if c.isalnum() or c in "-_." else "-" for c in filename)
    return {"Content-Disposition": f'attachment; filename="{safe_name}"', "Cache-Control": "no-store"}


def _lines(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def harmless(cell: Any) -> Any:
    """Return a cell that no spreadsheet runs: a text that begins like a formula gets an apostrophe."""
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
