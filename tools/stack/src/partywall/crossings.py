"""Which events crossed between the seats, and when: the publisher's outbox and each listener's inbox.

The operator of the local stack has the passwords of both sides. In production nobody does: each side sees its
own half, and these queries work on one half.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from contracts.seats import Seat
from partywall.stack import Stack

# The relay updates an outbox row later, so the row's xmin is that of the marking. The audit row of the same
# transaction has the same time and is never updated: its commit is the commit of the fact.
_PUBLISHED = """
    SELECT outbox.id, outbox.subject, outbox.aggregate, outbox.aggregate_version, outbox.status,
        outbox.published_at, outbox.withheld_reason,
        coalesce(
            (SELECT min(pg_xact_commit_timestamp(audit.xmin)) FROM audit WHERE audit.at = outbox.recorded_at),
            outbox.recorded_at
        ) AS committed_at
    FROM outbox WHERE outbox.recorded_at >= $1 ORDER BY outbox.position
"""
_RECEIVED = """
    SELECT id, coalesce(pg_xact_commit_timestamp(xmin), received_at) AS acted_at
    FROM inbox WHERE received_at >= $1
"""
_WAITING = """
    SELECT (SELECT count(*) FROM outbox WHERE status = 'pending') AS pending,
        (SELECT count(*) FROM parked WHERE state = 'parked') AS parked,
        (SELECT count(*) FROM parked WHERE state = 'waiting') AS retrying
"""
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Crossing:
    """One event: when its fact was committed, and when each listener's effect was."""

    id: UUID
    subject: str
    publisher: Seat
    listeners: tuple[Seat, ...]
    """The seats that receive it."""
    aggregate: str
    version: int
    status: str
    committed_at: dt.datetime
    published_at: dt.datetime | None
    withheld_reason: str | None
    acted_at: Mapping[Seat, dt.datetime] = field(default_factory=dict)

    def delay_ms(self, listener: Seat) -> float | None:
        """Return the milliseconds from commit to acted-on at `listener`, or None while it hasn't acted."""
        acted = self.acted_at.get(listener)
        return None if acted is None else (acted - self.committed_at).total_seconds() * 1000

    @property
    def complete(self) -> bool:
        """Whether all its listeners have acted on it, or none will because it was withheld or undone."""
        return self.status in ("withheld", "undone") or all(
            listener in self.acted_at for listener in self.listeners
        )


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits at one seat: rows to publish, events parked for an operator, events being tried again."""

    pending: int
    parked: int
    retrying: int


async def connect(stack: Stack, seat: Seat) -> asyncpg.Connection:
    """Open a connection to the database of a seat as its own role; the caller closes it."""
    return await asyncpg.connect(stack.programs.dsn(stack.layout.of_seat(seat)), timeout=5)


async def crossings(stack: Stack, since: dt.datetime = LONG_AGO) -> list[Crossing]:
    """Return every event recorded since `since` (aware), from all seats, in the order of their commits."""
    published: list[tuple[Seat, asyncpg.Record]] = []
    received: dict[UUID, dict[Seat, dt.datetime]] = {}

    async def look(seat: Seat) -> None:
        connection = await connect(stack, seat)
        try:
            published.extend((seat, row) for row in await connection.fetch(_PUBLISHED, since))
            for row in await connection.fetch(_RECEIVED, since):
                received.setdefault(row["id"], {})[seat] = row["acted_at"]
        finally:
            await connection.close()

    await asyncio.gather(*(look(seat) for seat in stack.layout.seats))
    listeners: dict[str, list[Seat]] = {}
    for grant in stack.neighbourhood.grants.all:
        for subject in grant.subjects:
            listeners.setdefault(subject, []).append(grant.listener)
    found = [
        Crossing(
            row["id"],
            row["subject"],
            seat,
            tuple(listeners.get(row["subject"], ())),
            row["aggregate"],
            row["aggregate_version"],
            row["status"],
            row["committed_at"],
            row["published_at"],
            row["withheld_reason"],
            received.get(row["id"], {}),
        )
        for seat, row in published
    ]
    return sorted(found, key=lambda crossing: crossing.committed_at)


async def backlog(stack: Stack, seat: Seat) -> Backlog:
    """Return what waits at a seat."""
    connection = await connect(stack, seat)
    try:
        row = await connection.fetchrow(_WAITING)
    finally:
        await connection.close()
    return Backlog(row["pending"], row["parked"], row["retrying"])
