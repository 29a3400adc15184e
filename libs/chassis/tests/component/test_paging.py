"""Lists read a page at a time: every row once, in order, whatever ties, whatever is unknown, whatever comes
and goes between two pages."""

from __future__ import annotations

import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import itemgetter
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Enum, Select, delete, event, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.actor import Actor
from chassis.db import Conventions, new_metadata
from chassis.errors import InvalidInput
from chassis.paging import CountedPage, Paging
from chassis.positions import position_text
from chassis.runtime import Runtime


class Colour(StrEnum):
    """A closed vocabulary."""

    AMBER = "amber"
    BLUE = "blue"


class Base(Conventions, DeclarativeBase):
    """The table of this test."""

    metadata = new_metadata()


class Thing(Base):
    """A row with values that are alike, and some unknown."""

    __tablename__ = "thing"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    at: Mapped[datetime | None]
    colour: Mapped[Colour] = mapped_column(
        Enum(Colour, native_enum=False, values_callable=lambda members: [one.value for one in members])
    )


Row = dict[str, Any]
Steps = tuple[tuple[str, bool], ...]
NOON = datetime(2026, 7, 1, 12, 0, 0, 1, tzinfo=UTC)
EVERYBODY = Actor("reader", "property", frozenset())

things = some.builds(
    dict,
    id=some.uuids(),
    name=some.sampled_from([None, "a", "b", "c"]),
    at=some.sampled_from([None, NOON, NOON + timedelta(microseconds=1), NOON - timedelta(days=9)]),
    colour=some.sampled_from(Colour),
)
tables = some.lists(things, max_size=14, unique_by=itemgetter("id"))
_columns = some.permutations(["name", "at", "colour"]).flatmap(
    lambda names: some.integers(0, 3).map(lambda many: [*names[:many], "id"])
)
orders = _columns.flatmap(
    lambda names: some.tuples(*(some.tuples(some.just(name), some.booleans()) for name in names))
)
anything = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


def paging(steps: Steps) -> Paging:
    columns = [(getattr(Thing, name), down) for name, down in steps]
    return Paging(*(column.desc() if down else column for column, down in columns))


def in_order(rows: Iterable[Row], steps: Steps) -> list[uuid.UUID]:
    """The ids of rows in an order, worked out without a database."""
    ordered = list(rows)
    for name, down in reversed(steps):
        known = [row for row in ordered if row[name] is not None]
        lacking = [row for row in ordered if row[name] is None]
        ordered = sorted(known, key=itemgetter(name), reverse=down) + lacking
    return [row["id"] for row in ordered]


class Shelf:
    """The table, and its pages as one reader sees them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def add(self, rows: list[Row]) -> None:
        if rows:
            async with self._runtime.transaction(EVERYBODY) as tx:
                await tx.execute(insert(Thing), rows)

    async def remove(self, ids: Iterable[uuid.UUID] | None = None) -> None:
        wanted = delete(Thing) if ids is None else delete(Thing).where(Thing.id.in_(list(ids)))
        async with self._runtime.transaction(EVERYBODY) as tx:
            await tx.execute(wanted)

    async def page(
        self, order: Paging, after: str | None, limit: int, statement: Select[Any] | None = None
    ) -> CountedPage[uuid.UUID]:
        async with self._runtime.reading(EVERYBODY) as tx:
            wanted = select(Thing.id) if statement is None else statement
            return await order.counted_page(tx, wanted, lambda id_: id_, after=after, limit=limit)


@pytest_asyncio.fixture
async def shelf(runtime: Runtime) -> Shelf:
    """An empty table."""
    async with runtime.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    return Shelf(runtime)


@anything
@given(rows=tables, steps=orders, limit=some.integers(1, 5))
async def test_every_row_stands_once_on_the_pages_in_the_order(
    shelf: Shelf, rows: list[Row], steps: Steps, limit: int
) -> None:
    await shelf.remove()
    await shelf.add(rows)
    expected, order = in_order(rows, steps), paging(steps)
    after: str | None = None
    for begin in range(0, max(len(expected), 1), limit):
        page = await shelf.page(order, after, limit)
        assert (page.items, page.count) == (expected[begin : begin + limit], len(rows))
        after = page.next
        assert (after is None) == (begin + limit >= len(expected))


@anything
@given(rows=tables, steps=orders, limit=some.integers(1, 4), data=some.data())
async def test_rows_that_come_and_go_between_pages_hide_and_repeat_none_that_stay(
    shelf: Shelf, rows: list[Row], steps: Steps, limit: int, data: some.DataObject
) -> None:
    await shelf.remove()
    await shelf.add(rows)
    order, known = paging(steps), {row["id"]: row for row in rows}
    stayed = set(known)
    page = await shelf.page(order, None, limit)
    seen = list(page.items)
    while page.next is not None:
        # Also the very row that ended the page may go.
        gone = {id_ for id_ in sorted({page.items[-1], *stayed}) if data.draw(some.booleans())}
        new = [row for row in data.draw(some.lists(things, max_size=1)) if row["id"] not in known]
        await shelf.remove(gone)
        await shelf.add(new)
        stayed -= gone
        known |= {row["id"]: row for row in new}
        page = await shelf.page(order, page.next, limit)
        seen += page.items
    assert len(seen) == len(set(seen))
    assert seen == in_order((known[id_] for id_ in seen), steps)
    assert stayed <= set(seen)


async def test_a_narrowed_list_is_counted_and_paged_as_it_is_narrowed(shelf: Shelf) -> None:
    rows = [
        {"id": uuid.UUID(int=at), "name": "a" if at % 2 else None, "at": NOON, "colour": Colour.BLUE}
        for at in range(1, 8)
    ]
    await shelf.add(rows)
    named = select(Thing.id).where(Thing.name.is_not(None))
    order = Paging(Thing.id.desc())
    first = await shelf.page(order, None, 3, named)
    second = await shelf.page(order, first.next, 3, named)
    assert [one.int for one in (*first.items, *second.items)] == [7, 5, 3, 1]
    assert (first.count, second.count, second.next) == (4, 4, None)


def _text(json: str) -> str:
    return urlsafe_b64encode(json.encode()).decode().rstrip("=")


ID = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "\x00",
        "é",
        ID,
        "W" * 100_000,
        _text("null"),
        _text("[]"),
        _text("[[[[]]]]"),
        _text(f'["a", "{ID}"]'),
        _text(f'["a", null, "blue", null, "{ID}"]'),
        _text('["a", null, "blue", null]'),
        _text('["a", null, "blue", 1]'),
        _text(f'["a", null, null, "{ID}"]'),
        _text(f'["a", null, "red", "{ID}"]'),
        _text(f'["\\u0000", null, "blue", "{ID}"]'),
        _text(f'["\\ud800", null, "blue", "{ID}"]'),
        _text(f'[7, null, "blue", "{ID}"]'),
        _text(f'["a", 7, "blue", "{ID}"]'),
        _text(f'["a", "2026-07-01T12:00:00", "blue", "{ID}"]'),
        _text(f'["a", "0001-01-01T00:00:00+14:00", "blue", "{ID}"]'),
        _text(f'["a", "9999-12-31T23:59:59-14:00", "blue", "{ID}"]'),
        _text(f'["a", "next week", "blue", "{ID}"]'),
        position_text(("a", NOON, Colour.BLUE, uuid.UUID(ID), 1)),
    ],
)
async def test_what_names_no_place_of_the_order_is_refused_at_its_field(shelf: Shelf, after: str) -> None:
    order = Paging(Thing.name, Thing.at.desc(), Thing.colour, Thing.id)
    with pytest.raises(InvalidInput) as refused:
        await shelf.page(order, after, 5)
    assert refused.value.field == "after"


async def test_a_place_of_any_moment_and_any_text_is_answered(shelf: Shelf) -> None:
    order = Paging(Thing.name, Thing.at.desc(), Thing.colour, Thing.id)
    for name in ("", "'; --", "\U0001f3e0" * 300, None):
        for at in (datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC), None):
            place = position_text((name, at, Colour.AMBER, uuid.UUID(ID)))
            assert (await shelf.page(order, place, 5)).items == []


async def test_an_order_by_id_alone_is_read_from_the_index(
    shelf: Shelf, runtime: Runtime, rows: Callable[..., Any]
) -> None:
    await shelf.add(
        [{"id": uuid.UUID(int=at), "name": None, "at": None, "colour": Colour.BLUE} for at in range(5_000)]
    )
    await rows("ANALYZE thing")
    asked: list[tuple[str, Any]] = []

    def remember(_connection: Any, _cursor: Any, sql: str, values: Any, *_: Any) -> None:
        asked.append((sql, values))

    event.listen(runtime.database.engine.sync_engine, "before_cursor_execute", remember)
    await shelf.page(Paging(Thing.id.desc()), position_text((uuid.UUID(int=900),)), 50)
    sql, values = next(one for one in asked if "ORDER BY" in one[0])
    plan = "\n".join(line[0] for line in await rows(f"EXPLAIN {sql}", *values))
    assert "Index" in plan
    assert "Sort" not in plan
