"""What can be done with an import, and its next step. A service's use cases call these.

Each step commits what it did together with the position it reached, so the next one does nothing twice and
leaves nothing out, even after a crash.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from chassis.errors import NotFound
from chassis.ids import new_id
from importing.batches import allow_long_statements, count_batches, work_on
from importing.kind import AnyMapping, Importing
from importing.model import STEP, WORKING, ImportState, NotReady, may_be_discarded, readable
from importing.staging import is_read, read_on
from importing.statements import check_keys, next_batch, take_statistics
from importing.views import ImportView
from trade.csv_import.columns import is_header
from trade.csv_import.files import NoRows, Opening, all_rows, opening, plain_parts
from trade.csv_import.notation import NO_CHOICES, Choices, Kind, Survey
from trade.csv_import.problems import TableUnreadable

if TYPE_CHECKING:
    from chassis.tx import Tx

Seen = TypeVar("Seen", bound=ImportView)

STEP_SECONDS = 1.5
"""What was read is committed, with the position it reached, after about so long."""
CHECKED_AT_ONCE = 5_000
"""How many rows one set of statements checks against each other and against what is there."""
LATER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ReceiveFile:
    """A file to be read by a mapping. `at_once` writes what is right in it without asking.

    `row_limit` stops after so many rows.
    """

    mapping: AnyMapping
    file: BinaryIO
    file_name: str
    row_limit: int | None = None
    at_once: bool = False
    choices: Choices = NO_CHOICES


@dataclass(frozen=True, slots=True)
class ImportCommand:
    """An import by its id."""

    import_id: UUID


async def receive(tx: Tx, kind: Importing, command: ReceiveFile) -> UUID:
    """Store a file and open an import, which the worker continues; return its id.

    Raises FileUnreadable when it isn't a table with the columns that the mapping needs.
    """
    with readable():
        found = await asyncio.to_thread(opening, command.file, partial(is_header, command.mapping))
        reader = await kind.reader(tx, command.mapping, found.header)
        reader.columns.require()
    kinds = reader.columns.kinds(kind.kinds)
    # Looking through a large file on a busy machine takes longer than a transaction may usually wait.
    await allow_long_statements(tx)
    survey = await asyncio.to_thread(_surveyed, command.file, found, kinds)
    one = kind.tables.record(
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
            await tx.execute(
                insert(kind.tables.part), {"import_id": one.id, "part": number, "content": content}
            )
            one.size += len(content)
            number += 1
    tx.touched("import", one.id, "begun")
    tx.schedule(STEP, str(one.id), tx.now)
    found_id: UUID = one.id
    return found_id


async def apply(tx: Tx, kind: Importing, import_id: UUID) -> None:
    """Let the worker write everything that is right in a file that was read. Raises NotReady."""
    found = await locked(tx, kind, import_id, ImportState.READY)
    _begin_writing(found)
    tx.touched("import", found.id, "decided")
    tx.schedule(STEP, str(found.id), tx.now)


async def answer(
    tx: Tx, kind: Importing, import_id: UUID, choices: Choices, changed: Mapping[str, Any] | None = None
) -> None:
    """Read a file again with a decision about its commas or days, or with its mapping `changed`.

    Raises NotReady.
    """
    await allow_long_statements(tx)
    found = await locked(tx, kind, import_id, ImportState.READY)
    notations, unclear = dict(found.reading["habits"]), found.reading["unclear"]
    for at, its in unclear.items():
        chosen = choices.days if its == Kind.DAY else choices.decimal
        if chosen is not None:
            notations[at] = chosen.value
    found.reading = {**found.reading, "habits": notations}
    if changed:
        found.definition = {**found.definition, **changed}
    await _read_again(tx, kind, found)
    tx.touched("import", found.id, "habits_answered")
    tx.schedule(STEP, str(found.id), tx.now)


async def discard(tx: Tx, kind: Importing, import_id: UUID) -> None:
    """Delete what was read and isn't written. Raises NotReady while it is being written."""
    await allow_long_statements(tx)
    found = await locked(tx, kind, import_id, *ImportState)
    if not may_be_discarded(found.state, found.new + found.changed, found.finished_at):
        raise NotReady
    found.finished_at = tx.now
    if found.state is not ImportState.STOPPED:
        found.state = ImportState.DISCARDED
    await _clear_away(tx, kind, found)
    tx.cancel_timer(STEP, str(found.id))
    tx.touched("import", found.id, "discarded")


async def stop(tx: Tx, kind: Importing, import_id: UUID) -> None:
    """Stop writing a file; the rest can follow later. Raises NotReady."""
    await allow_long_statements(tx)
    found = await locked(tx, kind, import_id, ImportState.APPLYING)
    found.state = ImportState.STOPPED
    tx.cancel_timer(STEP, str(found.id))
    tx.touched("import", found.id, "stopped", {"new": (None, found.new), "changed": (None, found.changed)})


async def resume(tx: Tx, kind: Importing, import_id: UUID) -> None:
    """Let the worker continue an import that was stopped or that it gave up after failures.

    Raises NotReady.
    """
    await allow_long_statements(tx)
    found = await locked(tx, kind, import_id, *WORKING, ImportState.STOPPED)
    if found.finished_at is not None:
        raise NotReady
    if found.state is ImportState.STOPPED:
        found.state = ImportState.APPLYING
    tx.touched("import", found.id, "resumed")
    tx.schedule(STEP, str(found.id), tx.now)


async def go_on(tx: Tx, kind: Importing, import_id: UUID) -> bool:
    """Do the next step of an import, and return whether there is more to do.

    What was read and the position that was reached are committed together, and what was written of a batch
    with what was found in it. A second call waits for the end of the first.
    """
    await allow_long_statements(tx)
    found = await locked(tx, kind, import_id, *ImportState)
    mapping = kind.mapping_of(found.definition)
    try:
        if found.state is ImportState.READING:
            await _read(tx, kind, found, mapping)
        elif found.state in WORKING and not await work_on(tx, kind, found, mapping):
            await _conclude(tx, kind, found, mapping)
    except TableUnreadable as unreadable:
        found.state, found.finished_at = ImportState.FAILED, tx.now
        found.failure, found.failure_params = unreadable.message, dict(unreadable.params)
        await _clear_away(tx, kind, found)
        tx.touched("import", found.id, "failed")
    if found.state in WORKING:
        tx.schedule(STEP, str(found.id), tx.now)
        return True
    return False


async def is_free(tx: Tx, kind: Importing, import_id: UUID) -> bool:
    """Whether no other process is doing a step of an import; if one is, the next follows later."""
    table = kind.tables.record
    free = select(table.id).where(table.id == import_id).with_for_update(skip_locked=True)
    if await tx.scalar(free) is not None:
        return True
    tx.schedule(STEP, str(import_id), tx.now + LATER)
    return False


async def _read(tx: Tx, kind: Importing, found: Any, mapping: Any) -> None:
    """Read the next rows; after the last one, check them against each other, some at a time."""
    until = time.monotonic() + STEP_SECONDS
    if not is_read(found):
        await read_on(tx, kind, found, mapping, until=until)
        if is_read(found):
            if not found.rows:
                raise NoRows
            await take_statistics(tx)
        return
    if await _check_on(tx, kind, found, mapping, until=until):
        return
    found.wrong_rows = await _count(tx, kind.tables.wrong, found.id)
    if found.at_once:
        _begin_writing(found)
    else:
        found.state, found.reached, found.compared = ImportState.COMPARING, "", 0
        found.new = found.changed = found.unchanged = 0


async def _check_on(tx: Tx, kind: Importing, found: Any, mapping: Any, *, until: float) -> bool:
    """Check the next rows against each other and what is there; return whether there were any.

    First by key, when rows have one, then by group.
    """
    if not mapping.key:
        found.keys_checked = True
    while True:
        if not found.keys_checked:
            batch = await check_keys(tx, found.id, found.reached, CHECKED_AT_ONCE)
        else:
            batch = await next_batch(tx, kind, found.id, found.reached, CHECKED_AT_ONCE)
            if batch is not None:
                await kind.set_wrong_aside(tx, found.id, mapping, batch)
        if batch is not None:
            found.reached = batch.upto
            found.compared += batch.rows
        elif found.keys_checked:
            return False
        else:
            found.keys_checked, found.reached = True, ""
        if time.monotonic() >= until:
            return True


async def _conclude(tx: Tx, kind: Importing, found: Any, mapping: Any) -> None:
    if found.compared < found.rows - found.wrong_rows:
        await _read_again(tx, kind, found)
        return
    await kind.conclude(tx, found, mapping)
    if found.state is ImportState.COMPARING:
        found.state = ImportState.READY
        return
    found.state, found.finished_at = ImportState.DONE, tx.now
    await _clear_away(tx, kind, found)
    tx.touched("import", found.id, "written", {"new": (None, found.new), "changed": (None, found.changed)})


async def _read_again(tx: Tx, kind: Importing, found: Any) -> None:
    """Read the file from its beginning: a crash of the database server has emptied the staging table.

    What was written already will count as unchanged, so it's subtracted now.
    """
    await count_batches(tx, kind, found)
    if found.state is ImportState.APPLYING:
        found.at_once, found.unchanged = True, -(found.new + found.changed)
    found.state = ImportState.READING
    found.position, found.line = found.reading["position"], found.reading["line"]
    found.rows = found.wrong_rows = found.compared = 0
    found.reached, found.keys_checked = "", False
    kind.forget_conclusion(found)
    for table in (kind.tables.problem, kind.tables.wrong, kind.tables.row):
        await tx.execute(delete(table).where(table.import_id == found.id))


def _begin_writing(found: Any) -> None:
    found.state, found.reached, found.compared = ImportState.APPLYING, "", 0
    if not found.at_once:
        found.new = found.changed = found.unchanged = 0


def _surveyed(file: BinaryIO, found: Opening, kinds: dict[int, Kind]) -> Survey:
    survey = Survey(kinds)
    for rows in all_rows(file, found):
        survey.take(row.cells for row in rows)
    return survey


async def locked(tx: Tx, kind: Importing, import_id: UUID, *states: ImportState) -> Any:
    """Return an import that is in one of these states, locked. Raises NotFound, NotReady."""
    table = kind.tables.record
    found = (
        await tx.execute(select(table).where(table.id == import_id).with_for_update())
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(what="import")
    if found.state not in states:
        raise NotReady
    return found


async def _count(tx: Tx, table: Any, import_id: UUID) -> int:
    return int(await tx.scalar(select(func.count()).where(table.import_id == import_id)) or 0)


async def _clear_away(tx: Tx, kind: Importing, found: Any) -> None:
    """Delete the file and what was read of it; problems and wrong lines stay."""
    await count_batches(tx, kind, found)
    for table in (kind.tables.row, kind.tables.part):
        await tx.execute(delete(table).where(table.import_id == found.id))


async def carry_through(
    next_step: Callable[[], Awaitable[bool]],
    record: Callable[[], Awaitable[Seen]],
    *,
    progress: Callable[[ImportView], None] | None = None,
) -> Seen:
    """Do in this process all that can be done of an import now, and return its state.

    It may be killed at any moment: the worker, or the next call, continues from the last step that was
    committed. Both at once do no harm.
    """
    while await next_step():
        if progress is not None:
            progress(await record())
    return await record()
