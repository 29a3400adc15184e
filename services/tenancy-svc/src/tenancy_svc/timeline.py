"""What happened to some records, newest first, from the audit rows themselves (X3)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from chassis.db.tables import audit
from chassis.tx import ReadTx

LIMIT = 200

ACTIONS: dict[tuple[str, str], str] = {
    ("application", "referred"): "The referral arrived and became an application",
    ("application", "opened"): "The application was opened",
    ("application", "people_recorded"): "The people applying were recorded",
    ("application", "choices_recorded"): "What may be told to support was recorded",
    ("application", "choice_withdrawn"): "The tenant took back a choice about what may be told",
    ("application", "accepted"): "The application was accepted",
    ("application", "declined"): "The application was declined",
    ("application", "withdrawn"): "The applicant withdrew",
    ("lease", "drawn_up"): "The lease was drawn up",
    ("lease", "amended"): "The lease was changed before signing; the former version is kept",
    ("lease", "discarded"): "The draft lease was discarded",
    ("lease", "began"): "The lease was signed and the tenancy began",
    ("lease", "signing_scheduled"): "The signing was arranged",
    ("lease", "signing_moved"): "The signing was moved",
    ("lease", "signing_cancelled"): "The signing was cancelled",
    ("lease", "rights_explained"): "The tenant's rights were explained and acknowledged",
    ("lease", "attested"): "A party attested that no service is a condition",
    ("lease", "not_signed"): "The signing took place, but the lease wasn't signed",
    ("template", "drafted"): "A new version was begun",
    ("template", "clause_written"): "A clause was written",
    ("template", "clause_removed"): "A clause was taken out",
    ("template", "clause_approved"): "A clause was read and approved by a person",
    ("template", "published"): "A version was published",
    ("template", "draft_discarded"): "The draft was discarded",
}
"""Words (message ids) for each recorded action."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened; `title` is a message id, `by` empty when a program did it."""

    at: dt.datetime
    title: str
    by: str


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
    return [
        Entry(
            at=row.at,
            title=ACTIONS.get((row.record_kind, row.action), row.action),
            by=row.actor_name if row.actor_kind != "system" else "",
        )
        for row in rows
    ]
