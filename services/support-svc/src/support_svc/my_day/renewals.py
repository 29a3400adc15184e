"""Consents that expire soon or expired lately, and who asks for their renewal (F2, C6)."""

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.model import Consent
from support_svc.consents.queries import is_expiring_or_lately_lapsed
from support_svc.placements.reminding import reminds_me_of
from trade.due import CUT, Due, DueList, total, urgency_of


@query(VIEW_CLIENTS)
async def due(tx: ReadTx) -> DueList:
    """The consents for whose renewal I ask."""
    soon = is_expiring_or_lately_lapsed(tx.today)
    reminding = reminds_me_of(tx, Consent.id, Consent.client_id, Consent.taken_by, soon)
    rows = (
        await tx.execute(
            select(Consent, Client, func.count().over())
            .join(Client, Client.id == Consent.client_id)
            .where(Consent.id.in_(reminding), may_see(tx))
            .order_by(Consent.expires_on, Client.family_name, Consent.id)
            .limit(CUT)
        )
    ).all()
    items = [
        Due(
            task="renew_consent",
            urgency=urgency_of(one.expires_on, tx.today),
            page="consents",
            at={"client_id": person.id},
            name=person.full_name,
            person=person.id,
            by=one.expires_on,
            notes=(one.purpose,),
        )
        for one, person, _ in rows
        if one.expires_on is not None
    ]
    return DueList(items, total(rows))
