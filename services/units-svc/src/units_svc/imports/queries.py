"""Reading imports: how far they are, what is wrong in them (U8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, case, cast, func, select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.access import Permission
from units_svc.imports.model import ImportProblem, ImportState, UnitImport, WrongRow
from units_svc.tables import views


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import; counts of homes, `rows` and `wrong_rows` of lines."""

    id: UUID
    mapping: str
    file_name: str
    state: ImportState
    header: list[str]
    delimiter: str
    row_limit: int | None
    rows: int
    wrong_rows: int
    new: int
    changed: int
    unchanged: int
    started_at: datetime
    finished_at: datetime | None
    started_by: str
    failure: str | None
    """Why the file couldn't be read: a msgid to be filled in with `failure_params`."""
    failure_params: dict[str, Any] | None
    at_once: bool
    progress: int
    """How much of what is being done is done, in whole per cent; 100 when nothing is."""


@dataclass(frozen=True, slots=True)
class ProblemView:
    """One thing that is wrong; `message` is a msgid to be filled in with `params`."""

    line: int
    column: str | None
    rule: str
    value: str | None
    message: str
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line with something wrong in it, as it stood in the file."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class ProblemGroup:
    """How often a rule is broken in a column."""

    column: str | None
    rule: str
    message: str
    count: int


_progress = cast(
    case(
        (
            UnitImport.state == ImportState.READING,
            UnitImport.position * 100 / func.greatest(UnitImport.size, 1),
        ),
        (
            UnitImport.state.in_([ImportState.COMPARING, ImportState.APPLYING]),
            UnitImport.compared * 100 / func.greatest(UnitImport.rows - UnitImport.wrong_rows, 1),
        ),
        else_=100,
    ),
    Integer,
)
_COLUMNS = (
    UnitImport.id, UnitImport.mapping, UnitImport.file_name, UnitImport.state, UnitImport.header,
    UnitImport.delimiter, UnitImport.row_limit, UnitImport.rows, UnitImport.wrong_rows, UnitImport.new,
    UnitImport.changed, UnitImport.unchanged, UnitImport.started_at, UnitImport.finished_at,
    UnitImport.started_by, UnitImport.failure, UnitImport.failure_params, UnitImport.at_once, _progress,
)  # fmt: skip


@query(Permission.IMPORT_UNITS)
async def import_list(tx: ReadTx, limit: int = 50) -> list[ImportView]:
    """Imports, newest first."""
    rows = await tx.execute(select(*_COLUMNS).order_by(UnitImport.id.desc()).limit(limit))
    return views(ImportView, rows)


@query(Permission.IMPORT_UNITS)
async def import_record(tx: ReadTx, import_id: UUID) -> ImportView:
    """One import. Raises NotFound."""
    found = (await tx.execute(select(*_COLUMNS).where(UnitImport.id == import_id))).one_or_none()
    if found is None:
        raise NotFound(what="import")
    return views(ImportView, [found])[0]


@query(Permission.IMPORT_UNITS)
async def import_problems(
    tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 200
) -> list[ProblemView]:
    """What is wrong in a file, by line."""
    rows = await tx.execute(
        select(
            ImportProblem.line, ImportProblem.column, ImportProblem.rule, ImportProblem.value,
            ImportProblem.message, ImportProblem.params,
        )
        .where(ImportProblem.import_id == import_id, ImportProblem.line > after_line)
        .order_by(ImportProblem.line, ImportProblem.id)
        .limit(limit)
    )  # fmt: skip
    return views(ProblemView, rows)


@query(Permission.IMPORT_UNITS)
async def problem_groups(tx: ReadTx, import_id: UUID) -> list[ProblemGroup]:
    """What is wrong in a file, by column and rule, the most frequent first."""
    count = func.count()
    rows = await tx.execute(
        select(ImportProblem.column, ImportProblem.rule, func.min(ImportProblem.message), count)
        .where(ImportProblem.import_id == import_id)
        .group_by(ImportProblem.column, ImportProblem.rule)
        .order_by(count.desc())
        .limit(50)
    )
    return views(ProblemGroup, rows)


@query(Permission.IMPORT_UNITS)
async def wrong_rows(
    tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 5_000
) -> list[WrongLine]:
    """The wrong lines as they stood in the file, to be mended and sent again."""
    rows = await tx.execute(
        select(WrongRow.line, WrongRow.cells)
        .where(WrongRow.import_id == import_id, WrongRow.line > after_line)
        .order_by(WrongRow.line)
        .limit(limit)
    )
    return views(WrongLine, rows)


async def wrong_lines(
    ask: Callable[..., Awaitable[list[WrongLine]]], import_id: UUID
) -> AsyncIterator[list[list[str]]]:
    """Yield all wrong lines of a file, some at a time. `ask` runs a query in the caller's name."""
    after = 0
    while lines := await ask(wrong_rows, import_id, after_line=after):
        yield [line.cells for line in lines]
        after = lines[-1].line
