"""Lease signings the support organisation was told of (W4), and its answer to each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, and_, case, literal, or_
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.placements.model import ApplicationState, Securing
from support_svc.placements.securing import HOLDING, SecuringState
from support_svc.tables import Base

TOLD_OF_SIGNINGS = "tell_support_signing"
"""The tenant's choice under which the property entity tells of signings and is answered."""


class SigningState(StrEnum):
    """Where a signing stands, as the property entity told it."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    HELD = "held"


class SigningPlace(StrEnum):
    """Kind of place where a lease is signed."""

    PROPERTY_OFFICE = "property_office"
    THE_UNIT = "the_unit"
    SUPPORT_OFFICE = "support_office"
    COMMUNITY_PLACE = "community_place"
    BY_VIDEO = "by_video"


class SigningOutcome(StrEnum):
    """How a signing ended."""

    SIGNED = "signed"
    NOT_SIGNED = "not_signed"


class Attendance(StrEnum):
    """The case manager's answer."""

    ATTENDING = "attending"
    CANNOT_ATTEND = "cannot_attend"


class AbsenceReason(StrEnum):
    """Why nobody comes from the support organisation."""

    SCHEDULE_CONFLICT = "schedule_conflict"
    NOBODY_AVAILABLE = "nobody_available"
    TENANT_CHOSE_ANOTHER_ADVOCATE = "tenant_chose_another_advocate"
    TENANT_DECLINED_ADVOCATE = "tenant_declined_advocate"


class Signing(Base):
    """A lease signing. `told_version` orders what the property entity said: older news never undoes newer."""

    __tablename__ = "signing"
    __table_args__ = (
        Index("ix_signing_starts", "starts_at"),
        Index("ix_signing_placement", "placement_id"),
    )

    signing: Mapped[UUID] = mapped_column(primary_key=True)
    referral: Mapped[UUID]
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    starts_at: Mapped[datetime | None]
    place: Mapped[SigningPlace | None] = mapped_column(words(SigningPlace, "place"))
    state: Mapped[SigningState] = mapped_column(words(SigningState, "state"))
    outcome: Mapped[SigningOutcome | None] = mapped_column(words(SigningOutcome, "outcome"))
    told_version: Mapped[int] = mapped_column(Integer)
    attendance: Mapped[Attendance | None] = mapped_column(words(Attendance, "attendance"))
    absence_reason: Mapped[AbsenceReason | None] = mapped_column(words(AbsenceReason, "absence_reason"))
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


@dataclass(frozen=True, slots=True)
class SigningAnswered:
    """Whether a case manager comes to a signing; `number` is its place among what is told about the
    referral.
    """

    referral: UUID
    signing: UUID
    number: int
    attendance: Attendance
    reason: AbsenceReason | None


def standing() -> ColumnElement[SigningState]:
    """Where a signing stands, for a query that joins its request.

    Once the hold, the referral or the application has ended it doesn't take place, whatever was told of it
    and whichever word came first; so nothing has to be changed when one of them ends.
    """
    ended = or_(
        Securing.state.not_in((*HOLDING, SecuringState.USED)),
        and_(Securing.state == SecuringState.HELD, Securing.application == ApplicationState.DECLINED),
        Securing.referral_withdrawn_at.is_not(None),
    )
    return case(
        (
            and_(Signing.state == SigningState.SCHEDULED, ended),
            literal(SigningState.CANCELLED, Signing.state.type),
        ),
        else_=Signing.state,
    )


class SigningOver(DomainError):
    """A signing that was cancelled or held needs no answer."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "signing_over"
    message: ClassVar[str] = "This signing was cancelled or has taken place; no answer is needed."


class AbsenceReasonNeeded(DomainError):
    """Cannot attend needs a reason; attending has none."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "absence_reason_needed"
    message: ClassVar[str] = "Choose why nobody can attend."
