"""Restrictions: for whom alone a client's record exists (C8).

The rule itself is in the database: `hidden_clients` and the policy of every table that names a client. What
is here are the two tables that it reads. They have no policy of their own, and nothing else reads them.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.clients.model import Client
from support_svc.tables import Base


class RestrictionReason(StrEnum):
    """Why a client's record is restricted."""

    RELATIVE_OF_COLLEAGUE = "relative_of_colleague"
    VIOLENCE = "violence"
    PUBLICITY = "publicity"
    OTHER = "other"


class Restriction(Base):
    """A client whose record exists only for those named, until it's lifted; `number` is for supervisors."""

    __tablename__ = "restriction"
    __table_args__ = (
        CheckConstraint("(lifted_at is null) = (lifted_because is null)", name="lifted"),
        Index("uq_restriction_open", "client_id", unique=True, postgresql_where=text("lifted_at is null")),
        Index("ix_restriction_client", "client_id", "granted_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, Identity(start=1), unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id))
    reason: Mapped[RestrictionReason] = mapped_column(words(RestrictionReason, "reason"))
    note: Mapped[str | None] = mapped_column(Text)
    granted_at: Mapped[datetime]
    granted_by_name: Mapped[str] = mapped_column(String(200))
    lifted_at: Mapped[datetime | None]
    lifted_by_name: Mapped[str | None] = mapped_column(String(200))
    lifted_because: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class RestrictionPerson(Base):
    """A colleague who is named on a restriction, from when until when; `named_because` if it was later."""

    __tablename__ = "restriction_person"
    __table_args__ = (
        Index(
            "uq_restriction_person_now",
            "restriction_id",
            "person",
            unique=True,
            postgresql_where=text("ended_at is null"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    restriction_id: Mapped[UUID] = mapped_column(ForeignKey(Restriction.id))
    person: Mapped[str] = mapped_column(String(120))
    person_name: Mapped[str] = mapped_column(String(200))
    named_at: Mapped[datetime]
    named_by_name: Mapped[str] = mapped_column(String(200))
    named_because: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    ended_by_name: Mapped[str | None] = mapped_column(String(200))


class AlreadyRestricted(DomainError):
    """The record is restricted already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_restricted"
    message: ClassVar[str] = "This record is restricted already."


class NotRestricted(DomainError):
    """No restriction is in force for the record."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_restricted"
    message: ClassVar[str] = "This record is not restricted."


class AlreadyNamed(DomainError):
    """The colleague is named on the restriction already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_named"
    message: ClassVar[str] = "This colleague is named on the restriction already."


class LastOneNamed(DomainError):
    """Somebody has to remain who sees the record."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "last_one_named"
    message: ClassVar[str] = "Nobody else is named. Name a colleague first, or lift the restriction."
