"""Withdrawing consents through the API (C6)."""

from uuid import UUID

from chassis.http import ApiRouter, Call
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import StandingDisclosure, WithdrawalFields, WithdrawWithConsequences
from support_svc.withdrawals.queries import standing_disclosures

router = ApiRouter(tags=["consents"])


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
    """What was disclosed under the purpose of a consent and still stands."""
    return await call.ask(standing_disclosures, client_id, consent_id)
