"""Receiving a file of homes, and deciding about it (U8). The worker does the rest, step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from chassis.perform import ask, perform, perform_in
from chassis.usecase import use_case
from importing import steps
from importing.batches import allow_long_statements
from importing.model import ImportState
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ImportView
from trade.csv_import.notation import NO_CHOICES, Choices
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.homes import HOMES
from units_svc.imports.model import MissingUnit
from units_svc.imports.queries import import_record
from units_svc.inventory.listing import take_off_list
from units_svc.inventory.model import FREE_TO_WITHDRAW, Unit

if TYPE_CHECKING:
    from chassis.actor import Actor
    from chassis.runtime import Runtime
    from chassis.tx import Tx
    from units_svc.imports.views import UnitImportView

WITHDRAWN_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class AnswerNotation:
    """What commas or days of a file mean, where its columns leave it open."""

    import_id: UUID
    choices: Choices = NO_CHOICES
    keep_same_address: bool = False


@use_case(IMPORT_UNITS)
async def receive_file(tx: Tx, command: ReceiveFile) -> UUID:
    """Store a file and open an import, which the worker continues; return its id.

    Raises FileUnreadable when it isn't a table with the columns that the mapping needs.
    """
    return await steps.receive(tx, HOMES, command)


@use_case(IMPORT_UNITS)
async def apply_import(tx: Tx, command: ImportCommand) -> None:
    """Let the worker write everything that is right in a file that was read. Raises NotReady."""
    await steps.apply(tx, HOMES, command.import_id)


@use_case(IMPORT_UNITS)
async def answer_notation(tx: Tx, command: AnswerNotation) -> None:
    """Read a file again with a decision about its commas or days, or about buildings at one address.

    Raises NotReady.
    """
    found = await steps.locked(tx, HOMES, command.import_id, ImportState.READY)
    keep = command.keep_same_address and found.definition["rows"] == "building"
    changed = {"same_address": "keep"} if keep else None
    await steps.answer(tx, HOMES, command.import_id, command.choices, changed)


@use_case(IMPORT_UNITS)
async def discard_import(tx: Tx, command: ImportCommand) -> None:
    """Delete what was read and isn't written. Raises NotReady while it is being written."""
    await steps.discard(tx, HOMES, command.import_id)


@use_case(IMPORT_UNITS)
async def stop_import(tx: Tx, command: ImportCommand) -> None:
    """Stop writing a file; the rest can follow later. Raises NotReady."""
    await steps.stop(tx, HOMES, command.import_id)


@use_case(IMPORT_UNITS)
async def resume_import(tx: Tx, command: ImportCommand) -> None:
    """Let the worker continue an import that was stopped or that it gave up after failures.

    Raises NotReady.
    """
    await steps.resume(tx, HOMES, command.import_id)


@use_case(IMPORT_UNITS)
async def withdraw_missing(tx: Tx, command: ImportCommand) -> int:
    """Take homes off the list that an import no longer names, some thousand at a time; return how many.

    Homes that are held or lived in stay: those are decided one by one. Raises NotReady.
    """
    await allow_long_statements(tx)
    found = await steps.locked(tx, HOMES, command.import_id, ImportState.DONE)
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

    A second call waits for the end of the first.
    """
    return await steps.go_on(tx, HOMES, command.import_id)


async def carry_on_unless_busy(tx: Tx, import_id: UUID) -> None:
    """Do the next step of an import, later when another process is doing one. For the worker."""
    if await steps.is_free(tx, HOMES, import_id):
        await perform_in(tx, carry_on, ImportCommand(import_id))


async def carry_through(
    runtime: Runtime,
    actor: Actor,
    import_id: UUID,
    *,
    progress: Callable[[ImportView], None] | None = None,
) -> UnitImportView:
    """Do in this process all that can be done of an import now, and return its state."""

    async def next_step() -> bool:
        return await perform(runtime, actor, carry_on, ImportCommand(import_id))

    async def record() -> UnitImportView:
        return await ask(runtime, actor, import_record, import_id)

    return await steps.carry_through(next_step, record, progress=progress)
