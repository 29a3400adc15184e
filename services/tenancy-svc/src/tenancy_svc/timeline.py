"""What happened to some records, newest first, from the audit rows themselves (X3)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, tuple_

from chassis.db.tables import audit
from chassis.tx import ReadTx
from deskkit.i18n import N_

LIMIT = 200

ACTIONS: dict[tuple[str, str], str] = {
    ("application", "referred"): N_("The referral arrived and became an application"),
    ("application", "opened"): N_("The application was opened"),
    ("application", "people_recorded"): N_("The people applying were recorded"),
    ("application", "choices_recorded"): N_("What may be shared with the support organisation was recorded"),
    ("application", "choice_withdrawn"): N_("The tenant took back a choice about what may be shared"),
    ("application", "contact_forgotten"): N_(
        "The household no longer agrees to sharing its contact; what the referral brought was deleted"
    ),
    ("application", "contact_kept"): N_(
        "The household no longer agrees to sharing its contact; it stays because of the lease"
    ),
    ("application", "accepted"): N_("The application was accepted"),
    ("application", "declined"): N_("The application was declined"),
    ("application", "withdrawn"): N_("The applicant withdrew"),
    ("lease", "drawn_up"): N_("The lease was drawn up"),
    ("lease", "amended"): N_("The lease was changed before signing; the former version stays on record"),
    ("lease", "discarded"): N_("The draft lease was discarded"),
    ("lease", "began"): N_("The lease was signed and the tenancy began"),
    ("lease", "signing_scheduled"): N_("The signing was arranged"),
    ("lease", "signing_moved"): N_("The signing was moved"),
    ("lease", "signing_cancelled"): N_("The signing was cancelled"),
    ("lease", "rights_explained"): N_("The tenant's rights were explained and acknowledged"),
    ("lease", "attested"): N_("A party attested that no service is a condition"),
    ("lease", "attestation_taken_back"): N_("An attestation was taken back"),
    ("lease", "signed_at_another_time"): N_("The tenants agreed to sign at another time than arranged"),
    ("lease", "not_signed"): N_("The signing took place, but the lease wasn't signed"),
    ("entry_request", "asked"): N_("The inventory asked for entry"),
    ("entry_request", "notice_given"): N_("Notice of entry was given"),
    ("entry_request", "tenant_agreed"): N_("The tenant agreed to the entry"),
    ("entry_request", "refused"): N_("It was answered that there is no entry"),
    ("entry_request", "withdrawn"): N_("The inventory gave the entry up"),
    ("statute", "added"): N_("A legal bar was added to the list"),
    ("statute", "retired"): N_("A legal bar was taken off the list"),
    ("template", "drafted"): N_("A new version was begun"),
    ("template", "clause_added"): N_("An approved clause was added"),
    ("template", "clause_written"): N_("A clause was written"),
    ("template", "clause_removed"): N_("A clause was taken out"),
    ("template", "clause_approved"): N_("A clause was read and approved by a person"),
    ("template", "published"): N_("A version was published"),
    ("template", "draft_discarded"): N_("The draft was discarded"),
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
