"""Imports of homes as people see them: how far they are, and what is wrong in them (U8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from chassis.paging import PAGE, CountedPage
from chassis.tx import ReadTx
from chassis.usecase import query
from importing import views as seen
from importing.reading import Imports
from importing.views import ColumnsView, ProblemGroup, ProblemView, WrongLine
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.homes import HOMES
from units_svc.imports.model import MissingUnit
from units_svc.imports.views import UnitImportView
from units_svc.inventory.model import FREE_TO_WITHDRAW, Building, Occupancy, Unit
from units_svc.tables import views

_IMPORTS = Imports(HOMES)


@dataclass(frozen=True, slots=True)
class MissingView:
    """A home that a newer list of its source no longer names. One that `stays` is held or lived in."""

    unit_id: UUID
    street: str
    unit_number: str | None
    city: str
    occupancy: Occupancy
    active: bool
    stays: bool


@query(IMPORT_UNITS)
async def import_list(
    tx: ReadTx, *, after: str | None = None, limit: int = PAGE
) -> CountedPage[UnitImportView]:
    """Imports, newest first, at most `limit` behind the position `after`."""
    return await _IMPORTS.page(tx, after=after, limit=limit)


async def imports_waiting(tx: ReadTx, limit: int = PAGE) -> list[UnitImportView]:
    """Imports that wait for a decision: read, stopped, or given up by the worker; newest first."""
    return await _IMPORTS.waiting(tx, limit)


@query(IMPORT_UNITS)
async def import_record(tx: ReadTx, import_id: UUID) -> UnitImportView:
    """One import. Raises NotFound."""
    found: UnitImportView = await _IMPORTS.one(tx, import_id)
    return found


@query(IMPORT_UNITS)
async def import_columns(tx: ReadTx, import_id: UUID) -> ColumnsView:
    """What becomes of the columns of a file, and how their numbers and days are read. Raises NotFound."""
    return await _IMPORTS.columns(tx, import_id)


@query(IMPORT_UNITS)
async def import_missing(
    tx: ReadTx, import_id: UUID, *, after: UUID | None = None, limit: int = PAGE
) -> list[MissingView]:
    """Homes that a newer list of a source no longer names and that are still listed, by id."""
    stays = Unit.occupancy.not_in(FREE_TO_WITHDRAW)
    wanted = (
        select(Unit.id, Building.street, Unit.unit_number, Building.city, Unit.occupancy, Unit.active, stays)
        .join(MissingUnit, MissingUnit.unit_id == Unit.id)
        .join(Building, Building.id == Unit.building_id)
        .where(MissingUnit.import_id == import_id, Unit.active)
        .order_by(Unit.id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(Unit.id > after)
    return views(MissingView, await tx.execute(wanted))


@query(IMPORT_UNITS)
async def missing_counts(tx: ReadTx, import_id: UUID) -> tuple[int, int]:
    """How many homes a newer list no longer names: those to withdraw together, and those not free."""
    stays = Unit.occupancy.not_in(FREE_TO_WITHDRAW)
    row = (
        await tx.execute(
            select(func.count().filter(~stays), func.count().filter(stays))
            .join(MissingUnit, MissingUnit.unit_id == Unit.id)
            .where(MissingUnit.import_id == import_id, Unit.active)
        )
    ).one()
    return int(row[0]), int(row[1])


@query(IMPORT_UNITS)
async def import_problems(
    tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 200
) -> list[ProblemView]:
    """What is wrong in a file, by line."""
    return await _IMPORTS.problems(tx, import_id, after_line=after_line, limit=limit)


@query(IMPORT_UNITS)
async def problem_groups(tx: ReadTx, import_id: UUID) -> list[ProblemGroup]:
    """What is wrong in a file, by column and rule, the most frequent first."""
    return await _IMPORTS.groups(tx, import_id)


@query(IMPORT_UNITS)
async def wrong_rows(
    tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 5_000
) -> list[WrongLine]:
    """The wrong lines as they are in the file, to be corrected and sent again."""
    return await _IMPORTS.wrong_rows(tx, import_id, after_line=after_line, limit=limit)


def wrong_lines(
    ask: Callable[..., Awaitable[list[WrongLine]]], import_id: UUID
) -> AsyncIterator[list[list[str]]]:
    """Yield all wrong lines of a file, some at a time. `ask` runs a query in the caller's name."""
    return seen.wrong_lines(ask, wrong_rows, import_id)
