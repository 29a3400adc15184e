"""Receiving a file of clients or consents, and deciding about it (C7). The worker does the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.perform import ask, perform, perform_in
from chassis.usecase import use_case
from importing import steps
from importing.steps import ImportCommand, ReceiveFile
from importing.views import ImportView
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.people import PEOPLE
from support_svc.client_imports.queries import import_record
from trade.csv_import.notation import NO_CHOICES, Choices

if TYPE_CHECKING:
    from chassis.actor import Actor
    from chassis.runtime import Runtime
    from chassis.tx import Tx


@dataclass(frozen=True, slots=True)
class AnswerNotation:
    """What days of a file mean, where its columns leave it open, and whether people who are alike are two."""

    import_id: UUID
    choices: Choices = NO_CHOICES
    keep_doubles: bool = False


@use_case(IMPORT_CLIENTS)
async def receive_file(tx: Tx, command: ReceiveFile) -> UUID:
    """Store a file and open an import, which the worker continues; return its id.

    Raises FileUnreadable when it isn't a table with the columns that the mapping needs.
    """
    return await steps.receive(tx, PEOPLE, command)


@use_case(IMPORT_CLIENTS)
async def apply_import(tx: Tx, command: ImportCommand) -> None:
    """Let the worker write everything that is right in a file that was read. Raises NotReady."""
    await steps.apply(tx, PEOPLE, command.import_id)


@use_case(IMPORT_CLIENTS)
async def answer_notation(tx: Tx, command: AnswerNotation) -> None:
    """Read a file again with a decision about its commas or days, or about people who are there twice.

    Raises NotReady.
    """
    changed = {"doubles": "apart"} if command.keep_doubles else None
    await steps.answer(tx, PEOPLE, command.import_id, command.choices, changed)


@use_case(IMPORT_CLIENTS)
async def discard_import(tx: Tx, command: ImportCommand) -> None:
    """Delete what was read and isn't written. Raises NotReady while it is being written."""
    await steps.discard(tx, PEOPLE, command.import_id)


@use_case(IMPORT_CLIENTS)
async def stop_import(tx: Tx, command: ImportCommand) -> None:
    """Stop writing a file; the rest can follow later. Raises NotReady."""
    await steps.stop(tx, PEOPLE, command.import_id)


@use_case(IMPORT_CLIENTS)
async def resume_import(tx: Tx, command: ImportCommand) -> None:
    """Let the worker continue an import that was stopped or that it gave up after failures.

    Raises NotReady.
    """
    await steps.resume(tx, PEOPLE, command.import_id)


@use_case(IMPORT_CLIENTS)
async def carry_on(tx: Tx, command: ImportCommand) -> bool:
    """Do the next step of an import, and return whether there is more to do.

    A second call waits for the end of the first.
    """
    return await steps.go_on(tx, PEOPLE, command.import_id)


async def carry_on_unless_busy(tx: Tx, import_id: UUID) -> None:
    """Do the next step of an import, later when another process is doing one. For the worker."""
    if await steps.is_free(tx, PEOPLE, import_id):
        await perform_in(tx, carry_on, ImportCommand(import_id))


async def carry_through(
    runtime: Runtime,
    actor: Actor,
    import_id: UUID,
    *,
    progress: Callable[[ImportView], None] | None = None,
) -> ImportView:
    """Do in this process all that can be done of an import now, and return its state."""

    async def next_step() -> bool:
        return await perform(runtime, actor, carry_on, ImportCommand(import_id))

    async def record() -> ImportView:
        return await ask(runtime, actor, import_record, import_id)

    return await steps.carry_through(next_step, record, progress=progress)
