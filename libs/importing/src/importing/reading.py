"""Reading imports: lists, progress, columns, problems. A service's queries call these."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy import Integer, Select, Text, and_, case, cast, func, or_, select

from chassis.db.tables import timers
from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from deskkit.i18n import N_
from importing.kind import Importing
from importing.model import STEP, WORKING, ImportState, why_halted
from importing.staging import reader_of
from importing.views import ColumnsView, NumberColumn, ProblemGroup, ProblemView, WrongLine

if TYPE_CHECKING:
    from chassis.tx import ReadTx


class Imports:
    """The imports of one kind of record, as they're read."""

    def __init__(self, kind: Importing) -> None:
        self.kind = kind
        self.record = kind.tables.record
        self._newest_first = Paging(self.record.id.desc())

    @cached_property
    def _columns(self) -> tuple[Any, ...]:
        of = self.record
        progress = cast(
            case(
                (
                    of.state == ImportState.READING,
                    # Four fifths for reading, the rest for checking rows against each other, by key and by
                    # group.
                    of.position * 80 / func.greatest(of.size, 1)
                    + func.least(of.compared * 10 / func.greatest(of.rows, 1), 19),
                ),
                (
                    of.state.in_([ImportState.COMPARING, ImportState.APPLYING]),
                    of.compared * 100 / func.greatest(of.rows - of.wrong_rows, 1),
                ),
                else_=100,
            ),
            Integer,
        )
        left = case((of.state == ImportState.STOPPED, of.rows - of.wrong_rows - of.compared), else_=0)
        return (
            of.id, of.mapping, of.file_name, of.state, of.header, of.delimiter, of.row_limit, of.rows,
            of.wrong_rows, of.new, of.changed, of.unchanged, of.started_at, of.finished_at, of.started_by,
            of.failure, of.failure_params, of.at_once, progress, left,
        )  # fmt: skip

    def _imports(self, *, only_waiting: bool = False) -> Select[*tuple[Any, ...]]:
        """Select imports, each with the reason why its step was parked."""
        of = self.record
        parked = and_(
            timers.c.kind == STEP,
            timers.c.key == cast(of.id, Text),
            timers.c.parked_at.is_not(None),
            of.state.in_(WORKING),
        )
        statement = select(*self._columns, timers.c.last_error, *self.kind.shown_besides)
        statement = statement.outerjoin(timers, parked)
        if only_waiting:
            stopped = and_(of.state == ImportState.STOPPED, of.finished_at.is_(None))
            statement = statement.where(
                or_(of.state == ImportState.READY, stopped, timers.c.key.is_not(None))
            )
        return statement

    def _view(self, *columns: Any) -> Any:
        common = len(self._columns)
        reason = columns[common]
        halted = reason and why_halted(reason)
        make: Callable[..., Any] = self.kind.view
        return make(*columns[:common], halted, *columns[common + 1 :])

    async def page(self, tx: ReadTx, *, after: str | None = None, limit: int = PAGE) -> CountedPage[Any]:
        """Imports, newest first, at most `limit` behind the position `after`."""
        return await self._newest_first.counted_page(
            tx, self._imports(), self._view, after=after, limit=limit
        )

    async def waiting(self, tx: ReadTx, limit: int = PAGE) -> list[Any]:
        """Imports that wait for a decision: read, stopped, or given up by the worker; newest first."""
        statement = self._imports(only_waiting=True)
        return (await self._newest_first.page(tx, statement, self._view, limit=limit)).items

    async def one(self, tx: ReadTx, import_id: UUID) -> Any:
        """One import. Raises NotFound."""
        found = (await tx.execute(self._imports().where(self.record.id == import_id))).one_or_none()
        if found is None:
            raise NotFound(what="import")
        return self._view(*found)

    async def columns(self, tx: ReadTx, import_id: UUID) -> ColumnsView:
        """What becomes of the columns of a file, and how their numbers and days are read. Raises NotFound."""
        kind = self.kind
        found = await tx.session.get(self.record, import_id)
        if found is None:
            raise NotFound(what="import")
        try:
            mapping = kind.mapping_of(found.definition)
        except ValidationError:
            # It was sent before there was the rule that it breaks.
            note: tuple[str, dict[str, str]] = (
                N_("Its mapping can’t be read any more: send the file again with a new one."),
                {},
            )
            return ColumnsView([], found.header, [], [note], [], may_keep_both=False)
        reader = await reader_of(tx, kind, found, mapping)
        report = reader.columns.report(kind.columns_besides(mapping))
        kinds = reader.columns.kinds(kind.kinds)
        unclear = found.reading.get("unclear", {})
        return ColumnsView(
            [(column, list(fields)) for column, fields in report.read],
            list(report.not_read),
            list(report.absent),
            kind.notes(mapping, reader, report.not_read),
            [
                NumberColumn(found.header[at], kinds[at], notation, str(at) in unclear)
                for at, notation in sorted(reader.notations.columns.items())
                if at in kinds
            ],
            may_keep_both=await self._may_keep_both(tx, import_id, kind.may_be_right(mapping)),
        )

    async def _may_keep_both(self, tx: ReadTx, import_id: UUID, rules: Collection[str]) -> bool:
        table = self.kind.tables.problem
        refused = select(table.id).where(table.import_id == import_id, table.rule.in_(list(rules)))
        return bool(rules) and await tx.scalar(refused.limit(1)) is not None

    async def problems(
        self, tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 200
    ) -> list[ProblemView]:
        """What is wrong in a file, by line."""
        of = self.kind.tables.problem
        rows = await tx.execute(
            select(of.line, of.column, of.rule, of.value, of.message, of.params)
            .where(of.import_id == import_id, of.line > after_line)
            .order_by(of.line, of.id)
            .limit(limit)
        )
        return [ProblemView(*row) for row in rows]

    async def groups(self, tx: ReadTx, import_id: UUID) -> list[ProblemGroup]:
        """What is wrong in a file, by column and rule, the most frequent first."""
        of, count = self.kind.tables.problem, func.count()
        rows = await tx.execute(
            select(of.column, of.rule, func.min(of.message), count)
            .where(of.import_id == import_id)
            .group_by(of.column, of.rule)
            .order_by(count.desc())
            .limit(50)
        )
        return [ProblemGroup(*row) for row in rows]

    async def wrong_rows(
        self, tx: ReadTx, import_id: UUID, *, after_line: int = 0, limit: int = 5_000
    ) -> list[WrongLine]:
        """The wrong lines as they are in the file, to be corrected and sent again."""
        of = self.kind.tables.wrong
        rows = await tx.execute(
            select(of.line, of.cells)
            .where(of.import_id == import_id, of.line > after_line)
            .order_by(of.line)
            .limit(limit)
        )
        return [WrongLine(*row) for row in rows]
