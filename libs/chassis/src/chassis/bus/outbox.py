"""The outbox as the relay sees it: bare statements on its own connection, none of them held open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

# Reading ahead, and settling what was sent, in one statement and one commit; both parts see the same
# snapshot, in which what is being settled is still pending. Positions are given out before the commit, so a
# lower one may come to light after a higher one was read: `below` tells, for whoever holds rows of lower
# positions in hand must know of no others.
_AHEAD = """
WITH settled AS (
    UPDATE outbox SET status = 'published', published_at = coalesce(published_at, now())
    WHERE id = ANY($1::uuid[])
), below AS (
    SELECT count(*) AS number FROM outbox WHERE status = 'pending' AND position <= $2
)
SELECT ahead.*, below.number AS below FROM below LEFT JOIN LATERAL (
    SELECT id, position, aggregate, aggregate_version, subject, convert_to(data::text, 'UTF8'), traceparent
    FROM outbox WHERE status = 'pending' AND position > $2
    ORDER BY position LIMIT $3
) AS ahead ON true
ORDER BY ahead.position
"""
_CLAIM = """
SELECT id, position, aggregate, aggregate_version, subject, convert_to(data::text, 'UTF8'), traceparent
FROM outbox WHERE status = 'pending'
ORDER BY position LIMIT $1
"""
# By key alone: with the status beside it, the planner may walk all that is pending to find a thousand.
_SETTLE = """
UPDATE outbox SET status = 'published', published_at = coalesce(published_at, now())
WHERE id = ANY($1::uuid[])
"""
# Counting stops where nobody cares any more how many it is.
_WAITING = """
SELECT count(*) AS pending, coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::float8 AS oldest
FROM (SELECT recorded_at FROM outbox WHERE status = 'pending' ORDER BY position LIMIT 1000000) AS waiting
"""
_FORGET = """
DELETE FROM outbox WHERE id IN (
    SELECT id FROM outbox WHERE status = 'published' AND published_at < now() - $1::interval
    ORDER BY published_at LIMIT $2
)
"""


class Row(NamedTuple):
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


async def claim(connection: Any, limit: int) -> list[Row]:
    """Return the first `limit` pending rows: by position, and within one aggregate by version."""
    return _rows(await connection.fetch(_CLAIM, limit))


async def look_ahead(
    connection: Any, rows: Sequence[Row], limit: int, *, settle: Sequence[Row] = ()
) -> list[Row] | None:
    """Return what comes behind `rows` and `settle`, and mark the latter as published on the way.

    The two hold all rows that were read and not settled so far. None means that one with a lower position has
    come to light meanwhile and must go first: the reader has to begin again.
    """
    in_hand = [*settle, *rows]
    behind = max(row.position for row in in_hand)
    records = await connection.fetch(_AHEAD, [row.id for row in settle], behind, limit)
    if records[0]["below"] != len(in_hand):
        return None
    return _rows(records) if records[0]["id"] is not None else []


def _rows(records: Sequence[Any]) -> list[Row]:
    return by_version([Row._make(record[:7]) for record in records])


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


async def settle(connection: Any, rows: Sequence[Row]) -> None:
    """Mark these rows as published; a moment that was noted before stays."""
    await connection.execute(_SETTLE, [row.id for row in rows])


async def waiting(connection: Any) -> Waiting:
    """Return how much waits; a million is as far as it counts."""
    row = await connection.fetchrow(_WAITING)
    return Waiting(row["pending"], row["oldest"])


async def forget(connection: Any, keep: timedelta, limit: int) -> int:
    """Delete up to `limit` rows published longer ago than `keep` by the database's clock; return how many."""
    status: str = await connection.execute(_FORGET, keep, limit)
    return int(status.rsplit(maxsplit=1)[-1])
