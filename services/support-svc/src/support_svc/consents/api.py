"""Consents through the API (C6)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, Created
from support_svc.consents.commands import ConsentFields, GiveConsent, give_consent
from support_svc.consents.queries import ConsentView, ExpiringConsent, consents_of, expiring_consents

router = ApiRouter(tags=["consents"])


@router.get("/clients/{client_id}/consents")
async def get_consents(call: Call, client_id: UUID) -> list[ConsentView]:
    """Every consent of a client."""
    return await call.ask(consents_of, client_id)


@router.post("/clients/{client_id}/consents", status_code=201)
async def post_consent(call: Call, client_id: UUID, body: ConsentFields) -> Created:
    """Record a consent."""
    return Created(id=await call.perform(give_consent, GiveConsent(client_id=client_id, **dict(body))))


@router.get("/consents/expiring")
async def get_expiring(call: Call) -> list[ExpiringConsent]:
    """Consents that lapse soon or lapsed lately."""
    return await call.ask(expiring_consents)
