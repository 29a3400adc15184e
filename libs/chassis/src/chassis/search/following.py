"""How the index of a process follows its table: before each search it reads what was written since the last.

Rows carry the transaction that wrote them (`written_in`). Everything written by transactions older than a
snapshot's oldest running one was visible in it, so reading from there on misses nothing, however commits
overlap; what is read twice changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import structlog

from chassis.db.database import Database

_log = structlog.get_logger(__name__)

_SLICE = 5_000
_BREATH = 500
"""Rows after which other requests of the process get a turn."""
_BEFORE_ALL = UUID(int=0)


class Index(Protocol):
    """What is kept in memory of a table."""

    @property
    def wasteful(self) -> bool:
        """Whether so much of it is out of date that reading the table anew is cheaper."""
        ...

    def apply(self, row: Mapping[str, Any]) -> None:
        """Take in a row as it is now."""
        ...


Kept = TypeVar("Kept", bound=Index)


class Follower(Generic[Kept]):
    """The indexes of one table, one for each database that this process uses.

    `statement` selects rows with `id`, `written_in::text AS written_in` and
    `pg_snapshot_xmin(pg_current_snapshot())::text AS upto`, those with `(written_in, id) > ($1::text::xid8,
    $2::uuid)`,
    in that order, `LIMIT $3`. `make` makes an empty index.
    """

    def __init__(self, statement: str, make: Callable[[], Kept]) -> None:
        self._statement = statement
        self._make = make
        self._known: WeakKeyDictionary[Database, _State[Kept]] = WeakKeyDictionary()

    async def current(self, database: Database) -> Kept:
        """Return the index of a database with everything that was committed before this call.

        The first call reads the whole table. Read in slices, each its own statement; what is written
        meanwhile is read again next time, because the new starting point is that of the first slice.
        """
        state = self._known.get(database)
        if state is None:
            state = self._known[database] = _State(self._make())
        async with state.turn:
            if state.index.wasteful:
                state.index, state.upto = self._make(), "0"
            last, upto = (state.upto, _BEFORE_ALL), None
            while True:
                async with (await database.raw()).acquire() as connection:
                    rows = await connection.fetch(self._statement, *last, _SLICE)
                for number, row in enumerate(rows, start=1):
                    state.index.apply(row)
                    if number % _BREATH == 0:
                        await asyncio.sleep(0)
                if rows:
                    upto = upto or rows[0]["upto"]
                    last = (rows[-1]["written_in"], rows[-1]["id"])
                if len(rows) < _SLICE:
                    break
            if upto is not None:
                state.upto = max(state.upto, upto, key=int)
            return state.index

    @asynccontextmanager
    async def reading_ahead(self, database: Database) -> AsyncIterator[None]:
        """Read the whole table in the background when a process starts, so that nobody's first search waits
        for it.

        A database that is away hinders nothing: the first search then reads it.
        """
        task = asyncio.create_task(self._read_ahead(database))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _read_ahead(self, database: Database) -> None:
        try:
            await self.current(database)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            _log.warning("table_not_read_ahead", error=type(error).__name__)


class _State(Generic[Kept]):
    """One index and how far it has read."""

    def __init__(self, index: Kept) -> None:
        self.index = index
        self.upto = "0"
        self.turn = asyncio.Lock()
