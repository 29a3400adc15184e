"""Corrections (C5, P4, P7, P8): what was recorded wrongly, who corrected it, and why."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.tables import Base


class Corrected(StrEnum):
    """Kind of record that can be corrected."""

    MOVE_IN = "move_in"
    LAST_DAY = "last_day"
    ATTEMPT = "attempt"
    FOLLOW_UP = "follow_up"
    STAY = "stay"
    SUBSIDY_PAYMENT = "subsidy_payment"


class Correction(Base):
    """One correction: every field with its value before and after, and the reason."""

    __tablename__ = "correction"
    __table_args__ = (Index("ix_correction_record", "record_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[Corrected] = mapped_column(words(Corrected, "kind"))
    record_id: Mapped[UUID]
    at: Mapped[datetime]
    by_name: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[Mapping[str, list[str | None]]] = mapped_column(JSONB)


class Reasoned(BaseModel):
    """Why something that was recorded is corrected."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] = Field(
        title="Reason for the correction"
    )


class NothingCorrected(DomainError):
    """Nothing that was entered differs from what was recorded."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "nothing_corrected"
    message: ClassVar[str] = "Nothing is different from what was recorded."
