"""Tries again what failed: the first open event of each aggregate when it is due, then those behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from chassis.actor import Actor
from chassis.bus import metrics, parking
from chassis.bus.acting import act_on, permanent, reason_of, transient
from chassis.bus.listening import Incoming, Listening, read_incoming
from chassis.runtime import Runtime

_log = structlog.get_logger(__name__)

_AGGREGATES_AT_ONCE = 100
_CHAIN = 200


class Retrying:
    """Acts on the events of one source that the listener had to put aside."""

    def __init__(
        self, runtime: Runtime, source: str, listening: Listening, actor: Actor, *, every: float = 1.0
    ) -> None:
        self._runtime = runtime
        self._source = source
        self._listening = listening
        self._actor = actor
        self._every = every

    async def run(self) -> None:
        """Retry due events for ever; returns only by cancellation."""
        while True:
            try:
                moved = await self.retry_due()
            except Exception as error:
                if not transient(error):
                    raise
                _log.info("retries_wait", source=self._source, error=type(error).__name__)
                moved = 0
            if not moved:
                await asyncio.sleep(self._every)

    async def retry_due(self) -> int:
        """Retry what is due, each aggregate by itself; return how many events were acted on."""
        pool = await self._runtime.database.raw()
        async with pool.acquire() as connection:
            aggregates = await parking.due(
                connection, self._source, self._runtime.clock.now(), _AGGREGATES_AT_ONCE
            )
        moved = 0
        for aggregate in aggregates:
            moved += await self._retry(aggregate)
        return moved

    async def _retry(self, aggregate: str) -> int:
        """Act on an aggregate's events together; if that fails, on its first alone, and count the attempt."""
        try:
            return await self._act(aggregate, _CHAIN)
        except Exception as error:
            if transient(error):
                raise
        head: list[Any] = []
        try:
            return await self._act(aggregate, 1, head)
        except Exception as error:
            if transient(error):
                raise
            await self._failed(head[0], error)
            return 0

    async def _act(self, aggregate: str, limit: int, rows: list[Any] | None = None) -> int:
        async with self._runtime.transaction(self._actor, use_case="messaging.retry") as tx:
            chain = await parking.chain(tx, self._source, aggregate, limit)
            if rows is not None:
                rows.extend(chain)
            await act_on(tx, self._listening, [self._incoming(row) for row in chain])
            await parking.mark_replayed(tx, self._source, [row.id for row in chain])
        metrics.ACTED_ON.labels(self._runtime.name, self._source).inc(len(chain))
        return len(chain)

    def _incoming(self, row: Any) -> Incoming:
        return read_incoming(row.subject, row.payload, self._source, row.sequence)

    async def _failed(self, row: Any, error: BaseException) -> None:
        reason = reason_of(error)
        metrics.FAILED.labels(self._runtime.name, self._source).inc()
        async with self._runtime.transaction(self._actor, use_case="messaging.set_aside") as tx:
            state = await parking.failed(
                tx, self._source, row.id, reason=reason, attempts=row.attempts, permanent=permanent(error)
            )
        log = _log.error if state == "parked" else _log.warning
        log(
            "event_parked" if state == "parked" else "event_failed",
            event_id=str(row.id),
            subject=row.subject,
            attempts=row.attempts + 1,
            reason=reason,
        )
