"""Contacts of a client (C4): who they are, and what they may be contacted about."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned
from chassis.errors import DomainError, Kind
from support_svc.lookups.model import LookupValue
from support_svc.tables import Base


class Topic(StrEnum):
    """What a contact may be contacted about; nothing else may be said to them."""

    EMERGENCY = "emergency"
    MESSAGES = "messages"
    APPOINTMENTS = "appointments"
    HOUSING = "housing"
    MONEY = "money"
    HEALTH = "health"


TOPICS = "about <@ ARRAY['emergency', 'messages', 'appointments', 'housing', 'money', 'health']::varchar[]"


class Contact(Versioned, Base):
    """Somebody who may be contacted about a client. One who no longer may be stays readable, with the day."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint(TOPICS, name="about"),
        Index("ix_contact_client", "client_id", "name", "id"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    name: Mapped[str] = mapped_column(String(120))
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    phone: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(200))
    about: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))
    ended_on: Mapped[date | None]


class ContactHasEnded(DomainError):
    """Somebody who may no longer be contacted isn't changed any more."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "contact_has_ended"
    message: ClassVar[str] = "{name} may no longer be contacted. Add the contact again if that has changed."
