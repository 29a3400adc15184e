"""Receiving a file, deciding about it, and the steps in which the worker imports it (U8)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.perform import ask, perform, perform_in
from chassis.usecase import use_case
from trade.csv_import.columns import is_header
from trade.csv_import.files import NoRows, Opening, all_rows, opening, plain_parts
from trade.csv_import.notation import NO_CHOICES, Choices, Kind, Survey
from trade.csv_import.problems import TableUnreadable
from units_svc.imports.batches import allow_long_statements, count_batches, work_on
from units_svc.imports.comparing import (
    check_keys,
    find_missing,
    next_batch,
    set_wrong_aside,
    take_statistics,
)
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import KINDS, Mapping
from units_svc.imports.model import (
    STEP,
    WORKING,
    ImportPart,
    ImportProblem,
    ImportRow,
    ImportState,
    MissingUnit,
    NotReady,
    UnitImport,
    WrongRow,
    may_be_discarded,
    readable,
)
from units_svc.imports.queries import ImportView, import_record
from units_svc.imports.reading import RowReader
from units_svc.imports.staging import is_read, known_values, read_on
from units_svc.inventory.listing import take_off_list
from units_svc.inventory.model import FREE_TO_WITHDRAW, Unit

if TYPE_CHECKING:
    from chassis.actor import Actor
    from chassis.runtime import Runtime
    from chassis.tx import Tx

STEP_SECONDS = 1.5
"""What was read is committed, with the position it reached, after about so long."""
CHECKED_AT_ONCE = 5_000
"""How many rows one set of statements checks against each other and the inventory."""
WITHDRAWN_AT_ONCE = 5_000
LATER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ReceiveFile:
    """A file to be read by a mapping. `at_once` writes what is right in it without asking.

    `row_limit` stops after so many rows.
    """

    mapping: Mapping
    file: BinaryIO
    file_name: str
    row_limit: int | None = None
    at_once: bool = False
    choices: Choices = NO_CHOICES


@dataclass(frozen=True, slots=True)
class AnswerNotation:
    """What commas or days of a file mean, where its columns leave it open."""

    import_id: UUID
    choices: Choices = NO_CHOICES
    keep_same_address: bool = False


@dataclass(frozen=True, slots=True)
class ImportCommand:
    """An import by its id."""

    import_id: UUID


@use_case(IMPORT_UNITS)
async def receive_file(tx: Tx, command: ReceiveFile) -> UUID:
    """Store a file and open an import, which the worker continues; return its id.

    Raises FileUnreadable when it isn't a table with the columns that the mapping needs.
    """
    with readable():
        found = await asyncio.to_thread(opening, command.file, partial(is_header, command.mapping))
        reader = RowReader(command.mapping, found.header, await known_values(tx), tx.today)
        reader.columns.require()
    kinds = reader.columns.kinds(KINDS)
    survey = await asyncio.to_thread(_surveyed, command.file, found, kinds)
    await allow_long_statements(tx)
    one = UnitImport(
        id=new_id(),
        mapping=command.mapping.name,
        definition=command.mapping.model_dump(mode="json"),
        file_name=command.file_name[:200],
        state=ImportState.READING,
        header=found.header,
        delimiter=found.delimiter,
        row_limit=command.row_limit,
        at_once=command.at_once,
        position=found.position,
        line=found.line,
        reading={
            "position": found.position,
            "line": found.line,
            "habits": survey.notations(command.choices).stored(),
            "unclear": survey.notations(NO_CHOICES).unclear(kinds),
        },
        started_at=tx.now,
        started_by=tx.actor.name,
    )
    tx.session.add(one)
    await tx.session.flush()
    parts = plain_parts(command.file, found.encoding)
    number = 0
    with readable():
        while (content := await asyncio.to_thread(next, parts, None)) is not None:
            await tx.execute(insert(ImportPart), {"import_id": one.id, "part": number, "content": content})
            one.size += len(content)
            number += 1
    tx.touched("import", one.id, "begun")
    tx.schedule(STEP, str(one.id), tx.now)
    return one.id


@use_case(IMPORT_UNITS)
async def apply_import(tx: Tx, command: ImportCommand) -> None:
    """Let the worker write everything that is right in a file that was read. Raises NotReady."""
    found = await _locked(tx, command.import_id, ImportState.READY)
    _begin_writing(found)
    tx.touched("import", found.id, "decided")
    tx.schedule(STEP, str(found.id), tx.now)


@use_case(IMPORT_UNITS)
async def answer_notation(tx: Tx, command: AnswerNotation) -> None:
    """Read a file again with a decision about its commas or days, or about buildings at one address.

    Raises NotReady.
    """
    await allow_long_statements(tx)
    found = await _locked(tx, command.import_id, ImportState.READY)
    notations, unclear = dict(found.reading["habits"]), found.reading["unclear"]
    for at, kind in unclear.items():
        chosen = command.choices.days if kind == Kind.DAY else command.choices.decimal
        if chosen is not None:
            notations[at] = chosen.value
    found.reading = {**found.reading, "habits": notations}
    if command.keep_same_address and found.definition["rows"] == "building":
        found.definition = {**found.definition, "same_address": "keep"}
    await _read_again(tx, found)
    tx.touched("import", found.id, "habits_answered")
    tx.schedule(STEP, str(found.id), tx.now)


@use_case(IMPORT_UNITS)
async def discard_import(tx: Tx, command: ImportCommand) -> None:
    """Delete what was read and isn't written. Raises NotReady while it is being written."""
    await allow_long_statements(tx)
    found = await _locked(tx, command.import_id, *ImportState)
    if not may_be_discarded(found.state, found.new + found.changed, found.finished_at):
        raise NotReady
    found.finished_at = tx.now
    if found.state is not ImportState.STOPPED:
        found.state = ImportState.DISCARDED
    await _clear_away(tx, found)
    tx.cancel_timer(STEP, str(found.id))
    tx.touched("import", found.id, "discarded")


@use_case(IMPORT_UNITS)
async def stop_import(tx: Tx, command: ImportCommand) -> None:
    """Stop writing a file; the rest can follow later. Raises NotReady."""
    await allow_long_statements(tx)
    found = await _locked(tx, command.import_id, ImportState.APPLYING)
    found.state = ImportState.STOPPED
    tx.cancel_timer(STEP, str(found.id))
    tx.touched("import", found.id, "stopped", {"new": (None, found.new), "changed": (None, found.changed)})


@use_case(IMPORT_UNITS)
async def resume_import(tx: Tx, command: ImportCommand) -> None:
    """Let the worker continue an import that was stopped or that it gave up after failures.

    Raises NotReady.
    """
    await allow_long_statements(tx)
    found = await _locked(tx, command.import_id, *WORKING, ImportState.STOPPED)
    if found.finished_at is not None:
        raise NotReady
    if found.state is ImportState.STOPPED:
        found.state = ImportState.APPLYING
    tx.touched("import", found.id, "resumed")
    tx.schedule(STEP, str(found.id), tx.now)


@use_case(IMPORT_UNITS)
async def withdraw_missing(tx: Tx, command: ImportCommand) -> int:
    """Take homes off the list that an import no longer names, some thousand at a time; return how many.

    Homes that are held or lived in stay: those are decided one by one. Raises NotReady.
    """
    await allow_long_statements(tx)
    found = await _locked(tx, command.import_id, ImportState.DONE)
    missing = select(MissingUnit.unit_id).where(MissingUnit.import_id == found.id)
    free = Unit.occupancy.in_(FREE_TO_WITHDRAW)
    gone = (
        select(Unit)
        .where(Unit.id.in_(missing), Unit.active, free)
        .order_by(Unit.id)
        .limit(WITHDRAWN_AT_ONCE)
        .with_for_update()
    )
    count = 0
    for unit in (await tx.execute(gone)).scalars():
        take_off_list(tx, unit)
        count += 1
    tx.touched("import", found.id, "missing_withdrawn", {"withdrawn": (None, count)})
    return count


@use_case(IMPORT_UNITS)
async def carry_on(tx: Tx, command: ImportCommand) -> bool:
    """Do the next step of an import, and return whether there is more to do.

    What was read and the position that was reached are committed together, and what was written of a batch
    with what was found in it. A second call waits for the end of the first.
    """
    await allow_long_statements(tx)
    found = await _locked(tx, command.import_id, *ImportState)
    mapping = Mapping.model_validate(found.definition)
    try:
        if found.state is ImportState.READING:
            await _read(tx, found, mapping)
        elif found.state in WORKING and not await work_on(tx, found, mapping):
            await _conclude(tx, found, mapping)
    except TableUnreadable as unreadable:
        found.state, found.finished_at = ImportState.FAILED, tx.now
        found.failure, found.failure_params = unreadable.message, dict(unreadable.params)
        await _clear_away(tx, found)
        tx.touched("import", found.id, "failed")
    if found.state in WORKING:
        tx.schedule(STEP, str(found.id), tx.now)
        return True
    return False


async def carry_on_unless_busy(tx: Tx, import_id: UUID) -> None:
    """Do the next step of an import, later when another process is doing one. For the worker."""
    free = select(UnitImport.id).where(UnitImport.id == import_id).with_for_update(skip_locked=True)
    if await tx.scalar(free) is not None:
        await perform_in(tx, carry_on, ImportCommand(import_id))
    else:
        tx.schedule(STEP, str(import_id), tx.now + LATER)


async def _read(tx: Tx, found: UnitImport, mapping: Mapping) -> None:
    """Read the next rows; after the last one, check them against each other, some at a time."""
    until = time.monotonic() + STEP_SECONDS
    if not is_read(found):
        await read_on(tx, found, mapping, until=until)
        if is_read(found):
            if not found.rows:
                raise NoRows
            await take_statistics(tx)
        return
    if await _check_on(tx, found, mapping, until=until):
        return
    found.wrong_rows = await _count(tx, WrongRow, found.id)
    if found.at_once:
        _begin_writing(found)
    else:
        found.state, found.reached, found.compared = ImportState.COMPARING, "", 0
        found.new = found.changed = found.unchanged = 0


async def _check_on(tx: Tx, found: UnitImport, mapping: Mapping, *, until: float) -> bool:
    """Check the next rows against each other and the inventory; return whether there were any.

    First by key, when rows have one, then by address.
    """
    if not mapping.key:
        found.keys_checked = True
    while True:
        if not found.keys_checked:
            batch = await check_keys(tx, found.id, found.reached, CHECKED_AT_ONCE)
        else:
            batch = await next_batch(tx, found.id, found.reached, CHECKED_AT_ONCE)
            if batch is not None:
                await set_wrong_aside(tx, found.id, mapping, batch)
        if batch is not None:
            found.reached = batch.upto
            found.compared += batch.rows
        elif found.keys_checked:
            return False
        else:
            found.keys_checked, found.reached = True, ""
        if time.monotonic() >= until:
            return True


async def _conclude(tx: Tx, found: UnitImport, mapping: Mapping) -> None:
    if found.compared < found.rows - found.wrong_rows:
        await _read_again(tx, found)
        return
    if mapping.whole and found.row_limit is None:
        await find_missing(tx, found.id, mapping)
        found.missing = await _count(tx, MissingUnit, found.id)
    if found.state is ImportState.COMPARING:
        found.state = ImportState.READY
        return
    found.state, found.finished_at = ImportState.DONE, tx.now
    await _clear_away(tx, found)
    tx.touched("import", found.id, "written", {"new": (None, found.new), "changed": (None, found.changed)})


async def _read_again(tx: Tx, found: UnitImport) -> None:
    """Read the file from its beginning: a crash of the database server has emptied the staging table.

    What was written already will count as unchanged, so it's subtracted now.
    """
    await count_batches(tx, found)
    if found.state is ImportState.APPLYING:
        found.at_once, found.unchanged = True, -(found.new + found.changed)
    found.state = ImportState.READING
    found.position, found.line = found.reading["position"], found.reading["line"]
    found.rows = found.wrong_rows = found.compared = 0
    found.missing = None
    found.reached, found.keys_checked = "", False
    for table in (ImportProblem, WrongRow, ImportRow):
        await tx.execute(delete(table).where(table.import_id == found.id))


def _begin_writing(found: UnitImport) -> None:
    found.state, found.reached, found.compared = ImportState.APPLYING, "", 0
    if not found.at_once:
        found.new = found.changed = found.unchanged = 0


def _surveyed(file: BinaryIO, found: Opening, kinds: dict[int, Kind]) -> Survey:
    survey = Survey(kinds)
    for rows in all_rows(file, found):
        survey.take(row.cells for row in rows)
    return survey


async def _locked(tx: Tx, import_id: UUID, *states: ImportState) -> UnitImport:
    found: UnitImport | None = (
        await tx.execute(select(UnitImport).where(UnitImport.id == import_id).with_for_update())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(what="import")
    if found.state not in states:
        raise NotReady
    return found


async def _count(tx: Tx, table: Any, import_id: UUID) -> int:
    return int(await tx.scalar(select(func.count()).where(table.import_id == import_id)) or 0)


async def _clear_away(tx: Tx, found: UnitImport) -> None:
    """Delete the file and what was read of it; problems and wrong lines stay."""
    await count_batches(tx, found)
    for table in (ImportRow, ImportPart):
        await tx.execute(delete(table).where(table.import_id == found.id))


async def carry_through(
    runtime: Runtime,
    actor: Actor,
    import_id: UUID,
    *,
    progress: Callable[[ImportView], None] | None = None,
) -> ImportView:
    """Do in this process all that can be done of an import now, and return its state.

    It may be killed at any moment: the worker, or the next call, continues from the last step that was
    committed. Both at once do no harm.
    """
    while await perform(runtime, actor, carry_on, ImportCommand(import_id)):
        if progress is not None:
            progress(await ask(runtime, actor, import_record, import_id))
    return await ask(runtime, actor, import_record, import_id)
