"""What an operator does about parked events: look, replay, drop (`partywall parked`, `partywall replay`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from chassis.actor import Actor
from chassis.errors import NotFound

if TYPE_CHECKING:
    from chassis.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that waits or is parked, as an operator sees it: no content."""

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
).bindparams(sa.bindparam("all", type_=sa.Boolean()))
_REPLAY = sa.text(
    """
    UPDATE parked SET state = 'waiting', attempts = 0, next_attempt_at = :now, reason = 'replayed'
    FROM (SELECT source, id, reason FROM parked WHERE id = :id AND state IN ('parked', 'waiting') FOR UPDATE)
    AS was WHERE parked.source = was.source AND parked.id = was.id RETURNING was.reason
    """
)
_DROP = sa.text(
    """
    UPDATE parked SET state = 'dropped', settled_at = :now, settled_by = :by
    WHERE id = :id AND state IN ('parked', 'waiting') RETURNING reason
    """
)


async def list_parked(
    runtime: Runtime, actor: Actor, *, waiting: bool = False, limit: int = 200
) -> list[ParkedEvent]:
    """Return the parked events, oldest first; with `waiting` also those that will be tried again."""
    async with runtime.reading(actor, query="bus.list_parked") as tx:
        rows = await tx.execute(_LIST, {"all": waiting, "limit": limit})
        return [ParkedEvent(*tuple(row)) for row in rows]


async def replay(runtime: Runtime, actor: Actor, event: UUID) -> None:
    """Let a parked event be tried anew, from its first attempt, and those behind it after it; audited.

    Raises NotFound when no such event is parked or waiting.
    """
    await _decide(runtime, actor, event, _REPLAY, "replayed")


async def drop(runtime: Runtime, actor: Actor, event: UUID) -> None:
    """Give a parked event up for good, and let those behind it go on; audited. The row stays as a record.

    Raises NotFound when no such event is parked or waiting.
    """
    await _decide(runtime, actor, event, _DROP, "dropped")


async def _decide(runtime: Runtime, actor: Actor, event: UUID, statement: sa.TextClause, action: str) -> None:
    async with runtime.transaction(actor, use_case=f"bus.{action}_parked_event") as tx:
        names = {"id": event, "now": tx.now} | ({"by": actor.subject} if action == "dropped" else {})
        row = (await tx.execute(statement, names)).first()
        if row is None:
            raise NotFound(what="parked event")
        tx.touched("parked_event", event, action, {"reason": (row.reason, None)})
