"""Reading the stored file into the staging table, a window at a time: memory doesn't grow with the file."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from operator import itemgetter
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from chassis.copying import copy_rows
from importing.kind import Importing, Reader
from importing.model import CELL_END
from trade.csv_import.files import PART, WINDOW, read_window
from trade.csv_import.notation import Notations
from trade.csv_import.problems import Problem

if TYPE_CHECKING:
    from chassis.tx import ReadTx, Tx

_PROBLEM = ("import_id", "line", "column", "rule", "value", "message", "params")
_WRONG_ROW = ("import_id", "line", "cells", "source_ref")


@dataclass(slots=True)
class _WindowRead:
    """Rows of a window, read: right ones in the order of the staging table's columns, wrong ones as they
    are in the file."""

    right: list[tuple[Any, ...]] = field(default_factory=list)
    wrong: list[tuple[int, list[str], str | None]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Any] = field(default_factory=list)
    read: int = 0
    lines: int = 0


async def read_on(tx: Tx, kind: Importing, found: Any, mapping: Any, *, until: float) -> None:
    """Read and stage rows from the position that `found` reached, a window at a time, to the end of the
    file or as long as `time.monotonic()` is before `until`. Raises TableUnreadable.

    While the database takes in the rows of one window, the next one is read.
    """
    reader = await reader_of(tx, kind, found, mapping)
    stopping = Event()
    ahead = await _reading(tx, kind, found, reader, stopping)
    try:
        while ahead is not None:
            window = await ahead
            found.position += window.read
            found.line += window.lines
            found.rows += len(window.right) + len(window.wrong)
            found.wrong_rows += len(window.wrong)
            ahead = await _reading(tx, kind, found, reader, stopping) if time.monotonic() < until else None
            await _store(tx, kind, found.id, window)
    finally:
        # The next window isn't needed when this one couldn't be stored, and a thread can't be cancelled.
        stopping.set()
        if ahead is not None:
            await asyncio.gather(ahead, return_exceptions=True)


def is_read(found: Any) -> bool:
    """Whether all rows were read that are to be read."""
    return bool(found.position >= found.size or found.rows == found.row_limit)


async def reader_of(tx: ReadTx | Tx, kind: Importing, found: Any, mapping: Any) -> Reader:
    """Return the reader of an import's rows."""
    notations = Notations.from_stored(found.reading.get("habits", {}))
    return await kind.reader(tx, mapping, found.header, notations)


async def _reading(
    tx: Tx, kind: Importing, found: Any, reader: Reader, stopping: Event
) -> asyncio.Task[_WindowRead] | None:
    """Begin to read the next window in a thread; None when there's nothing left."""
    if is_read(found):
        return None
    content = await _content(tx, kind, found)
    final = found.position + len(content) >= found.size
    most = None if found.row_limit is None else found.row_limit - found.rows
    return asyncio.create_task(
        asyncio.to_thread(
            _read,
            kind,
            found.id,
            reader,
            content,
            found.delimiter,
            line=found.line,
            final=final,
            most=most,
            stopping=stopping,
        )
    )


async def _content(tx: Tx, kind: Importing, found: Any) -> bytes:
    first, skipped = divmod(found.position, PART)
    table = kind.tables.part
    parts = await tx.execute(
        select(table.content)
        .where(
            table.import_id == found.id,
            table.part >= first,
            table.part <= first + WINDOW // PART,
        )
        .order_by(table.part)
    )
    return b"".join(content for (content,) in parts)[skipped:]


def _read(
    kind: Importing,
    import_id: UUID,
    reader: Reader,
    content: bytes,
    delimiter: str,
    *,
    line: int,
    final: bool,
    most: int | None,
    stopping: Event,
) -> _WindowRead:
    found = read_window(content, delimiter, line=line, final=final, most=most)
    window = _WindowRead(read=found.read, lines=found.lines)
    in_order = itemgetter(*kind.staged)
    for row in found.rows:
        if stopping.is_set():
            break
        values = reader.read(row.line, row.cells)
        if isinstance(values, list):
            window.wrong.append((row.line, row.cells, reader.key_of(row.cells)))
            window.problems += values
        else:
            values["import_id"] = import_id
            values["cells"] = CELL_END.join(row.cells)
            window.doubts += kind.look_closer(values)
            window.right.append(in_order(values))
    return window


async def _store(tx: Tx, kind: Importing, import_id: UUID, window: _WindowRead) -> None:
    await copy_rows(tx, kind.tables.row, kind.staged, window.right)
    problems = [
        (import_id, p.line, p.column, p.rule, p.value, p.message, json.dumps(p.params))
        for p in window.problems
    ]
    await copy_rows(tx, kind.tables.problem, _PROBLEM, problems)
    await copy_rows(tx, kind.tables.wrong, _WRONG_ROW, [(import_id, *one) for one in window.wrong])
    await kind.store_besides(tx, window.doubts, window.problems)
