"""Recording consents on the Front Desk (C6)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.consents.commands import CONSENT_FORM, GiveConsent, give_consent
from support_svc.consents.model import LANDLORDS_ASKED, GivenHow
from support_svc.consents.queries import consent_types_offered, landlords_taking_part
from support_svc.field_rules.desk import ruled_form

router = DeskRouter(prefix="/front-desk/clients/{client_id}/consents")


@router.get("/new", name="consent_new")
async def new(call: DeskCall, client_id: UUID) -> Response:
    """The form for a consent."""
    initial = {
        "given_on": call.today,
        "given_how": GivenHow.VERBAL,
        "type": "explicit",
        "recipient": LANDLORDS_ASKED,
    }
    return await _form(call, client_id, await ruled_form(call, CONSENT_FORM, GiveConsent, initial=initial))


@router.post("/new")
async def post_new(call: DeskCall, client_id: UUID) -> Response:
    """Record a consent."""
    form = await ruled_form(call, CONSENT_FORM, GiveConsent, fixed={"client_id": client_id})
    if await call.carry_out(form, give_consent):
        return call.onward("consents", client_id=client_id, notice=call._("The consent is recorded."))
    return await _form(call, client_id, form, status=422)


async def _form(call: PageCall, client_id: UUID, form: object, status: int = 200) -> Response:
    person = await call.ask(client, client_id)
    return call.page(
        "consents/new.html",
        status=status,
        form=form,
        person=person,
        types=await call.ask(consent_types_offered),
        landlords=await call.ask(landlords_taking_part),
    )
