"""The inbox, and the events put aside: stored in order, tried again, parked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.bus.arrivals import Arrival

if TYPE_CHECKING:
    from chassis.tx import Tx

UNKNOWN = "unknown_event"
"""Reason of an event that this service has no handler for; it holds nothing else back."""
BEHIND = "behind"
"""Reason of an event that waits because an earlier one of its aggregate does."""

ATTEMPTS = 8
"""Attempts before an event is parked; with the pauses between them, a little over two minutes."""

_LONGEST_REASON = 500

_OPEN = "state IN ('waiting', 'parked')"

# The inbox row makes an effect happen once: it is written in the same transaction as the effect, or as the
# row that says that the event must wait. When an event arrives again with a later sequence, its row gets that
# sequence, which shows how far this service got with the stream. Run by the driver itself, because it is part
# of every batch and SQLAlchemy's text() costs more than the statement.
_RECEIVE = f"""
    WITH arrived AS (
        SELECT DISTINCT ON (id) *
        FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $7::bigint[], $8::bigint[])
        AS c(id, subject, aggregate, version, sequence, turn)
        ORDER BY id, sequence DESC, turn DESC
    ), recorded AS (
        INSERT INTO inbox (source, id, subject, aggregate, aggregate_version, received_at, sequence, turn)
        SELECT $5::text, id, subject, aggregate, version, $6::timestamptz, sequence, turn FROM arrived
        ON CONFLICT (source, id)
        DO UPDATE SET sequence = excluded.sequence, turn = greatest(inbox.turn, excluded.turn)
        RETURNING id, aggregate, xmax = 0 AS fresh
    )
    SELECT id, EXISTS (
        SELECT 1 FROM parked WHERE parked.source = $5 AND parked.aggregate = recorded.aggregate
        AND {_OPEN} AND reason <> '{UNKNOWN}'
    ) AS held FROM recorded WHERE fresh
    """  # noqa: S608 - constants of this module
_PUT_ASIDE = """
    INSERT INTO parked (source, id, subject, aggregate, aggregate_version, sequence, payload, state, attempts,
        reason, next_attempt_at, first_failed_at)
    SELECT $1::text, id, subject, aggregate, version, sequence, payload, state, attempts, reason,
        next_attempt_at, $2::timestamptz
    FROM unnest($3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::bytea[], $9::text[],
        $10::int[], $11::text[], $12::timestamptz[])
        AS aside(id, subject, aggregate, version, sequence, payload, state, attempts, reason, next_attempt_at)
    ON CONFLICT DO NOTHING
    """
# Of each aggregate only the first open event can be due: those behind it wait for it.
_DUE = f"""
    SELECT aggregate FROM parked AS head
    WHERE source = $1 AND state = 'waiting' AND next_attempt_at <= $2 AND NOT EXISTS (
        SELECT 1 FROM parked WHERE source = head.source AND aggregate = head.aggregate AND {_OPEN}
        AND reason <> '{UNKNOWN}' AND sequence < head.sequence
    ) ORDER BY sequence LIMIT $3
    """  # noqa: S608 - constants of this module
_CHAIN = sa.text(
    f"""
    SELECT * FROM parked WHERE source = :source AND aggregate = :aggregate AND {_OPEN} AND reason <>
    '{UNKNOWN}' ORDER BY sequence LIMIT :limit FOR UPDATE
    """  # noqa: S608 - constants of this module
)
_REPLAYED = sa.text(
    """
    UPDATE parked SET state = 'replayed', decided_at = :now, decided_by = :by
    WHERE source = :source AND id = ANY(:ids)
    """
).bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
_FAILED = sa.text(
    """
    UPDATE parked SET attempts = attempts + 1, reason = :reason, next_attempt_at = :next_attempt_at,
        state = CASE WHEN attempts + 1 >= :most OR :permanent THEN 'parked' ELSE 'waiting' END
    WHERE source = :source AND id = :id AND state = 'waiting' RETURNING state, attempts
    """
).bindparams(sa.bindparam("permanent", type_=sa.Boolean()), sa.bindparam("most", type_=sa.Integer()))
_COUNT = """
    SELECT count(*) FILTER (WHERE state = 'parked') AS parked, count(*) FILTER (WHERE state = 'waiting') AS
    waiting FROM parked WHERE source = $1 AND state IN ('waiting', 'parked')
    """


def pause(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 1 s, 2 s, 4 s …, at most five minutes."""
    return timedelta(seconds=min(2.0 ** (attempts - 1), 300.0))


async def receive(tx: Tx, source: str, arrivals: Sequence[Arrival]) -> dict[UUID, bool]:
    """Write the inbox rows and return the ids that are new; True for those that must wait behind another."""
    connection = await tx.session.connection()
    rows = await connection.exec_driver_sql(
        _RECEIVE,
        (
            [arrival.id for arrival in arrivals],
            [arrival.subject for arrival in arrivals],
            [arrival.aggregate for arrival in arrivals],
            [arrival.version for arrival in arrivals],
            source,
            tx.now,
            [arrival.delivery.sequence for arrival in arrivals],
            [arrival.delivery.turn for arrival in arrivals],
        ),
    )
    return {row.id: row.held for row in rows}


def inbox_row(source: str, arrival: Arrival, now: datetime) -> tuple[Any, ...]:
    """Return the inbox row of one event, for `tx.receive`."""
    return (
        source,
        arrival.id,
        arrival.subject,
        arrival.aggregate,
        arrival.version,
        now,
        arrival.delivery.sequence,
        arrival.delivery.turn,
    )


@dataclass(frozen=True, slots=True)
class Aside:
    """An event put aside; `state` is 'waiting' (to be tried again) or 'parked' (an operator decides).

    `reason` names classes, codes and fields, never a value of the event.
    """

    arrival: Arrival
    reason: str
    state: str
    attempts: int = 0
    next_attempt_at: datetime | None = None


async def put_aside(tx: Tx, source: str, aside: Sequence[Aside]) -> None:
    """Store events that are put aside, with their whole messages."""
    if not aside:
        return
    connection = await tx.session.connection()
    arrivals = [each.arrival for each in aside]
    await connection.exec_driver_sql(
        _PUT_ASIDE,
        (
            source,
            tx.now,
            [arrival.id for arrival in arrivals],
            [arrival.subject for arrival in arrivals],
            [arrival.aggregate for arrival in arrivals],
            [arrival.version for arrival in arrivals],
            [arrival.delivery.sequence for arrival in arrivals],
            [arrival.delivery.data for arrival in arrivals],
            [each.state for each in aside],
            [each.attempts for each in aside],
            [_as_text(each.reason) for each in aside],
            [each.next_attempt_at for each in aside],
        ),
    )


def _as_text(reason: str) -> str:
    """Return a reason in printable characters: the field names in it are chosen by the publisher."""
    return "".join(letter if letter.isprintable() else "?" for letter in reason)[:_LONGEST_REASON]


async def due(connection: Any, source: str, now: datetime, limit: int) -> list[str]:
    """Return the aggregates whose first open event is due, in the order in which these arrived."""
    return [row["aggregate"] for row in await connection.fetch(_DUE, source, now, limit)]


async def chain(tx: Tx, source: str, aggregate: str, limit: int) -> list[Any]:
    """Lock and return the first open rows of an aggregate, in order, up to one that's parked or not due."""
    rows = (await tx.execute(_CHAIN, {"source": source, "aggregate": aggregate, "limit": limit})).all()
    ready: list[Any] = []
    for row in rows:
        if row.state != "waiting" or row.next_attempt_at > tx.now:
            break
        ready.append(row)
    return ready


async def mark_replayed(tx: Tx, source: str, ids: Sequence[UUID]) -> None:
    """Record that these events have now been acted on."""
    await tx.execute(_REPLAYED, {"source": source, "ids": list(ids), "now": tx.now, "by": tx.actor.subject})


async def failed(
    tx: Tx, source: str, event: UUID, *, reason: str, attempts: int, permanent: bool
) -> str | None:
    """Count an attempt; return the row's new state, or None when it no longer waits."""
    row = (
        await tx.execute(
            _FAILED,
            {
                "source": source,
                "id": event,
                "reason": _as_text(reason),
                "next_attempt_at": tx.now + pause(attempts + 1),
                "most": ATTEMPTS,
                "permanent": permanent,
            },
        )
    ).first()
    return None if row is None else str(row.state)


async def count(connection: Any, source: str) -> tuple[int, int]:
    """Return how many events of a source are parked, and how many wait."""
    row = await connection.fetchrow(_COUNT, source)
    return row["parked"], row["waiting"]
