"""Securing a home (P6): the requests for homes, what is published about them, and what can be wrong."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SQLColumnExpression,
    String,
    and_,
    case,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.homes.model import NAMES_ITS_MANAGER, ManagedBy
from support_svc.placements.model import OPEN, ApplicationState, SecuringState, may_be_referred
from support_svc.tables import Base, party_id

NO_ONE = "no_one"
"""The answer to whom a household is referred, when nobody knows who manages a home and nobody shall be asked.
No party has such an id.
"""


class Securing(Base):
    """One Secure Unit: the caseworker's request and what became of it (P6).

    `request` and `referral` are the only references to the household that leave; both are made here.
    `referral_events` and `move_events` count what was published about each, so that it's acted on in order.

    The request concerns one inventory, and a referral the property entity that it was sent to, whatever is
    listed of the home later: they alone receive its events, and are believed about it (N2). `manager` is the
    property entity that manages the home for this hold.
    """

    __tablename__ = "securing"
    __table_args__ = (
        Index("uq_securing_asked", "placement_id", unique=True, postgresql_where=text("state = 'asked'")),
        Index(
            "uq_securing_holding",
            "placement_id",
            unique=True,
            postgresql_where=text("state in ('held', 'let')"),
        ),
        Index("ix_securing_placement", "placement_id", "asked_at"),
        Index("uq_securing_referral", "referral", unique=True, postgresql_where=text("referral is not null")),
        CheckConstraint(NAMES_ITS_MANAGER, name="names_its_manager"),
        CheckConstraint("(referral is null) = (referred_to is null)", name="referred_to_somebody"),
        CheckConstraint("unit is not null or state not in ('held', 'let', 'used')", name="holds_a_home"),
    )

    request: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    unit: Mapped[UUID | None]
    """None until the inventory has said which home of its own the proposed one is (P11)."""
    address: Mapped[str] = mapped_column(String(400))
    housing_type: Mapped[str] = mapped_column(String(60))
    inventory: Mapped[str] = mapped_column(party_id())
    managed_by: Mapped[ManagedBy] = mapped_column(words(ManagedBy, "managed_by"))
    manager: Mapped[str | None] = mapped_column(party_id())
    state: Mapped[SecuringState] = mapped_column(words(SecuringState, "state"))
    secured_on: Mapped[date]
    expected_move_in: Mapped[date]
    adults: Mapped[int]
    children: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by_name: Mapped[str] = mapped_column(String(200))
    asked_under: Mapped[UUID | None] = mapped_column(ForeignKey("consent.id"))
    late: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime | None]
    deadline: Mapped[datetime | None]
    ending: Mapped[bool] = mapped_column(default=False)
    overdue: Mapped[bool] = mapped_column(default=False)
    ended_why: Mapped[str | None] = mapped_column(String(40))
    referral: Mapped[UUID | None]
    referred_to: Mapped[str | None] = mapped_column(party_id())
    referral_withdrawn_at: Mapped[datetime | None]
    named: Mapped[bool] = mapped_column(default=False)
    contact_withdrawn_at: Mapped[datetime | None]
    referral_events: Mapped[int] = mapped_column(Integer, default=0)
    move_events: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    application: Mapped[ApplicationState | None] = mapped_column(words(ApplicationState, "application"))
    decline_reason: Mapped[str | None] = mapped_column(String(60))
    tenancy_start: Mapped[date | None]
    tenancy_rent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    tenancy_currency: Mapped[str | None] = mapped_column(String(3))

    former_referrals: Mapped[list["FormerReferral"]] = relationship(lazy="raise")

    @property
    def home(self) -> UUID:
        """The home in the inventory; a request has one as soon as it was held."""
        if self.unit is None:
            raise LookupError(self.request)
        return self.unit

    @property
    def is_referred(self) -> bool:
        """Whether a referral stands."""
        return self.referral is not None and self.referral_withdrawn_at is None

    @property
    def may_be_referred(self) -> bool:
        """Whether the household can be referred to the manager of the home now."""
        return may_be_referred(self.state, self.manager, self.application, referred=self.is_referred)

    @property
    def opened_under(self) -> str:
        """The reference of the consent under which the home was asked for, for whatever ends it."""
        return str(self.asked_under) if self.asked_under else f"request:{self.request}"


class FormerReferral(Base):
    """A referral that was withdrawn and followed by another for the same request.

    What the property entity that it was sent to still reports about it is received, and the contact that it
    disclosed can be withdrawn.
    """

    __tablename__ = "former_referral"
    __table_args__ = (Index("ix_former_referral_request", "request"),)

    referral: Mapped[UUID] = mapped_column(primary_key=True)
    request: Mapped[UUID] = mapped_column(ForeignKey(Securing.request))
    referred_to: Mapped[str] = mapped_column(party_id())
    withdrawn_at: Mapped[datetime]
    named: Mapped[bool]
    contact_withdrawn_at: Mapped[datetime | None]
    referral_events: Mapped[int]


def is_open() -> ColumnElement[bool]:
    """Whether the home of the request in the row is asked for, held or let: a placement is bound by it."""
    return Securing.state.in_(OPEN)


def has_referral(referral: UUID | SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Whether a referral, the current one or a former one, belongs to the request in the row."""
    former = select(FormerReferral.referral).where(
        FormerReferral.request == Securing.request, FormerReferral.referral == referral
    )
    return or_(Securing.referral == referral, former.correlate(Securing).exists())


def addressee_of(referral: UUID | SQLColumnExpression[UUID]) -> ColumnElement[str]:
    """The property entity that a referral of the request in the row was sent to: nobody else may report."""
    former = select(FormerReferral.referred_to).where(FormerReferral.referral == referral)
    return case((Securing.referral == referral, Securing.referred_to), else_=former.scalar_subquery())


def last_day_held(deadline: datetime, zone: tzinfo) -> date:
    """The last day of a hold; its deadline is the first moment that no longer belongs to it."""
    return (deadline - timedelta.resolution).astimezone(zone).date()


def needs_another_home() -> ColumnElement[bool]:
    """Whether another home is needed because the application was declined, also after the release."""
    held_or_released = Securing.state.in_((SecuringState.HELD, SecuringState.RELEASED))
    return and_(held_or_released, Securing.application == ApplicationState.DECLINED)


@dataclass(frozen=True, slots=True)
class UnitRequested:
    """A household asks the inventory for a home."""

    inventory: str
    request: UUID
    unit: UUID
    secured_on: date
    expected_move_in: date
    adults: int
    children: int


@dataclass(frozen=True, slots=True)
class UnitRequestWithdrawn:
    """A request is given up; without a home it's one for a proposed home that wasn't answered yet (P11)."""

    inventory: str
    request: UUID
    unit: UUID | None


@dataclass(frozen=True, slots=True)
class Applicant:
    """Name and contact of an applicant, disclosed only under the consent share_contact_for_tenancy.

    For a person with one name only, it's both `given` and `family`.
    """

    given: str
    family: str
    preferred: str | None
    phone: str | None
    email: str | None
    language: str | None
    one_name: bool = False


@dataclass(frozen=True, slots=True)
class TenancyReferred:
    """A household whose home is secured is referred to the landlord that manages it, for a tenancy.

    `number` orders the events about the referral, beginning with 1.
    """

    landlord: str
    referral: UUID
    request: UUID
    unit: UUID
    expected_move_in: date
    adults: int
    children: int
    number: int
    applicant: Applicant | None = None


@dataclass(frozen=True, slots=True)
class ContactWithdrawn:
    """The client no longer agrees that name and contact are shared; who received them deletes them."""

    landlord: str
    referral: UUID
    number: int


@dataclass(frozen=True, slots=True)
class TenancyReferralWithdrawn:
    """A referral is withdrawn before a tenancy."""

    landlord: str
    referral: UUID
    number: int


class AnswerPending(DomainError):
    """A request is waiting for the inventory's answer."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "answer_pending"
    message: ClassVar[str] = (
        "A request is waiting for the inventory’s answer. Wait for it, or give it up first."
    )


class AlreadyHoldingThisHome(DomainError):
    """The placement already holds this home."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_holding_this_home"
    message: ClassVar[str] = "This home is held for the household already."


class TenancyHasStarted(DomainError):
    """After the start of the tenancy the home can't be given up from here."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "tenancy_has_started"
    message: ClassVar[str] = "The tenancy has started; the home can no longer be given up here."


class NothingToGiveUp(DomainError):
    """No request of the placement is open."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_give_up"
    message: ClassVar[str] = "No home is asked for or held at the moment."


class NothingToRefer(DomainError):
    """No home that a property entity manages is held, or a referral for it stands."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_refer"
    message: ClassVar[str] = (
        "The household can’t be referred: no home that a property entity manages is held for it, or it was "
        "referred already."
    )


class MoveInBeforeSecuring(DomainError):
    """The move-in is before the day on which the home is secured."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "move_in_before_securing"
    message: ClassVar[str] = "The move-in date must not be before the day the home is secured, {secured_on}."


class ManagerNotKnown(DomainError):
    """The inventory doesn't know who manages the home, so the caseworker is asked before a referral."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "manager_not_known"
    message: ClassVar[str] = (
        "It isn't known who manages this home. "
        "Choose to whom the household is referred, or that it’s referred to nobody."
    )


class HouseholdChanged(DomainError):
    """The household has changed since the page to confirm was shown."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "household_changed"
    message: ClassVar[str] = (
        "The household has changed: the request would now name {adults} adults and {children} children. "
        "Check it and send it again."
    )
