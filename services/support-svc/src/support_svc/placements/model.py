"""Housing placements (P1-P8, P10): tables, vocabularies, what is told to others, and what can be wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import words
from support_svc.homes.model import ManagedBy
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.placements.securing import SecuringState
from support_svc.tables import Base


class PlacementStatus(StrEnum):
    """Status of a placement (P3). *Securing* is shown while a request waits, and is no status of its own."""

    HOUSING_NOT_SECURED = "housing_not_secured"
    HOUSING_SECURED = "housing_secured"
    MOVED_IN = "moved_in"
    FOLLOW_UPS_COMPLETED = "follow_ups_completed"
    FAILED = "failed"


ACTIVE = (PlacementStatus.HOUSING_NOT_SECURED, PlacementStatus.HOUSING_SECURED, PlacementStatus.MOVED_IN)
SEARCHING = (PlacementStatus.HOUSING_NOT_SECURED, PlacementStatus.HOUSING_SECURED)


class TimelineKind(StrEnum):
    """What can happen to a placement (P10); each kind has its own sentence on the timeline."""

    STARTED = "started"
    CHANGED = "changed"
    HANDED_OVER = "handed_over"
    ATTEMPT = "attempt"
    FAILED = "failed"
    SEARCHED = "searched"
    ASKED = "asked"
    NO_ANSWER = "no_answer"
    SECURED = "secured"
    REFUSED = "refused"
    HOLD_ENDING = "hold_ending"
    DEADLINE_PASSED = "deadline_passed"
    RELEASED = "released"
    GIVEN_UP = "given_up"
    REPLACED = "replaced"
    OVERTAKEN = "overtaken"
    REFERRED = "referred"
    REFERRAL_WITHDRAWN = "referral_withdrawn"
    CONTACT_WITHDRAWN = "contact_withdrawn"
    APPLICATION_OPENED = "application_opened"
    APPLICATION_DECLINED = "application_declined"
    SIGNING_SCHEDULED = "signing_scheduled"
    SIGNING_MOVED = "signing_moved"
    SIGNING_CANCELLED = "signing_cancelled"
    SIGNING_HELD = "signing_held"
    SIGNING_ANSWERED = "signing_answered"
    TENANCY_STARTED = "tenancy_started"
    MOVED_IN = "moved_in"
    FOLLOW_UP = "follow_up"
    NEW_HEAD = "new_head"
    CORRECTED = "corrected"
    COMPLETED = "completed"


class ApplicationState(StrEnum):
    """What the property entity told about the application of a referral."""

    OPENED = "opened"
    DECLINED = "declined"


def is_declined(state: SecuringState, application: ApplicationState | None) -> bool:
    """Whether the application for a home that is still held was declined, so that nobody moves into it."""
    return state is SecuringState.HELD and application is ApplicationState.DECLINED


def decline_leads(state: SecuringState, application: ApplicationState | None) -> bool:
    """Whether a decline is what a placement stands at: it frees the home, so the release follows it."""
    stands = state in (SecuringState.HELD, SecuringState.RELEASED)
    return stands and application is ApplicationState.DECLINED


def may_be_referred(state: SecuringState, managed_by: ManagedBy, referral: UUID | None) -> bool:
    """Whether a household can be referred: the home is held, the property entity's, and it never was."""
    return state is SecuringState.HELD and managed_by is ManagedBy.PROPERTY_ENTITY and referral is None


class Placement(Base):
    """The search for a home for a client, alone or with household members, to the last follow-up (P2)."""

    __tablename__ = "placement"
    __table_args__ = (
        Index(
            "uq_placement_active_client",
            "client_id",
            unique=True,
            postgresql_where=text("status in ('housing_not_secured', 'housing_secured', 'moved_in')"),
        ),
        Index("ix_placement_status_caseworker", "status", "caseworker"),
        Index("ix_placement_started", "started_at", "id"),
        CheckConstraint("target_on is null or target_on >= search_started_on", name="target_after_start"),
        CheckConstraint("monthly_income is null or monthly_income >= 0", name="income_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, Identity(start=1), unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    caseworker: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    search_started_on: Mapped[date]
    target_on: Mapped[date | None]
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    referral_source_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    referral_organisation: Mapped[str | None] = mapped_column(String(200))
    referral_person: Mapped[str | None] = mapped_column(String(200))
    referral_phone: Mapped[str | None] = mapped_column(String(60))
    monthly_income: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3), default="CAD")
    status: Mapped[PlacementStatus] = mapped_column(words(PlacementStatus, "status"))
    request: Mapped[UUID | None]
    secured_on: Mapped[date | None]
    expected_move_in: Mapped[date | None]
    moved_in_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    started_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    members: Mapped[list["PlacementMember"]] = relationship(lazy="raise", order_by="PlacementMember.position")
    types_sought: Mapped[list["TypeSought"]] = relationship(lazy="raise")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class PlacementMember(Base):
    """A person included in a placement; in one active placement at a time."""

    __tablename__ = "placement_member"
    __table_args__ = (
        Index("uq_placement_member_active", "client_id", unique=True, postgresql_where=text("active")),
        Index("uq_placement_member_head", "placement_id", unique=True, postgresql_where=text("is_head")),
    )

    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    is_head: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(Integer, default=0)


class TypeSought(Base):
    """A housing type the placement seeks."""

    __tablename__ = "placement_type_sought"

    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    housing_type_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id), primary_key=True)


class Attempt(Base):
    """An attempt that didn't lead to a home (P4)."""

    __tablename__ = "placement_attempt"
    __table_args__ = (Index("ix_placement_attempt_placement", "placement_id", "attempted_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    attempted_on: Mapped[date]
    reason_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    caseworker: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    final: Mapped[bool] = mapped_column(default=False)
    comments: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[datetime]


class Securing(Base):
    """One Secure Unit: the process between the caseworker's request and what became of it (P6).

    `request` and `referral` are the only references to the household that cross; both are minted here. `said`
    counts what was told about the referral, so that its listener can keep the order.
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
    )

    request: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    unit: Mapped[UUID]
    address: Mapped[str] = mapped_column(String(400))
    housing_type: Mapped[str] = mapped_column(String(60))
    managed_by: Mapped[ManagedBy] = mapped_column(words(ManagedBy, "managed_by"))
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
    referral_withdrawn_at: Mapped[datetime | None]
    named: Mapped[bool] = mapped_column(default=False)
    contact_withdrawn_at: Mapped[datetime | None]
    said: Mapped[int] = mapped_column(Integer, default=0)
    moves_told: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    application: Mapped[ApplicationState | None] = mapped_column(words(ApplicationState, "application"))
    decline_reason: Mapped[str | None] = mapped_column(String(60))
    tenancy_start: Mapped[date | None]
    tenancy_rent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    tenancy_currency: Mapped[str | None] = mapped_column(String(3))

    @property
    def opened_under(self) -> str:
        """The reference of the consent under which the home was asked for, for whatever ends it."""
        return str(self.asked_under) if self.asked_under else f"request:{self.request}"


class TimelineEntry(Base):
    """One line of a placement's timeline: what happened, when, and who did it (P10)."""

    __tablename__ = "placement_timeline"
    __table_args__ = (Index("ix_placement_timeline_placement", "placement_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    at: Mapped[datetime]
    kind: Mapped[TimelineKind] = mapped_column(words(TimelineKind, "kind"))
    actor_name: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)


# --------------------------------------------------------------- facts told to others
@dataclass(frozen=True, slots=True)
class UnitRequested:
    """A household asks the inventory for a home."""

    request: UUID
    unit: UUID
    secured_on: date
    expected_move_in: date
    adults: int
    children: int


@dataclass(frozen=True, slots=True)
class UnitRequestWithdrawn:
    """A request is given up."""

    request: UUID
    unit: UUID


@dataclass(frozen=True, slots=True)
class HouseholdMovedIn:
    """A household moved into a third-party landlord's home; told again with the day as it was corrected.

    `number` is its place among all that is told about the request.
    """

    request: UUID
    unit: UUID
    moved_in_on: date
    number: int


@dataclass(frozen=True, slots=True)
class HouseholdMovedOut:
    """A household left a third-party landlord's home; `number` is as in HouseholdMovedIn."""

    request: UUID
    unit: UUID
    moved_out_on: date
    number: int


@dataclass(frozen=True, slots=True)
class Applicant:
    """Name and contact of an applicant, told only under the consent share_contact_for_tenancy.

    Of a person with one name only, `given` and `family` both are it.
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
    """A household whose home is secured is referred to the property entity for a tenancy.

    `number` is its place among all that is told about the referral, beginning with 1.
    """

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
    """The client no longer agrees that name and contact are shared; whoever has them by it forgets them."""

    referral: UUID
    number: int


@dataclass(frozen=True, slots=True)
class TenancyReferralWithdrawn:
    """A referral is given up before a tenancy."""

    referral: UUID
    number: int
