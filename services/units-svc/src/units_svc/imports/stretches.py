"""Comparing and writing several stretches of an import at the same time.

Whoever carries the import on holds its row and shares the work out; each stretch is a transaction of its own,
which leaves what it found beside what it wrote. A stretch that was committed when everything else broke off
is only counted the next time.
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
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import Mapping
from units_svc.imports.model import ImportState, ImportStretch, UnitImport
from units_svc.imports.planning import Stretch, next_stretch, plan
from units_svc.imports.writing import write, write_landlords

if TYPE_CHECKING:
    from chassis.tx import Tx

AT_ONCE = 2
"""Stretches that are worked on at the same time."""
STRETCH = 2_500
"""Homes of a stretch; a larger building is one stretch."""


@dataclass(frozen=True, slots=True)
class WorkOnStretch:
    """A stretch of an import, to be compared, and written when that was decided, in the name of `by`."""

    import_id: UUID
    mapping: Mapping
    stretch: Stretch
    writing: bool
    by: str


@use_case(IMPORT_UNITS)
async def work_on_stretch(tx: Tx, command: WorkOnStretch) -> None:
    """Compare a stretch with the inventory, and write it; nothing when that was done before."""
    await take_the_time_needed(tx)
    its = (ImportStretch.import_id == command.import_id, ImportStretch.place == command.stretch.place)
    # Whoever comes while somebody else is at it waits here for them.
    claim = insert(ImportStretch).on_conflict_do_nothing().returning(ImportStretch.place)
    place = {"import_id": command.import_id, "place": command.stretch.place}
    if await tx.scalar(claim, place | {"new": 0, "changed": 0, "unchanged": 0}) is None:
        return
    counts = await plan(tx, command.import_id, command.mapping, command.stretch)
    if command.writing and counts.new + counts.changed:
        await write(tx, command.import_id, command.mapping, command.by)
    await tx.execute(
        update(ImportStretch)
        .where(*its)
        .values(new=counts.new, changed=counts.changed, unchanged=counts.unchanged)
    )


@use_case(IMPORT_UNITS)
async def add_landlords(tx: Tx, command: WorkOnStretch) -> None:
    """Add the landlords whom a stretch names first."""
    await take_the_time_needed(tx)
    await write_landlords(tx, command.import_id, command.mapping, command.stretch)


async def work_on(tx: Tx, found: UnitImport, mapping: Mapping) -> bool:
    """Compare the next stretches of an import with the inventory, write them when that was decided, and
    return whether there were any.

    `tx` holds the import meanwhile.
    """
    # Two imports that compare with the same inventory would both find a home new: they take turns.
    await tx.execute(text("SELECT pg_advisory_xact_lock(hashtext('units_svc.imports'))"))
    stretches: list[Stretch] = []
    place = found.place
    while len(stretches) < AT_ONCE:
        stretch = await next_stretch(tx, found.id, place, STRETCH)
        if stretch is None:
            break
        stretches.append(stretch)
        place = stretch.upto
    if not stretches:
        return False
    rows = sum(stretch.rows for stretch in stretches)

    async def do(what: UseCase[WorkOnStretch, None], stretch: Stretch) -> None:
        writing = found.state is ImportState.APPLYING
        command = WorkOnStretch(found.id, mapping, stretch, writing, found.started_by)
        await perform_apart(tx, what, command)

    if found.state is ImportState.APPLYING:
        # A landlord whom one transaction adds would make the other wait for its end.
        await do(add_landlords, Stretch(found.place, place, rows))
    ended = await asyncio.gather(
        *(do(work_on_stretch, stretch) for stretch in stretches), return_exceptions=True
    )
    for failed in ended:
        if failed is not None:
            raise failed
    found.place = place
    found.compared += rows
    await count_stretches(tx, found)
    return True


async def count_stretches(tx: Tx, found: UnitImport) -> None:
    """Add what was found in stretches to the counts of their import."""
    counted = delete(ImportStretch).where(ImportStretch.import_id == found.id)
    for row in await tx.execute(
        counted.returning(ImportStretch.new, ImportStretch.changed, ImportStretch.unchanged)
    ):
        found.new += row.new
        found.changed += row.changed
        found.unchanged += row.unchanged


async def take_the_time_needed(tx: Tx) -> None:
    """More time than people wait for, and more room to sort a stretch in.

    No statement may take longer than a minute. Each is planned for its own values: a plan made for an import
    of ten rows isn't kept for one of a million.
    """
    for setting, value in (
        ("statement_timeout", "60s"),
        ("idle_in_transaction_session_timeout", "5min"),
        ("lock_timeout", "55s"),
        ("work_mem", "32MB"),
        ("plan_cache_mode", "force_custom_plan"),
    ):
        await tx.execute(text(f"SET LOCAL {setting} = '{value}'"))
