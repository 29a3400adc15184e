"""Housing placements (P1-P4, P10): tables, vocabularies and what can be wrong."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, Numeric, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.programs.model import Program
from support_svc.tables import Base


class PlacementStatus(StrEnum):
    """Status of a placement (P3). *Securing* is shown while a request waits; it isn't a status of its own."""

    HOUSING_NOT_SECURED = "housing_not_secured"
    HOUSING_SECURED = "housing_secured"
    MOVED_IN = "moved_in"
    FOLLOW_UPS_COMPLETED = "follow_ups_completed"
    FAILED = "failed"


SEARCHING = (PlacementStatus.HOUSING_NOT_SECURED, PlacementStatus.HOUSING_SECURED)
ACTIVE = (*SEARCHING, PlacementStatus.MOVED_IN)


class SecuringState(StrEnum):
    """State of one request for a home (P6)."""

    ASKED = "asked"
    HELD = "held"
    LET = "let"
    USED = "used"
    REFUSED = "refused"
    RELEASED = "released"
    GIVEN_UP = "given_up"
    REPLACED = "replaced"


HOLDING = frozenset({SecuringState.HELD, SecuringState.LET})
"""A placement has at most one request in these states: its home."""
OPEN = HOLDING | {SecuringState.ASKED}
"""Beside the home that is held, one other can be asked for; the first goes when the second is secured."""


class ApplicationState(StrEnum):
    """What the property entity reported about the application of a referral."""

    OPENED = "opened"
    DECLINED = "declined"


class TimelineKind(StrEnum):
    """What can happen to a placement (P10); each kind has its own sentence on the timeline."""

    STARTED = "started"
    CHANGED = "changed"
    HANDED_OVER = "handed_over"
    ATTEMPT = "attempt"
    FAILED = "failed"
    SEARCHED = "searched"
    UNDONE = "undone"
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
    TENANCY_AT_RISK = "tenancy_at_risk"
    TENANCY_RISK_RESOLVED = "tenancy_risk_resolved"
    MOVED_IN = "moved_in"
    FOLLOW_UP = "follow_up"
    NEW_HEAD = "new_head"
    CORRECTED = "corrected"
    COMPLETED = "completed"
    HOME_SHOWN = "home_shown"
    HOME_VIEWED = "home_viewed"
    HOME_OFFERED = "home_offered"
    HOME_REFUSED = "home_refused"
    VIEWING_CORRECTED = "viewing_corrected"
    VIEWING_REMOVED = "viewing_removed"
    HOME_PROPOSED = "home_proposed"
    PROPOSAL_TAKEN_IN = "proposal_taken_in"
    PROPOSAL_KNOWN = "proposal_known"
    PROPOSAL_REFUSED = "proposal_refused"
    PROPOSAL_WITHDRAWN = "proposal_withdrawn"
    SUBSIDY_RECORDED = "subsidy_recorded"
    SUBSIDY_CHANGED = "subsidy_changed"
    SUBSIDY_ENDED = "subsidy_ended"


def is_declined(state: SecuringState, application: ApplicationState | None) -> bool:
    """Whether the application for a home that is still held was declined, so that nobody moves into it."""
    return state is SecuringState.HELD and application is ApplicationState.DECLINED


def may_be_referred(
    state: SecuringState, manager: str | None, application: ApplicationState | None, *, referred: bool
) -> bool:
    """Whether a household can be referred, for the first time or after a referral was withdrawn.

    Its home is held and a property entity manages it, no referral stands, and no application was declined.
    """
    held = state is SecuringState.HELD and manager is not None
    return held and not referred and not is_declined(state, application)


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
        Index("ix_placement_days", "ended_on", "search_started_on"),
        Index("ix_placement_moved_in", "moved_in_on"),
        CheckConstraint("target_on is null or target_on >= search_started_on", name="target_after_start"),
        CheckConstraint("monthly_income is null or monthly_income >= 0", name="income_not_negative"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, Identity(start=1), unique=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    caseworker: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    search_started_on: Mapped[date]
    target_on: Mapped[date | None]
    program_id: Mapped[UUID | None] = mapped_column(ForeignKey(Program.id))
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


def active_members(placement: Placement) -> list[PlacementMember]:
    """The members who are included and haven't left."""
    return [member for member in placement.members if member.active]


class ActivePlacementExists(DomainError):
    """A person is in one active placement at a time (P2)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "active_placement_exists"
    message: ClassVar[str] = "{name} already has an active housing placement."


class BothPlaced(DomainError):
    """Two records of one person are each in an active placement of its own; `placements` are their ids."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "both_placed"
    message: ClassVar[str] = (
        "Each of the two records of {name} is in an active housing placement: {first} and {second}. "
        "End one of them first, then merge the records."
    )

    def __init__(self, *, placements: tuple[UUID, UUID], name: str, first: int, second: int) -> None:
        super().__init__(name=name, first=first, second=second)
        self.placements = placements


class PersonDeceased(DomainError):
    """Nobody who has died is housed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "person_deceased"
    message: ClassVar[str] = "{name} is recorded as deceased, so no housing placement starts."


class PersonArchived(DomainError):
    """An archived record is made active again before its person is housed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "person_archived"
    message: ClassVar[str] = "The record of {name} is archived. Make it active again before starting."


class PlacementEnded(DomainError):
    """The placement has ended; nothing can be added to it."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "placement_ended"
    message: ClassVar[str] = "This placement has ended."


class NotSearching(DomainError):
    """A home can be secured only before the move-in."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_searching"
    message: ClassVar[str] = "A home can be secured only while the household is looking for one."


class FinalOnlyWhileSearching(DomainError):
    """The final attempt ends the search, so the household must still be searching."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "final_only_while_searching"
    message: ClassVar[str] = (
        "This can't become the final attempt: the household isn't looking for a home any more."
    )


class TargetBeforeStart(DomainError):
    """The target date lies before the search began."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "target_before_start"
    message: ClassVar[str] = "The target date must not be before the search start date."


class InTheFuture(DomainError):
    """Something is recorded for a day that is still to come."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "in_the_future"
    message: ClassVar[str] = "The date must be today or earlier."


class NobodyMovedIn(DomainError):
    """No move-in is recorded, so there is nothing to correct."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nobody_moved_in"
    message: ClassVar[str] = "No move-in is recorded for this placement."
