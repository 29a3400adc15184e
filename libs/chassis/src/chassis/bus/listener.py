"""The listener: receives the events of one publisher and acts on each exactly once, in order.

Of all processes that run a listener for one source, only the one that holds an advisory lock works. It takes
batches from the consumer that the publisher granted, and when the numbers of the deliveries show a gap it
first collects everything that is unacknowledged, so that nothing newer overtakes what is missing. One batch
is one transaction: inbox rows, by which an effect happens once however often its event arrives, the effects,
and the events that these publish; it is acknowledged after the commit. A batch that fails is halved until the
event that fails is alone; that one is put aside and tried again, later events of its aggregate wait behind
it, and after eight attempts it is parked for an operator. While the database or the broker is away nothing
counts as a failure: the listener waits and goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from nats.aio.client import Client

from chassis.actor import Actor
from chassis.border import Granted
from chassis.bus import metrics, parking
from chassis.bus.acting import act_at_once, act_on, permanent, reason_of, received_before, transient
from chassis.bus.arrivals import UNREADABLE, Arrival, arrived, by_position
from chassis.bus.continuity import DatabaseBehind, remember_consumer, require_own_consumer
from chassis.bus.leading import lead
from chassis.bus.listening import Incoming, Listening, OneByOne
from chassis.bus.parking import Aside
from chassis.bus.pulling import Delivery, Pull, SourceAway
from chassis.bus.retrying import Retrying
from chassis.bus.splitting import Hindered, split
from chassis.bus.supervising import together
from chassis.ending import end
from chassis.runtime import Runtime

_log = structlog.get_logger(__name__)

# How often a batch is tried again for reasons of the database's while the database answers; then it is split.
_DISTURBANCES = 3


@dataclass(slots=True)
class ListenerState:
    """State of one listener, for health checks and operators."""

    leading: bool = False
    lag: int = 0
    parked: int = 0
    waiting: int = 0
    acted_on: int = 0
    problem: str | None = None
    broken: str | None = None
    """Why the database and the stream don't continue each other; only an operator can repair that."""


class Listener:
    """Acts on the events of one source; one process at a time does it.

    One batch is one transaction: inbox rows, effects, what the effects publish. It is acknowledged after the
    commit. Inbox rows stay: an event may be delivered again at
    any time.
    """

    def __init__(
        self,
        runtime: Runtime,
        broker: Client,
        source: Granted,
        listening: Listening,
        *,
        batch: int = 500,
        heartbeat: float = 2.0,
        retry_every: float = 1.0,
        observe_every: float = 5.0,
    ) -> None:
        self._runtime = runtime
        self._broker = broker
        self._source = source
        self._name = source.stream
        self._listening = listening
        self._batch = batch
        self._heartbeat = heartbeat
        self._actor = Actor.system(f"listener:{source.stream}", runtime.entity)
        self._retrying = Retrying(runtime, source.stream, listening, self._actor, every=retry_every)
        self._labels = (runtime.name, source.stream)
        self._turn = 0
        self._in_hand: list[Delivery] = []
        self._observe_every = observe_every
        self._may_hold = True
        self._holds = 0
        self._continues = False
        # How long the broker waits before it delivers again; short until the consumer's state says it.
        self._patience = timedelta(seconds=1)
        self.state = ListenerState()

    @property
    def acts_at_once(self) -> bool:
        """Whether a single event is acted on in one statement: it can't have to wait behind another."""
        return not self._may_hold

    async def run(self) -> None:
        """Wait for leadership, then listen; returns only by cancellation."""
        dsn = self._runtime.database.dsn
        await lead(dsn, f"listener {self._name}", self._work, service=self._runtime.name)

    async def _work(self, connection: Any) -> None:
        self.state.leading = True
        self._may_hold = True
        self._continues = False
        try:
            await together(self._listen(), self._retrying.run(), self._observe(connection))
        finally:
            self.state.leading = False

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            pull = Pull(self._broker, self._source, batch=self._batch, heartbeat=self._heartbeat)
            self._in_hand = []
            claim = asyncio.create_task(self._renew_claim(pull))
            try:
                await self._begin(pull)
                pause = 0.1
                while True:
                    while self._in_hand:
                        batch = self._in_hand[: self._batch]
                        await self._act(pull, batch)
                        self._in_hand = self._in_hand[len(batch) :]
                    self._in_hand = await pull.take(self._batch)
                    if self._misses_some(self._in_hand):
                        await self._collect(pull)
            except SourceAway as away:
                self._trouble(f"the source is away: {away}")
            except DatabaseBehind as behind:
                self._trouble(str(behind))
                self.state.broken = str(behind)
            finally:
                await end(claim)
                await pull.close(self._in_hand)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 5.0)

    async def _begin(self, pull: Pull) -> None:
        """Open the pull, and collect what a predecessor may have been working on when it ended."""
        state = await pull.state()
        pool = await self._runtime.database.raw()
        async with pool.acquire() as connection:
            self._continues = False
            await require_own_consumer(connection, self._name, state)
        self._continues = True
        self._patience, self._turn = state.ack_wait, state.turn
        await pull.open()
        if state.owed:
            await self._collect(pull)
        if self.state.problem is not None:
            _log.info("listening_again", source=self._name)
            self.state.problem = None
        self.state.broken = None

    def _misses_some(self, deliveries: Sequence[Delivery]) -> bool:
        """Return whether there were deliveries before or among these that did not reach us."""
        missing = False
        for delivery in deliveries:
            missing = missing or delivery.turn > self._turn + 1
            self._turn = delivery.turn
        return missing

    async def _collect(self, pull: Pull) -> None:
        """Wait until all that the server has delivered and not seen acknowledged is in our hands; put it in
        order.

        What was delivered to a process that ended, or was lost on the way, is delivered again only after
        `ack_wait`, while newer events arrive at once; acting on those would overtake it. The consumer's
        `max_ack_pending` bounds how much this can be.
        """
        _log.info("collecting", source=self._name)
        found = {delivery.sequence: delivery for delivery in self._in_hand}
        while True:
            # Counted before asking: what arrives while the answer is on its way isn't in the answer's number.
            held = len(found.keys() | {delivery.sequence for delivery in pull.buffer})
            if (await pull.state()).owed <= held:
                break
            for delivery in await pull.take(self._batch, within=0.1):
                found[delivery.sequence] = delivery
                self._turn = max(self._turn, delivery.turn)
            self._in_hand = list(found.values())
        while pull.buffer:
            for delivery in await pull.take(self._batch):
                found[delivery.sequence] = delivery
                self._turn = max(self._turn, delivery.turn)
        self._in_hand = [found[sequence] for sequence in sorted(found)]

    async def _act(self, pull: Pull, deliveries: Sequence[Delivery]) -> None:
        arrivals = [arrived(delivery, self._source, self._runtime.entity) for delivery in deliveries]
        await split(arrivals, self._attempt, self._set_aside)
        await pull.answer(deliveries, b"+ACK")

    async def _renew_claim(self, pull: Pull) -> None:
        """Report to the server that work goes on, so that it delivers nothing again meanwhile."""
        while True:
            await asyncio.sleep(self._patience.total_seconds() / 3)
            await pull.answer([*self._in_hand, *pull.buffer], b"+WPI")

    async def _attempt(self, arrivals: Sequence[Arrival]) -> None:
        """Act on all of them in one transaction, or on none and raise Hindered."""
        disturbances = 0
        while True:
            try:
                if len(arrivals) == 1 and await self._act_at_once(arrivals[0]):
                    return
                await self._transact(arrivals)
            except Exception as error:
                if not transient(error) or disturbances >= _DISTURBANCES:
                    raise Hindered from error
                disturbances += 1
                await self._until_database_answers(error)
            else:
                return

    async def _act_at_once(self, arrival: Arrival) -> bool:
        """Act on a single event, writing its inbox row together with its effect; return whether it was done.

        It's the usual case, and saves a round trip or more. False: `_transact` has to act on this event,
        because it may have to wait behind another one, was received before, or has no handler for single
        events.
        """
        if self._may_hold or arrival.event is None:
            return False
        registered = self._listening.handler(arrival.event.type)
        if not isinstance(registered, OneByOne):
            return False
        use_case = f"messaging.{arrival.event.type}"
        try:
            async with self._runtime.transaction(self._actor, use_case=use_case) as tx:
                tx.receive(parking.inbox_row(self._name, arrival, tx.now))
                await act_at_once(tx, registered, arrival.event)
        except Exception as error:
            if received_before(error):
                return False
            raise
        self._count(acted_on=1, repeated=0)
        return True

    async def _transact(self, arrivals: Sequence[Arrival]) -> None:
        events: list[Incoming] = []
        aside: list[Aside] = []
        async with self._runtime.transaction(self._actor, use_case="messaging.receive") as tx:
            new = await parking.receive(tx, self._name, arrivals)
            received = len(new)
            for arrival in arrivals:
                held = new.pop(arrival.id, None)
                if held is None:
                    continue
                if arrival.event is None:
                    aside.append(Aside(arrival, arrival.problem or UNREADABLE, "parked"))
                elif held:
                    aside.append(Aside(arrival, parking.BEHIND, "waiting", next_attempt_at=tx.now))
                elif self._listening.handler(arrival.event.type) is None:
                    aside.append(Aside(arrival, parking.UNKNOWN, "parked"))
                else:
                    events.append(arrival.event)
            await parking.put_aside(tx, self._name, aside)
            await act_on(tx, self._listening, events)
        if aside:
            self._hold()
        for each in aside:
            if each.state == "parked":
                _report_parked(each.arrival, each.reason)
        self._count(acted_on=len(events), repeated=len(arrivals) - received)

    def _count(self, *, acted_on: int, repeated: int) -> None:
        self.state.acted_on += acted_on
        metrics.ACTED_ON.labels(*self._labels).inc(acted_on)
        metrics.SEEN_BEFORE.labels(*self._labels).inc(repeated)

    def _hold(self) -> None:
        """Note that an event has been put aside, behind which later ones may have to wait.

        Called after it was written and before the next event: a count that started earlier may not include
        it.
        """
        self._may_hold = True
        self._holds += 1

    async def _set_aside(self, arrival: Arrival, error: BaseException) -> None:
        """Put aside an event that failed alone, for another attempt; one that can't succeed is parked."""
        reason, gone = reason_of(error), permanent(error)
        metrics.FAILED.labels(*self._labels).inc()
        try:
            await self._until_written(lambda: self._keep_aside(arrival, reason, gone=gone))
        except Exception as refused:  # noqa: BLE001 - whatever the columns refuse, the event must not block others
            reason = f"{reason_of(refused)}, when put aside for: {reason}"
            arrival = by_position(self._name, arrival.delivery, problem=reason)
            gone = True
            await self._until_written(lambda: self._keep_aside(arrival, reason, gone=True))
        finally:
            self._hold()
        if gone:
            _report_parked(arrival, reason)
        else:
            _log.warning("event_failed", event_id=str(arrival.id), subject=arrival.subject, reason=reason)

    async def _keep_aside(self, arrival: Arrival, reason: str, *, gone: bool) -> None:
        async with self._runtime.transaction(self._actor, use_case="messaging.set_aside") as tx:
            if arrival.id in await parking.receive(tx, self._name, [arrival]):
                state, again = ("parked", None) if gone else ("waiting", tx.now + parking.pause(1))
                await parking.put_aside(tx, self._name, [Aside(arrival, reason, state, 1, again)])

    async def _until_written(self, write: Callable[[], Awaitable[None]]) -> None:
        """Write, waiting for the database for as long as it is away."""
        while True:
            try:
                await write()
            except Exception as error:
                if not transient(error):
                    raise
                await self._until_database_answers(error)
            else:
                return

    async def _until_database_answers(self, error: BaseException) -> None:
        """Wait until the database answers; no more is requested once two batches have arrived."""
        pause = 0.05
        while True:
            try:
                await self._runtime.database.ready()
            except Exception as still:
                if not transient(still):
                    raise
                self._trouble(f"the database is away: {type(error).__name__}")
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)
            else:
                self.state.problem = None
                return

    async def _observe(self, connection: Any) -> None:
        """Check that the lock is still ours, count what waits, and delete old inbox rows."""
        pull = Pull(self._broker, self._source)
        counted_before = False
        while True:
            holds = self._holds
            self.state.parked, self.state.waiting = await parking.count(connection, self._name)
            if counted_before and holds == self._holds:
                # Only a listener puts events aside: this one hasn't while counting, and what a predecessor
                # may have been about to write has been written by now.
                self._may_hold = self.state.parked + self.state.waiting > 0
            counted_before = True
            metrics.PARKED.labels(*self._labels).set(self.state.parked)
            metrics.WAITING.labels(*self._labels).set(self.state.waiting)
            try:
                state = await pull.state()
                self.state.lag = state.waiting
            except SourceAway as away:
                _log.info("lag_unknown", source=self._name, reason=str(away))
            else:
                metrics.LAG.labels(*self._labels).set(self.state.lag)
                if self._continues:
                    await remember_consumer(connection, self._name, state)
            await asyncio.sleep(self._observe_every)

    def _trouble(self, problem: str) -> None:
        if self.state.problem != problem:
            _log.warning("listener_waits", source=self._name, problem=problem)
        self.state.problem = problem


def _report_parked(arrival: Arrival, reason: str) -> None:
    _log.error("event_parked", event_id=str(arrival.id), subject=arrival.subject, reason=reason)
