"""An index follows its table: everything committed before a search is in it, however transactions overlap."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Self

import asyncpg
import pytest

from chassis.db import Database
from chassis.search import Follower, GettingReady, following


class Names:
    """A table of names in memory."""

    def __init__(self) -> None:
        self.names: dict[uuid.UUID, str] = {}
        self.taken = 0
        self.wasteful = False

    def take(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.taken += len(rows)
        self.names |= {row["id"]: row["name"] for row in rows}

    def prepare(self) -> None:
        pass

    def compacted(self) -> Self:
        fresh = type(self)()
        fresh.names = self.names
        return fresh


TABLE = """
    CREATE TABLE names (
        id uuid PRIMARY KEY, name text, written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
    )
"""
PUT = """
    INSERT INTO names VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET name = $2, written_in = pg_current_xact_id()
"""
MANY = "INSERT INTO names SELECT uuidv7(), 'one of many' FROM generate_series(1, $1::int)"


def names_follower(make: Any = Names) -> Follower[Names]:
    return Follower(
        "SELECT id, name, written_in::text AS written_in FROM names",
        identity="names.id",
        written_in="names.written_in",
        make=make,
    )


async def test_it_misses_nothing_that_was_committed_however_late(fresh_database: Any) -> None:
    fresh = await fresh_database()
    first, second = await fresh.connect(), await fresh.connect()
    await first.execute(TABLE)
    database, follower = Database(fresh.url), names_follower()
    one, two, three = (uuid.UUID(int=number) for number in (1, 2, 3))
    slow = first.transaction()
    await slow.start()
    await first.execute(PUT, one, "slow")
    await second.execute(PUT, two, "quick")
    assert (await follower.current(database)).names == {two: "quick"}
    await second.execute(PUT, three, "quicker")
    assert set((await follower.current(database)).names) == {two, three}
    await slow.commit()
    assert (await follower.current(database)).names[one] == "slow"
    await second.execute(PUT, two, "changed")
    index = await follower.current(database)
    assert index.names == {one: "slow", two: "changed", three: "quicker"}
    index.wasteful = True
    fresher = await follower.current(database)
    assert fresher is not index
    assert fresher.names == index.names
    await first.close()
    await second.close()
    await database.close()


async def test_nothing_is_read_twice_while_a_long_transaction_goes_on(fresh_database: Any) -> None:
    fresh = await fresh_database()
    first, second = await fresh.connect(), await fresh.connect()
    await first.execute(TABLE)
    database, follower = Database(fresh.url), names_follower()
    long = first.transaction()
    await long.start()
    await first.execute(MANY, 3)
    await second.execute(MANY, 25_000)
    index = await follower.current(database)
    assert index.taken == 25_000
    await second.execute(MANY, 10)
    for _ in range(3):
        await follower.current(database)
    assert index.taken == 25_010
    await long.rollback()
    await second.execute(MANY, 20_001)
    assert (await asyncio.gather(*(follower.current(database) for _ in range(5))))[0] is index
    assert index.taken == len(index.names) == 45_011
    await first.close()
    await second.close()
    await database.close()


async def test_searches_and_writes_at_once_never_see_less_than_was_committed(fresh_database: Any) -> None:
    fresh = await fresh_database()
    connection = await fresh.connect()
    await connection.execute(TABLE)
    await connection.execute(MANY, 12_000)
    database, follower = Database(fresh.url), names_follower()
    committed: set[uuid.UUID] = set()

    async def write() -> None:
        for number in range(60):
            identity = uuid.UUID(int=number + 1)
            await connection.execute(PUT, identity, "new")
            committed.add(identity)

    async def search() -> None:
        for _ in range(40):
            before = set(committed)
            assert before <= set((await follower.current(database)).names)

    async with follower.reading_ahead(database):
        await asyncio.gather(write(), search(), search(), search())
    assert len((await follower.current(database)).names) == 12_060
    await connection.close()
    await database.close()


async def test_a_search_during_the_first_reading_waits_or_says_so(
    fresh_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = await fresh_database()
    connection = await fresh.connect()
    await connection.execute(TABLE)
    await connection.execute(MANY, 3)
    database, follower = Database(fresh.url), names_follower()
    monkeypatch.setattr(following, "PATIENCE", 0.2)
    locked = connection.transaction()
    await locked.start()
    await connection.execute("LOCK TABLE names IN ACCESS EXCLUSIVE MODE")
    async with follower.reading_ahead(database):
        with pytest.raises(GettingReady):
            await follower.current(database)
        await locked.commit()
        monkeypatch.setattr(following, "PATIENCE", 5.0)
        assert len((await follower.current(database)).names) == 3
    await connection.close()
    await database.close()


async def test_a_first_reading_that_failed_is_tried_again_by_the_next_search(fresh_database: Any) -> None:
    fresh = await fresh_database()
    database, follower = Database(fresh.url), names_follower()
    async with follower.reading_ahead(database):
        with pytest.raises(asyncpg.UndefinedTableError):
            await follower.current(database)
    connection = await fresh.connect()
    await connection.execute(TABLE)
    await connection.execute(MANY, 2)
    assert len((await follower.current(database)).names) == 2
    await connection.close()
    await database.close()
