"""Waking the relay: directly in the same process, by one coalesced ping from another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

_log = structlog.get_logger(__name__)


class Alarm:
    """Rings once for any number of calls, until cleared. One at a time may wait for it."""

    def __init__(self) -> None:
        self._rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Wake whoever waits, now or later."""
        self._rung = True
        _finish(self._waiter)

    def clear(self) -> None:
        """Forget earlier calls; do so before looking, so that what comes while looking isn't missed."""
        self._rung = False

    async def within(self, seconds: float) -> bool:
        """Wait for a call; return whether one came within `seconds`."""
        if not self._rung:
            # By hand, for it lies on the way of every event: `wait_for` would start a task each time.
            loop = asyncio.get_running_loop()
            self._waiter = loop.create_future()
            timer = loop.call_later(seconds, _finish, self._waiter)
            try:
                await self._waiter
            finally:
                timer.cancel()
                self._waiter = None
        return self._rung


def _finish(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


def wake_subject(service: str) -> str:
    """Return the core NATS subject, private to the service's account, that wakes its relay."""
    return f"wake.{service}"


class Waker:
    """Tells the relay in another process that there is something to send.

    `wake()` costs a flag; at most one ping is on its way at a time, however many transactions commit
    meanwhile. A ping that is lost costs nothing but the relay's poll.
    """

    def __init__(self, broker: Client, service: str) -> None:
        self._broker = broker
        self._subject = wake_subject(service)
        self._alarm = Alarm()

    def wake(self) -> None:
        """Ask for a ping."""
        self._alarm.ring()

    async def run(self) -> None:
        """Send pings as they're asked for; returns only by cancellation."""
        while True:
            if not await self._alarm.within(60):
                continue
            self._alarm.clear()
            if self._broker.is_connected:
                try:
                    await self._broker.publish(self._subject)
                except NatsError as error:
                    _log.info("ping_not_sent", error=type(error).__name__)


async def answer_pings(broker: Client, service: str, wake: Callable[[], None]) -> None:
    """Let every ping call `wake`, from now on."""

    async def rung(_: Msg) -> None:
        wake()

    await broker.subscribe(wake_subject(service), cb=rung)
