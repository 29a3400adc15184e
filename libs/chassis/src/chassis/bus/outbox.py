"""The outbox as the relay sees it: bare statements on its own connection, none of them held open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

# Settling what was sent and reading what comes next is one statement and one commit. Both parts see the same
# snapshot; `position` keeps the look-ahead behind the rows already in hand. It is never remembered beyond a
# run: positions are given out before the commit, so a lower one may appear later, and a new run always begins
# at the lowest.
_TURN = """
WITH settled AS (
    UPDATE outbox SET status = 'published', published_at = now()
    WHERE id = ANY($1::uuid[]) AND status = 'pending'
)
SELECT id, position, aggregate, aggregate_version, subject, data, traceparent
FROM outbox WHERE status = 'pending' AND position > $2
ORDER BY position LIMIT $3
"""
_CLAIM = """
SELECT id, position, aggregate, aggregate_version, subject, data, traceparent
FROM outbox WHERE status = 'pending' AND position > $1
ORDER BY position LIMIT $2
"""
_SETTLE = """
UPDATE outbox SET status = 'published', published_at = now() WHERE id = ANY($1::uuid[]) AND status = 'pending'
"""
# Counting stops where nobody cares any more how many it is.
_WAITING = """
SELECT count(*) AS pending, coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::float8 AS oldest
FROM (SELECT recorded_at FROM outbox WHERE status = 'pending' ORDER BY position LIMIT 1000000) AS waiting
"""
_FORGET = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE status = 'published' AND published_at < $1 ORDER BY published_at LIMIT $2
)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One committed event on its way out; `data` is the message as it will be sent."""

    id: UUID
    position: int
    aggregate: str
    version: int
    subject: str
    data: bytes
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much has not been sent: number of events, age of the oldest in seconds."""

    pending: int
    oldest: float


async def claim(connection: Any, limit: int, *, settle: Sequence[UUID] = (), after: int = 0) -> list[Row]:
    """Return up to `limit` pending rows behind position `after`, settling the ids in `settle` on the way.

    By position, and within one aggregate by version.
    """
    if settle:
        records = await connection.fetch(_TURN, settle, after, limit)
    else:
        records = await connection.fetch(_CLAIM, after, limit)
    return by_version(
        [Row(r[0], r[1], r[2], r[3], r[4], r[5].encode(), r[6]) for r in records],
    )


def by_version(rows: list[Row]) -> list[Row]:
    """Return the rows with those of each aggregate in the order of their versions, on the same places as
    before.

    Two rows of one version keep the order in which they were written.
    """
    last: dict[str, int] = {}
    displaced: set[str] = set()
    for row in rows:
        if last.setdefault(row.aggregate, row.version) > row.version:
            displaced.add(row.aggregate)
        last[row.aggregate] = row.version
    for aggregate in displaced:
        places = [at for at, row in enumerate(rows) if row.aggregate == aggregate]
        in_order = sorted((rows[at] for at in places), key=lambda row: (row.version, row.position))
        for at, row in zip(places, in_order, strict=True):
            rows[at] = row
    return rows


async def settle(connection: Any, ids: Sequence[UUID]) -> None:
    """Mark the rows with these ids as published; rows settled already, or withheld, stay as they are."""
    await connection.execute(_SETTLE, ids)


async def waiting(connection: Any) -> Waiting:
    """Return how much waits; a million is as far as it counts."""
    row = await connection.fetchrow(_WAITING)
    return Waiting(row["pending"], row["oldest"])


async def forget(connection: Any, before: datetime, limit: int) -> int:
    """Delete up to `limit` rows published before `before`, return how many; what was withheld stays."""
    status: str = await connection.execute(_FORGET, before, limit)
    return int(status.rsplit(maxsplit=1)[-1])
