"""How features read what is due: statements of which My day, the team's list and calendars ask for parts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from chassis.tx import ReadTx
from trade.due import Due, DueList, Wanted

Row = Sequence[Any]


def day_of(tx: ReadTx, moment: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[date]:
    """The day of a moment where the organisation is."""
    return cast(func.timezone(tx.runtime.settings.time_zone, moment), Date)


async def due_rows(
    tx: ReadTx,
    statement: Select[*tuple[Any, ...]],
    wanted: Wanted,
    *,
    tasks: Sequence[str],
    caseworker: ColumnElement[str] | InstrumentedAttribute[str],
    day: ColumnElement[Any] | InstrumentedAttribute[Any],
    id: ColumnElement[UUID] | InstrumentedAttribute[UUID],
    task: ColumnElement[str] | None = None,
) -> tuple[Sequence[Row], int]:
    """Return the rows of `statement` that are wanted, by day, and how many there are on all pages.

    `tasks` are the kinds of task that its rows stand for, `task` which one of them a row is, if there are
    several. The last three columns of a row are its task, its caseworker and its day.
    """
    if wanted.task is not None and wanted.task not in tasks:
        return [], 0
    if wanted.task is not None and task is not None:
        statement = statement.where(task == wanted.task)
    if wanted.caseworker is not None:
        statement = statement.where(caseworker == wanted.caseworker)
    if wanted.overdue:
        statement = statement.where(day < tx.today)
    which = literal(tasks[0]) if task is None else task
    statement = statement.add_columns(which.label("due_task"), caseworker.label("due_whose"))
    page = statement.add_columns(cast(day, Date).label("due_day"))
    if wanted.after is not None:
        earliest = cast(literal(wanted.after[0]), Date)
        # The first condition bounds the rows, which an index can use.
        page = page.where(day >= earliest, or_(day > earliest, and_(day == earliest, id > wanted.after[1])))
    rows = (await tx.execute(page.order_by(day, id).limit(wanted.limit))).all()
    if wanted.after is None and len(rows) < wanted.limit:
        return rows, len(rows)
    count = await tx.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    return rows, int(count or 0)


def next_page(found: DueList, wanted: Wanted) -> tuple[list[Due], tuple[date, UUID] | None]:
    """Return a page of what all features found, and behind which place the next one begins, if there is one.

    Each feature was asked for one thing more than the page has.
    """
    placed = sorted(
        ((one.place, one) for one in found.items if one.place is not None), key=lambda pair: pair[0]
    )
    size = wanted.limit - 1
    items = [one for _, one in placed[:size]]
    return items, placed[size - 1][0] if len(placed) > size else None
