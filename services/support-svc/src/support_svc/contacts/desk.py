"""Contacts of a client on the Front Desk (C4)."""

from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.contacts.commands import (
    CONTACT_FORM,
    AddContact,
    ChangeContact,
    EndContact,
    add_contact,
    change_contact,
    end_contact,
)
from support_svc.contacts.feature import CONTACT_RELATIONSHIP
from support_svc.contacts.queries import ContactView, contacts_of
from support_svc.field_rules.desk import ruled_form
from support_svc.field_rules.queries import rules_for
from support_svc.lookups.desk import choices

router = DeskRouter(prefix="/front-desk/clients/{client_id}/contacts")


@router.get("", name="contacts")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """The contacts of a client."""
    person = await call.ask(client, client_id)
    return call.page(
        "contacts/list.html",
        person=person,
        contacts=await call.ask(contacts_of, client_id),
        fields=await call.ask(rules_for, CONTACT_FORM),
    )


@router.get("/new", name="contact_new")
async def new(call: DeskCall, client_id: UUID) -> Response:
    """The form for a contact."""
    return await _form(call, client_id, await ruled_form(call, CONTACT_FORM, AddContact))


@router.post("/new")
async def post_new(call: DeskCall, client_id: UUID) -> Response:
    """Add a contact."""
    form = await ruled_form(call, CONTACT_FORM, AddContact, fixed={"client_id": client_id})
    if await call.carry_out(form, add_contact):
        return call.onward("contacts", client_id=client_id, notice=call._("The contact is added."))
    return await _form(call, client_id, form, status=422)


@router.get("/{contact_id}/edit", name="contact_edit")
async def edit(call: DeskCall, client_id: UUID, contact_id: UUID) -> Response:
    """The form to change a contact."""
    contact = await _contact(call, client_id, contact_id)
    return await _form(
        call,
        client_id,
        await ruled_form(call, CONTACT_FORM, ChangeContact, record=contact_id, initial=contact),
        contact=contact,
    )


@router.post("/{contact_id}/edit")
async def post_edit(call: DeskCall, client_id: UUID, contact_id: UUID) -> Response:
    """Change a contact."""
    form = await ruled_form(
        call,
        CONTACT_FORM,
        ChangeContact,
        record=contact_id,
        fixed={"client_id": client_id, "contact_id": contact_id},
    )
    if await call.carry_out(form, change_contact):
        return call.redirect("contacts", client_id=client_id, notice=call._("The changes are saved."))
    contact = await _contact(call, client_id, contact_id)
    return await _form(call, client_id, form, contact=contact, status=422)


@router.get("/{contact_id}/end", name="contact_end")
async def end(call: DeskCall, client_id: UUID, contact_id: UUID) -> Response:
    """What follows when somebody may no longer be contacted, before it is done."""
    form = await call.form(EndContact, fixed={"client_id": client_id, "contact_id": contact_id})
    return await _end_page(call, client_id, contact_id, form)


@router.post("/{contact_id}/end")
async def post_end(call: DeskCall, client_id: UUID, contact_id: UUID) -> Response:
    """Let nobody contact somebody any more."""
    form = await call.form(EndContact, fixed={"client_id": client_id, "contact_id": contact_id})
    if await call.carry_out(form, end_contact):
        return call.redirect(
            "contacts", client_id=client_id, notice=call._("The contact is shown under the former ones.")
        )
    return await _end_page(call, client_id, contact_id, form, status=422)


async def _contact(call: PageCall, client_id: UUID, contact_id: UUID) -> ContactView:
    found: list[ContactView] = await call.ask(contacts_of, client_id)
    for one in found:
        if one.id == contact_id:
            return one
    raise NotFound(what="contact")


async def _form(
    call: PageCall, client_id: UUID, form: object, *, contact: object = None, status: int = 200
) -> Response:
    return call.page(
        "contacts/form.html",
        status=status,
        form=form,
        contact=contact,
        person=await call.ask(client, client_id),
        lists=await choices(call, CONTACT_RELATIONSHIP),
    )


async def _end_page(
    call: PageCall, client_id: UUID, contact_id: UUID, form: object, *, status: int = 200
) -> Response:
    contact = await _contact(call, client_id, contact_id)
    person = await call.ask(client, client_id)
    return call.page("contacts/end.html", status=status, form=form, contact=contact, person=person)
