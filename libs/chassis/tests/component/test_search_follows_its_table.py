"""An index follows its table: everything committed before a search is in it, however transactions overlap."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping
from typing import Any

from chassis.db import Database
from chassis.search import Follower


class Names:
    """A table of names in memory."""

    def __init__(self) -> None:
        self.names: dict[uuid.UUID, str] = {}
        self.wasteful = False

    def apply(self, row: Mapping[str, Any]) -> None:
        self.names[row["id"]] = row["name"]


TABLE = """
    CREATE TABLE names (
        id uuid PRIMARY KEY, name text, written_in xid8 NOT NULL DEFAULT pg_current_xact_id()
    )
"""
STATEMENT = """
    SELECT id, name, written_in::text AS written_in, pg_snapshot_xmin(pg_current_snapshot())::text AS upto
    FROM names WHERE (written_in, id) > ($1::text::xid8, $2::uuid) ORDER BY written_in, id LIMIT $3
"""
PUT = """
    INSERT INTO names VALUES ($1, $2)
    ON CONFLICT (id) DO UPDATE SET name = $2, written_in = pg_current_xact_id()
"""


async def test_it_misses_nothing_that_was_committed_however_late(fresh_database: Any) -> None:
    fresh = await fresh_database()
    first, second = await fresh.connect(), await fresh.connect()
    await first.execute(TABLE)
    database, follower = Database(fresh.url), Follower(STATEMENT, Names)
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
    assert (await follower.current(database)) is not index
    async with follower.reading_ahead(database):
        await asyncio.sleep(0)
    await first.close()
    await second.close()
    await database.close()
