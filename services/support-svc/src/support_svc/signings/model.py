"""The lease signings that the property entity reported (W4), and the answer to each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Integer, String, and_, case, literal, or_
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.placements.model import HOLDING, ApplicationState, SecuringState
from support_svc.securing.model import Securing, has_referral
from support_svc.tables import Base

SIGNINGS_SHARED = "tell_support_signing"
"""The tenant's choice under which the property entity reports signings and receives answers."""


class SigningState(StrEnum):
    """State of a signing, as the property entity reported it."""

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
    """Why nobody from the support organisation attends."""

    SCHEDULE_CONFLICT = "schedule_conflict"
    NOBODY_AVAILABLE = "nobody_available"
    TENANT_CHOSE_ANOTHER_ADVOCATE = "tenant_chose_another_advocate"
    TENANT_DECLINED_ADVOCATE = "tenant_declined_advocate"


class Signing(Base):
    """A lease signing; `reported_version` orders what is reported, so that no event undoes a later one."""

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
    reported_version: Mapped[int] = mapped_column(Integer)
    attendance: Mapped[Attendance | None] = mapped_column(words(Attendance, "attendance"))
    absence_reason: Mapped[AbsenceReason | None] = mapped_column(words(AbsenceReason, "absence_reason"))
    answered_by_name: Mapped[str | None] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


@dataclass(frozen=True, slots=True)
class SigningAnswered:
    """Whether a case manager attends a signing; `number` orders the events about the referral."""

    landlord: str
    referral: UUID
    signing: UUID
    number: int
    attendance: Attendance
    reason: AbsenceReason | None


def of_request() -> ColumnElement[bool]:
    """Join a signing to the request of its referral, whether that is the current one or a former one."""
    return and_(Securing.placement_id == Signing.placement_id, has_referral(Signing.referral))


def current_state() -> ColumnElement[SigningState]:
    """The state of a signing, for a query that joins its request (`of_request`).

    Once the hold, the referral or the application has ended the signing doesn't take place, whatever was
    reported about it and in whichever order; so nothing has to be changed when one of them ends.
    """
    ended = or_(
        Securing.state.not_in((*HOLDING, SecuringState.USED)),
        and_(Securing.state == SecuringState.HELD, Securing.application == ApplicationState.DECLINED),
        Securing.referral_withdrawn_at.is_not(None),
        Securing.referral != Signing.referral,
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
