"""Comparing and writing several batches of an import at the same time.

The step of an import locks its row and divides the work. Each batch is a transaction of its own, which stores
what it found beside what it wrote: a batch that was committed before a failure is only counted the next time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from importing.kind import Batch, Importing, WorkOnBatch
from importing.model import ImportState
from importing.statements import next_batch

if TYPE_CHECKING:
    from chassis.tx import Tx

AT_ONCE = 2
"""How many batches are worked on at the same time."""


async def work_on_batch(tx: Tx, kind: Importing, command: WorkOnBatch) -> None:
    """Compare a batch with what is there, and write it; nothing when that was done before."""
    await allow_long_statements(tx)
    table = kind.tables.batch
    this_one = (table.import_id == command.import_id, table.after == command.batch.after)
    # Another transaction that works on the same batch is waited for here.
    claim = insert(table).on_conflict_do_nothing().returning(table.after)
    row = {"import_id": command.import_id, "after": command.batch.after}
    if await tx.scalar(claim, row | {"new": 0, "changed": 0, "unchanged": 0}) is None:
        return
    counts = await kind.plan(tx, command.import_id, command.mapping, command.batch)
    if command.writing and counts.new + counts.changed:
        await kind.write(tx, command.import_id, command.mapping, command.by)
    await tx.execute(
        update(table)
        .where(*this_one)
        .values(new=counts.new, changed=counts.changed, unchanged=counts.unchanged)
    )


async def work_on(tx: Tx, kind: Importing, found: Any, mapping: Any) -> bool:
    """Compare the next batches of an import with what is there, and write them when that was decided.

    Return whether there were any. `tx` holds the lock on the import.
    """
    # Two imports that compare with the same records would both find one new: they take turns.
    await tx.execute(select(func.pg_advisory_xact_lock(func.hashtext(kind.lock))))
    batches: list[Batch] = []
    after = found.reached
    while len(batches) < AT_ONCE:
        batch = await next_batch(tx, kind, found.id, after, kind.batch_size)
        if batch is None:
            break
        batches.append(batch)
        after = batch.upto
    if not batches:
        return False
    rows = sum(batch.rows for batch in batches)
    writing = found.state is ImportState.APPLYING

    def work(batch: Batch) -> WorkOnBatch:
        return WorkOnBatch(found.id, mapping, batch, writing, found.started_by)

    if writing:
        # What one transaction adds for both would make the other wait for its end.
        await kind.prepare(tx, work(Batch(found.reached, after, rows)))
    outcomes = await asyncio.gather(
        *(kind.perform_batch(tx, work(batch)) for batch in batches), return_exceptions=True
    )
    for failed in outcomes:
        if failed is not None:
            raise failed
    found.reached = after
    found.compared += rows
    await count_batches(tx, kind, found)
    return True


async def count_batches(tx: Tx, kind: Importing, found: Any) -> None:
    """Add what was found in batches to the counts of their import."""
    table = kind.tables.batch
    counted = delete(table).where(table.import_id == found.id)
    for row in await tx.execute(counted.returning(table.new, table.changed, table.unchanged)):
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
