"""Running several things that must not end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from chassis.ending import end

_log = structlog.get_logger(__name__)


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run all of them until the first one ends; then cancel the others and raise its error, if it has one."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        await end(*tasks)


async def for_ever(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run `work`, and again after a pause should it fail unforeseen; one duty never ends another's."""
    pause = 0.5
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - the last resort of a process with several duties
            _log.error("duty_failed", duty=name, error=type(error).__name__, exc_info=error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 30.0)
