"""Lists read from the database a page at a time, each page from where the last one ended.

By hand, because the package sqlakeyset leaves out every row that has no value in a column of the order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.operators import desc_op

from chassis.positions import KINDS, Key, position_text, read_position
from chassis.tx import ReadTx

PAGE = 50
"""Rows of a page unless another number is requested."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Rows of a list, and where the next page begins (None at the end)."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True, slots=True)
class CountedPage(Page[Item]):
    """Rows of a list, where the next page begins (None at the end), and how many there are in all."""

    count: int


class Paging:
    """An order in which a list is read a page at a time.

    `by` are columns of the listed table, each as it is or with `.desc()`; the last one is its id, so that no
    two rows share a position. Rows without a value come last, ascending and descending.
    """

    def __init__(self, *by: InstrumentedAttribute[Any] | UnaryExpression[Any]) -> None:
        self._steps = [_Step.of(one) for one in by]
        self._kinds = [step.kind for step in self._steps]

    async def page(
        self,
        tx: ReadTx,
        statement: Select[*tuple[Any, ...]],
        item: Callable[..., Item],
        *,
        after: str | None = None,
        limit: int = PAGE,
    ) -> Page[Item]:
        """Return at most `limit` rows of `statement`, which has no order yet, after the position `after`.

        `item` makes an entry of the list from the columns of a row. Raises InvalidInput for an `after` that
        isn't a position.
        """
        position = read_position(after, self._kinds)
        if position is not None:
            statement = statement.where(_behind(self._steps, position))
        statement = statement.order_by(*(step.order for step in self._steps))
        statement = statement.add_columns(*(step.column for step in self._steps)).limit(limit + 1)
        rows = (await tx.execute(statement)).all()
        width = len(self._steps)
        items = [item(*row[:-width]) for row in rows[:limit]]
        return Page(items, position_text(rows[limit - 1][-width:]) if len(rows) > limit else None)

    async def counted_page(
        self,
        tx: ReadTx,
        statement: Select[*tuple[Any, ...]],
        item: Callable[..., Item],
        *,
        after: str | None = None,
        limit: int = PAGE,
    ) -> CountedPage[Item]:
        """Return the same as `page`, and how many rows `statement` has in all."""
        page = await self.page(tx, statement, item, after=after, limit=limit)
        count = await tx.scalar(select(func.count()).select_from(statement.subquery()))
        return CountedPage(page.items, page.next, int(count or 0))


@dataclass(frozen=True, slots=True)
class _Step:
    """One column of an order."""

    column: ColumnElement[Any]
    down: bool
    may_lack: bool
    kind: Any

    @classmethod
    def of(cls, by: InstrumentedAttribute[Any] | UnaryExpression[Any]) -> _Step:
        down = isinstance(by, UnaryExpression) and by.modifier is desc_op
        column: Any = by.element if isinstance(by, UnaryExpression) else by.expression
        type_ = column.type.python_type
        kind = type_ if issubclass(type_, Enum) else KINDS[type_]
        return cls(column, down, column.nullable, kind | None if column.nullable else kind)

    @property
    def order(self) -> ColumnElement[Any]:
        # Only where it matters: an index without NULLS LAST couldn't be read backwards otherwise.
        last = self.column.desc() if self.down else self.column.asc()
        return last.nulls_last() if self.may_lack else last

    def behind(self, value: Any, *, inclusive: bool) -> ColumnElement[bool]:
        """Match rows after a value, those without one included; `inclusive` also those with this value."""
        if self.down:
            found = self.column <= value if inclusive else self.column < value
        else:
            found = self.column >= value if inclusive else self.column > value
        return or_(found, self.column.is_(None)) if self.may_lack else cast(ColumnElement[bool], found)


def _behind(steps: Sequence[_Step], position: Key) -> ColumnElement[bool]:
    """Match rows after a position. Its first column bounds them all, which an index can use."""
    step, *rest = steps
    value, values = position[0], position[1:]
    if value is None:
        return and_(step.column.is_(None), _behind(rest, values))
    if not rest:
        return step.behind(value, inclusive=False)
    return and_(
        step.behind(value, inclusive=True), or_(step.behind(value, inclusive=False), _behind(rest, values))
    )
