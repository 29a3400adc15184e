"""CSV files that open well in a spreadsheet and can't run anything there."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an archive: its file's name, its columns, and its rows, some at a time."""

    name: str
    header: Sequence[str]
    batches: AsyncIterator[Sequence[Sequence[Any]]]


def zip_stream(filename: str, tables: Sequence[Table], texts: Mapping[str, str]) -> Response:
    """Return an archive of CSV files, and of short texts by their names, made while it's sent."""
    return StreamingResponse(
        _archive(tables, texts), media_type="application/zip", headers=_headers(filename)
    )


async def _archive(tables: Sequence[Table], texts: Mapping[str, str]) -> AsyncIterator[bytes]:
    sent = _Sent()
    with zipfile.ZipFile(sent, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in texts.items():
            archive.writestr(name, content)
        for table in tables:
            with archive.open(table.name, "w", force_zip64=True) as file:
                file.write(("\ufeff" + _lines([table.header])).encode())
                async for rows in table.batches:
                    file.write(_lines(rows).encode())
                    yield sent.taken()
    yield sent.taken()


class _Sent(io.RawIOBase):
    """What was written to an archive and isn't sent yet; it can't be read again or changed."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self._waiting += content
        return len(content)

    def taken(self) -> bytes:
        content = bytes(self._waiting)
        self._waiting.clear()
        return content


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
