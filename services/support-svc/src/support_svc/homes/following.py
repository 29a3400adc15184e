"""How the index of a process follows the table: before each search it reads what was written since the last.

Rows carry the transaction that wrote them. Everything written by transactions older than a snapshot's
oldest running
one was visible in it, so reading from there on misses nothing, however commits overlap; what is read twice
changes
nothing.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID
from weakref import WeakKeyDictionary

import asyncpg
import structlog

from chassis.db import Database
from support_svc.homes.index import HomeIndex

_log = structlog.get_logger(__name__)

_SLICE = 5_000
_SINCE = """
SELECT unit, listing_version, listed, street, unit_number, city, region, housing_type, bedrooms,
    area_square_feet, floor, year_built, rent, features, accessible, shareable, managed_by, occupancy,
    available_from, address_search, written_in::text AS written_in,
    pg_snapshot_xmin(pg_current_snapshot())::text AS upto
FROM home WHERE (written_in, unit) > ($1::text::xid8, $2::uuid) ORDER BY written_in, unit LIMIT $3
"""
_BREATH = 1_000
"""Rows after which other requests of the process get a turn."""
_BEFORE_ALL = UUID(int=0)


class Follower:
    """One process's index of one database."""

    def __init__(self) -> None:
        self.index = HomeIndex()
        self._upto = "0"
        self._turn = asyncio.Lock()

    async def catch_up(self, database: Database) -> HomeIndex:
        """The index with everything that was committed before this call.

        Read in slices, each its own statement; what is written meanwhile is read again next time, because
        the new
        starting point is that of the first slice.
        """
        async with self._turn:
            if self.index.wasteful:
                self.index, self._upto = HomeIndex(), "0"
            last, upto = (self._upto, _BEFORE_ALL), None
            while True:
                async with (await database.raw()).acquire() as connection:
                    rows = await connection.fetch(_SINCE, *last, _SLICE)
                for number, row in enumerate(rows):
                    self.index.apply(row)
                    if number % _BREATH == _BREATH - 1:
                        await asyncio.sleep(0)
                if rows:
                    upto = upto or rows[0]["upto"]
                    last = (rows[-1]["written_in"], rows[-1]["unit"])
                if len(rows) < _SLICE:
                    break
            if upto is not None:
                self._upto = max(self._upto, upto, key=int)
            return self.index


_followers: WeakKeyDictionary[Database, Follower] = WeakKeyDictionary()


async def current_index(database: Database) -> HomeIndex:
    """The index of this process for a database, caught up; the first call reads the whole copy."""
    follower = _followers.get(database)
    if follower is None:
        follower = _followers[database] = Follower()
    return await follower.catch_up(database)


@asynccontextmanager
async def following(database: Database) -> AsyncIterator[None]:
    """Read the whole copy in the background when a process starts, so that nobody's first search waits for
    it.

    A database that is away hinders nothing: the first search then reads it.
    """
    reading = asyncio.create_task(_read_ahead(database))
    try:
        yield
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read_ahead(database: Database) -> None:
    try:
        await current_index(database)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        _log.warning("inventory_not_read_ahead", error=type(error).__name__)
