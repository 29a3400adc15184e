"""The consents of a client on the Front Desk, and their withdrawal (C6)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.consents.model import ConsentStatus, Consequence
from support_svc.consents.queries import consents_of
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import WithdrawWithConsequences
from support_svc.withdrawals.queries import standing_disclosures

router = DeskRouter(prefix="/front-desk/clients/{client_id}/consents")


@router.get("", name="consents")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """The consents of a client."""
    person = await call.ask(client, client_id)
    consents = await call.ask(consents_of, client_id)
    ended = [one for one in consents if one.status is ConsentStatus.WITHDRAWN]
    # The latest of each purpose and recipient.
    latest = {(one.purpose, one.recipient): one.id for one in reversed(ended)}
    standing = {
        consent_id
        for consent_id in latest.values()
        if await call.ask(standing_disclosures, client_id, consent_id)
    }
    return call.page("withdrawals/list.html", person=person, consents=consents, standing=standing)


@router.get("/{consent_id}/withdraw", name="consent_withdraw")
async def withdraw(call: DeskCall, client_id: UUID, consent_id: UUID) -> Response:
    """Confirm a withdrawal: what it means, what was disclosed and still stands, and what can follow."""
    form = await call.form(WithdrawWithConsequences, initial={"follows": [Consequence.FORGET_CONTACT]})
    return await _confirm(call, client_id, consent_id, form)


@router.post("/{consent_id}/withdraw")
async def post_withdraw(call: DeskCall, client_id: UUID, consent_id: UUID) -> Response:
    """Withdraw a consent."""
    fixed = {"client_id": client_id, "consent_id": consent_id}
    form = await call.form(WithdrawWithConsequences, fixed=fixed)
    if await call.carry_out(form, withdraw_with_consequences):
        return call.redirect("consents", client_id=client_id, notice=call._("The consent is withdrawn."))
    return await _confirm(call, client_id, consent_id, form, status=422)


async def _confirm(
    call: PageCall, client_id: UUID, consent_id: UUID, form: object, status: int = 200
) -> Response:
    person = await call.ask(client, client_id)
    consents = await call.ask(consents_of, client_id)
    consent = next((one for one in consents if one.id == consent_id), None)
    standing = await call.ask(standing_disclosures, client_id, consent_id)
    possible = {consequence for disclosure in standing for consequence in disclosure.may_follow}
    return call.page(
        "withdrawals/withdraw.html",
        status=status,
        form=form,
        person=person,
        consent=consent,
        standing=standing,
        possible=[consequence for consequence in Consequence if consequence in possible],
    )
