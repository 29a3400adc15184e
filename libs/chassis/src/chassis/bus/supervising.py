"""Runs several tasks that must not end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from chassis.bus import metrics
from chassis.ending import end
from chassis.errors import Hindrance

_log = structlog.get_logger(__name__)

_WELL_AFTER = 60.0
_LONGEST_PAUSE = 30.0
_OFTEN = 3


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run all until the first one ends; then cancel the others, and raise its error if it has one."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(*tasks)


class DutyFails(Hindrance):
    """A duty of this process has ended unexpectedly several times in a row."""


@dataclass(slots=True)
class Supervisor:
    """Runs the duties of one process, restarts those that fail, and knows which of them keep failing."""

    service: str
    failing: dict[str, tuple[int, str]] = field(default_factory=dict)
    """For each duty that failed and hasn't run for a minute since: failures in a row, and the last error."""

    async def for_ever(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work`, and again after a pause when it fails; one duty never ends another."""
        pause = 0.5
        while True:
            began = time.monotonic()
            recovery = asyncio.get_running_loop().call_later(_WELL_AFTER, self.failing.pop, name, None)
            try:
                await work()
            except Exception as error:  # noqa: BLE001 - the last resort of a process with several duties
                times = self.failing.get(name, (0, ""))[0] + 1
                self.failing[name] = times, type(error).__name__
                metrics.DUTY_FAILURES.labels(self.service, name).inc()
                _log.error("duty_failed", duty=name, times=times, error=type(error).__name__, exc_info=error)
            finally:
                recovery.cancel()
            if time.monotonic() - began >= _WELL_AFTER:
                pause = 0.5
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def check(self) -> None:
        """Check that every duty runs. Raises DutyFails with those that failed three times in a row."""
        often = [
            f"{name} failed {times} times: {error}"
            for name, (times, error) in sorted(self.failing.items())
            if times >= _OFTEN
        ]
        if often:
            raise DutyFails("; ".join(often))
