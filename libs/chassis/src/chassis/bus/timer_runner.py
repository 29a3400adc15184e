"""Fires timers: each in a transaction of its own that also deletes the timer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
import structlog
from opentelemetry import trace

from chassis.actor import Actor
from chassis.bus import metrics
from chassis.bus.acting import reason_of, transient
from chassis.bus.parking import ATTEMPTS, pause
from chassis.bus.timers import TimerHandler, Timers
from chassis.runtime import Runtime
from chassis.tracing import SILENT

_log = structlog.get_logger(__name__)
_tracer = trace.get_tracer("chassis.bus")

_DUE = """
    SELECT kind, key FROM timers WHERE parked_at IS NULL AND due_at <= $1 AND kind = ANY($2::text[])
    ORDER BY due_at LIMIT $3
    """
_ORPHANS = "SELECT DISTINCT kind FROM timers WHERE NOT kind = ANY($1::text[])"
# A timer that another process is firing is skipped; one that was rescheduled to later isn't taken.
_TAKE = sa.text(
    """
    DELETE FROM timers WHERE (kind, key) IN (
        SELECT kind, key FROM timers WHERE kind = :kind AND key = :key AND parked_at IS NULL AND due_at <=
        :now FOR UPDATE SKIP LOCKED
    ) RETURNING payload
    """
)
_FAILED = sa.text(
    """
    UPDATE timers SET attempts = attempts + 1, last_error = :reason,
        due_at = :now + make_interval(secs => least(power(2, attempts), :longest)),
        parked_at = CASE WHEN attempts + 1 >= :most THEN CAST(:now AS timestamptz) END
    WHERE (kind, key) IN (
        SELECT kind, key FROM timers WHERE kind = :kind AND key = :key AND parked_at IS NULL AND due_at <=
        :now FOR UPDATE SKIP LOCKED
    ) RETURNING attempts, parked_at IS NOT NULL AS parked
    """
).bindparams(
    sa.bindparam("now", type_=sa.TIMESTAMP(timezone=True)),
    sa.bindparam("longest", type_=sa.Float()),
    sa.bindparam("most", type_=sa.Integer()),
)


@dataclass(slots=True)
class TimersState:
    """State of the timers, for health checks and operators."""

    fired: int = 0
    problem: str | None = None


class TimerRunner:
    """Fires due timers, late rather than never. Several processes may run one: a timer fires in one of them.

    A timer that fails is tried again after growing pauses and parked after eight attempts; it stays in its
    table, with the reason, until somebody schedules it again.
    """

    def __init__(
        self,
        runtime: Runtime,
        timers: Timers,
        *,
        kinds: Sequence[str] | None = None,
        poll: float = 1.0,
        batch: int = 100,
    ) -> None:
        self._runtime = runtime
        self._timers = timers
        self._kinds = list(timers if kinds is None else kinds)
        self._poll = poll
        self._batch = batch
        self._actor = Actor.system("timers", runtime.entity)
        self.state = TimersState()

    async def run(self) -> None:
        """Fire what is due, for ever; returns only by cancellation."""
        reported = False
        while True:
            try:
                if not reported:
                    await self._report_orphans()
                    reported = True
                tried = await self.fire_due()
                self.state.problem = None
            except Exception as error:
                if not transient(error):
                    raise
                if self.state.problem is None:
                    _log.warning("timers_wait", error=type(error).__name__)
                self.state.problem = f"the database is away: {type(error).__name__}"
                tried = 0
            if tried < self._batch:
                await asyncio.sleep(self._poll)

    async def fire_due(self) -> int:
        """Fire up to one batch of due timers, the longest overdue first; return how many were due."""
        pool = await self._runtime.database.raw()
        async with pool.acquire() as connection:
            due = await connection.fetch(_DUE, self._runtime.clock.now(), self._kinds, self._batch)
        for row in due:
            handler = self._timers.handler(row["kind"])
            if handler is not None:
                await self._fire(row["kind"], row["key"], handler)
        return len(due)

    async def _fire(self, kind: str, key: str, handler: TimerHandler) -> None:
        try:
            with _tracer.start_as_current_span(f"timer {kind}", **SILENT):
                async with self._runtime.transaction(self._actor, use_case=f"timers.{kind}") as tx:
                    names = {"kind": kind, "key": key, "now": tx.now}
                    taken = (await tx.execute(_TAKE, names)).first()
                    if taken is None:
                        return
                    await handler(tx, key, _payload(taken.payload))
        except Exception as error:
            if transient(error):
                raise
            await self._failed(kind, key, error)
        else:
            self.state.fired += 1
            metrics.TIMERS_FIRED.labels(self._runtime.name, kind).inc()

    async def _failed(self, kind: str, key: str, error: Exception) -> None:
        reason = reason_of(error)
        async with self._runtime.transaction(self._actor, use_case="timers.set_aside") as tx:
            row = (
                await tx.execute(
                    _FAILED,
                    {
                        "kind": kind,
                        "key": key,
                        "now": tx.now,
                        "reason": reason,
                        "longest": pause(99).total_seconds(),
                        "most": ATTEMPTS,
                    },
                )
            ).first()
        if row is None:
            return
        metrics.TIMERS_FAILED.labels(self._runtime.name, kind).inc()
        if row.parked:
            metrics.TIMERS_PARKED.labels(self._runtime.name, kind).inc()
            _log.error("timer_parked", kind=kind, key=key, attempts=row.attempts, reason=reason)
        else:
            _log.warning("timer_failed", kind=kind, key=key, attempts=row.attempts, reason=reason)

    async def _report_orphans(self) -> None:
        pool = await self._runtime.database.raw()
        async with pool.acquire() as connection:
            for row in await connection.fetch(_ORPHANS, list(self._timers)):
                _log.error("timers_without_handler", kind=row["kind"])


def _payload(value: Any) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(value) if isinstance(value, str) else value
    return found
