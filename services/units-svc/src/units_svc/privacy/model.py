"""What was refused because it would watch people in their homes, and the sentence it is refused with (U5,
W8)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from units_svc.tables import Base, words


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


class PrivacyRefusal(Base):
    """A text that was refused, kept as evidence: what it said, which words decided, who offered it where."""

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


class MonitoringRefused(DomainError):
    """The text would place something inside a home that watches the people there."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "monitoring_refused"
    message: ClassVar[str] = (
        "“{words}” would watch people in their home. The policy says: Client units must remain private; "
        "no monitoring equipment may be installed inside. The refusal was recorded."
    )
