"""Ends tasks: cancels them and waits until they have really ended."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_AFTER = 1.0
"""Seconds after which a task that is still running is cancelled again."""


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks and return when every one has ended, whatever its outcome.

    One cancellation isn't enough: before Python 3.12 `asyncio.wait_for`, which nats-py's requests use, loses
    one that arrives at the same moment as its result. A task that has lost a lock must not continue, and a
    process that is to stop must stop. When the caller is cancelled meanwhile, that is raised afterwards.
    """
    cancelled: asyncio.CancelledError | None = None
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        try:
            _, running = await asyncio.wait(running, timeout=AGAIN_AFTER)
        except asyncio.CancelledError as requested:
            cancelled = requested
            running = {task for task in running if not task.done()}
    # An exception that is never retrieved would be reported much later.
    for task in tasks:
        if not task.cancelled():
            task.exception()
    if cancelled is not None:
        raise cancelled
