"""Documents that expire soon or expired lately, and that no later one replaces (F2, C9)."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.documents.feature import VIEW_DOCUMENTS
from support_svc.documents.model import EXPIRING_WITHIN, ClientDocument
from support_svc.placements.reminding import reminds_me_of
from trade.due import CUT, Due, DueList, total, urgency_of


@query(VIEW_DOCUMENTS)
async def due(tx: ReadTx) -> DueList:
    """The documents for whose renewal I ask."""
    one, later = ClientDocument, aliased(ClientDocument)
    replaced = select(later.id).where(
        later.client_id == one.client_id,
        later.kind_id == one.kind_id,
        later.have,
        or_(later.expires_on.is_(None), later.expires_on > one.expires_on),
    )
    mine = reminds_me_of(
        tx,
        one.id,
        one.client_id,
        one.recorded_by,
        one.have.is_(True),
        one.expires_on.between(tx.today - EXPIRING_WITHIN, tx.today + EXPIRING_WITHIN),
    )
    rows = (
        await tx.execute(
            select(one, Client, func.count().over())
            .join(Client, Client.id == one.client_id)
            .where(one.id.in_(mine), ~replaced.exists(), may_see(tx))
            .order_by(one.expires_on, Client.family_name, one.id)
            .limit(CUT)
        )
    ).all()
    items = [
        Due(
            task="renew_document",
            urgency=urgency_of(found.expires_on, tx.today),
            page="document",
            at={"document_id": found.id},
            name=person.full_name,
            person=person.id,
            by=found.expires_on,
        )
        for found, person, _ in rows
        if found.expires_on is not None
    ]
    return DueList(items, total(rows))
