"""What was refused because it would watch people in their homes, and what a person must look at (U5, W8)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from units_svc.tables import Base


class Place(StrEnum):
    """Where such a text was offered."""

    LOOKUP_VALUE = "lookup_value"
    UNIT = "unit"
    STATUS = "status"
    USE = "use"
    MAINTENANCE = "maintenance"
    INSPECTION = "inspection"
    PHOTO = "photo"
    IMPORT = "import"
    LANDLORD = "landlord"
    CONTRACTOR = "contractor"
    HOLD = "hold"


class PrivacyRefusal(Base):
    """A text that was refused, stored as evidence: its words, which of them decided, who offered it where."""

    __tablename__ = "privacy_refusal"
    __table_args__ = (Index("ix_privacy_refusal_refused_at", "refused_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[Place] = mapped_column(words(Place, "place"))
    field: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    deciding: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID | None]
    refused_at: Mapped[datetime]
    offered_by: Mapped[str] = mapped_column(String(200))


class Judgement(StrEnum):
    """What a person found in a doubtful text."""

    HARMLESS = "harmless"
    TAKEN_OUT = "taken_out"


class DoubtfulText(Base):
    """A text that was saved although the review wasn't sure of it, until somebody else has looked at it.

    `key` is the text with where it stands: the same text is asked about once.
    """

    __tablename__ = "doubtful_text"
    __table_args__ = (Index("ix_doubtful_text_open", "id", postgresql_where=text("judgement IS NULL")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    place: Mapped[Place] = mapped_column(words(Place, "place"))
    field: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    deciding: Mapped[str] = mapped_column(Text)
    likelihood: Mapped[int] = mapped_column(Integer)
    unit_id: Mapped[UUID | None]
    offered_at: Mapped[datetime]
    offered_by: Mapped[str] = mapped_column(String(200))
    offered_as: Mapped[str] = mapped_column(String(200))
    judgement: Mapped[Judgement | None] = mapped_column(words(Judgement, "judgement"))
    judged_at: Mapped[datetime | None]
    judged_by: Mapped[str | None] = mapped_column(String(200))


class JudgedAlready(DomainError):
    """Somebody looked at the text before."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "judged_already"
    message: ClassVar[str] = "Somebody has looked at this text already."


class JudgedByAuthor(DomainError):
    """The author of a doubtful text can't be the one who reviews it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "judged_by_author"
    message: ClassVar[str] = "Somebody other than the author has to look at this text."


class ReasonAboutServices(DomainError):
    """A reason speaks of services, sobriety or how somebody lives; no home is given or taken for it (W3)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "reason_about_services"
    message: ClassVar[str] = (
        "“{words}” speaks of services or of how somebody lives. No home is held, given back or priced for "
        "that: give a reason that is about the home."
    )


class MonitoringRefused(DomainError):
    """The text would place something inside a home that watches the people there."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "monitoring_refused"
    message: ClassVar[str] = (
        "“{words}” would watch people in their home. The policy says: Client units must remain private; "
        "no monitoring equipment may be installed inside. The refusal was recorded."
    )
