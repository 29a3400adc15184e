"""Consents that expire soon or expired lately, and who asks for their renewal (F2, C6)."""

from sqlalchemy import ColumnElement, func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.model import Consent
from support_svc.consents.queries import is_expiring_or_lately_lapsed
from support_svc.placements.model import Placement, PlacementMember
from trade.due import CUT, Due, DueList, total, urgency_of


@query(VIEW_CLIENTS)
async def due(tx: ReadTx) -> DueList:
    """The consents for whose renewal I ask."""
    rows = (
        await tx.execute(
            select(Consent, Client, func.count().over())
            .join(Client, Client.id == Consent.client_id)
            .where(is_expiring_or_lately_lapsed(tx.today), _reminded() == tx.actor.subject, may_see(tx))
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


def _reminded() -> ColumnElement[str]:
    """Who is reminded of a consent: the caseworker of the person's placement, else who took it."""
    caseworker = (
        select(Placement.caseworker)
        .join(PlacementMember, PlacementMember.placement_id == Placement.id)
        .where(PlacementMember.client_id == Consent.client_id, PlacementMember.active)
        .correlate(Consent)
        .scalar_subquery()
    )
    return func.coalesce(caseworker, Consent.taken_by)
