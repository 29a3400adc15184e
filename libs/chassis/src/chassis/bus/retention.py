"""Removes from the own stream what was acknowledged long ago.

An event that is addressed to one party stays until that party has acknowledged it, however long it is away,
and for a time after that, so that a database that was restored can have it delivered again. What everybody
may have stays, for those who join later. The outbox retains everything.
"""

from __future__ import annotations

import asyncio
import json
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from pydantic import BaseModel, ValidationError

from chassis.border import Border, Given
from chassis.bus.continuity import BrokerSilent

if TYPE_CHECKING:
    from chassis.runtime import Runtime

_log = structlog.get_logger(__name__)

_EVERY = 3600.0
_NOT_FOUND = 404
_NOTE = """
    INSERT INTO acknowledged (consumer, made, day, sequence) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
    """
_LONG_AGO = """
    SELECT day, sequence FROM acknowledged WHERE consumer = $1 AND made = $2 AND day <= $3
    ORDER BY day DESC LIMIT 1
    """
_FORGET = "DELETE FROM acknowledged WHERE consumer = $1 AND (made <> $2 OR day < $3)"


class _Error(BaseModel):
    code: int = 0
    description: str = ""


class _Answer(BaseModel):
    error: _Error | None = None


class _Position(BaseModel):
    stream_seq: int = 0


class _Consumer(_Answer):
    created: str = ""
    ack_floor: _Position = _Position()


class _Purged(_Answer):
    purged: int = 0


A = TypeVar("A", bound=_Answer)


async def remove_acknowledged(connection: Any, broker: Client, border: Border, today: date) -> int:
    """Remove the addressed events that their listeners had acknowledged when the time to retain them began.

    Returns how many were removed. `connection` is a connection of asyncpg to the service's database, in which
    it is noted once a day how far each listener is. Raises BrokerSilent.
    """
    begins = today - border.retained
    removed = 0
    for given in border.granted:
        found = await _ask(_Consumer, broker, f"$JS.API.CONSUMER.INFO.{border.stream}.{given.consumer}")
        if found is None:
            continue
        name, made = given.consumer, found.created
        await connection.execute(_NOTE, name, made, today, found.ack_floor.stream_seq)
        row = await connection.fetchrow(_LONG_AGO, name, made, begins)
        if row is not None:
            removed += await _purge(broker, border.stream, given, row["sequence"])
            await connection.execute(_FORGET, name, made, row["day"])
    return removed


async def _purge(broker: Client, stream: str, given: Given, until: int) -> int:
    """Remove what is addressed to a listener, up to a sequence; return how many messages."""
    removed = 0
    for subject in given.addressed:
        asked = json.dumps({"filter": subject, "seq": until + 1}).encode()
        found = await _ask(_Purged, broker, f"$JS.API.STREAM.PURGE.{stream}", asked)
        removed += 0 if found is None else found.purged
    return removed


async def _ask(model: type[A], broker: Client, subject: str, data: bytes = b"") -> A | None:
    """Return the broker's answer, None for a stream or consumer that doesn't exist. Raises BrokerSilent."""
    try:
        answer = await broker.request(subject, data, timeout=3)
        found = model.model_validate_json(answer.data)
    except (NatsError, TimeoutError, OSError, ValidationError) as error:
        raise BrokerSilent(type(error).__name__) from error
    if found.error is None:
        return found
    if found.error.code == _NOT_FOUND:
        return None
    raise BrokerSilent(found.error.description)


async def retaining(runtime: Runtime, broker: Client, border: Border) -> None:
    """Remove what was acknowledged long ago, every hour; returns only by cancellation."""
    while True:
        pool = await runtime.database.raw()
        today = runtime.clock.now().astimezone(runtime.time_zone).date()
        try:
            async with pool.acquire() as connection:
                removed = await remove_acknowledged(connection, broker, border, today)
        except BrokerSilent as silent:
            _log.info("not_removed", reason=str(silent))
        else:
            if removed:
                _log.info("acknowledged_removed", stream=border.stream, events=removed)
        await asyncio.sleep(_EVERY)
