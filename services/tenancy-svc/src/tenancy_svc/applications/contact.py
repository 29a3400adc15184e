"""Name and contact that a referral brought, and what happens when the household withdraws them (W5)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, null, update

from chassis.access import RECEIVE_EVENTS
from chassis.db.tables import audit
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.commands import known_counterpart, locked_application
from tenancy_svc.applications.model import Application, ForgetContact
from tenancy_svc.disclosures.model import Referral
from tenancy_svc.disclosures.queries import opener_of


@use_case(RECEIVE_EVENTS)
async def forget_contact(tx: Tx, command: ForgetContact) -> uuid.UUID | None:
    """Delete the name and contact that only the referral brought, unless a lease is drawn up with them (W5).

    Return the application whose people are no longer known. What the applicant gave in person stays: that is
    not the support organisation's to take back. Raises NotTheSenders for another organisation's referral.
    """
    counterpart = await known_counterpart(tx, Referral(command.party, command.referral))
    if counterpart.contact_withdrawn_at is None:
        counterpart.contact_withdrawn_at = command.withdrawn_at
    if counterpart.opened_id is None:
        return None
    application = await locked_application(tx, counterpart.opened_id, with_people=True)
    return application.id if await forget_if_withdrawn(tx, application) else None


async def forget_if_withdrawn(tx: Tx, application: Application) -> bool:
    """Delete what only the referral brought of an application's people, if its contact was withdrawn.

    Return whether anything was deleted; the people must be loaded. A lease, even a draft, is a contract of
    its own: while there is one, its names stay.
    """
    opener = await opener_of(tx, application.id)
    withdrawn = opener is not None and opener.contact_withdrawn_at is not None
    if not withdrawn or not any(person.by_referral for person in application.people):
        return False
    if application.status.has_lease:
        tx.touched("application", application.id, "contact_retained")
        return False
    application.people[:] = [person for person in application.people if not person.by_referral]
    application.people_recorded_at = tx.now
    await erase_changes(tx, "application", audit.c.record_id == str(application.id), ["people_recorded"])
    tx.touched("application", application.id, "contact_forgotten")
    return True


async def erase_changes(tx: Tx, kind: str, records: ColumnElement[bool], actions: Sequence[str]) -> None:
    """Delete what some actions on records changed, names among it; who acted and when stays on record."""
    await tx.execute(
        update(audit)
        .where(audit.c.record_kind == kind, records, audit.c.action.in_(actions))
        .values(changes=null())
    )
