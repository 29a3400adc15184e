"""Handing rows to the stream: atomic batches for many, a small pipeline of single messages for few."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from pydantic import BaseModel, ValidationError

from chassis.bus.outbox import Row
from chassis.ids import new_id

_log = structlog.get_logger(__name__)

ATOMIC_FROM = 64
"""Below this many rows a pipeline of single messages is quicker than an atomic batch."""
ATOMIC_LIMIT = 1000
"""The broker takes no more messages in one atomic batch."""
_PIPELINE = 64

# A batch is refused as a whole. These say that single messages may still do: not enabled, a gap (a message of
# the batch was refused or lost on the way), a header or message it can't hold, a duplicate, another limit of
# batches.
_SINGLY = {10174, 10175, 10176, 10177, 10179, 10199, 10200, 10201, 10206, 10210, 10211}
# The stream has no room: max_bytes, max_msgs, storage.
_FULL = {10023, 10047, 10077, 10122}


class _ApiError(BaseModel):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _Answer(BaseModel):
    """What the broker says to a message: an acknowledgement with its place in the stream, or an error."""

    error: _ApiError | None = None
    seq: int | None = None
    duplicate: bool = False


class Refused(Exception):
    """The broker answered, and it was not an acknowledgement. `full`: the stream has no room."""

    def __init__(self, error: _ApiError) -> None:
        super().__init__(f"{error.err_code} {error.description}")
        self.code = error.err_code
        self.full = error.err_code in _FULL


class Unanswered(Exception):
    """No acknowledgement came: the broker is away, slow, or may not be published to on this subject."""


@dataclass(slots=True)
class Outcome:
    """What became of some rows: the ids the broker has acknowledged, and what hindered the others."""

    published: list[UUID] = field(default_factory=list)
    problem: Exception | None = None


class StreamPublisher:
    """Publishes rows to whatever stream takes their subjects, each with its event's id as `Nats-Msg-Id`.

    Order: of one aggregate no row is sent before the one ahead of it is acknowledged, unless both are part of
    one atomic batch. A row that was sent twice, because nobody knows what became of the first time, is kept
    once.
    """

    def __init__(self, broker: Client, *, patience: float = 5.0, atomic_from: int = ATOMIC_FROM) -> None:
        self._broker = broker
        self._patience = patience
        self._atomic_from = atomic_from
        self._answers: dict[str, asyncio.Future[Msg]] = {}
        self._inbox = ""
        self._subscription: Subscription | None = None
        self._number = 0
        self.batches = 0
        self.singles = 0

    async def open(self) -> None:
        """Listen for acknowledgements; survives reconnections."""
        if self._subscription is None:
            self._inbox = self._broker.new_inbox()
            self._subscription = await self._broker.subscribe(f"{self._inbox}.*", cb=self._answered)

    async def close(self) -> None:
        """Stop listening; whoever still waits is told that no answer came."""
        if self._subscription is not None:
            for answer in self._answers.values():
                if not answer.done():
                    answer.set_exception(Unanswered("closed"))
            if not self._broker.is_closed:
                await self._subscription.unsubscribe()
            self._subscription = None

    async def publish(self, rows: Sequence[Row]) -> Outcome:
        """Publish up to 1,000 rows in their order and return what became of them."""
        if len(rows) >= self._atomic_from:
            try:
                await self._as_batch(rows)
            except Refused as refused:
                if refused.code not in _SINGLY:
                    return Outcome(problem=refused)
                _log.info("batch_refused", code=refused.code, events=len(rows))
            except Unanswered as problem:
                return Outcome(problem=problem)
            else:
                self.batches += 1
                return Outcome([row.id for row in rows])
        return await self._singly(rows)

    async def _as_batch(self, rows: Sequence[Row]) -> None:
        """Publish all rows or none. A batch that loses a part on its way is refused when it's committed."""
        if not self._broker.is_connected:
            raise Unanswered("the broker is away")
        batch, last = new_id().hex, len(rows)
        publish = self._broker.publish
        try:
            for number, row in enumerate(rows[:-1], start=1):
                await publish(row.subject, row.data, headers=_headers(row, batch, number))
        except NatsError as error:
            raise Unanswered(type(error).__name__) from error
        reply, answer = self._expect()
        await self._send(rows[-1], _headers(rows[-1], batch, last) | {"Nats-Batch-Commit": "1"}, reply)
        await self._acknowledged(reply, answer)

    async def _singly(self, rows: Sequence[Row]) -> Outcome:
        """Publish in waves that hold no aggregate twice; a row that fails keeps those behind it back."""
        outcome = Outcome()
        held: set[str] = set()
        for wave in waves(rows):
            going = [row for row in wave if row.aggregate not in held]
            results = await asyncio.gather(*(self._one(row) for row in going), return_exceptions=True)
            stop = False
            for row, result in zip(going, results, strict=True):
                if result is None:
                    outcome.published.append(row.id)
                    self.singles += 1
                    continue
                if not isinstance(result, Refused | Unanswered):
                    raise result
                outcome.problem = result
                held.add(row.aggregate)
                stop = stop or isinstance(result, Unanswered) or result.full
            if stop:
                break
        return outcome

    async def _one(self, row: Row) -> None:
        reply, answer = self._expect()
        await self._send(row, _headers(row), reply)
        await self._acknowledged(reply, answer)

    async def _send(self, row: Row, headers: dict[str, str], reply: str) -> None:
        # Whatever is written while there is no connection would be sent much later, on its own account.
        if not self._broker.is_connected:
            self._answers.pop(reply.rpartition(".")[2], None)
            raise Unanswered("the broker is away")
        try:
            await self._broker.publish(row.subject, row.data, reply=reply, headers=headers)
        except NatsError as error:
            self._answers.pop(reply.rpartition(".")[2], None)
            raise Unanswered(type(error).__name__) from error

    def _expect(self) -> tuple[str, asyncio.Future[Msg]]:
        self._number += 1
        token = str(self._number)
        answer: asyncio.Future[Msg] = asyncio.get_running_loop().create_future()
        self._answers[token] = answer
        return f"{self._inbox}.{token}", answer

    async def _answered(self, message: Msg) -> None:
        answer = self._answers.get(message.subject.rpartition(".")[2])
        if answer is not None and not answer.done():
            answer.set_result(message)

    async def _acknowledged(self, reply: str, answer: asyncio.Future[Msg]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                message = await answer
        except TimeoutError as error:
            raise Unanswered(f"no acknowledgement within {self._patience:g} s") from error
        finally:
            self._answers.pop(reply.rpartition(".")[2], None)
        if not message.data:
            raise Unanswered("no stream takes this subject")
        try:
            told = _Answer.model_validate_json(message.data)
        except ValidationError as error:
            raise Unanswered("an answer that is none") from error
        if told.error is not None:
            raise Refused(told.error)
        if told.seq is None:
            raise Unanswered("an answer without a place in the stream")


def _headers(row: Row, batch: str = "", number: int = 0) -> dict[str, str]:
    headers = {"Nats-Msg-Id": str(row.id)}
    if batch:
        headers["Nats-Batch-Id"] = batch
        headers["Nats-Batch-Sequence"] = str(number)
    if row.traceparent:
        headers["traceparent"] = row.traceparent
    return headers


def waves(rows: Sequence[Row], width: int = _PIPELINE) -> Iterator[list[Row]]:
    """Cut rows into waves of at most `width` that may travel at the same time: none holds an aggregate twice.

    Each row comes in a later wave than any earlier row of its aggregate.
    """
    remaining = list(rows)
    while remaining:
        wave: list[Row] = []
        later: list[Row] = []
        present: set[str] = set()
        for row in remaining:
            if len(wave) < width and row.aggregate not in present:
                wave.append(row)
            else:
                later.append(row)
            present.add(row.aggregate)
        yield wave
        remaining = later
