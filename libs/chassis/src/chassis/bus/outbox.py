"""The outbox as the relay sees it: single statements on its own connection, no transaction held open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

# `delayed` says whether an earlier message of the same aggregate is still delayed (X8). Whether anything is
# delayed at all is asked once for a statement, of a table that is empty or nearly so: mostly nothing is.
_COLUMNS = """
    id, position, aggregate, aggregate_version, subject, convert_to(data::text, 'UTF8'), traceparent,
    (SELECT EXISTS (SELECT FROM delayed_change)) AND EXISTS (
        SELECT FROM outbox AS earlier WHERE earlier.status = 'delayed'
            AND earlier.aggregate = outbox.aggregate AND earlier.position < outbox.position
    ) AS delayed"""
# Reads ahead and marks what was sent, in one statement and one commit; both parts see the same snapshot, in
# which the rows being marked are still pending. Positions are assigned before the commit, so a lower one may
# become visible after a higher one was read. `below` shows it: it counts more rows than the reader holds.
_AHEAD = """
WITH marked AS (
    UPDATE outbox SET status = 'published', published_at = coalesce(published_at, now())
    WHERE id = ANY($1::uuid[])
), below AS (
    SELECT count(*) AS number FROM outbox WHERE status = 'pending' AND position <= $2
)
SELECT ahead.*, below.number AS below FROM below LEFT JOIN LATERAL (
    SELECT <columns> FROM outbox WHERE status = 'pending' AND position > $2
    ORDER BY position LIMIT $3
) AS ahead ON true
ORDER BY ahead.position
""".replace("<columns>", _COLUMNS)
_CLAIM = """
SELECT <columns> FROM outbox WHERE status = 'pending'
ORDER BY position LIMIT $1
""".replace("<columns>", _COLUMNS)
# By key alone: with the status as well, the planner may scan all pending rows to find a thousand.
_MARK = """
UPDATE outbox SET status = 'published', published_at = coalesce(published_at, now())
WHERE id = ANY($1::uuid[])
"""
# A change is sent as a whole, and whoever undoes it has locked it: here it's left alone until they are done.
_SEND_DUE = """
WITH due AS (
    DELETE FROM delayed_change WHERE id IN (
        SELECT id FROM delayed_change WHERE send_after <= $1 FOR UPDATE SKIP LOCKED
    ) RETURNING messages
), sent AS (
    UPDATE outbox SET status = 'pending'
    WHERE id IN (SELECT unnest(messages) FROM due) AND status = 'delayed'
)
SELECT min(send_after) FROM delayed_change WHERE send_after > $1
"""
_SEND_EARLIER = """
WITH due AS (
    DELETE FROM delayed_change WHERE id IN (
        SELECT earlier.change FROM outbox AS earlier
        JOIN unnest($1::text[], $2::bigint[]) AS later (aggregate, position)
            ON earlier.aggregate = later.aggregate AND earlier.position < later.position
        WHERE earlier.status = 'delayed'
    ) RETURNING messages
)
UPDATE outbox SET status = 'pending' WHERE id IN (SELECT unnest(messages) FROM due) AND status = 'delayed'
"""
# Counting stops at a million: beyond that the exact number makes no difference.
_WAITING = """
SELECT count(*) AS pending, coalesce(extract(epoch FROM now() - min(recorded_at)), 0)::float8 AS oldest
FROM (SELECT recorded_at FROM outbox WHERE status = 'pending' ORDER BY position LIMIT 1000000) AS waiting
"""


def crossing_state(status: str) -> str:
    """Return what became of a message, for a reader, from its status in the outbox.

    It's delivered, waiting, delayed (it can still be undone), undone (and never sent) or withheld.
    """
    return {"pending": "waiting", "published": "delivered"}.get(status, status)


class Row(NamedTuple):
    """One committed event to be sent; `data` is the message as it will be sent."""

    id: UUID
    position: int
    aggregate: str
    version: int
    subject: str
    data: bytes
    traceparent: str | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not been sent: number of events, age of the oldest in seconds."""

    pending: int
    oldest: float


async def claim(connection: Any, limit: int) -> list[Row]:
    """Return the first `limit` pending rows: by position, and within one aggregate by version.

    An earlier message of the same aggregate that is still delayed is no longer: it goes first.
    """
    while True:
        records = await connection.fetch(_CLAIM, limit)
        delayed = {record["aggregate"]: record["position"] for record in records if record["delayed"]}
        if not delayed:
            return _rows(records)
        await connection.execute(_SEND_EARLIER, list(delayed), list(delayed.values()))


async def send_due(connection: Any, now: datetime) -> datetime | None:
    """Make pending what was delayed until `now`; return until when the next one is, if any."""
    due: datetime | None = await connection.fetchval(_SEND_DUE, now)
    return due


async def look_ahead(
    connection: Any, rows: Sequence[Row], limit: int, *, mark: Sequence[Row] = ()
) -> list[Row] | None:
    """Return what follows `rows` and `mark`, and mark the latter as published on the way.

    Together they are all rows that were read and not yet marked. None means that a row with a lower position
    became visible meanwhile and must go first, or is still delayed: the reader has to start again.
    """
    in_hand = [*mark, *rows]
    behind = max(row.position for row in in_hand)
    records = await connection.fetch(_AHEAD, [row.id for row in mark], behind, limit)
    if records[0]["below"] != len(in_hand) or any(record["delayed"] for record in records):
        return None
    return _rows(records) if records[0]["id"] is not None else []


def _rows(records: Sequence[Any]) -> list[Row]:
    return by_version([Row._make(record[:7]) for record in records])


def by_version(rows: list[Row]) -> list[Row]:
    """Return the rows with those of each aggregate in the order of their versions, at the same positions.

    Two rows of one version stay in the order in which they were written.
    """
    last: dict[str, int] = {}
    displaced: set[str] = set()
    for row in rows:
        if last.setdefault(row.aggregate, row.version) > row.version:
            displaced.add(row.aggregate)
        last[row.aggregate] = row.version
    for aggregate in displaced:
        indexes = [at for at, row in enumerate(rows) if row.aggregate == aggregate]
        in_order = sorted((rows[at] for at in indexes), key=lambda row: (row.version, row.position))
        for at, row in zip(indexes, in_order, strict=True):
            rows[at] = row
    return rows


async def mark_published(connection: Any, rows: Sequence[Row]) -> None:
    """Mark these rows as published; a time recorded before is unchanged."""
    await connection.execute(_MARK, [row.id for row in rows])


async def waiting(connection: Any) -> Waiting:
    """Return how much waits to be sent; it counts up to a million."""
    row = await connection.fetchrow(_WAITING)
    return Waiting(row["pending"], row["oldest"])
