"""Who changed a record and when, by the sentences that its feature declares (X3)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.db.tables import audit
from chassis.feature import sentences_of
from chassis.tx import ReadTx

MOST = 200


@dataclass(frozen=True, slots=True)
class RecordChange:
    """Something that was done with a record: `title` is a message id, `by` empty when a program did it."""

    at: datetime
    title: str
    by: str


async def changes_of(tx: ReadTx, kind: str, record_id: UUID) -> tuple[RecordChange, ...]:
    """What was done with a record, the latest first; for use inside a query that lets the reader see it."""
    rows = await tx.execute(
        select(audit.c.at, audit.c.action, audit.c.actor_name, audit.c.actor_kind)
        .where(audit.c.record_kind == kind, audit.c.record_id == str(record_id))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(MOST)
    )
    sentences = sentences_of(tx.runtime.features)
    return tuple(
        RecordChange(at, sentences[kind, action], "" if actor_kind == "system" else name)
        for at, action, name, actor_kind in rows
    )
