"""Carrying an import through in this process, step after step, as the command line does."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from chassis.actor import Actor
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from units_svc.imports.commands import ImportCommand, carry_on
from units_svc.imports.queries import ImportView, import_record


async def carry_through(
    runtime: Runtime,
    actor: Actor,
    import_id: UUID,
    *,
    progress: Callable[[ImportView], None] | None = None,
) -> ImportView:
    """Do all that can be done of an import now, and return how it stands.

    It may be killed at any moment: the worker goes on from the last step that was committed, or whoever
    calls this again. Both at once do no harm.
    """
    while await perform(runtime, actor, carry_on, ImportCommand(import_id)):
        if progress is not None:
            progress(await ask(runtime, actor, import_record, import_id))
    return await ask(runtime, actor, import_record, import_id)
