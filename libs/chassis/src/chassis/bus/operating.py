"""Operators' work on parked events: list, replay, drop (`partywall parked`, `partywall replay`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from chassis.actor import Actor
from chassis.errors import NotFound

if TYPE_CHECKING:
    from chassis.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that waits or is parked, as shown to an operator: without content."""

    source: str
    id: UUID
    subject: str
    aggregate: str
    state: str
    attempts: int
    reason: str
    first_failed_at: datetime
    next_attempt_at: datetime | None


_LIST = sa.text(
    """
    SELECT source, id, subject, aggregate, state, attempts, reason, first_failed_at, next_attempt_at
    FROM parked WHERE state IN ('waiting', 'parked') AND (:all OR state = 'parked') ORDER BY first_failed_at,
    sequence LIMIT :limit
    """
).bindparams(sa.bindparam("all", type_=sa.Boolean()), sa.bindparam("limit", type_=sa.Integer()))
_REPLAY = sa.text(
    """
    UPDATE parked SET state = 'waiting', attempts = 0, next_attempt_at = :now, reason = 'replayed'
    FROM (SELECT source, id, reason FROM parked WHERE id = ANY(:ids) AND state IN ('parked', 'waiting')
        FOR UPDATE) AS was
    WHERE parked.source = was.source AND parked.id = was.id RETURNING parked.id, was.reason
    """
).bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
_DROP = sa.text(
    """
    UPDATE parked SET state = 'dropped', decided_at = :now, decided_by = :by
    WHERE id = ANY(:ids) AND state IN ('parked', 'waiting') RETURNING id, reason
    """
).bindparams(sa.bindparam("ids", type_=ARRAY(sa.Uuid())))
_AT_ONCE = 500


async def list_parked(
    runtime: Runtime, actor: Actor, *, waiting: bool = False, limit: int | None = 200
) -> list[ParkedEvent]:
    """Return the parked events, oldest first; with `waiting` also those that will be tried again.

    At most `limit` of them, or all when it is None.
    """
    async with runtime.reading(actor, query="bus.list_parked") as tx:
        rows = await tx.execute(_LIST, {"all": waiting, "limit": limit})
        return [ParkedEvent(*tuple(row)) for row in rows]


async def replay(runtime: Runtime, actor: Actor, events: Sequence[UUID]) -> None:
    """Have parked events tried again, from their first attempt, and then those behind them; audited.

    Raises NotFound when one of them is neither parked nor waiting; earlier ones in the order
    given may have been replayed by then.
    """
    await _decide(runtime, actor, events, _REPLAY, "replayed")


async def drop(runtime: Runtime, actor: Actor, events: Sequence[UUID]) -> None:
    """Give up parked events for good, and let those behind them go on; audited. The rows stay as a record.

    Raises NotFound as `replay` does.
    """
    await _decide(runtime, actor, events, _DROP, "dropped")


async def _decide(
    runtime: Runtime, actor: Actor, events: Sequence[UUID], statement: sa.TextClause, action: str
) -> None:
    for first in range(0, len(events), _AT_ONCE):
        batch = list(events[first : first + _AT_ONCE])
        async with runtime.transaction(actor, use_case=f"bus.{action}_parked_event") as tx:
            names = {"ids": batch, "now": tx.now} | ({"by": actor.subject} if action == "dropped" else {})
            rows = (await tx.execute(statement, names)).all()
            if {row.id for row in rows} != set(batch):
                raise NotFound(what="parked event")
            for row in rows:
                tx.touched("parked_event", row.id, action, {"reason": (row.reason, None)})
