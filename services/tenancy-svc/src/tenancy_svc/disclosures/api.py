"""The tenant's choices, and what was disclosed, over HTTP (W5, W13)."""

from __future__ import annotations

import uuid

from chassis.http import ApiRouter, Call
from tenancy_svc.disclosures.commands import record_choices, withdraw_choice
from tenancy_svc.disclosures.model import Choices, Purpose, RecordChoices, Withdrawal, WithdrawChoice
from tenancy_svc.disclosures.queries import DisclosureStatement, disclosure_statements

router = ApiRouter(tags=["disclosures"])


@router.get("/applications/{application_id}/disclosures")
async def show_disclosures(call: Call, application_id: uuid.UUID) -> list[DisclosureStatement]:
    """Show for each support organisation the tenant's choices, and every fact published or withheld."""
    return await call.ask(disclosure_statements, application_id)


@router.post("/applications/{application_id}/choices", status_code=204)
async def post_choices(call: Call, application_id: uuid.UUID, body: Choices) -> None:
    """Record what the tenant allows to be disclosed."""
    await call.perform(record_choices, RecordChoices(application_id=application_id, **body.model_dump()))


@router.post("/applications/{application_id}/choices/{purpose}/withdrawal", status_code=204)
async def post_withdrawal(call: Call, application_id: uuid.UUID, purpose: Purpose, body: Withdrawal) -> None:
    """Take a choice back."""
    await call.perform(
        withdraw_choice,
        WithdrawChoice(application_id=application_id, purpose=purpose, **body.model_dump()),
    )
