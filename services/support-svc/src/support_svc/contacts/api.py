"""Contacts of a client through the API (C4)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, Created
from support_svc.contacts.commands import (
    AddContact,
    ChangeContact,
    ChangedContact,
    ContactFields,
    EndContact,
    add_contact,
    change_contact,
    end_contact,
)
from support_svc.contacts.queries import ContactView, contacts_of

router = ApiRouter(tags=["contacts"])


@router.get("/clients/{client_id}/contacts")
async def get_contacts(call: Call, client_id: UUID) -> list[ContactView]:
    """The contacts of a client, those who may no longer be contacted last."""
    return await call.ask(contacts_of, client_id)


@router.post("/clients/{client_id}/contacts", status_code=201)
async def post_contact(call: Call, client_id: UUID, body: ContactFields) -> Created:
    """Add a contact of a client."""
    return Created(id=await call.perform(add_contact, AddContact(client_id=client_id, **dict(body))))


@router.put("/clients/{client_id}/contacts/{contact_id}", status_code=204)
async def put_contact(call: Call, client_id: UUID, contact_id: UUID, body: ChangedContact) -> None:
    """Change a contact of a client."""
    await call.perform(
        change_contact, ChangeContact(client_id=client_id, contact_id=contact_id, **dict(body))
    )


@router.delete("/clients/{client_id}/contacts/{contact_id}", status_code=204)
async def delete_contact(call: Call, client_id: UUID, contact_id: UUID) -> None:
    """Let nobody contact somebody any more; the record stays readable."""
    await call.perform(end_contact, EndContact(client_id=client_id, contact_id=contact_id))
