"""Reading a file into the staging table, previewing what it would change, and writing it (U8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, text, update

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.perform import perform_in
from chassis.usecase import use_case
from units_svc.access import Permission
from units_svc.imports.mapping import Mapping
from units_svc.imports.model import (
    STAGED,
    ImportProblem,
    ImportRow,
    ImportState,
    NotReady,
    Problem,
    UnitImport,
    WrongRow,
)
from units_svc.imports.planning import Counts, plan, write
from units_svc.imports.reading import MONITORING
from units_svc.privacy.commands import RecordRefusal, record_refusal
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx


@dataclass(frozen=True, slots=True)
class BeginImport:
    """A file is about to be read."""

    mapping: Mapping
    file_name: str
    header: Sequence[str]
    delimiter: str
    row_limit: int | None = None


@dataclass(frozen=True, slots=True)
class StageRows:
    """Some rows of a file, read: right ones as values by staging column, wrong ones with what is wrong.

    `line` is the last line read, `rows` how many rows there were.
    """

    import_id: UUID
    right: Sequence[dict[str, Any]]
    wrong: Sequence[tuple[int, Sequence[str]]]
    problems: Sequence[Problem]
    line: int
    rows: int = field(default=0)


@dataclass(frozen=True, slots=True)
class ImportCommand:
    """An import by its id."""

    import_id: UUID


@use_case(Permission.IMPORT_UNITS)
async def begin_import(tx: Tx, command: BeginImport) -> UUID:
    """Open an import and return its id; nothing is read yet."""
    found = UnitImport(
        id=new_id(),
        mapping=command.mapping.name,
        definition=command.mapping.model_dump(mode="json"),
        file_name=command.file_name[:200],
        state=ImportState.READING,
        header=list(command.header),
        delimiter=command.delimiter,
        row_limit=command.row_limit,
        started_at=tx.now,
        started_by=tx.actor.name,
    )
    tx.session.add(found)
    tx.touched("import", found.id, "begun")
    return found.id


@use_case(Permission.IMPORT_UNITS)
async def stage_rows(tx: Tx, command: StageRows) -> None:
    """Keep rows that were read. Together with the line reached, so that a broken-off reading goes on from
    there."""
    await tx.execute(
        update(UnitImport)
        .where(UnitImport.id == command.import_id)
        .values(
            line=command.line,
            rows=UnitImport.rows + command.rows,
            wrong_rows=UnitImport.wrong_rows + len(command.wrong),
            version=UnitImport.version + 1,
        )
    )
    if command.problems:
        await tx.execute(
            insert(ImportProblem),
            [
                {
                    "import_id": command.import_id,
                    "line": problem.line,
                    "column": problem.column,
                    "rule": problem.rule,
                    "value": problem.value,
                    "message": problem.message,
                    "params": problem.params,
                }
                for problem in command.problems
            ],
        )
    for problem in command.problems:
        if problem.rule == MONITORING:
            said, deciding = problem.value or "", str(problem.params["words"])
            await perform_in(
                tx,
                record_refusal,
                RecordRefusal(Place.IMPORT, f"{problem.line}, {problem.column}", said, deciding),
            )
    if command.wrong:
        await tx.execute(
            insert(WrongRow),
            [
                {"import_id": command.import_id, "line": line, "cells": list(cells)}
                for line, cells in command.wrong
            ],
        )
    if command.right:
        connection = await (await tx.session.connection()).get_raw_connection()
        driver: Any = connection.driver_connection
        await driver.copy_records_to_table(
            ImportRow.__tablename__,
            records=(
                tuple({**row, "import_id": command.import_id}[name] for name in STAGED)
                for row in command.right
            ),
            columns=STAGED,
        )


@use_case(Permission.IMPORT_UNITS)
async def preview_import(tx: Tx, command: ImportCommand) -> Counts:
    """Compare everything that was read with the inventory and keep the counts; nothing else is written."""
    found = await _locked(tx, command.import_id, ImportState.READING, ImportState.READY)
    await _take_the_time_needed(tx)
    counts = await plan(tx, found.id, Mapping.model_validate(found.definition))
    await _keep(tx, found, counts, ImportState.READY)
    return counts


@use_case(Permission.IMPORT_UNITS)
async def apply_import(tx: Tx, command: ImportCommand) -> Counts:
    """Write everything that was read, all of it or nothing, and tell everybody. Raises NotReady."""
    found = await _locked(tx, command.import_id, ImportState.READY)
    await _take_the_time_needed(tx)
    mapping = Mapping.model_validate(found.definition)
    counts = await plan(tx, found.id, mapping)
    await write(tx, found.id, mapping)
    await _keep(tx, found, counts, ImportState.DONE)
    await tx.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    tx.touched("import", found.id, "written", {"new": (None, counts.new), "changed": (None, counts.changed)})
    return counts


@use_case(Permission.IMPORT_UNITS)
async def discard_import(tx: Tx, command: ImportCommand) -> None:
    """Forget what was read; the inventory stays as it is. Raises NotReady when it was written already."""
    found = await _locked(tx, command.import_id, ImportState.READING, ImportState.READY)
    found.state, found.finished_at = ImportState.DISCARDED, tx.now
    await tx.execute(delete(ImportRow).where(ImportRow.import_id == found.id))
    tx.touched("import", found.id, "discarded")


async def _locked(tx: Tx, import_id: UUID, *states: ImportState) -> UnitImport:
    found: UnitImport | None = (
        await tx.execute(select(UnitImport).where(UnitImport.id == import_id).with_for_update())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(what="import")
    if found.state not in states:
        raise NotReady
    # Two imports that compare with the same inventory would both find a home new: they take turns.
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('units_svc.imports'))"))
    return found


async def _keep(tx: Tx, found: UnitImport, counts: Counts, state: ImportState) -> None:
    found.new, found.changed, found.unchanged = counts.new, counts.changed, counts.unchanged
    found.wrong_rows = int(
        await tx.scalar(select(func.count()).select_from(WrongRow).where(WrongRow.import_id == found.id)) or 0
    )
    found.state = state
    if state is ImportState.DONE:
        found.finished_at = tx.now


async def _take_the_time_needed(tx: Tx) -> None:
    """A whole city takes longer than the limit for what people wait for."""
    await tx.execute(text("SET LOCAL statement_timeout = '30min'"))
    await tx.execute(text("SET LOCAL lock_timeout = '1min'"))
