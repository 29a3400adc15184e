"""Documents that expire soon or expired lately, and that no later one replaces (F2, C9)."""

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.documents.feature import VIEW_DOCUMENTS
from support_svc.documents.model import ClientDocument
from support_svc.documents.queries import reminder_of
from support_svc.due_rows import due_rows
from support_svc.placements.reminding import reminded
from trade.due import Due, DueList, Wanted, urgency_of


@query(VIEW_DOCUMENTS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The documents for whose renewal somebody asks."""
    one, later = ClientDocument, aliased(ClientDocument)
    replaced = select(later.id).where(
        later.client_id == one.client_id,
        later.kind_id == one.kind_id,
        later.have,
        or_(later.expires_on.is_(None), later.expires_on > one.expires_on),
    )
    reminder = await reminder_of(tx)
    statement = (
        select(one, Client)
        .join(Client, Client.id == one.client_id)
        .where(
            one.have.is_(True),
            one.expires_on.between(tx.today - reminder, tx.today + reminder),
            ~replaced.exists(),
            may_see(tx),
        )
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("renew_document",),
        caseworker=reminded(one.client_id, one.recorded_by),
        day=one.expires_on,
        id=one.id,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(day, tx.today),
            page="document",
            at={"document_id": found.id},
            name=person.full_name,
            person=person.id,
            by=day,
            caseworker=whose,
            place=(day, found.id),
            revision=found.version,
        )
        for found, person, task, whose, day in rows
    ]
    return DueList(items, count)
