"""Maintenance work, the contractors who do it, and entry to somebody's home for it (U7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from units_svc.inventory.model import Occupancy, Unit
from units_svc.landlords.model import PARTY
from units_svc.tables import Base

LIVED_IN: frozenset[Occupancy] = frozenset(
    {Occupancy.OCCUPIED_BY_CLIENT, Occupancy.OCCUPIED_BY_OTHER, Occupancy.NOTICE_GIVEN}
)
"""Occupancies in which somebody's home is entered."""


class EntryPurpose(StrEnum):
    """What a home is to be entered for; all that crosses of the work."""

    REPAIR_OR_WORK = "repair_or_work"
    INSPECTION = "inspection"
    SAFETY_CHECK = "safety_check"
    OTHER_IN_LEASE = "other_in_lease"

    @property
    def label(self) -> str:
        """The purpose in plain words (a message id)."""
        return {
            EntryPurpose.REPAIR_OR_WORK: "A repair, a replacement or other work",
            EntryPurpose.INSPECTION: "An inspection of the home",
            EntryPurpose.SAFETY_CHECK: "A safety check",
            EntryPurpose.OTHER_IN_LEASE: "Another purpose named in the lease",
        }[self]


class EntryStatus(StrEnum):
    """Where the wish to enter a home stands."""

    ASKED = "asked"
    NOTICE_GIVEN = "notice_given"
    AGREED = "agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in plain words (a message id)."""
        return {
            EntryStatus.ASKED: "Entry asked",
            EntryStatus.NOTICE_GIVEN: "Notice of entry given",
            EntryStatus.AGREED: "Entry agreed",
            EntryStatus.REFUSED: "Entry refused",
            EntryStatus.WITHDRAWN: "Entry withdrawn",
        }[self]


class Answer(StrEnum):
    """What the property entity answers."""

    NOTICE_GIVEN = "notice_given"
    TENANT_AGREED = "tenant_agreed"
    REFUSED = "refused"


class Refusal(StrEnum):
    """Why there is no entry in the window asked for."""

    NO_TENANCY = "no_tenancy"
    NOT_ENOUGH_NOTICE = "not_enough_notice"
    TENANT_ASKS_ANOTHER_TIME = "tenant_asks_another_time"
    TENANT_TOOK_AGREEMENT_BACK = "tenant_took_agreement_back"
    PURPOSE_NOT_PERMITTED = "purpose_not_permitted"

    @property
    def label(self) -> str:
        """The reason in plain words (a message id)."""
        return {
            Refusal.NO_TENANCY: "The property entity has no tenant there",
            Refusal.NOT_ENOUGH_NOTICE: "There wasn't enough time to give notice",
            Refusal.TENANT_ASKS_ANOTHER_TIME: "The tenant asks for another time",
            Refusal.TENANT_TOOK_AGREEMENT_BACK: "The tenant took the agreement back",
            Refusal.PURPOSE_NOT_PERMITTED: "This purpose doesn't permit entry",
        }[self]


class Withdrawal(StrEnum):
    """Why a wish to enter a home is given up."""

    NO_LONGER_NEEDED = "no_longer_needed"
    WINDOW_CHANGED = "window_changed"
    NOBODY_LIVES_THERE = "nobody_lives_there"

    @property
    def label(self) -> str:
        """The reason in plain words (a message id)."""
        return {
            Withdrawal.NO_LONGER_NEEDED: "No longer needed",
            Withdrawal.WINDOW_CHANGED: "Another time was asked for",
            Withdrawal.NOBODY_LIVES_THERE: "Nobody lives there any more",
        }[self]


class Contractor(Base):
    """A firm or person that does work on homes."""

    __tablename__ = "contractor"
    __table_args__ = (Index("uq_contractor_name_key", "name_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    trade: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    comments: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class MaintenanceWork(Base):
    """One piece of work on one home. `agreed_on` is the day on which the tenant agreed to an earlier
    entry."""

    __tablename__ = "maintenance_work"
    __table_args__ = (
        Index("ix_maintenance_work_unit", "unit_id", "reported_at"),
        Index("ix_maintenance_work_due", "scheduled_end", postgresql_where=text("NOT completed")),
        Index("ix_maintenance_work_contractor", "contractor_id"),
        CheckConstraint("scheduled_cost >= 0", name="scheduled_cost"),
        CheckConstraint("actual_cost >= 0", name="actual_cost"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(Unit.id))
    type: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    contractor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Contractor.id))
    company_name: Mapped[str | None] = mapped_column(String(120))
    scheduled_start: Mapped[date | None]
    scheduled_end: Mapped[date | None]
    actual_start: Mapped[date | None]
    actual_end: Mapped[date | None]
    scheduled_cost: Mapped[Decimal | None]
    actual_cost: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3), default="CAD")
    completed: Mapped[bool] = mapped_column(default=False)
    needs_entry: Mapped[bool] = mapped_column(default=True)
    agreed_on: Mapped[date | None]
    comments: Mapped[str | None] = mapped_column(Text)
    finding_id: Mapped[UUID | None]
    """The area of an inspection whose finding opened this work; no foreign key, the work outlives the
    finding."""
    reported_at: Mapped[datetime]
    reported_by: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class EntryRequest(Base):
    """One window in which somebody's home is to be entered for one piece of work, and what was answered.

    Another window is another request, so an answer is always about the window it was given for. A piece of
    work has at most one that isn't withdrawn.
    """

    __tablename__ = "entry_request"
    __table_args__ = (
        Index(
            "uq_entry_request_work", "work_id", unique=True, postgresql_where=text("status <> 'withdrawn'")
        ),
        Index("ix_entry_request_unit", "unit_id", postgresql_where=text("status <> 'withdrawn'")),
        CheckConstraint("starts_at < ends_at", name="window"),
        CheckConstraint("(status = 'refused') = (refusal IS NOT NULL)", name="refused"),
        CheckConstraint("(status = 'notice_given') = (entry_from IS NOT NULL)", name="noticed"),
        CheckConstraint("(status = 'withdrawn') = (withdrawal IS NOT NULL)", name="given_up"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    work_id: Mapped[UUID] = mapped_column(ForeignKey(MaintenanceWork.id))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(Unit.id))
    party: Mapped[str] = mapped_column(PARTY)
    """The property entity that was asked: the one under which people live there."""
    purpose: Mapped[EntryPurpose] = mapped_column(words(EntryPurpose, "purpose"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    status: Mapped[EntryStatus] = mapped_column(words(EntryStatus, "status"))
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(200))
    answer_number: Mapped[int] = mapped_column(Integer, default=0)
    """Number of the answer in the order of answers; an older one is ignored."""
    answered_at: Mapped[datetime | None]
    entry_from: Mapped[datetime | None]
    refusal: Mapped[Refusal | None] = mapped_column(words(Refusal, "refusal"))
    withdrawal: Mapped[Withdrawal | None] = mapped_column(words(Withdrawal, "withdrawal"))
    withdrawn_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class EntryRequested:
    """Somebody's home is to be entered; for the property entity `to`, which learns the purpose, not the
    work."""

    request_id: UUID
    unit_id: UUID
    purpose: EntryPurpose
    starts_at: datetime
    ends_at: datetime
    to: str


@dataclass(frozen=True, slots=True)
class EntryWithdrawn:
    """An entry that was asked for isn't wanted any more."""

    request_id: UUID
    unit_id: UUID
    reason: Withdrawal
    to: str


class EntryNotAsked(DomainError):
    """Somebody lives there, and nobody asked for entry on that day."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_not_asked"
    message: ClassVar[str] = (
        "Somebody lives there. Save the work without scheduled days, then ask for entry on that day."
    )


class EntryNotAnswered(DomainError):
    """The property entity hasn't answered yet."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_not_answered"
    message: ClassVar[str] = "Entry was asked for, and the property entity hasn't answered yet."


class EntryRefused(DomainError):
    """The property entity answered that there is no entry in that window."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_refused"
    message: ClassVar[str] = "Entry at that time was refused. Ask for another time."


class EntryTooSoon(DomainError):
    """The window begins inside the notice period: entry then needs the tenant's agreement."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_too_soon"
    message: ClassVar[str] = (
        "Without the tenant's agreement nobody may enter before {earliest}. Ask for a later time."
    )


class EntryWindowOver(DomainError):
    """The window has passed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_window_over"
    message: ClassVar[str] = "This time has already passed. Choose a later one."


class EntryHours(DomainError):
    """Homes are entered by day."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "entry_hours"
    message: ClassVar[str] = "Choose a time on one day between 8 in the morning and 8 in the evening."


class AnswerIncomplete(DomainError):
    """An answer from the property entity lacks what its kind must contain; it's parked for an operator."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "answer_incomplete"
    message: ClassVar[str] = "The answer lacks from when entry is lawful, or why it is refused."


class EntryNotNeeded(DomainError):
    """Nobody has to be asked."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_not_needed"
    message: ClassVar[str] = (
        "Nobody has to be asked: the work needs no entry or is completed, nobody lives there, or another "
        "landlord gives the notice."
    )


class DaysReversed(DomainError):
    """Work can't end before it begins."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "days_reversed"
    message: ClassVar[str] = "The end can't be before the start."


class NotYetDone(DomainError):
    """Completed work has ended on a day."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_yet_done"
    message: ClassVar[str] = "Enter the day on which the work ended, or say that it isn't completed."


class ContractorKnown(DomainError):
    """There is a contractor of that name already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "contractor_known"
    message: ClassVar[str] = "A contractor named {name} is already on the list."
