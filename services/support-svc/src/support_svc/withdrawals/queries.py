"""Reading what was disclosed under a consent and still stands (C6)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.model import Consent, Purpose
from support_svc.placements.model import Placement
from support_svc.securing.model import Securing
from support_svc.withdrawals.model import (
    StandingDisclosure,
    contact_disclosed,
    may_follow,
    standing_requests,
)


@query(VIEW_CLIENTS, views="client")
async def standing_disclosures(tx: ReadTx, client_id: UUID, consent_id: UUID) -> list[StandingDisclosure]:
    """What was disclosed for the purpose of a consent and still stands, the latest first. Raises NotFound."""
    purpose: Purpose | None = await tx.scalar(
        select(Consent.purpose)
        .join(Client, Client.id == Consent.client_id)
        .where(Consent.id == consent_id, Consent.client_id == client_id, may_see(tx))
    )
    if purpose is None:
        raise NotFound(what="consent")
    if purpose is Purpose.COORDINATE_SERVICES:
        return []
    requests = await tx.execute(
        select(Securing)
        .options(selectinload(Securing.former_referrals))
        .join(Placement, Placement.id == Securing.placement_id)
        .where(standing_requests(client_id, purpose))
        .order_by(Securing.asked_at.desc())
    )
    return [
        StandingDisclosure(
            placement_id=request.placement_id,
            request=request.request,
            address=request.address,
            state=request.state,
            asked_at=request.asked_at,
            referred=request.is_referred,
            application=request.application,
            contact_was_disclosed=bool(contact_disclosed(request)),
            may_follow=may_follow(request, purpose),
        )
        for request in requests.scalars()
    ]
