"""Consents that expire soon or expired lately, and who asks for their renewal (F2, C6)."""

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.model import Consent
from support_svc.consents.queries import is_expiring_or_lately_lapsed, reminder_of
from support_svc.due_rows import due_rows
from support_svc.placements.reminding import reminded
from trade.due import Due, DueList, Wanted, urgency_of


@query(VIEW_CLIENTS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The consents for whose renewal somebody asks."""
    statement = (
        select(Consent, Client)
        .join(Client, Client.id == Consent.client_id)
        .where(is_expiring_or_lately_lapsed(tx.today, await reminder_of(tx)), may_see(tx))
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("renew_consent",),
        caseworker=reminded(Consent.client_id, Consent.taken_by),
        day=Consent.expires_on,
        id=Consent.id,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(day, tx.today),
            page="consents",
            at={"client_id": person.id},
            name=person.full_name,
            person=person.id,
            by=day,
            notes=(one.purpose,),
            caseworker=whose,
            place=(day, one.id),
        )
        for one, person, task, whose, day in rows
    ]
    return DueList(items, count)
