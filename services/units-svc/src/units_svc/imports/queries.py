"""Imports as people see them: how far they are, and what is wrong in them (U8)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Integer, Select, Text, and_, case, cast, func, or_, select

from chassis.db.tables import timers
from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from trade.csv_import.notation import Kind, Notation
from units_svc.imports.feature import IMPORT_UNITS
from units_svc.imports.mapping import KINDS, Mapping
from units_svc.imports.model import (
    STEP,
    WORKING,
    ImportProblem,
    ImportState,
    MissingUnit,
    UnitImport,
    WrongRow,
    may_be_discarded,
    why_halted,
)
from units_svc.imports.staging import reader_of
from units_svc.inventory.model import FREE_TO_WITHDRAW, Building, Occupancy, Unit
from units_svc.tables import views

_NEWEST_FIRST = Paging(UnitImport.id.desc())


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
    left: int
    """Right lines that aren't written; 0 unless the import was stopped."""
    missing: int | None
    """Homes of its source that it no longer names; None when a file of this kind names only some."""
    halted: str | None
    """Why the worker gave it up after several failures: a msgid. It waits for somebody to resume it."""

    @property
    def working(self) -> bool:
        """Whether the worker has something to do for it."""
        return self.state in WORKING and self.halted is None

    @property
    def resumable(self) -> bool:
        """Whether a person can let the worker continue it."""
        stopped = self.state is ImportState.STOPPED and self.finished_at is None
        return stopped or self.halted is not None

    @property
    def discardable(self) -> bool:
        """Whether what was read of it and isn't written can be deleted."""
        return may_be_discarded(self.state, self.new + self.changed, self.finished_at)


@dataclass(frozen=True, slots=True)
class NumberColumn:
    """The notation of a column whose cells can be read in two ways; `asked` when a person has to decide."""

    column: str
    kind: Kind
    habit: Notation
    asked: bool


@dataclass(frozen=True, slots=True)
class ColumnsView:
    """What becomes of a file's columns: read as which fields, not read, and named but absent."""

    read: list[tuple[str, list[str]]]
    not_read: list[str]
    absent: list[str]
    notes: list[tuple[str, dict[str, str]]]
    """What is odd about the mapping: msgids, each with its params."""
    habits: list[NumberColumn]
    may_keep_both: bool
    """Whether lines were refused as a second building at an address."""


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
    """A line with something wrong in it, as it is in the file."""

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
            # Four fifths for reading, the rest for checking rows against each other, by key and by address.
            UnitImport.position * 80 / func.greatest(UnitImport.size, 1)
            + func.least(UnitImport.compared * 10 / func.greatest(UnitImport.rows, 1), 19),
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
    case(
        (
            UnitImport.state == ImportState.STOPPED,
            UnitImport.rows - UnitImport.wrong_rows - UnitImport.compared,
        ),
        else_=0,
    ),
    UnitImport.missing,
)  # fmt: skip


def _imports(*, only_waiting: bool = False) -> Select[*tuple[Any, ...]]:
    """Select imports, each with the reason why its step was parked."""
    parked = and_(
        timers.c.kind == STEP,
        timers.c.key == cast(UnitImport.id, Text),
        timers.c.parked_at.is_not(None),
        UnitImport.state.in_(WORKING),
    )
    statement = select(*_COLUMNS, timers.c.last_error).outerjoin(timers, parked)
    if only_waiting:
        stopped = and_(UnitImport.state == ImportState.STOPPED, UnitImport.finished_at.is_(None))
        waits = or_(UnitImport.state == ImportState.READY, stopped, timers.c.key.is_not(None))
        statement = statement.where(waits)
    return statement


def _view(*columns: Any) -> ImportView:
    *known, reason = columns
    return views(ImportView, [[*known, reason and why_halted(reason)]])[0]


@query(IMPORT_UNITS)
async def import_list(tx: ReadTx, *, after: str | None = None, limit: int = PAGE) -> CountedPage[ImportView]:
    """Imports, newest first, at most `limit` behind the position `after`."""
    return await _NEWEST_FIRST.counted_page(tx, _imports(), _view, after=after, limit=limit)


async def imports_waiting(tx: ReadTx, limit: int = PAGE) -> list[ImportView]:
    """Imports that wait for a decision: read, stopped, or given up by the worker; newest first."""
    return (await _NEWEST_FIRST.page(tx, _imports(only_waiting=True), _view, limit=limit)).items


@query(IMPORT_UNITS)
async def import_record(tx: ReadTx, import_id: UUID) -> ImportView:
    """One import. Raises NotFound."""
    found = (await tx.execute(_imports().where(UnitImport.id == import_id))).one_or_none()
    if found is None:
        raise NotFound(what="import")
    return _view(*found)


@query(IMPORT_UNITS)
async def import_columns(tx: ReadTx, import_id: UUID) -> ColumnsView:
    """What becomes of the columns of a file, and how their numbers and days are read. Raises NotFound."""
    found = await tx.session.get(UnitImport, import_id)
    if found is None:
        raise NotFound(what="import")
    try:
        mapping = Mapping.model_validate(found.definition)
    except ValidationError:
        # It was sent before there was the rule that it breaks.
        note: tuple[str, dict[str, str]] = (
            N_("Its mapping can’t be read any more: send the file again with a new one."),
            {},
        )
        return ColumnsView([], found.header, [], [note], [], may_keep_both=False)
    reader = await reader_of(tx, found, mapping)
    features = [("features", (rule.column,)) for rule in mapping.features.values()]
    report, kinds = reader.columns.report(features), reader.columns.kinds(KINDS)
    unclear = found.reading.get("unclear", {})
    twice = select(ImportProblem.id).where(
        ImportProblem.import_id == import_id, ImportProblem.rule.in_(["address_twice", "address_of_another"])
    )
    return ColumnsView(
        [(column, list(fields)) for column, fields in report.read],
        list(report.not_read),
        list(report.absent),
        mapping.notes(report.not_read, reader.known.features),
        [
            NumberColumn(found.header[at], kinds[at], notation, str(at) in unclear)
            for at, notation in sorted(reader.notations.columns.items())
            if at in kinds
        ],
        mapping.rows == "building" and await tx.scalar(twice.limit(1)) is not None,
    )


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


@query(IMPORT_UNITS)
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


@query(IMPORT_UNITS)
async def wrong_rows(
    tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 5_000
) -> list[WrongLine]:
    """The wrong lines as they are in the file, to be corrected and sent again."""
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
