"""Objects are written with the statement that ends a transaction, exactly as SQLAlchemy would write them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

import pytest
import pytest_asyncio
import sqlalchemy as sa
from parcels import service
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, selectinload
from sqlalchemy.orm.exc import StaleDataError

from chassis import writing
from chassis.actor import Actor
from chassis.db import Conventions, new_metadata, words
from chassis.runtime import Runtime
from chassis.tx import Tx
from testkit.wire import counting


class Kind(StrEnum):
    NOVEL = "novel"
    ATLAS = "atlas"


class Base(Conventions, DeclarativeBase):
    metadata = new_metadata()


class Book(Base):
    """One of everything that a column may be."""

    __tablename__ = "book"
    __table_args__ = (sa.Index("uq_book_open", "shelf", unique=True, postgresql_where=sa.text("is_open")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(sa.Integer, sa.Identity(start=7), unique=True)
    shelf: Mapped[int]
    is_open: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[Kind] = mapped_column(words(Kind, "kind"), default=Kind.NOVEL)
    title: Mapped[str | None] = mapped_column(sa.String(80))
    price: Mapped[Decimal | None] = mapped_column(sa.Numeric(12, 2))
    bought_on: Mapped[date | None]
    read_at: Mapped[datetime | None]
    lent: Mapped[Range[date] | None] = mapped_column(DATERANGE)
    tags: Mapped[list[str]]
    notes: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    copies: Mapped[int] = mapped_column("said", server_default="3")
    loud: Mapped[str | None] = mapped_column(sa.Text, sa.Computed("upper(title)", persisted=True))
    version: Mapped[int] = mapped_column(sa.Integer)

    pages: Mapped[list[Page]] = relationship(cascade="all, delete-orphan", order_by="Page.at", lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class Page(Base):
    """Found by its book, from which it gets the reference."""

    __tablename__ = "page"

    book_id: Mapped[UUID] = mapped_column(sa.ForeignKey(Book.id), primary_key=True)
    at: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]


@pytest_asyncio.fixture
async def library(parcels_settings: service.ParcelSettings) -> AsyncIterator[Runtime]:
    """A service with these tables."""
    runtime = service.build_runtime(parcels_settings)
    async with runtime.database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield runtime
    await runtime.close()


def id_of(number: int) -> UUID:
    return uuid5(UUID(int=0), str(number))


def fields(chance: random.Random) -> dict[str, Any]:
    """Return some values for some columns, and none for others."""
    some = {
        "kind": chance.choice(list(Kind)),
        "title": chance.choice([None, "Middle", "It's “quoted”: 50 %", ""]),
        "price": chance.choice([None, Decimal("12.50"), Decimal(0)]),
        "bought_on": chance.choice([None, date(2026, 2, 28)]),
        "read_at": chance.choice([None, datetime(2026, 1, 1, 12, tzinfo=UTC)]),
        "lent": chance.choice([None, Range(date(2026, 1, 1), date(2026, 2, 1))]),
        "tags": chance.choice([[], ["a", "b, c"]]),
        "notes": chance.choice([{}, {"of": [1, None, "é"], "on": "2026-01-01"}]),
        "copies": chance.randint(0, 9),
    }
    return {name: value for name, value in some.items() if chance.random() < 0.6}


async def act(tx: Tx, chance: random.Random, numbers: range) -> None:
    """Add, change and leave alone some books and pages."""
    stored = (await tx.execute(sa.select(Book).options(selectinload(Book.pages)).order_by(Book.id))).scalars()
    for book in stored:
        if chance.random() < 0.5:
            for name, value in fields(chance).items():
                setattr(book, name, value)
        if chance.random() < 0.3:
            book.pages.append(Page(at=100 + max((page.at for page in book.pages), default=0), text="added"))
        for page in book.pages:
            if chance.random() < 0.3:
                page.text = chance.choice([None, "changed"])
        if chance.random() < 0.1 and book.pages:
            book.pages.remove(book.pages[0])
        elif chance.random() < 0.1:
            book.shelf = Book.shelf + 1
        if chance.random() < 0.1:
            book.version += 5
    for number in numbers:
        if chance.random() < 0.7:
            book = Book(id=id_of(number), shelf=number, **{"tags": [], "notes": {}} | fields(chance))
            if chance.random() < 0.6:
                book.pages = [Page(at=at, text=chance.choice([None, "new"])) for at in range(2)]
            tx.session.add(book)
    tx.touched("library", "1", "acted")


async def everything(runtime: Runtime) -> list[list[tuple[Any, ...]]]:
    async with (await runtime.database.raw()).acquire() as connection:
        texts = ("SELECT * FROM book ORDER BY id", "SELECT * FROM page ORDER BY book_id, at")
        found = [await connection.fetch(sql) for sql in (*texts, "SELECT action FROM audit")]
    return [[tuple(row.values()) for row in rows] for rows in found]


@pytest.mark.row("X3", "X4")
@pytest.mark.parametrize("seed", range(12))
async def test_rows_are_those_that_sqlalchemy_would_have_written(
    library: Runtime, porter: Actor, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    written, simple = {}, 0
    for most in (writing.MOST_ROWS, -1):
        monkeypatch.setattr(writing, "MOST_ROWS", most)
        async with library.database.engine.begin() as connection:
            await connection.execute(sa.text("TRUNCATE book, page, audit RESTART IDENTITY"))
        for turn in range(4):
            async with library.transaction(porter) as tx:
                chance = random.Random(f"{seed} {turn}")  # noqa: S311 - no secret
                await act(tx, chance, range(turn * 3, turn * 3 + 3))
                simple += writing.waiting(tx.session.sync_session) is not None
        written[most] = await everything(library)
    ours, theirs = written.values()
    assert ours == theirs
    assert all(ours)
    assert simple > 0


async def stored(library: Runtime, porter: Actor, **values: Any) -> UUID:
    async with library.transaction(porter) as tx:
        tx.session.add(Book(id=id_of(1), shelf=1, tags=[], notes={}, pages=[Page(at=1)], **values))
    return id_of(1)


@pytest.mark.row("X4")
@pytest.mark.parametrize("most", [writing.MOST_ROWS, -1], ids=["in one statement", "by SQLAlchemy"])
async def test_a_row_that_somebody_else_changed_is_not_overwritten_and_nothing_else_is_written(
    library: Runtime, porter: Actor, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    book = await stored(library, porter)
    monkeypatch.setattr(writing, "MOST_ROWS", most)
    before = await everything(library)

    async def change() -> None:
        async with library.transaction(porter) as tx:
            mine = await tx.session.get_one(Book, book)
            async with library.database.engine.begin() as connection:
                await connection.execute(sa.text("UPDATE book SET version = version + 1, price = 1"))
            mine.title = "Mine"
            tx.session.add(Book(id=id_of(2), shelf=2, tags=[], notes={}))
            tx.touched("book", book, "changed")

    with pytest.raises(StaleDataError):
        await change()
    books, *others = await everything(library)
    assert [(row[0], row[5], row[-1]) for row in books] == [(book, None, 2)]
    assert others == before[1:]


async def test_a_row_that_is_gone_is_noticed_without_a_version(library: Runtime, porter: Actor) -> None:
    book = await stored(library, porter)

    async def change() -> None:
        async with library.transaction(porter) as tx:
            page = await tx.session.get_one(Page, (book, 1))
            async with library.database.engine.begin() as connection:
                await connection.execute(sa.text("DELETE FROM page"))
            page.text = "Mine"

    with pytest.raises(StaleDataError):
        await change()


async def test_a_new_row_follows_the_change_that_makes_room_for_it(library: Runtime, porter: Actor) -> None:
    book = await stored(library, porter, is_open=True)
    for number in range(2, 6):
        async with library.transaction(porter) as tx:
            (open_one,) = (await tx.execute(sa.select(Book).where(Book.is_open))).scalars()
            open_one.is_open = False
            tx.session.add(Book(id=id_of(number), shelf=1, is_open=True, tags=[], notes={}))
    books, *_ = await everything(library)
    assert {row[0] for row in books if row[3]} == {id_of(5)}
    assert {row[0] for row in books} == {book, *(id_of(number) for number in range(2, 6))}


async def test_what_only_adds_is_one_round_trip_and_what_reads_before_is_four(
    parcels_settings: service.ParcelSettings, library: Runtime, porter: Actor
) -> None:
    numbers = iter(range(100))

    async def add(runtime: Runtime, *, reads: bool) -> None:
        async with runtime.transaction(porter) as tx:
            if reads:
                await tx.scalar(sa.select(sa.func.count()).select_from(Book))
            pages = [Page(at=at) for at in range(3)]
            tx.session.add(Book(id=id_of(next(numbers)), shelf=1, tags=[], notes={}, pages=pages))
            tx.touched("book", "1", "added")

    async with counting(library.database.dsn) as wire:
        address = type(parcels_settings.database_url)(wire.dsn)
        runtime = service.build_runtime(parcels_settings.model_copy(update={"database_url": address}))
        counted = []
        for reads in (False, True):
            for _ in range(3):
                await add(runtime, reads=reads)
            wire.reset()
            await add(runtime, reads=reads)
            counted.append(wire.round_trips)
        await runtime.close()
    assert counted == [1, 4]


async def test_a_question_before_the_transaction_is_asked_by_itself(library: Runtime, porter: Actor) -> None:
    asked = sa.text("SELECT txid_current_if_assigned() IS NULL, number FROM book WHERE shelf = :shelf")
    await stored(library, porter)
    async with library.transaction(porter) as tx:
        (before,) = await tx.look(asked, {"shelf": 1})
        assert not tx.begun
        tx.session.add(Book(id=id_of(2), shelf=2, tags=[], notes={}))
        (within,) = await tx.look(asked, {"shelf": 2})
    assert (tuple(before), tuple(within)) == ((True, 7), (False, 8))
