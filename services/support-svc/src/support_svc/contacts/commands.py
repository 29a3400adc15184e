"""Adding, changing and ending contacts of a client (C4)."""

from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.finding import may_see, require_client
from support_svc.clients.model import Client
from support_svc.contacts.feature import CONTACT_RELATIONSHIP, EDIT_CONTACTS
from support_svc.contacts.model import Contact, ContactHasEnded, Topic
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, ConfigurableForm, declared
from support_svc.lookups.commands import require_values
from trade.contact import Email, InternationalPhone, Name


class ContactFields(BaseModel):
    """Who may be contacted, how, and about what; about nothing unless something is chosen."""

    name: Name = Field(title="Name")
    relationship_id: UUID | None = Field(default=None, title="Relationship", json_schema_extra=CONFIGURABLE)
    phone: InternationalPhone | None = Field(
        default=None, title="Phone number", json_schema_extra=CONFIGURABLE
    )
    email: Email | None = Field(default=None, title="E-mail address", json_schema_extra=CONFIGURABLE)
    about: list[Topic] = Field(
        default=[], max_length=len(Topic), title="May be contacted about", json_schema_extra=CONFIGURABLE
    )


CONTACT_FORM = ConfigurableForm("contact", N_("Contact of a client"), ContactFields, Contact.recorded_at)
FORMS = declared(CONTACT_FORM)


class AddContact(ContactFields):
    """Add a contact of a client."""

    client_id: UUID


class ChangedContact(ContactFields):
    """Changed fields of a contact, and the version that was shown (X4)."""

    version: int


class ChangeContact(ChangedContact):
    """Change a contact of a client."""

    client_id: UUID
    contact_id: UUID


class EndContact(BaseModel):
    """Record that somebody may no longer be contacted about a client."""

    client_id: UUID
    contact_id: UUID


@use_case(EDIT_CONTACTS)
async def add_contact(tx: Tx, command: AddContact) -> UUID:
    """Add a contact of a client and return its id (C4). Raises NotFound."""
    await require_client(tx, command.client_id)
    command = await follow_field_rules(tx, CONTACT_FORM, command)
    await require_values(tx, CONTACT_RELATIONSHIP, [command.relationship_id], "relationship_id")
    contact = Contact(
        id=new_id(), client_id=command.client_id, recorded_at=tx.now, recorded_by_name=tx.actor.name
    )
    _fill(contact, command)
    tx.session.add(contact)
    tx.touched("contact", contact.id, "added")
    return contact.id


@use_case(EDIT_CONTACTS)
async def change_contact(tx: Tx, command: ChangeContact) -> None:
    """Change a contact. Raises EditedMeanwhile with the difference (X4), ContactHasEnded, NotFound."""
    contact = await _contact(tx, command.client_id, command.contact_id)
    command = await follow_field_rules(tx, CONTACT_FORM, command, before=contact)
    fields = command.model_dump(include=set(ContactFields.model_fields)) | {"about": _topics(command)}
    changes = {
        name: (getattr(contact, name), new) for name, new in fields.items() if getattr(contact, name) != new
    }
    if contact.version != command.version:
        raise EditedMeanwhile(current=contact.version, difference=changes)
    if contact.ended_on is not None:
        raise ContactHasEnded(name=contact.name)
    if "relationship_id" in changes:
        await require_values(tx, CONTACT_RELATIONSHIP, [command.relationship_id], "relationship_id")
    _fill(contact, command)
    if changes:
        tx.touched("contact", contact.id, "changed", changes)


@use_case(EDIT_CONTACTS)
async def end_contact(tx: Tx, command: EndContact) -> None:
    """Let nobody contact somebody about a client any more. Raises ContactHasEnded, NotFound."""
    contact = await _contact(tx, command.client_id, command.contact_id)
    if contact.ended_on is not None:
        raise ContactHasEnded(name=contact.name)
    contact.ended_on = tx.today
    tx.touched("contact", contact.id, "ended", {"ended_on": (None, tx.today)})


async def _contact(tx: Tx, client_id: UUID, contact_id: UUID) -> Contact:
    await require_client(tx, client_id)
    contact = (
        await tx.execute(
            select(Contact)
            .join(Client, Client.id == Contact.client_id)
            .where(Contact.id == contact_id, Contact.client_id == client_id, may_see(tx))
            .with_for_update(of=Contact)
        )
    ).scalar_one_or_none()
    if contact is None:
        raise NotFound(what="contact")
    return contact


def _topics(fields: ContactFields) -> list[str]:
    """What was chosen, each once and in the order of the vocabulary."""
    return [topic.value for topic in Topic if topic in fields.about]


def _fill(contact: Contact, fields: ContactFields) -> None:
    contact.name, contact.relationship_id = fields.name, fields.relationship_id
    contact.phone, contact.email = fields.phone, fields.email
    contact.about = _topics(fields)
