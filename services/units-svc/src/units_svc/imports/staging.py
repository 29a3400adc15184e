"""Reading the stored file into the staging table, a window at a time: memory doesn't grow with the file."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from operator import itemgetter
from threading import Event
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from chassis.copying import copy_rows
from chassis.perform import perform_in
from trade.csv_import.cells import Codes
from trade.csv_import.files import PART, WINDOW, read_window
from trade.csv_import.notation import Notations
from trade.csv_import.problems import Problem
from trade.text_review.verdicts import Sentence
from units_svc.entities import PropertyEntities
from units_svc.imports.mapping import Mapping
from units_svc.imports.model import (
    CELL_END,
    STAGED,
    ImportPart,
    ImportProblem,
    ImportRow,
    UnitImport,
    WrongRow,
)
from units_svc.imports.reading import MONITORING, KnownValues, RowReader, doubtful
from units_svc.inventory.feature import HOUSING_TYPE, REGION, SERVICE_PROVIDER, STATUS, UNIT_FEATURE
from units_svc.lookups.model import LookupValue
from units_svc.privacy.commands import RecordRefusal, keep_doubt, record_refusal
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import ReadTx, Tx

_PROBLEM = ("import_id", "line", "column", "rule", "value", "message", "params")
_WRONG_ROW = ("import_id", "line", "cells", "source_ref")
_CONDITION = re.compile(r"\b(condition|état)\b", re.IGNORECASE)
_in_order = itemgetter(*STAGED)


@dataclass(slots=True)
class _WindowRead:
    """Rows of a window, read: right ones in the order of the staging table's columns, wrong ones as they
    are in the file."""

    right: list[tuple[Any, ...]] = field(default_factory=list)
    wrong: list[tuple[int, list[str], str | None]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    doubts: list[tuple[str, str, Sentence]] = field(default_factory=list)
    read: int = 0
    lines: int = 0


async def read_on(tx: Tx, found: UnitImport, mapping: Mapping, *, until: float) -> None:
    """Read and stage rows from the position that `found` reached, a window at a time, to the end of the
    file or as long as `time.monotonic()` is before `until`. Raises TableUnreadable.

    While the database takes in the rows of one window, the next one is read.
    """
    reader = await reader_of(tx, found, mapping)
    stopping = Event()
    ahead = await _reading(tx, found, reader, stopping)
    try:
        while ahead is not None:
            window = await ahead
            found.position += window.read
            found.line += window.lines
            found.rows += len(window.right) + len(window.wrong)
            found.wrong_rows += len(window.wrong)
            ahead = await _reading(tx, found, reader, stopping) if time.monotonic() < until else None
            await _store(tx, found.id, window)
    finally:
        # The next window isn't needed when this one couldn't be stored, and a thread can't be cancelled.
        stopping.set()
        if ahead is not None:
            await asyncio.gather(ahead, return_exceptions=True)


def is_read(found: UnitImport) -> bool:
    """Whether all rows were read that are to be read."""
    return found.position >= found.size or found.rows == found.row_limit


async def _reading(
    tx: Tx, found: UnitImport, reader: RowReader, stopping: Event
) -> asyncio.Task[_WindowRead] | None:
    """Begin to read the next window in a thread; None when there's nothing left."""
    if is_read(found):
        return None
    content = await _content(tx, found)
    final = found.position + len(content) >= found.size
    most = None if found.row_limit is None else found.row_limit - found.rows
    return asyncio.create_task(
        asyncio.to_thread(
            _read,
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


async def reader_of(tx: ReadTx | Tx, found: UnitImport, mapping: Mapping) -> RowReader:
    """Return the reader of an import's rows."""
    notations = Notations.from_stored(found.reading.get("habits", {}))
    return RowReader(mapping, found.header, await known_values(tx), tx.today, notations)


async def known_values(tx: ReadTx | Tx) -> KnownValues:
    """Return the codes and property entities that rows may use, with their labels."""
    entities = PropertyEntities.of(tx.runtime, tx.today)
    labels: dict[str, dict[str, str]] = {}
    values = select(LookupValue.list, LookupValue.code, LookupValue.label_en, LookupValue.label_fr)
    for row in await tx.execute(values.where(LookupValue.active)):
        words = [row.code, row.label_en, row.label_fr]
        if row.list == STATUS:
            # In a column of conditions people write "Good" for "Good condition", and "Bon".
            words += [_CONDITION.sub("", label) for label in words[1:]]
        for label in filter(None, map(str.strip, words)):
            labels.setdefault(row.list, {}).setdefault(label, row.code)
    return KnownValues(
        housing_types=Codes.labelled(labels.get(HOUSING_TYPE, {})),
        statuses=Codes.labelled(labels.get(STATUS, {})),
        features=Codes.labelled(labels.get(UNIT_FEATURE, {})),
        regions=Codes.labelled(labels.get(REGION, {})),
        service_providers=Codes.labelled(labels.get(SERVICE_PROVIDER, {})),
        entities=Codes.labelled(entities.words()),
        usual_entity=entities.usual,
    )


async def _content(tx: Tx, found: UnitImport) -> bytes:
    first, skipped = divmod(found.position, PART)
    parts = await tx.execute(
        select(ImportPart.content)
        .where(
            ImportPart.import_id == found.id,
            ImportPart.part >= first,
            ImportPart.part <= first + WINDOW // PART,
        )
        .order_by(ImportPart.part)
    )
    return b"".join(content for (content,) in parts)[skipped:]


def _read(
    import_id: UUID,
    reader: RowReader,
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
            for name in ("building_name", "comments"):
                text = values.get(name)
                if text and (sentence := doubtful(text)) is not None:
                    window.doubts.append((name, text, sentence))
            window.right.append(_in_order(values))
    return window


async def _store(tx: Tx, import_id: UUID, window: _WindowRead) -> None:
    await copy_rows(tx, ImportRow, STAGED, window.right)
    for name, text, sentence in window.doubts:
        await keep_doubt(tx, Place.IMPORT, name, text, sentence)
    problems = [
        (import_id, p.line, p.column, p.rule, p.value, p.message, json.dumps(p.params))
        for p in window.problems
    ]
    await copy_rows(tx, ImportProblem, _PROBLEM, problems)
    await copy_rows(tx, WrongRow, _WRONG_ROW, [(import_id, *one) for one in window.wrong])
    for problem in window.problems:
        if problem.rule == MONITORING:
            text, deciding = problem.value or "", str(problem.params["words"])
            await perform_in(
                tx,
                record_refusal,
                RecordRefusal(Place.IMPORT, f"{problem.line}, {problem.column}", text, deciding),
            )
