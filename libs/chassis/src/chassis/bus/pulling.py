"""Receives messages from the one consumer that a publisher granted us.

By hand, because nats-py's `fetch` receives a backlog at 0.80 × the rate and a single message in 1.18 × the
time, and doesn't show a gap in the deliveries (medians of five interleaved rounds, 2026-11-27).
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from pydantic import BaseModel, ValidationError

from chassis.border import Granted
from chassis.ending import end

_log = structlog.get_logger(__name__)

_SECOND = 1_000_000_000


class SourceAway(Exception):
    """The consumer can't be reached: the broker is away, or the grant was withdrawn."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery; `turn` numbers those of the consumer without gaps, `times` those of the message."""

    subject: str
    data: bytes
    reply: str
    sequence: int
    turn: int
    times: int


class _Config(BaseModel):
    ack_wait: int = 30 * _SECOND


class _Position(BaseModel):
    consumer_seq: int = 0
    stream_seq: int = 0


class _Info(BaseModel):
    config: _Config
    created: str
    delivered: _Position
    ack_floor: _Position = _Position()
    num_ack_pending: int = 0
    num_pending: int = 0


class _InfoAnswer(BaseModel):
    error: dict[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ConsumerState:
    """The state of our consumer at the publisher's server.

    `owed` deliveries are unacknowledged, `waiting` events were never delivered, `turn` is that of the last
    delivery. `made` is when the consumer was created; all messages up to the sequence `acknowledged` are
    acknowledged or for others, and all deliveries up to `acknowledged_turn` are acknowledged.
    """

    made: str
    acknowledged: int
    acknowledged_turn: int
    owed: int
    waiting: int
    turn: int
    ack_wait: timedelta


class Pull:
    """An open request for messages, renewed as it is used up; what arrived waits in `buffer`.

    One request for `batch` messages is open at a time, and none while a batch waits here. A request that
    the server no longer remembers is noticed by missing heartbeats.
    """

    def __init__(self, broker: Client, source: Granted, *, batch: int = 500, heartbeat: float = 2.0) -> None:
        self._broker = broker
        self._source = source
        self._batch = batch
        self._heartbeat = heartbeat
        self.buffer: deque[Delivery] = deque()
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._watch: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self._open = 0  # messages that the open request may still bring
        self._number = 0
        self._last_message_at = 0.0
        self._connection = broker.stats["reconnects"]

    async def state(self) -> ConsumerState:
        """Return the consumer's state at the server. Raises SourceAway."""
        source = self._source
        subject = f"{source.api_prefix}.CONSUMER.INFO.{source.stream}.{source.consumer}"
        try:
            answer = await self._broker.request(subject, b"", timeout=3)
            refusal = _InfoAnswer.model_validate_json(answer.data).error
            if refusal is not None:
                raise SourceAway(str(refusal.get("description", "refused")))
            info = _Info.model_validate_json(answer.data)
        except (NatsError, TimeoutError, OSError, ValidationError) as error:
            raise SourceAway(type(error).__name__) from error
        return ConsumerState(
            made=info.created,
            acknowledged=info.ack_floor.stream_seq,
            acknowledged_turn=info.ack_floor.consumer_seq,
            owed=info.num_ack_pending,
            waiting=info.num_pending,
            turn=info.delivered.consumer_seq,
            ack_wait=timedelta(microseconds=info.config.ack_wait / 1000),
        )

    async def open(self) -> None:
        """Begin to request messages. Raises SourceAway when the broker is away."""
        if self._subscription is not None:
            return
        try:
            self._inbox = self._broker.new_inbox()
            self._subscription = await self._broker.subscribe(f"{self._inbox}.*", cb=self._arrive)
        except NatsError as error:
            raise SourceAway(type(error).__name__) from error
        self._watch = asyncio.create_task(self._keep_asking())
        await self._ask()

    async def close(self, give_back: Sequence[Delivery] = ()) -> None:
        """Stop requesting; the server delivers again at once what is given back and what waits here."""
        if self._watch is not None:
            await end(self._watch)
            self._watch = None
        subscription, self._subscription = self._subscription, None
        self._open = 0
        try:
            if subscription is not None and not self._broker.is_closed:
                # First, so that what is given back isn't delivered to this inbox again.
                await subscription.unsubscribe()
        except NatsError as error:
            _log.info("not_unsubscribed", error=type(error).__name__)
        await self.answer([*give_back, *self.buffer], b"-NAK")
        self.buffer.clear()

    async def take(self, limit: int, within: float | None = None) -> list[Delivery]:
        """Wait for deliveries; return up to `limit` of them, in the order in which they arrived.

        Returns an empty list when nothing arrived `within` so many seconds. Raises SourceAway after a
        reconnection: a broker that was killed may have forgotten what it had delivered, so nobody can know
        what is missing.
        """
        while True:
            if self._broker.stats["reconnects"] != self._connection:
                raise SourceAway("the broker was away")
            if self.buffer:
                break
            self._arrived.clear()
            try:
                async with asyncio.timeout(within):
                    await self._arrived.wait()
            except TimeoutError:
                return []
        taken = [self.buffer.popleft() for _ in range(min(limit, len(self.buffer)))]
        await self._ask()
        return taken

    async def answer(self, deliveries: Iterable[Delivery], token: bytes) -> None:
        """Send `+ACK`, `+WPI` (in progress) or `-NAK` for each; a lost one only causes a repetition."""
        if not self._broker.is_connected:
            return
        try:
            for delivery in deliveries:
                await self._broker.publish(delivery.reply, token)
        except NatsError as error:
            _log.info("not_answered", error=type(error).__name__)

    async def _ask(self) -> None:
        if self._subscription is None or self._open > 0 or len(self.buffer) >= self._batch:
            return
        if not self._broker.is_connected:
            return
        self._open = self._batch
        self._number += 1
        self._last_message_at = asyncio.get_running_loop().time()
        request = {
            "batch": self._batch,
            "expires": 30 * _SECOND,
            "idle_heartbeat": int(self._heartbeat * _SECOND),
        }
        source = self._source
        try:
            await self._broker.publish(
                f"{source.api_prefix}.CONSUMER.MSG.NEXT.{source.stream}.{source.consumer}",
                json.dumps(request).encode(),
                reply=f"{self._inbox}.{self._number}",
            )
        except NatsError as error:
            self._open = 0
            _log.info("not_asked", error=type(error).__name__)

    async def _arrive(self, message: Msg) -> None:
        self._last_message_at = asyncio.get_running_loop().time()
        if message.subject.startswith(self._inbox):
            status = (message.headers or {}).get("Status", "")
            if status != "100" and message.subject == f"{self._inbox}.{self._number}":
                # The request ended: it expired, or the server refused it. After a refusal a pause is needed.
                self._open = 0
                if status not in {"404", "408"}:
                    _log.warning("pull_refused", stream=self._source.stream, status=status)
                    return  # `_keep_asking` asks again, after its pause
                await self._ask()
            return
        delivery = _delivery(message)
        if delivery is None:
            return
        self.buffer.append(delivery)
        self._open = max(0, self._open - 1)
        self._arrived.set()
        if self._open == 0:
            await self._ask()

    async def _keep_asking(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(0.5, self._heartbeat))
            if self._open and loop.time() - self._last_message_at > 2.5 * self._heartbeat:
                _log.info("pull_forgotten", stream=self._source.stream)
                self._open = 0
            if self._broker.stats["reconnects"] != self._connection:
                self._arrived.set()  # so that `take` notices
            await self._ask()


def _delivery(message: Msg) -> Delivery | None:
    """Read a delivery's numbers from its reply: `$JS.ACK.<stream>.<consumer>.<times>.<seq>.<turn>.…`."""
    parts = message.reply.split(".")
    if len(parts) < 9 or parts[1] != "ACK":
        return None
    # Newer servers put domain and account before the stream; the parts are the same counted from the end.
    at = len(parts) - 5 if len(parts) == 9 else 6
    return Delivery(
        message.subject, message.data, message.reply, int(parts[at + 1]), int(parts[at + 2]), int(parts[at])
    )
