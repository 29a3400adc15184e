"""Pages about what may be disclosed to each support organisation, and what was disclosed (W5, W13)."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from tenancy_svc.disclosures.commands import record_choices, withdraw_choice
from tenancy_svc.disclosures.model import Purpose, RecordChoices, WithdrawChoice
from tenancy_svc.disclosures.queries import CODES, disclosure_statements

router = DeskRouter(prefix="/property-desk")


@router.get("/applications/{application_id}/disclosures", name="disclosures")
async def disclosures(call: DeskCall, application_id: uuid.UUID) -> Response:
    """The statements of one applicant: choices, and every fact that was published or withheld."""
    statements = await call.ask(disclosure_statements, application_id)
    return call.page(
        "disclosures/record.html", application_id=application_id, statements=statements, codes=CODES
    )


@router.get("/applications/{application_id}/choices/{party}", name="choices")
async def choices(call: DeskCall, application_id: uuid.UUID, party: str) -> Response:
    """Ask the tenant what may be disclosed to an organisation."""
    return await _choosing(call, application_id, party)


@router.post("/applications/{application_id}/choices/{party}", name="record_choices")
async def post_choices(call: DeskCall, application_id: uuid.UUID, party: str) -> Response:
    """Record the tenant's answers."""
    return await _choosing(call, application_id, party)


async def _choosing(call: DeskCall, application_id: uuid.UUID, party: str) -> Response:
    """Ask, or record what was answered; an organisation that didn't refer the household can't be named."""
    statements = await call.ask(disclosure_statements, application_id)
    if party not in [statement.party for statement in statements]:
        return call.redirect("disclosures", application_id=application_id)
    form = await call.form(
        RecordChoices,
        initial={"given_on": call.today},
        fixed={"application_id": application_id, "party": party},
    )
    if form.submitted and await call.carry_out(form, record_choices):
        return call.redirect(
            "disclosures", application_id=application_id, notice=call._("The tenant's choices are recorded.")
        )
    return call.page(
        "disclosures/choices.html",
        form=form,
        application_id=application_id,
        party=party,
        status=422 if form.submitted else 200,
    )


@router.get("/applications/{application_id}/choices/{party}/{purpose}/withdraw", name="withdraw_choice")
async def withdraw(call: DeskCall, application_id: uuid.UUID, party: str, purpose: Purpose) -> Response:
    """Ask for the day on which the tenant took a choice back."""
    return await _taking_back(call, application_id, party, purpose)


@router.post("/applications/{application_id}/choices/{party}/{purpose}/withdraw", name="post_withdraw_choice")
async def post_withdraw(call: DeskCall, application_id: uuid.UUID, party: str, purpose: Purpose) -> Response:
    """Take a choice back."""
    return await _taking_back(call, application_id, party, purpose)


async def _taking_back(call: DeskCall, application_id: uuid.UUID, party: str, purpose: Purpose) -> Response:
    form = await call.form(
        WithdrawChoice,
        initial={"withdrawn_on": call.today},
        fixed={"application_id": application_id, "party": party, "purpose": purpose},
    )
    if form.submitted and await call.carry_out(form, withdraw_choice):
        return call.redirect(
            "disclosures",
            application_id=application_id,
            notice=call._("From now on this isn't shared with %(other)s.", other=call.party_name(party)),
        )
    return call.page(
        "disclosures/withdraw.html",
        form=form,
        application_id=application_id,
        party=party,
        purpose=purpose,
        status=422 if form.submitted else 200,
    )
