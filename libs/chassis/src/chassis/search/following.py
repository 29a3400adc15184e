"""How the index of a process follows its table: before each search it reads what became visible since.

Rows carry the transaction that wrote them (`written_in`). Each reading remembers its snapshot; the next asks
for the rows whose writer that snapshot couldn't see. So nothing is missed, however commits overlap, and
nothing is read over and over while some long transaction goes on.
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
"""Seconds that a search waits for the first reading before it says that it can't answer yet."""
_SLICE = 5_000
"""Rows read at once."""
_BREATH = 500
"""Rows after which other requests of the process get a turn."""
_BEFORE_ALL = UUID(int=0)
_NOTHING = "1:1:"
"""The snapshot that sees nothing."""


class GettingReady(DomainError):
    """The process has just started and is still reading what searches need."""

    kind: ClassVar[Kind] = Kind.unavailable
    code: ClassVar[str] = "search_getting_ready"
    message: ClassVar[str] = "The search is getting ready. Try again in a few seconds."


class Index(Protocol):
    """What is kept in memory of a table."""

    @property
    def wasteful(self) -> bool:
        """Whether so much of it is out of date that `compacted` is worth its while."""
        ...

    def take(self, rows: Sequence[Any], /) -> None:
        """Take in rows as they are now."""
        ...

    def settle(self) -> None:
        """Do beforehand what the first search would have to wait for."""
        ...

    def compacted(self) -> Self:
        """Return the same without what is out of date."""
        ...


Kept = TypeVar("Kept", bound=Index)


class Follower(Generic[Kept]):
    """The indexes of one table, one for each database that this process uses.

    `select` is a SELECT with its FROM, with `id` and `written_in::text AS written_in` among its columns;
    `identity` and `written_in` say what these two are called in its table. `make` makes an empty index.
    """

    def __init__(self, select: str, *, identity: str, written_in: str, make: Callable[[], Kept]) -> None:
        # The outer row is there even when nothing is new: the snapshot moves on all the same.
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
        self._known: WeakKeyDictionary[Database, _State[Kept]] = WeakKeyDictionary()

    async def current(self, database: Database) -> Kept:
        """Return the index of a database with everything that was committed before this call.

        The first call begins to read the whole table, unless `reading_ahead` has. Raises GettingReady when
        that takes longer than PATIENCE; it goes on meanwhile. What is returned holds still until the next
        `await` of the caller.
        """
        state = self._state(database)
        if state.index is None:
            try:
                async with asyncio.timeout(PATIENCE):
                    await asyncio.shield(self._first_reading(state, database))
            except TimeoutError as error:
                raise GettingReady from error
        asked = state.begun
        async with state.turn:
            index = state.index
            if index is None:
                raise GettingReady
            # Whoever waited while another began and ended a reading has its rows too.
            if state.read <= asked:
                if index.wasteful:
                    index = state.index = await asyncio.to_thread(index.compacted)
                state.begun += 1
                begun = state.begun
                state.snapshot = await self._read(database, state.snapshot, index)
                state.read = begun
            return index

    async def _read(self, database: Database, snapshot: str, index: Kept, *, apart: bool = False) -> str:
        """Take in what became visible after a snapshot; return the snapshot to go on from next time.

        That is the first slice's: what is written while the later ones are read is read again. `apart` while
        nobody uses the index yet: then it is filled beside the event loop.
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
                for at in range(0, len(rows), _BREATH):
                    index.take(rows[at : at + _BREATH])
                    await asyncio.sleep(0)
            if len(rows) < _SLICE:
                return seen
            last = max(((row["written_in"], row["id"]) for row in rows), key=lambda at: (int(at[0]), at[1]))

    def _state(self, database: Database) -> _State[Kept]:
        return self._known.setdefault(database, _State())

    def _first_reading(self, state: _State[Kept], database: Database) -> asyncio.Task[None]:
        """The reading of the whole table that is going on, or a new one."""
        if state.reading is None or state.reading.done():
            state.reading = asyncio.create_task(self._fill(state, database))
            state.reading.add_done_callback(_say_why)
        return state.reading

    async def _fill(self, state: _State[Kept], database: Database) -> None:
        if state.index is not None:
            return
        index = self._make()
        state.snapshot = await self._read(database, _NOTHING, index, apart=True)
        await asyncio.to_thread(index.settle)
        state.index = index

    @asynccontextmanager
    async def reading_ahead(self, database: Database) -> AsyncIterator[None]:
        """Read the whole table in the background when a process starts, so that nobody's first search waits
        for it.

        A database that is away hinders nothing: the first search then reads it.
        """
        # What the start of the process made stays: the collector need not go through it in midst of a search.
        gc.freeze()
        reading = self._first_reading(self._state(database), database)
        try:
            yield
        finally:
            await end(reading)


def _say_why(reading: asyncio.Task[None]) -> None:
    """A reading that failed is told once, whether or not somebody waits for it."""
    if not reading.cancelled() and (error := reading.exception()) is not None:
        log = _log.warning if isinstance(error, (OSError, asyncpg.PostgresError)) else _log.error
        log("table_not_read_ahead", error=type(error).__name__)


class _State(Generic[Kept]):
    """One index and how far it has read."""

    def __init__(self) -> None:
        self.index: Kept | None = None
        self.snapshot = _NOTHING
        self.turn = asyncio.Lock()
        self.reading: asyncio.Task[None] | None = None
        self.begun = 0
        self.read = 0
