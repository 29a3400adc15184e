"""Reading what was disclosed under a consent and still stands (C6)."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.model import LANDLORDS_ASKED, Consent
from support_svc.consents.standing import consent_in_force
from support_svc.placements.model import Placement
from support_svc.securing.model import Securing
from support_svc.withdrawals.model import (
    WITH_CONSEQUENCES,
    Reach,
    StandingDisclosure,
    concerns,
    contact_disclosed,
    landlords_of,
    may_follow,
    standing_requests,
)


@query(VIEW_CLIENTS, views="client")
async def standing_disclosures(tx: ReadTx, client_id: UUID, consent_id: UUID) -> list[StandingDisclosure]:
    """What was disclosed for the purpose of a consent and still stands, the latest first. Raises NotFound."""
    consent = await tx.scalar(
        select(Consent)
        .join(Client, Client.id == Consent.client_id)
        .where(Consent.id == consent_id, Consent.client_id == client_id, may_see(tx))
    )
    if consent is None:
        raise NotFound(what="consent")
    if consent.purpose not in WITH_CONSEQUENCES:
        return []
    found = await tx.execute(
        select(Securing)
        .options(selectinload(Securing.former_referrals))
        .join(Placement, Placement.id == Securing.placement_id)
        .where(standing_requests(client_id, consent.purpose))
        .order_by(Securing.asked_at.desc())
    )
    requests = list(found.scalars())
    reach = await reach_of(tx, consent, requests)
    return [
        StandingDisclosure(
            placement_id=request.placement_id,
            request=request.request,
            address=request.address,
            state=request.state,
            asked_at=request.asked_at,
            referred=request.is_referred,
            application=request.application,
            landlord=request.referred_to or request.manager,
            contact_was_disclosed=bool(contact_disclosed(request, reach)),
            may_follow=may_follow(request, consent.purpose, reach),
        )
        for request in requests
        if concerns(request, consent.purpose, reach)
    ]


async def reach_of(tx: Tx | ReadTx, consent: Consent, requests: Sequence[Securing]) -> Reach:
    """Return which landlords, of those that some requests have to do with, the end of a consent concerns.

    When the one that names a landlord ends, the one for all doesn't serve that landlord any more.
    """
    served: set[str | None] = set()
    if consent.recipient == LANDLORDS_ASKED or consent.withdrawn_at is not None:
        for landlord in frozenset[str | None]().union(*map(landlords_of, requests)):
            other = await consent_in_force(tx, consent.client_id, consent.purpose, landlord)
            if other not in (None, consent.id):
                served.add(landlord)
    return Reach(consent.recipient, frozenset(served))
