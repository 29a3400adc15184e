"""A lease signing: when, where and with whom, and what has to be done before anybody signs (T5, W4)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field
from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.disclosures.model import Referral
from tenancy_svc.fields import Command, Line
from tenancy_svc.tables import Base
from trade.contact import Name
from trade.dates import APPOINTMENT, HAPPENED


class SigningStatus(StrEnum):
    """Where the signing stands."""

    SCHEDULED = "scheduled"
    HELD = "held"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How a signing that was held ended."""

    SIGNED = "signed"
    NOT_SIGNED = "not_signed"


class Place(StrEnum):
    """Kind of place: nothing else of where the parties meet is published."""

    PROPERTY_OFFICE = "property_office"
    THE_UNIT = "the_unit"
    SUPPORT_OFFICE = "support_office"
    COMMUNITY_PLACE = "community_place"
    BY_VIDEO = "by_video"

    @property
    def label(self) -> str:
        """The kind of place in plain words (a message id)."""
        return {
            Place.PROPERTY_OFFICE: "Our office",
            Place.THE_UNIT: "The home itself",
            Place.SUPPORT_OFFICE: "The support organisation's office",
            Place.COMMUNITY_PLACE: "A place in the community",
            Place.BY_VIDEO: "By video",
        }[self]


class Side(StrEnum):
    """Who attests."""

    TENANT = "tenant"
    LANDLORD = "landlord"


class Attendance(StrEnum):
    """The advocate's answer (W4)."""

    ATTENDING = "attending"
    CANNOT_ATTEND = "cannot_attend"


class AbsenceReason(StrEnum):
    """Why no advocate comes (W4)."""

    SCHEDULE_CONFLICT = "schedule_conflict"
    NOBODY_AVAILABLE = "nobody_available"
    TENANT_CHOSE_ANOTHER_ADVOCATE = "tenant_chose_another_advocate"
    TENANT_DECLINED_ADVOCATE = "tenant_declined_advocate"


class Signing(Versioned, Base):
    """One signing of one lease. A lease has at most one that is scheduled."""

    __tablename__ = "signing"
    __table_args__ = (
        Index("uq_signing_one_ahead", "lease_id", unique=True, postgresql_where=text("status = 'scheduled'")),
        Index("ix_signing_starts_at", "status", "starts_at"),
        CheckConstraint("(status = 'held') = (outcome IS NOT NULL)", name="outcome"),
    )

    lease_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease.id"))
    starts_at: Mapped[dt.datetime]
    time_zone: Mapped[str]
    place: Mapped[Place] = mapped_column(words(Place, "place"))
    # Where exactly, for the parties; it is never published.
    directions: Mapped[str | None]
    landlord_name: Mapped[str]
    arranged_at: Mapped[dt.datetime]
    status: Mapped[SigningStatus] = mapped_column(words(SigningStatus, "signing_status"))
    rights_explained_at: Mapped[dt.datetime | None]
    rights_explained_by: Mapped[str | None]
    held_at: Mapped[dt.datetime | None]
    held_by: Mapped[str | None]
    # The time that had been arranged, when the tenants agreed to sign at another.
    arranged_for: Mapped[dt.datetime | None]
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "signing_outcome"))

    attestations: Mapped[list[Attestation]] = relationship(
        order_by="Attestation.attested_at", cascade="all, delete-orphan", lazy="raise"
    )


class Attestation(Base):
    """One party's attestation that no service is a condition of this edition of the lease (T5, W3).

    A tenant is one of the edition's parties, even when another has the same name; who signs for the landlord
    is known by name. An attestation that was taken back stays on record and doesn't count.
    """

    __tablename__ = "attestation"
    __table_args__ = (
        Index(
            "uq_attestation_standing",
            "signing_id",
            "lease_edition_id",
            "side",
            "party_id",
            "name",
            unique=True,
            postgresql_where=text("taken_back_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("(side = 'tenant') = (party_id IS NOT NULL)", name="party"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    signing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("signing.id"), index=True)
    lease_edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease_edition.id"))
    side: Mapped[Side] = mapped_column(words(Side, "side"))
    party_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("lease_party.id"))
    name: Mapped[str]
    attested_at: Mapped[dt.datetime]
    recorded_by: Mapped[str]
    taken_back_at: Mapped[dt.datetime | None]
    taken_back_by: Mapped[str | None]


class AdvocateAnswer(Base):
    """Whether an advocate of one organisation comes.

    No decision reads this table: the answer changes nothing (W2, W4).
    """

    __tablename__ = "advocate_answer"

    signing_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    party: Mapped[str] = mapped_column(primary_key=True)
    attendance: Mapped[Attendance] = mapped_column(words(Attendance, "attendance"))
    reason: Mapped[AbsenceReason | None] = mapped_column(words(AbsenceReason, "absence_reason"))
    answered_at: Mapped[dt.datetime]


def scheduled() -> ColumnElement[bool]:
    """Whether a `Signing` is still to take place; a lease has at most one such signing."""
    return Signing.status == SigningStatus.SCHEDULED


def answers_arrangement() -> ColumnElement[bool]:
    """Whether an `AdvocateAnswer` is to a `Signing` as it's arranged now: one before it was moved isn't."""
    return (AdvocateAnswer.signing_id == Signing.id) & (AdvocateAnswer.answered_at >= Signing.arranged_at)


class Arrangement(Command):
    """When and where a lease is signed. A time without a zone is in the organisation's."""

    starts_at: Annotated[dt.datetime, APPOINTMENT] = Field(title="Date and time")
    place: Place = Field(title="Place")
    directions: Line | None = Field(default=None, title="How to get there")
    landlord_name: Name = Field(title="Who signs for the landlord")


class ScheduleSigning(Arrangement):
    """Arrange the signing of one lease."""

    lease_id: uuid.UUID


class Move(Arrangement):
    """Another time or place; `version` is that of the signing that was read (X4)."""

    version: int


class MoveSigning(Move):
    """Move one signing."""

    signing_id: uuid.UUID


class CancelSigning(Command):
    """The signing won't take place."""

    signing_id: uuid.UUID


class RecordRightsExplained(Command):
    """The tenant's rights were explained and the tenants acknowledged it."""

    signing_id: uuid.UUID


class Attesting(Command):
    """Who attests: a tenant, by the reference of the party in the lease, or the landlord's signatory."""

    side: Side
    party: uuid.UUID | None = None


class Attest(Attesting):
    """One party attests that no service is a condition of the lease."""

    signing_id: uuid.UUID


class TakeAttestationBack(Command):
    """A party no longer stands by its attestation, or it was recorded by mistake."""

    signing_id: uuid.UUID
    attestation_id: uuid.UUID


class Signatures(Command):
    """When everybody signed; without a time, now."""

    signed_at: Annotated[dt.datetime, HAPPENED] | None = Field(default=None, title="Signed on")
    tenants_agreed: bool = Field(default=False, title="The tenants agreed to sign at this time")


class SignLease(Signatures):
    """Everybody signed: the tenancy begins."""

    signing_id: uuid.UUID


class RecordNotSigned(Command):
    """The parties met, but the lease wasn't signed."""

    signing_id: uuid.UUID


class DiscardLease(Command):
    """Discard a draft lease, and cancel its signing."""

    lease_id: uuid.UUID


class EndSigningsOfHold(Command):
    """The hold of a home for a request is over, so its scheduled signing is cancelled."""

    unit: uuid.UUID
    request: uuid.UUID


class ReceiveAnswer(Command):
    """The advocate's answer as a support organisation published it."""

    party: str
    referral: uuid.UUID
    signing: uuid.UUID
    attendance: Attendance
    reason: AbsenceReason | None = None
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True)
class SigningScheduled:
    """A signing has a date; `number` is its position among the facts about the referral."""

    to: Referral
    number: int
    signing: uuid.UUID
    starts_at: dt.datetime
    place: Place


@dataclass(frozen=True, slots=True)
class SigningMoved:
    """A signing has another time or place."""

    to: Referral
    number: int
    signing: uuid.UUID
    starts_at: dt.datetime
    place: Place


@dataclass(frozen=True, slots=True)
class SigningCancelled:
    """A signing won't take place."""

    to: Referral
    number: int
    signing: uuid.UUID


@dataclass(frozen=True, slots=True)
class SigningHeld:
    """A signing took place."""

    to: Referral
    number: int
    signing: uuid.UUID
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class TenancyStarted:
    """A tenancy began; for the home's inventory, which receives no person and no rent."""

    to: str
    tenancy: uuid.UUID
    unit: uuid.UUID
    start: dt.date
    request: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class ReferredTenancyStarted:
    """The tenancy of a referral began; for support, with the rent."""

    to: Referral
    number: int
    unit: uuid.UUID
    start: dt.date
    rent: Decimal
    currency: str


class SigningInThePast(DomainError):
    """A signing can't be arranged for a time that has passed."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "signing_in_the_past"
    message: ClassVar[str] = "This time has already passed. Choose a later one."


class SignedInFuture(DomainError):
    """Signatures can't be recorded for a time that is still to come."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "signed_in_future"
    message: ClassVar[str] = "This time is still to come. Enter when everybody signed."


class SignedBeforeLease(DomainError):
    """Nobody signs a version of a lease before it was made."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "signed_before_lease"
    message: ClassVar[str] = "This version of the lease was made on {made}. Enter a later time."


class TimeNotAgreed(DomainError):
    """The lease is signed before the arranged time, or on another day, without the tenants' agreement."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "time_not_agreed"
    message: ClassVar[str] = (
        "The signing is arranged for {arranged}. Ask the tenants whether they agree to sign at another time, "
        "and record that they do."
    )


class SigningAfterHold(DomainError):
    """The home won't be held any more at that time."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "signing_after_hold"
    message: ClassVar[str] = (
        "The home is held only until {deadline}. "
        "Choose an earlier time, or ask the inventory to hold it longer."
    )


class AlreadyScheduled(DomainError):
    """The lease has a scheduled signing already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_scheduled"
    message: ClassVar[str] = "A signing is already arranged for this lease. Move that one instead."


class SigningOver(DomainError):
    """The signing was held or cancelled."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "signing_over"
    message: ClassVar[str] = "This signing is over: it was held or cancelled."


class RightsNotExplained(DomainError):
    """Nobody signs before the tenant's rights were explained."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "rights_not_explained"
    message: ClassVar[str] = "First explain the tenant's rights and record that the tenants acknowledged it."


class AttestationsMissing(DomainError):
    """Nobody signs before both sides attested that no service is a condition."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "attestations_missing"
    message: ClassVar[str] = (
        "These people still have to attest that no service is a condition of the lease: {names}."
    )


class NotAParty(DomainError):
    """Only the tenants of the lease and the landlord's signatory attest."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_a_party"
    message: ClassVar[str] = "Only the tenants of this version, and who signs for the landlord, attest."


class TenancyExists(DomainError):
    """The home has a tenancy in force."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "tenancy_exists"
    message: ClassVar[str] = "{address} already has a lease in force. A home has one tenancy at a time."
