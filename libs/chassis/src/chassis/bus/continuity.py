"""Whether a database and the streams at the broker still continue each other.

Both sides record how far they got. A stream that was recreated, or is shorter than it was, has lost events
that its publisher believes to be sent. A stream or consumer that is ahead of the database belongs to a
database that was lost: the present one was restored from a backup. Going on in either case would make the
services disagree without anybody noticing, so relay and listener wait until an operator has run `heal`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic import BaseModel, ValidationError

from chassis.bus.pulling import ConsumerState
from chassis.errors import Hindrance

_NOT_FOUND = 404
_RECALL = "SELECT made, sequence, turn FROM bus_position WHERE stream = $1 AND duty = $2"
_REMEMBER = """
    INSERT INTO bus_position AS known (stream, duty, made, sequence, turn) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (stream, duty)
    DO UPDATE SET made = excluded.made, sequence = excluded.sequence, turn = excluded.turn
    WHERE (known.made, known.sequence, known.turn)
        IS DISTINCT FROM (excluded.made, excluded.sequence, excluded.turn)
    """
_KNOWN = "SELECT id FROM outbox WHERE id = ANY($1::uuid[])"
_LAST_RECEIVED = "SELECT max(sequence) FROM inbox WHERE source = $1"
_LAST_TURN = "SELECT max(turn) FROM inbox WHERE source = $1"
_FORGET_SEQUENCES = "UPDATE inbox SET sequence = NULL, turn = NULL WHERE source = $1 AND sequence IS NOT NULL"
_READ_AT_ONCE = 100


class StreamLost(Hindrance):
    """The stream no longer has messages that this service's outbox says were published."""


class DatabaseBehind(Hindrance):
    """The stream has messages that this service's database doesn't know: the database was restored."""


class BrokerSilent(Exception):
    """The broker doesn't answer for a stream: it is away, or refuses."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """A stream at the broker: when it was made, and the sequences of its first and last message."""

    made: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One message of a stream."""

    sequence: int
    subject: str
    data: bytes
    at: datetime


class _Range(BaseModel):
    first_seq: int = 0
    last_seq: int = 0


class _Error(BaseModel):
    code: int = 0
    description: str = ""


class _StreamAnswer(BaseModel):
    error: _Error | None = None
    created: str = ""
    state: _Range = _Range()


class _Message(BaseModel):
    subject: str
    seq: int
    data: str = ""
    time: datetime


class _MessageAnswer(BaseModel):
    error: _Error | None = None
    message: _Message | None = None


async def stream_state(broker: Client, stream: str) -> StreamState | None:
    """Return the state of one of the service's own streams, or None. Raises BrokerSilent."""
    try:
        answer = await broker.request(f"$JS.API.STREAM.INFO.{stream}", b"", timeout=3)
        found = _StreamAnswer.model_validate_json(answer.data)
    except (NatsError, TimeoutError, OSError, ValidationError) as error:
        raise BrokerSilent(type(error).__name__) from error
    if found.error is not None:
        if found.error.code == _NOT_FOUND:
            return None
        raise BrokerSilent(found.error.description)
    return StreamState(found.created, found.state.first_seq, found.state.last_seq)


async def message(broker: Client, stream: str, sequence: int) -> StoredMessage | None:
    """Return one message of an own stream, None when it isn't there any more. Raises BrokerSilent."""
    try:
        asked = json.dumps({"seq": sequence}).encode()
        answer = await broker.request(f"$JS.API.STREAM.MSG.GET.{stream}", asked, timeout=3)
        found = _MessageAnswer.model_validate_json(answer.data)
    except (NatsError, TimeoutError, OSError, ValidationError) as error:
        raise BrokerSilent(type(error).__name__) from error
    if found.message is None:
        if found.error is not None and found.error.code != _NOT_FOUND:
            raise BrokerSilent(found.error.description)
        return None
    kept = found.message
    return StoredMessage(kept.seq, kept.subject, base64.b64decode(kept.data), kept.time)


def event_id(kept: StoredMessage) -> UUID | None:
    """Return the id of the event that a message holds; None for one that isn't an event."""
    try:
        return UUID(json.loads(kept.data)["id"])
    except (ValueError, KeyError, TypeError):
        return None


async def require_own_stream(connection: Any, broker: Client, stream: str) -> None:
    """Check that the stream has what the outbox says was published, and nothing the outbox doesn't know.

    Raises StreamLost, DatabaseBehind, BrokerSilent. `connection` is a connection of asyncpg to the service's
    database.
    """
    known = await connection.fetchrow(_RECALL, stream, "publisher")
    state = await stream_state(broker, stream)
    if known is None:
        if state is not None:
            await remember(connection, stream, state.made, state.last)
        return
    state = _require_kept(stream, state, known)
    # What was sent before a crash and not yet marked as published is still pending in the outbox.
    for first in range(known["sequence"] + 1, state.last + 1, _READ_AT_ONCE):
        last = min(first + _READ_AT_ONCE - 1, state.last)
        unknown = await _unknown(connection, broker, stream, range(first, last + 1))
        if unknown:
            raise DatabaseBehind(
                f"the stream {stream} holds messages from {unknown[0].sequence} on"
                f" ({unknown[0].at:%Y-%m-%d %H:%M} UTC) that this database doesn't know;"
                " it was restored; run heal"
            )


def _require_kept(stream: str, state: StreamState | None, known: Any) -> StreamState:
    """Return the state of a stream that has everything recorded about it. Raises StreamLost."""
    if state is None or state.made != known["made"]:
        raise StreamLost(
            f"the stream {stream} was recreated: its {known['sequence']} messages are gone; run heal"
        )
    if state.last < known["sequence"]:
        raise StreamLost(
            f"the stream {stream} ends at {state.last}, and {known['sequence']} was published; run heal"
        )
    return state


async def unknown_messages(connection: Any, broker: Client, stream: str) -> list[StoredMessage]:
    """Return the messages after the last one recorded that the outbox doesn't know."""
    known = await connection.fetchrow(_RECALL, stream, "publisher")
    state = await stream_state(broker, stream)
    if state is None:
        return []
    found: list[StoredMessage] = []
    begin = max(state.first, (known["sequence"] if known else 0) + 1)
    for first in range(begin, state.last + 1, _READ_AT_ONCE):
        last = min(first + _READ_AT_ONCE - 1, state.last)
        found += await _unknown(connection, broker, stream, range(first, last + 1))
    return found


async def _unknown(connection: Any, broker: Client, stream: str, sequences: range) -> list[StoredMessage]:
    kept = [one for sequence in sequences if (one := await message(broker, stream, sequence)) is not None]
    ids = {one.sequence: event_id(one) for one in kept}
    known = {row["id"] for row in await connection.fetch(_KNOWN, [id for id in ids.values() if id])}
    return [one for one in kept if ids[one.sequence] not in known]


async def remember_own_stream(connection: Any, broker: Client, stream: str) -> None:
    """Record how far the stream got, once everything that was sent is marked as published.

    Raises StreamLost when it is another stream than before, or a shorter one; BrokerSilent.
    """
    state = await stream_state(broker, stream)
    known = await connection.fetchrow(_RECALL, stream, "publisher")
    if known is not None:
        state = _require_kept(stream, state, known)
    if state is not None:
        await remember(connection, stream, state.made, state.last)


async def require_own_consumer(connection: Any, stream: str, state: ConsumerState) -> None:
    """Check that the database knows all that the consumer of a neighbour's stream shows as acknowledged.

    A consumer that was recreated starts at the stream's first message; what was received before is recognised
    by its id. Raises DatabaseBehind.
    """
    known = await connection.fetchrow(_RECALL, stream, "listener")
    if known is not None and known["made"] != state.made:
        await connection.execute(_FORGET_SEQUENCES, stream)
    elif known is not None:
        received = max(await connection.fetchval(_LAST_RECEIVED, stream) or 0, known["sequence"])
        if state.acknowledged > received and await _lacks_deliveries(connection, stream, state, known):
            raise DatabaseBehind(
                f"events of {stream} up to {state.acknowledged} were acted on in a database that is lost, and"
                f" this one knows them up to {received};"
                " have them delivered again: redeliver, at their publisher"
            )
    await remember_consumer(connection, stream, state)


async def _lacks_deliveries(connection: Any, stream: str, state: ConsumerState, known: Any) -> bool:
    """Whether the consumer shows deliveries as acknowledged that the database doesn't know.

    The sequence alone doesn't say it: the server also counts messages as acknowledged that are for others.
    """
    # Without an index of its own: it is asked only when a listener was killed within its last seconds.
    received: int = await connection.fetchval(_LAST_TURN, stream) or 0
    turn: int = known["turn"]
    return state.acknowledged_turn > max(received, turn)


async def remember_consumer(connection: Any, stream: str, state: ConsumerState) -> None:
    """Record how far a listener got with its consumer."""
    await connection.execute(
        _REMEMBER, stream, "listener", state.made, state.acknowledged, state.acknowledged_turn
    )


async def remember(connection: Any, stream: str, made: str, sequence: int) -> None:
    """Record how far a publisher got with its stream."""
    await connection.execute(_REMEMBER, stream, "publisher", made, sequence, None)
