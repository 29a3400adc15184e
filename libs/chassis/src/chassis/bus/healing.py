"""Repairs a database and streams that no longer continue each other (`heal`).

Nothing is guessed: what a stream lost is published again from the outbox, what a restored database lacks is
copied back from the stream, and what only a person can decide is listed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from nats.aio.client import Client

from chassis.actor import Actor
from chassis.border import Granted
from chassis.bus.continuity import (
    DatabaseBehind,
    StoredMessage,
    StreamLost,
    remember,
    require_own_consumer,
    require_own_stream,
    stream_state,
    unknown_messages,
)
from chassis.bus.listening import Unreadable, read_incoming
from chassis.bus.pulling import Pull

if TYPE_CHECKING:
    from chassis.runtime import Runtime
    from chassis.tx import Tx

# What was erased since isn't published again: its row proves that it was said, and has no content.
_AGAIN = sa.text(
    """
    UPDATE outbox SET status = 'pending' WHERE status = 'published' AND data ? 'data'
    """
)
_TAKE_BACK = sa.text(
    """
    INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, addressee, data, status, recorded_at,
        published_at, traceparent)
    VALUES (:id, :aggregate, :version, :subject, :type, :addressee, cast(:data AS jsonb), 'published',
        :recorded_at, :published_at, :traceparent)
    ON CONFLICT DO NOTHING
    """
)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An event that was published from a database that is lost, and is in the outbox again.

    The neighbours act on it as usual; whether the records here agree with it, a person has to check.
    """

    id: UUID
    subject: str
    aggregate: UUID
    version: int
    at: datetime


Follow = Callable[["Tx", Sequence[TakenBack]], Awaitable[None]]
"""What a service does by itself with such events, such as continuing from their versions."""


@dataclass(frozen=True, slots=True)
class Healed:
    """What `heal` did: events to be published again, events taken back, and messages that aren't events."""

    published_again: int = 0
    taken_back: list[TakenBack] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)

    @property
    def left_to_decide(self) -> bool:
        """Whether something is left that only a person can decide."""
        return bool(self.taken_back or self.unreadable)


async def heal(
    runtime: Runtime,
    actor: Actor,
    broker: Client,
    stream: str,
    *,
    follow: Follow | None = None,
) -> Healed:
    """Make the outbox and the stream of a service continue each other again; safe to repeat.

    Raises BrokerSilent. The relay and the listeners resume by themselves within seconds. What a lost stream
    had is published again from the first event on: a listener knows those that it has by their ids.
    """
    pool = await runtime.database.raw()
    async with pool.acquire() as connection:
        try:
            await require_own_stream(connection, broker, stream)
        except StreamLost:
            healed = Healed(published_again=await _publish_again(runtime, actor))
        except DatabaseBehind:
            healed = await _take_back(
                runtime, actor, await unknown_messages(connection, broker, stream), follow
            )
        else:
            healed = Healed()
        state = await stream_state(broker, stream)
        if state is not None:
            await remember(connection, stream, state.made, state.last)
    return healed


async def _publish_again(runtime: Runtime, actor: Actor) -> int:
    async with runtime.transaction(actor, use_case="bus.publish_again") as tx:
        done: Any = await tx.execute(_AGAIN)
        number = int(done.rowcount)
        tx.touched("outbox", "outbox", "published_again", {"events": (None, number)})
    runtime.wake_relay()
    return number


async def _take_back(
    runtime: Runtime, actor: Actor, unknown: Sequence[StoredMessage], follow: Follow | None
) -> Healed:
    healed = Healed()
    async with runtime.transaction(actor, use_case="bus.take_back") as tx:
        for stored in unknown:
            try:
                event = read_incoming(stored.subject, stored.data, "own", stored.sequence)
                aggregate = UUID(event.aggregate)
            except (Unreadable, ValueError):
                healed.unreadable.append(stored.sequence)
                continue
            await tx.execute(
                _TAKE_BACK,
                {
                    "id": event.id,
                    "aggregate": event.aggregate,
                    "version": event.version,
                    "subject": stored.subject,
                    "type": event.type,
                    "addressee": event.addressee,
                    "data": stored.data.decode(),
                    "recorded_at": event.time,
                    "published_at": stored.at,
                    "traceparent": event.traceparent,
                },
            )
            healed.taken_back.append(TakenBack(event.id, stored.subject, aggregate, event.version, stored.at))
            tx.touched("outbox", event.id, "taken_back")
        if follow is not None:
            await follow(tx, healed.taken_back)
    return healed


async def behind(runtime: Runtime, broker: Client, sources: Sequence[Granted]) -> list[Granted]:
    """Return the sources of which this database lacks acknowledged events. Raises SourceAway."""
    found: list[Granted] = []
    pool = await runtime.database.raw()
    async with pool.acquire() as connection:
        for source in sources:
            state = await Pull(broker, source).state()
            try:
                await require_own_consumer(connection, source.stream, state)
            except DatabaseBehind:
                found.append(source)
    return found


def in_words(service: str, healed: Healed, behind: Sequence[Granted]) -> list[str]:
    """Return lines for the operator: what was done, and what is left to do."""
    lines: list[str] = []
    if healed.published_again:
        lines.append(
            f"{service}: {healed.published_again} events are published again; listeners know their ids"
        )
    if healed.taken_back:
        lines.append(
            f"{service}: {len(healed.taken_back)} events of the lost database are in the outbox again."
            " The neighbours act on them as usual; check each record here, and enter or undo what differs:"
        )
        lines += [
            f"  {event.at:%Y-%m-%d %H:%M} UTC  {event.subject}  of {event.aggregate}"
            for event in healed.taken_back
        ]
    if healed.unreadable:
        numbers = ", ".join(map(str, healed.unreadable[:20]))
        lines.append(f"{service}: messages that aren't events stay in the stream: {numbers}")
    lines += [
        f"{service}: events of {source.stream} must be delivered again; their publisher runs:"
        f" redeliver {source.listener}"
        for source in behind
    ]
    return lines or [f"{service}: database and streams continue each other"]
