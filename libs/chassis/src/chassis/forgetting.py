"""Deletes results stored for repeated commands after a while: they may hold personal data."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from chassis.ending import end
from chassis.perform import lost
from chassis.runtime import Runtime

RETENTION = timedelta(days=7)
_EVERY = 600.0
_AT_ONCE = 1000
_log = structlog.get_logger(__name__)

# Small batches that skip the rows another process is deleting, so that nothing waits.
_FORGET = """
DELETE FROM idempotency WHERE (actor, key) IN (
    SELECT actor, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


async def forget_results(runtime: Runtime, retention: timedelta = RETENTION) -> int:
    """Delete the stored results that are older than `retention`, and return how many."""
    deleted = 0
    while True:
        async with (await runtime.database.raw()).acquire() as connection:
            status: str = await connection.execute(_FORGET, runtime.clock.now() - retention, _AT_ONCE)
        count = int(status.rsplit(maxsplit=1)[-1])
        deleted += count
        if count < _AT_ONCE:
            return deleted


@asynccontextmanager
async def forgetting(runtime: Runtime) -> AsyncIterator[None]:
    """Delete old results every ten minutes, for the length of the block."""

    async def for_ever() -> None:
        while True:
            try:
                await forget_results(runtime)
            except Exception as failed:  # noqa: BLE001 - the last resort of a duty of the process
                # A database that's away comes back; anything else is a bug that must be noticed.
                if not lost(failed):
                    _log.error("forgetting_failed", exc_info=failed)
            await asyncio.sleep(_EVERY)

    task = asyncio.create_task(for_ever())
    try:
        yield
    finally:
        await end(task)
