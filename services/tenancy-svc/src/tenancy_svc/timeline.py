"""The history of records, read from the audit rows themselves (X3)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from chassis.db.tables import audit
from chassis.feature import sentences_of
from chassis.tx import ReadTx

LIMIT = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the history of a record; `title` is a message id, `by` as `acted_by` returns it."""

    at: dt.datetime
    title: str
    by: str


def acted_by(name: str, kind: str) -> str:
    """Return who acted, for a reader; empty when a program did."""
    return "" if kind == "system" else name


async def timeline_of(tx: ReadTx, records: Sequence[tuple[str, uuid.UUID | str]]) -> list[Entry]:
    """Return what happened to the records (kind, id), newest first, at most 200 entries."""
    wanted = [(kind, str(record)) for kind, record in records]
    rows = await tx.execute(
        select(
            audit.c.at,
            audit.c.record_kind,
            audit.c.action,
            audit.c.actor_name,
            audit.c.actor_kind,
            audit.c.changes,
        )
        .where(tuple_(audit.c.record_kind, audit.c.record_id).in_(wanted))
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(LIMIT)
    )
    sentences = sentences_of(tx.runtime.features)
    return [
        Entry(
            at=row.at,
            title=sentences.get((row.record_kind, row.action), row.action),
            by=acted_by(row.actor_name, row.actor_kind),
        )
        for row in rows
    ]
