"""Reading the contacts of a client (C4)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.feature import VIEW_CLIENTS
from support_svc.clients.finding import require_client
from support_svc.contacts.model import Contact, Topic
from support_svc.lookups.model import LookupValue, english, french


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact of a client; `ended_on`: the day since which nobody contacts them any more."""

    id: UUID
    name: str
    relationship_id: UUID | None
    relationship_en: str | None
    relationship_fr: str | None
    phone: str | None
    email: str | None
    about: tuple[Topic, ...]
    recorded_at: datetime
    recorded_by_name: str
    ended_on: date | None
    version: int

    def relationship(self, locale: str) -> str | None:
        """The relationship to the client in the person's language."""
        return self.relationship_fr if locale == "fr" else self.relationship_en


@query(VIEW_CLIENTS, views="client")
async def contacts_of(tx: ReadTx, client_id: UUID) -> list[ContactView]:
    """The contacts of a client by name, those who may no longer be contacted last. Raises NotFound."""
    await require_client(tx, client_id)
    rows = await tx.execute(
        select(Contact, LookupValue)
        .outerjoin(LookupValue, LookupValue.id == Contact.relationship_id)
        .where(Contact.client_id == client_id)
        .order_by(Contact.ended_on.desc().nulls_first(), Contact.name, Contact.id)
    )
    return [_view(contact, relationship) for contact, relationship in rows]


def _view(contact: Contact, relationship: LookupValue | None) -> ContactView:
    return ContactView(
        id=contact.id,
        name=contact.name,
        relationship_id=contact.relationship_id,
        relationship_en=english(relationship),
        relationship_fr=french(relationship),
        phone=contact.phone,
        email=contact.email,
        about=tuple(Topic(topic) for topic in contact.about),
        recorded_at=contact.recorded_at,
        recorded_by_name=contact.recorded_by_name,
        ended_on=contact.ended_on,
        version=contact.version,
    )
