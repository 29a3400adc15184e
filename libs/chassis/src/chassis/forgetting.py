"""Results kept for repeated commands are forgotten after a while: they hold what people were answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from chassis.ending import end
from chassis.perform import lost
from chassis.runtime import Runtime

KEPT_FOR = timedelta(days=7)
_EVERY = 600.0
_AT_ONCE = 1000
_log = structlog.get_logger(__name__)

# Small batches, and past the rows of another process that forgets at the same moment: nobody waits for it.
_FORGET = """
DELETE FROM idempotency WHERE (actor, key) IN (
    SELECT actor, key FROM idempotency WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


async def forget_results(runtime: Runtime, kept_for: timedelta = KEPT_FOR) -> int:
    """Delete the kept results that are older than `kept_for`, and return how many."""
    forgotten = 0
    while True:
        async with (await runtime.database.raw()).acquire() as connection:
            status: str = await connection.execute(_FORGET, runtime.clock.now() - kept_for, _AT_ONCE)
        count = int(status.rsplit(maxsplit=1)[-1])
        forgotten += count
        if count < _AT_ONCE:
            return forgotten


@asynccontextmanager
async def forgetting(runtime: Runtime) -> AsyncIterator[None]:
    """Forget old results every ten minutes, for the length of the block."""

    async def for_ever() -> None:
        while True:
            try:
                await forget_results(runtime)
            except Exception as failed:  # noqa: BLE001 - the last resort of a duty of the process
                # A database that's away is waited for; anything else is a mistake that has to be seen.
                if not lost(failed):
                    _log.error("forgetting_failed", exc_info=failed)
            await asyncio.sleep(_EVERY)

    task = asyncio.create_task(for_ever())
    try:
        yield
    finally:
        await end(task)
