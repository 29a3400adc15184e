"""Pages about what may be disclosed to support, and what was disclosed (W5, W13)."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from tenancy_svc.disclosures.commands import record_choices, withdraw_choice
from tenancy_svc.disclosures.model import Purpose, RecordChoices, WithdrawChoice
from tenancy_svc.disclosures.panel import support_name
from tenancy_svc.disclosures.queries import CODES, disclosure_statement

router = DeskRouter(prefix="/property-desk")


@router.get("/applications/{application_id}/disclosures", name="disclosures")
async def disclosures(call: DeskCall, application_id: uuid.UUID) -> Response:
    """The statement of one applicant: choices, and every fact that was published or withheld."""
    statement = await call.ask(disclosure_statement, application_id)
    return call.page(
        "disclosures/record.html",
        application_id=application_id,
        statement=statement,
        organisation=support_name(call, statement).alone,
        codes=CODES,
    )


@router.get("/applications/{application_id}/choices", name="choices")
async def choices(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Ask the tenant what may be disclosed."""
    return await _choosing(call, application_id)


@router.post("/applications/{application_id}/choices", name="record_choices")
async def post_choices(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Record the tenant's answers."""
    return await _choosing(call, application_id)


async def _choosing(call: DeskCall, application_id: uuid.UUID) -> Response:
    """Ask, or record what was answered; an application that came directly has nobody to name."""
    statement = await call.ask(disclosure_statement, application_id)
    if statement.counterpart is None:
        return call.redirect("disclosures", application_id=application_id)
    form = await call.form(
        RecordChoices,
        initial={"given_on": call.today},
        fixed={"application_id": application_id, "counterpart": statement.counterpart},
    )
    if form.submitted and await call.carry_out(form, record_choices):
        return call.redirect(
            "disclosures", application_id=application_id, notice=call._("The tenant's choices are recorded.")
        )
    return call.page(
        "disclosures/choices.html",
        form=form,
        application_id=application_id,
        organisation=support_name(call).alone,
        status=422 if form.submitted else 200,
    )


@router.get("/applications/{application_id}/choices/{purpose}/withdraw", name="withdraw_choice")
async def withdraw(call: DeskCall, application_id: uuid.UUID, purpose: Purpose) -> Response:
    """Ask for the day on which the tenant took a choice back."""
    form = await call.form(
        WithdrawChoice,
        initial={"withdrawn_on": call.today},
        fixed={"application_id": application_id, "purpose": purpose},
    )
    return call.page("disclosures/withdraw.html", form=form, application_id=application_id, purpose=purpose)


@router.post("/applications/{application_id}/choices/{purpose}/withdraw", name="post_withdraw_choice")
async def post_withdraw(call: DeskCall, application_id: uuid.UUID, purpose: Purpose) -> Response:
    """Take a choice back."""
    form = await call.form(WithdrawChoice, fixed={"application_id": application_id, "purpose": purpose})
    if await call.carry_out(form, withdraw_choice):
        return call.redirect(
            "disclosures",
            application_id=application_id,
            notice=call._("From now on this isn't shared with anybody."),
        )
    return call.page(
        "disclosures/withdraw.html", form=form, application_id=application_id, purpose=purpose, status=422
    )
