"""A client's record on the Front Desk (C1)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.clients.commands import CLIENT_FORM
from support_svc.clients.queries import client
from support_svc.consents.model import ConsentStatus
from support_svc.consents.queries import consents_of
from support_svc.contacts.queries import contacts_of
from support_svc.documents.queries import readiness_of_client
from support_svc.field_rules.queries import rules_for
from support_svc.history.queries import last_change
from support_svc.housing_history.queries import housing_history
from support_svc.housing_loss_prevention.queries import prevention_of, risks_of
from support_svc.merging.queries import likely_duplicates
from support_svc.placements.queries import active_placement, placement
from support_svc.signings.model import SigningState
from support_svc.signings.queries import signings_of

router = DeskRouter(prefix="/front-desk/clients")


@router.get("/{client_id}", name="client")
async def record(call: DeskCall, client_id: UUID) -> Response:
    """A client's record: what is open, the home, what comes next, what was agreed, and the last change."""
    person = await call.ask(client, client_id)
    at = await call.ask(active_placement, client_id)
    placed = await call.ask(placement, at) if at else None
    ahead = [
        one
        for one in (await call.ask(signings_of, placed.id) if placed else [])
        if one.state is SigningState.SCHEDULED and one.starts_at is not None and one.starts_at >= call.now
    ]
    return call.page(
        "overviews/client.html",
        fields=await call.ask(rules_for, CLIENT_FORM, client_id),
        person=person,
        placed=placed,
        signing=min(ahead, key=lambda one: one.starts_at, default=None),
        stays=[one for one in await call.ask(housing_history, client_id) if one.ended_on is None],
        consents=[
            one
            for one in await call.ask(consents_of, client_id)
            if one.status in (ConsentStatus.ACTIVE, ConsentStatus.EXPIRED)
        ],
        contacts=[one for one in await call.ask(contacts_of, client_id) if one.ended_on is None],
        likely=await call.ask(likely_duplicates, client_id),
        readiness=await call.ask(readiness_of_client, client_id),
        changed=await call.ask(last_change, client_id),
        prevented=await call.ask(prevention_of, client_id),
        risks=await call.ask(risks_of, client_id),
    )
