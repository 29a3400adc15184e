"""Who changed what of a record, and when, from the audit rows themselves (X3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.db.tables import audit
from chassis.tx import ReadTx
from units_svc.tables import views

MOST = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a record by a person or a program; `changes` names fields: what stood, what stands."""

    at: datetime
    by: str
    action: str
    changes: dict[str, list[Any]] | None


async def edits_of(tx: ReadTx, kind: str, record_id: UUID) -> list[Edit]:
    """Return the changes of one record, newest first, at most 200."""
    edits = (
        select(audit.c.at, audit.c.actor_name, audit.c.action, audit.c.changes)
        .where(audit.c.record_kind == kind, audit.c.record_id == str(record_id))
        .order_by(audit.c.id.desc())
        .limit(MOST)
    )
    return views(Edit, await tx.execute(edits))
