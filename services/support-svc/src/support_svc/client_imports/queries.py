"""Imports of clients as people see them: how far they are, and what is wrong in them (C7)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from chassis.paging import PAGE, CountedPage
from chassis.tx import ReadTx
from chassis.usecase import query
from importing import views as seen
from importing.reading import Imports
from importing.views import ColumnsView, ImportView, ProblemGroup, ProblemView, WrongLine
from support_svc.client_imports.feature import IMPORT_CLIENTS
from support_svc.client_imports.people import PEOPLE

_IMPORTS = Imports(PEOPLE)


@query(IMPORT_CLIENTS)
async def import_list(tx: ReadTx, *, after: str | None = None, limit: int = PAGE) -> CountedPage[ImportView]:
    """Imports, newest first, at most `limit` behind the position `after`."""
    return await _IMPORTS.page(tx, after=after, limit=limit)


async def imports_waiting(tx: ReadTx, limit: int = PAGE) -> list[ImportView]:
    """Imports that wait for a decision: read, stopped, or given up by the worker; newest first."""
    return await _IMPORTS.waiting(tx, limit)


@query(IMPORT_CLIENTS)
async def import_record(tx: ReadTx, import_id: UUID) -> ImportView:
    """One import. Raises NotFound."""
    found: ImportView = await _IMPORTS.one(tx, import_id)
    return found


@query(IMPORT_CLIENTS)
async def import_columns(tx: ReadTx, import_id: UUID) -> ColumnsView:
    """What becomes of the columns of a file, and how their numbers and days are read. Raises NotFound."""
    return await _IMPORTS.columns(tx, import_id)


@query(IMPORT_CLIENTS)
async def import_problems(
    tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 200
) -> list[ProblemView]:
    """What is wrong in a file, by line."""
    return await _IMPORTS.problems(tx, import_id, after_line=after_line, limit=limit)


@query(IMPORT_CLIENTS)
async def problem_groups(tx: ReadTx, import_id: UUID) -> list[ProblemGroup]:
    """What is wrong in a file, by column and rule, the most frequent first."""
    return await _IMPORTS.groups(tx, import_id)


@query(IMPORT_CLIENTS)
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
