"""The relay: sends committed events to the service's stream, in order.

Of all processes that run a relay for one outbox, only the one that holds an advisory lock works, and another
takes over when it ends. Woken by a commit, or by a slow poll, it reads pending rows in batches by position,
those of one aggregate in the order of their versions. A batch is published as one atomic batch of JetStream,
or as a few single messages, each with the event's id so that the broker drops repetitions; the statement that
reads the next batch marks it as published. When a row with a lower position becomes visible meanwhile,
because its transaction committed later, reading begins again with the first pending row. After a refusal or a
missing acknowledgement it marks what was acknowledged and tries the rest again after growing pauses, and it
sends nothing while the stream and the database don't continue each other.

A message whose change can still be undone (X8) is delayed: it isn't pending before its time. Only a later
message of the same aggregate that can't wait ends the delay earlier, since it must not overtake.

By hand, because it drains 15 × as fast as faststream-outbox and 20 × as fast as nats-outbox, both tuned, and
in order (docs/benchmarks.md).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from nats.aio.client import Client

from chassis.bus import metrics, outbox
from chassis.bus.continuity import BrokerSilent, StreamLost, remember_own_stream, require_own_stream
from chassis.bus.leading import lead
from chassis.bus.outbox import Row
from chassis.bus.publishing import Outcome, Refused, StreamPublisher
from chassis.bus.waking import Alarm
from chassis.clock import Clock, SystemClock
from chassis.ending import end
from chassis.errors import Hindrance

_log = structlog.get_logger(__name__)

# After so many batches the relay measures what waits.
_RUN = 20
_MEASURED_EVERY = 5.0
_MARKING_DELAY = 0.03


@dataclass(slots=True)
class RelayState:
    """State of the relay, for health checks and operators."""

    leading: bool = False
    pending: int = 0
    oldest: float = 0.0
    published: int = 0
    batches: int = 0
    singles: int = 0
    problem: str | None = None
    broken: str | None = None
    """Why the database and the stream don't continue each other; only an operator can repair that."""


class Relay:
    """Publishes the rows of one outbox to the service's stream; one process at a time does it.

    `wake()` after a commit makes it look at once; without it, it looks every `poll` seconds. Rows stay: they
    are the record of what was disclosed (W13), from which a lost stream is filled again. While `stream` and
    the database don't continue each other, nothing is sent.
    """

    def __init__(
        self,
        dsn: str,
        broker: Client,
        *,
        service: str,
        batch: int = 1000,
        poll: float = 1.0,
        patience: float = 5.0,
        stream: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._stream = stream
        self._dsn = dsn
        self._broker = broker
        self._service = service
        self._batch = batch
        self._poll = poll
        self._publisher = StreamPublisher(broker, patience=patience)
        self._alarm = Alarm()
        self._unmarked: list[Row] = []
        self._measured = 0.0
        self._looked = -poll
        self._next_due: datetime | None = None
        self.state = RelayState()

    @property
    def unmarked(self) -> int:
        """Number of rows that the broker has acknowledged and the database has not yet marked."""
        return len(self._unmarked)

    def wake(self) -> None:
        """Announce that there may be something to send; may be called any number of times."""
        self._alarm.ring()

    async def run(self) -> None:
        """Wait for leadership, then send; returns only by cancellation."""
        await self._publisher.open()
        try:
            await lead(self._dsn, "relay", self._work, service=self._service)
        finally:
            await self._publisher.close()

    async def _work(self, connection: Any) -> None:
        self.state.leading = True
        self._unmarked = []
        pause = 0.1
        try:
            await self._until_continuous(connection)
            while True:
                self._alarm.clear()
                await self._send_due(connection)
                more = await self._drain(connection)
                await self._measure(connection)
                if self.state.problem is not None:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, self._poll * 5)
                    continue
                pause = 0.1
                # Marking what was sent as single messages can wait a little: the listener needs the
                # processor at this moment, and reading the next event may mark it on the way.
                if more or await self._alarm.within(_MARKING_DELAY if self._unmarked else self._idle()):
                    continue
                await self._mark(connection)
        finally:
            self.state.leading = False

    async def _until_continuous(self, connection: Any) -> None:
        """Wait until database and stream continue each other; what waits meanwhile stays in the outbox."""
        if self._stream is None:
            return
        while True:
            try:
                await require_own_stream(connection, self._broker, self._stream)
            except BrokerSilent as silent:
                self._trouble("unanswered", silent)
            except Hindrance as broken:
                self.state.broken = str(broken)
                self._trouble("broken", broken)
            else:
                self.state.broken = self.state.problem = None
                return
            await asyncio.sleep(self._poll * 2)

    def _trouble(self, kind: str, problem: Exception) -> None:
        if self.state.problem is None:
            _log.warning("not_published", kind=kind, reason=str(problem))
        self.state.problem = f"{kind}: {problem}"

    async def _send_due(self, connection: Any) -> None:
        """Make pending what was delayed until now (X8).

        It looks as often as the poll does, and at the moment when something is due: a commit that wakes the
        relay costs nothing more.
        """
        now, looked = self._clock.now(), time.monotonic()
        due = self._next_due is not None and self._next_due <= now
        if due or looked - self._looked >= self._poll:
            self._looked = looked
            self._next_due = await outbox.send_due(connection, now)

    def _idle(self) -> float:
        """Return the seconds until the next look: the poll's, or fewer when something is due before."""
        if self._next_due is None:
            return self._poll
        return min(self._poll, max(0.0, (self._next_due - self._clock.now()).total_seconds()))

    async def _drain(self, connection: Any) -> bool:
        """Send what is pending, up to the first problem; return whether there may be more.

        While a full batch is on its way, the one before it is marked and the one after it is read.
        """
        rows = await self._read(connection)
        for _ in range(_RUN):
            if not rows:
                break
            following: list[Row] | None = []
            if len(rows) == self._batch:
                sending = asyncio.ensure_future(self._publisher.publish(rows))
                try:
                    following = await self._read(connection, rows)
                except BaseException:
                    await end(sending)
                    raise
                outcome = await sending
            else:
                outcome = await self._publisher.publish(rows)
            self._count(outcome)
            if outcome.problem is not None:
                published = set(outcome.published)
                self._unmarked += [row for row in rows if row.id in published]
                await self._mark(connection)
                return True
            self._unmarked += rows
            rows = following
        if rows is None or len(self._unmarked) >= self._batch:
            await self._mark(connection)
        return rows is None or bool(rows)

    async def _read(self, connection: Any, rows: Sequence[Row] = ()) -> list[Row] | None:
        """Return what follows `rows` and the unmarked ones, marking the latter; None: start again."""
        unmarked, self._unmarked = self._unmarked, []
        if not unmarked and not rows:
            return await outbox.claim(connection, self._batch)
        return await outbox.look_ahead(connection, rows, self._batch, mark=unmarked)

    async def _mark(self, connection: Any) -> None:
        unmarked, self._unmarked = self._unmarked, []
        if unmarked:
            await outbox.mark_published(connection, unmarked)

    def _count(self, outcome: Outcome) -> None:
        published = len(outcome.published)
        if published:
            self.state.published += published
            self.state.batches, self.state.singles = self._publisher.batches, self._publisher.singles
            metrics.PUBLISHED.labels(self._service).inc(published)
        problem = outcome.problem
        if problem is None:
            if self.state.problem is not None:
                _log.info("publishing_again")
            self.state.problem = None
            return
        kind = ("full" if problem.full else "refused") if isinstance(problem, Refused) else "unanswered"
        metrics.PUBLISH_PROBLEMS.labels(self._service, kind).inc()
        self._trouble(kind, problem)

    async def _measure(self, connection: Any) -> None:
        now = time.monotonic()
        if now - self._measured < _MEASURED_EVERY:
            return
        self._measured = now
        await self._mark(connection)
        if self._stream is not None and self.state.problem is None:
            try:
                await remember_own_stream(connection, self._broker, self._stream)
            except BrokerSilent as silent:
                _log.info("stream_state_unknown", reason=str(silent))
            except StreamLost:
                await self._until_continuous(connection)
        waiting = await outbox.waiting(connection)
        self.state.pending, self.state.oldest = waiting.pending, waiting.oldest
        metrics.OUTBOX_PENDING.labels(self._service).set(waiting.pending)
        metrics.OUTBOX_OLDEST.labels(self._service).set(waiting.oldest)
