"""Consents through the API (C6)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, Created
from support_svc.consents.commands import ConsentFields, GiveConsent, give_consent
from support_svc.consents.queries import ConsentView, ExpiringConsent, consents_of, expiring_consents
from support_svc.placements.withdrawing import (
    StandingDisclosure,
    WithdrawalFields,
    WithdrawWithConsequences,
    standing_disclosures,
    withdraw_with_consequences,
)

router = ApiRouter(prefix="/api/support/v1", tags=["consents"])


@router.get("/clients/{client_id}/consents")
async def get_consents(call: Call, client_id: UUID) -> list[ConsentView]:
    """Every consent of a client."""
    return await call.ask(consents_of, client_id)


@router.post("/clients/{client_id}/consents", status_code=201)
async def post_consent(call: Call, client_id: UUID, body: ConsentFields) -> Created:
    """Record a consent."""
    return Created(id=await call.perform(give_consent, GiveConsent(client_id=client_id, **dict(body))))


@router.post("/clients/{client_id}/consents/{consent_id}/withdrawal", status_code=204)
async def post_withdrawal(
    call: Call, client_id: UUID, consent_id: UUID, body: WithdrawalFields | None = None
) -> None:
    """Withdraw a consent; it acts at once, and what follows for what is under way is chosen."""
    follows = body.follows if body is not None else []
    await call.perform(
        withdraw_with_consequences,
        WithdrawWithConsequences(client_id=client_id, consent_id=consent_id, follows=follows),
    )


@router.get("/clients/{client_id}/consents/{consent_id}/disclosures")
async def get_disclosures(call: Call, client_id: UUID, consent_id: UUID) -> list[StandingDisclosure]:
    """What was told under the purpose of a consent and still stands."""
    return await call.ask(standing_disclosures, client_id, consent_id)


@router.get("/consents/expiring")
async def get_expiring(call: Call) -> list[ExpiringConsent]:
    """Consents that lapse soon or lapsed lately."""
    return await call.ask(expiring_consents)
