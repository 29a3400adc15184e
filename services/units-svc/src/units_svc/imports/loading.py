"""Reading a whole file: rows by the thousand into the staging table, then the comparison.

Used by the command line, the API and the page alike. Needs memory for one batch, however large the file is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO
from uuid import UUID

from chassis.actor import Actor
from chassis.clock import today
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from units_svc.imports.commands import (
    BeginImport,
    ImportCommand,
    StageRows,
    apply_import,
    begin_import,
    discard_import,
    preview_import,
    stage_rows,
)
from units_svc.imports.files import Row, TableFile
from units_svc.imports.mapping import Mapping
from units_svc.imports.model import FileUnreadable, Problem
from units_svc.imports.planning import Counts
from units_svc.imports.reading import KnownValues, RowReader
from units_svc.lookups.model import LookupList
from units_svc.lookups.queries import lookup_lists

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file that was read and compared. `rows` and `wrong` count rows, `counts` homes."""

    import_id: UUID
    rows: int
    counts: Counts


async def load(
    runtime: Runtime,
    actor: Actor,
    mapping: Mapping,
    file: BinaryIO,
    *,
    file_name: str,
    row_limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Loaded:
    """Read a file by a mapping and compare it with the inventory; nothing of the inventory changes yet.

    `row_limit` stops after so many rows. Raises FileUnreadable when it isn't a table with the columns needed.
    """
    table = await asyncio.to_thread(TableFile, file)
    try:
        reader = RowReader(
            mapping, table.header, await _known(runtime, actor), today(runtime.clock, runtime.time_zone)
        )
        if missing := reader.missing_columns():
            raise FileUnreadable(rule=f"it has no column {', '.join(missing)}")
        import_id = await perform(
            runtime,
            actor,
            begin_import,
            BeginImport(mapping, file_name, table.header, table.delimiter, row_limit),
        )
        rows = islice(table.rows(), row_limit)
        done = 0
        try:
            while batch := await asyncio.to_thread(_batch, reader, rows, import_id):
                await perform(runtime, actor, stage_rows, batch)
                done += batch.rows
                if progress is not None:
                    progress(done)
        except FileUnreadable:
            await perform(runtime, actor, discard_import, ImportCommand(import_id))
            raise
    finally:
        table.detach()
    return Loaded(import_id, done, await perform(runtime, actor, preview_import, ImportCommand(import_id)))


async def write(runtime: Runtime, actor: Actor, import_id: UUID) -> Counts:
    """Write an import that was read."""
    return await perform(runtime, actor, apply_import, ImportCommand(import_id))


async def _known(runtime: Runtime, actor: Actor) -> KnownValues:
    lists = await ask(runtime, actor, lookup_lists)
    return KnownValues(
        housing_types=lists.active(LookupList.HOUSING_TYPE),
        statuses=lists.active(LookupList.STATUS),
        features=lists.active(LookupList.FEATURE),
        regions=lists.active(LookupList.REGION),
        service_providers=lists.active(LookupList.SERVICE_PROVIDER),
    )


def _batch(reader: RowReader, rows: Any, import_id: UUID) -> StageRows | None:
    right: list[dict[str, Any]] = []
    wrong: list[tuple[int, list[str]]] = []
    problems: list[Problem] = []
    taken: list[Row] = list(islice(rows, BATCH))
    for row in taken:
        found = reader.read(row.line, row.cells)
        if isinstance(found, list):
            wrong.append((row.line, row.cells))
            problems += found
        else:
            right.append({**found, "cells": row.cells})
    if not taken:
        return None
    return StageRows(import_id, right, wrong, problems, taken[-1].line, len(taken))
