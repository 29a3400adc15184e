"""Ending what runs beside: cancelled, and waited for until it has really ended."""

from __future__ import annotations

import asyncio
from typing import Any

AGAIN_AFTER = 1.0
"""Seconds after which a task that goes on is cancelled once more."""


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancel tasks and return when every one has ended, whatever it ended with.

    One cancellation isn't enough: before Python 3.12 `asyncio.wait_for`, on which nats-py's requests rest,
    forgets one that comes in the same moment as its result. Whoever has lost a lock must not go on, and a
    process that was told to stop must stop. A caller that is cancelled meanwhile takes notice afterwards.
    """
    cancelled: asyncio.CancelledError | None = None
    going_on = {task for task in tasks if not task.done()}
    while going_on:
        for task in going_on:
            task.cancel()
        try:
            _, going_on = await asyncio.wait(going_on, timeout=AGAIN_AFTER)
        except asyncio.CancelledError as told:
            cancelled = told
            going_on = {task for task in going_on if not task.done()}
    # An error that nobody asks for would be reported as forgotten, long after it mattered.
    for task in tasks:
        if not task.cancelled():
            task.exception()
    if cancelled is not None:
        raise cancelled
