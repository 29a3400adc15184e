"""Legal holds, erasures that are asked for, and those that were carried out (X7)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.db.xid8 import XID8
from chassis.errors import DomainError, Kind
from support_svc.clients.model import Client
from support_svc.tables import Base


class Origin(StrEnum):
    """Why somebody is to be erased."""

    PERIOD_OVER = "period_over"
    OWN_REQUEST = "own_request"


class RequestState(StrEnum):
    """What became of an erasure that was asked for; one that is carried out is no more."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REFUSED = "refused"


class Rule(StrEnum):
    """On which rule something was erased."""

    PERIOD_OVER = "period_over"
    OWN_REQUEST = "own_request"
    AGAIN = "again"
    """The database was restored from a backup in which the person wasn't erased yet."""
    EXPIRED = "expired"
    """The records of a kind were deleted by themselves."""


class LegalHold(Versioned, Base):
    """Why nothing of a client may be erased, since when, and until when if that is known."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (ended_because is null)", name="ended"),
        Index("ix_legal_hold_client", "client_id"),
        Index("ix_legal_hold_set", "set_at", "id"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id))
    because: Mapped[str] = mapped_column(Text)
    until: Mapped[date | None]
    """Its last day; the next day it no longer holds anything."""
    set_at: Mapped[datetime]
    set_by_name: Mapped[str] = mapped_column(String(200))
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str | None] = mapped_column(String(200))
    ended_because: Mapped[str | None] = mapped_column(Text)


class ErasureRequest(Versioned, Base):
    """That a client is to be erased: one person proposes it, another decides, the worker carries it out."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        CheckConstraint("(state = 'proposed') = (decided_at is null)", name="decided"),
        CheckConstraint("(state = 'approved') = (carried_out_on is not null)", name="approved_has_day"),
        CheckConstraint("(state = 'refused') = (answer is not null)", name="refused_has_reason"),
        Index(
            "uq_erasure_request_open",
            "client_id",
            unique=True,
            postgresql_where=text("state in ('proposed', 'approved')"),
        ),
        Index("ix_erasure_request_client", "client_id"),
        Index("ix_erasure_request_state", "state", "id"),
    )

    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id))
    origin: Mapped[Origin] = mapped_column(words(Origin, "origin"))
    asked_on: Mapped[date]
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[RequestState] = mapped_column(words(RequestState, "state"))
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str] = mapped_column(String(120))
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None]
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    answer: Mapped[str | None] = mapped_column(Text)
    carried_out_on: Mapped[date | None]
    """The day on which the worker carries it out."""


class RetentionDue(Base):
    """A client whose periods are over, or will be soon: found anew every night."""

    __tablename__ = "retention_due"
    __table_args__ = (Index("ix_retention_due_day", "due_on", "client_id"),)

    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id, ondelete="CASCADE"), primary_key=True)
    due_on: Mapped[date]
    period: Mapped[str] = mapped_column(String(60))
    """The setting whose period ends last."""
    last_on: Mapped[date]
    """The day from which that period counts."""


class Erasure(Base):
    """That something was erased, by whom and on which rule; never whom it was about but by an id (X7).

    `records` are ids that nothing else in the database has any more: with them an erasure is carried out
    again in a database that was restored. The database lets nobody change a row of this table.
    """

    __tablename__ = "erasure"
    __table_args__ = (Index("ix_erasure_at", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    rule: Mapped[Rule] = mapped_column(words(Rule, "rule"))
    period: Mapped[str | None] = mapped_column(String(60))
    records: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    deleted: Mapped[int | None] = mapped_column(Integer)
    proposed_by_name: Mapped[str | None] = mapped_column(String(200))
    decided_by_name: Mapped[str | None] = mapped_column(String(200))
    carried_out_in: Mapped[str] = mapped_column(XID8(), server_default=text("pg_current_xact_id()"))


class ErasedReference(Base):
    """A reference by which others knew somebody who was erased: what arrives about it changes nothing."""

    __tablename__ = "erased_reference"

    reference: Mapped[UUID] = mapped_column(primary_key=True)


class LegallyHeld(DomainError):
    """A legal hold lets nothing of the client be erased."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "legally_held"
    message: ClassVar[str] = "A legal hold that {name} set lets nothing of the record be erased."


class NotDue(DomainError):
    """The periods of the client's records aren't over."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_due"
    message: ClassVar[str] = "The record is to be retained until {day}."


class ErasureAsked(DomainError):
    """An erasure of the client is proposed or approved already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "erasure_asked"
    message: ClassVar[str] = "The erasure of this record is proposed already. Decide about it first."


class ErasureDecided(DomainError):
    """It was decided about the erasure already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "erasure_decided"
    message: ClassVar[str] = "It was decided about this erasure already."


class SecondPersonNeeded(DomainError):
    """Who proposes an erasure doesn't approve it."""

    kind: ClassVar[Kind] = Kind.forbidden
    code: ClassVar[str] = "second_person_needed"
    message: ClassVar[str] = "You proposed this erasure. Another supervisor has to approve it."


class HoldEnded(DomainError):
    """The legal hold has ended."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "hold_ended"
    message: ClassVar[str] = "This legal hold has ended already."


class NotSentYet(DomainError):
    """Something about the person waits to be sent to another organisation."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_sent_yet"
    message: ClassVar[str] = "Something about the person still waits to be sent to another organisation."
