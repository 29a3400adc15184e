"""Comparing and writing several batches of an import at the same time.

The step of an import locks its row and divides the work. Each batch is a transaction of its own, which stores
what it found beside what it wrote: a batch that was committed before a failure is only counted the next time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import delete, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.perform import perform_apart
from chassis.usecase import UseCase, use_case
from units_svc.imports.comparing import Batch, next_batch, plan
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import Mapping
from units_svc.imports.model import ImportBatch, ImportState, UnitImport
from units_svc.imports.writing import write, write_landlords

if TYPE_CHECKING:
    from chassis.tx import Tx

AT_ONCE = 2
"""How many batches are worked on at the same time."""
HOMES_OF_BATCH = 2_500
"""How many homes a batch has; a larger building is a batch by itself."""


@dataclass(frozen=True, slots=True)
class WorkOnBatch:
    """A batch of an import, to be compared, and with `writing` also written in the name of `by`."""

    import_id: UUID
    mapping: Mapping
    batch: Batch
    writing: bool
    by: str


@use_case(IMPORT_UNITS)
async def work_on_batch(tx: Tx, command: WorkOnBatch) -> None:
    """Compare a batch with the inventory, and write it; nothing when that was done before."""
    await allow_long_statements(tx)
    this_one = (ImportBatch.import_id == command.import_id, ImportBatch.after == command.batch.after)
    # Another transaction that works on the same batch is waited for here.
    claim = insert(ImportBatch).on_conflict_do_nothing().returning(ImportBatch.after)
    row = {"import_id": command.import_id, "after": command.batch.after}
    if await tx.scalar(claim, row | {"new": 0, "changed": 0, "unchanged": 0}) is None:
        return
    counts = await plan(tx, command.import_id, command.mapping, command.batch)
    if command.writing and counts.new + counts.changed:
        await write(tx, command.import_id, command.mapping, command.by)
    await tx.execute(
        update(ImportBatch)
        .where(*this_one)
        .values(new=counts.new, changed=counts.changed, unchanged=counts.unchanged)
    )


@use_case(IMPORT_UNITS)
async def add_landlords(tx: Tx, command: WorkOnBatch) -> None:
    """Add the landlords whom a batch names first."""
    await allow_long_statements(tx)
    await write_landlords(tx, command.import_id, command.mapping, command.batch)


async def work_on(tx: Tx, found: UnitImport, mapping: Mapping) -> bool:
    """Compare the next batches of an import with the inventory, and write them when that was decided.

    Return whether there were any. `tx` holds the lock on the import.
    """
    # Two imports that compare with the same inventory would both find a home new: they take turns.
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('units_svc.imports'))"))
    batches: list[Batch] = []
    after = found.reached
    while len(batches) < AT_ONCE:
        batch = await next_batch(tx, found.id, after, HOMES_OF_BATCH)
        if batch is None:
            break
        batches.append(batch)
        after = batch.upto
    if not batches:
        return False
    rows = sum(batch.rows for batch in batches)

    async def do(what: UseCase[WorkOnBatch, None], batch: Batch) -> None:
        writing = found.state is ImportState.APPLYING
        command = WorkOnBatch(found.id, mapping, batch, writing, found.started_by)
        await perform_apart(tx, what, command)

    if found.state is ImportState.APPLYING:
        # A landlord whom one transaction adds would make the other wait for its end.
        await do(add_landlords, Batch(found.reached, after, rows))
    outcomes = await asyncio.gather(*(do(work_on_batch, batch) for batch in batches), return_exceptions=True)
    for failed in outcomes:
        if failed is not None:
            raise failed
    found.reached = after
    found.compared += rows
    await count_batches(tx, found)
    return True


async def count_batches(tx: Tx, found: UnitImport) -> None:
    """Add what was found in batches to the counts of their import."""
    counted = delete(ImportBatch).where(ImportBatch.import_id == found.id)
    for row in await tx.execute(
        counted.returning(ImportBatch.new, ImportBatch.changed, ImportBatch.unchanged)
    ):
        found.new += row.new
        found.changed += row.changed
        found.unchanged += row.unchanged


async def allow_long_statements(tx: Tx) -> None:
    """Allow statements of this transaction a minute each, and more memory to sort a batch.

    Each is planned for its own values: a plan made for an import of ten rows isn't used for one of a million.
    """
    for setting, value in (
        ("statement_timeout", "60s"),
        ("idle_in_transaction_session_timeout", "5min"),
        ("lock_timeout", "55s"),
        ("work_mem", "32MB"),
        ("plan_cache_mode", "force_custom_plan"),
    ):
        await tx.execute(text(f"SET LOCAL {setting} = '{value}'"))
