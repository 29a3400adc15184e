"""Keeps the index of a process up to date: before each search it reads what became visible since the last.

Rows have the transaction that wrote them (`written_in`). Each reading stores its snapshot; the next reads the
rows whose transaction that snapshot couldn't see. So nothing is missed, however commits overlap, and nothing
is read repeatedly while a long transaction is open.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import structlog

from chassis.db.database import Database
from chassis.ending import end
from chassis.errors import DomainError, Kind

_log = structlog.get_logger(__name__)

PATIENCE = 5.0
"""Seconds that a search waits for the first reading before it is refused with GettingReady."""
_SLICE = 5_000
"""Rows read at once."""
_PART = 500
"""Rows after which other requests of the process get the event loop."""
_BEFORE_ALL = UUID(int=0)
_NOTHING = "1:1:"
"""The snapshot that sees nothing."""


class GettingReady(DomainError):
    """The process has just started and is still reading the table."""

    kind: ClassVar[Kind] = Kind.unavailable
    code: ClassVar[str] = "search_getting_ready"
    message: ClassVar[str] = "The search is getting ready. Try again in a few seconds."


class Index(Protocol):
    """An index of a table in memory."""

    @property
    def wasteful(self) -> bool:
        """Whether so much of it is out of use that `compacted` is worthwhile."""
        ...

    def take(self, rows: Sequence[Any], /) -> None:
        """Store the present state of rows."""
        ...

    def prepare(self) -> None:
        """Compute in advance what the first search would otherwise wait for."""
        ...

    def compacted(self) -> Self:
        """Return the same without what is out of use."""
        ...


IndexT = TypeVar("IndexT", bound=Index)


class Follower(Generic[IndexT]):
    """The indexes of one table, one for each database that this process uses.

    `select` is a SELECT with its FROM, with `id` and `written_in::text AS written_in` among its columns;
    `identity` and `written_in` are the names of these two in its table. `make` returns an empty index.
    """

    def __init__(self, select: str, *, identity: str, written_in: str, make: Callable[[], IndexT]) -> None:
        # The outer row is returned even when nothing is new, because the snapshot advances anyway.
        self._statement = f"""
            SELECT seen.snapshot, new.*
            FROM (SELECT pg_current_snapshot()::text AS snapshot) seen LEFT JOIN LATERAL (
                {select}
                WHERE ({written_in}, {identity}) > ($2::text::xid8, $3::uuid)
                AND NOT pg_visible_in_snapshot({written_in}, $1::text::pg_snapshot)
                ORDER BY {written_in}, {identity} LIMIT $4
            ) new ON true
        """  # noqa: S608 — written by us, nothing in it is from outside
        self._make = make
        self._known: WeakKeyDictionary[Database, _State[IndexT]] = WeakKeyDictionary()

    async def current(self, database: Database) -> IndexT:
        """Return the index of a database with everything that was committed before this call.

        The first call starts reading the whole table, unless `reading_ahead` has. Raises GettingReady when
        that takes longer than PATIENCE; reading continues. The index doesn't change before the caller's next
        `await`.
        """
        state = self._state(database)
        if state.index is None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await asyncio.shield(self._first_reading(state, database))
            except TimeoutError as error:
                raise GettingReady from error
        at_call = state.started
        async with state.turn:
            index = state.index
            if index is None:
                raise GettingReady
            # A call that waited while another started and finished a reading has its rows too.
            if state.read <= at_call:
                if index.wasteful:
                    index = state.index = await asyncio.to_thread(index.compacted)
                state.started += 1
                number = state.started
                state.snapshot = await self._read(database, state.snapshot, index)
                state.read = number
            return index

    async def _read(self, database: Database, snapshot: str, index: IndexT, *, apart: bool = False) -> str:
        """Read what became visible after a snapshot; return the snapshot from which to continue next time.

        That is the first slice's: rows written while later ones are read will be read again. `apart`: nothing
        uses the index yet, so it is filled in a thread.
        """
        last, seen = (snapshot.partition(":")[0], _BEFORE_ALL), None
        while True:
            async with (await database.raw()).acquire() as connection:
                rows = await connection.fetch(self._statement, snapshot, *last, _SLICE)
            seen = seen or str(rows[0]["snapshot"])
            if rows[0]["id"] is None:
                return seen
            if apart:
                await asyncio.to_thread(index.take, rows)
            else:
                for at in range(0, len(rows), _PART):
                    index.take(rows[at : at + _PART])
                    await asyncio.sleep(0)
            if len(rows) < _SLICE:
                return seen
            last = max(((row["written_in"], row["id"]) for row in rows), key=lambda at: (int(at[0]), at[1]))

    def _state(self, database: Database) -> _State[IndexT]:
        return self._known.setdefault(database, _State())

    def _first_reading(self, state: _State[IndexT], database: Database) -> asyncio.Task[None]:
        """Return the task that reads the whole table, a new one if there is none."""
        if state.reading is None or state.reading.done():
            state.reading = asyncio.create_task(self._fill(state, database))
            state.reading.add_done_callback(_log_failure)
        return state.reading

    async def _fill(self, state: _State[IndexT], database: Database) -> None:
        if state.index is not None:
            return
        index = self._make()
        state.snapshot = await self._read(database, _NOTHING, index, apart=True)
        await asyncio.to_thread(index.prepare)
        state.index = index

    @asynccontextmanager
    async def reading_ahead(self, database: Database) -> AsyncIterator[None]:
        """Read the whole table in the background when a process starts, so that the first search needn't.

        If the database is away, the first search reads it.
        """
        # Objects made at the start stay: the garbage collector need not examine them during a search.
        gc.freeze()
        reading = self._first_reading(self._state(database), database)
        try:
            yield
        finally:
            await end(reading)


def _log_failure(reading: asyncio.Task[None]) -> None:
    """Log a reading that failed, once, whether or not a search waits for it."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log = _log.warning if isinstance(error, (OSError, asyncpg.PostgresError)) else _log.error
        log("table_not_read_ahead", error=type(error).__name__)


class _State(Generic[IndexT]):
    """One index, and how far it has read."""

    def __init__(self) -> None:
        self.index: IndexT | None = None
        self.snapshot = _NOTHING
        self.turn = asyncio.Lock()
        self.reading: asyncio.Task[None] | None = None
        self.started = 0
        self.read = 0
