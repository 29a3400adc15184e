"""Holds (U9): the inventory's answer to a request, as pure decisions over the life of one request.

Requests come from another service over the bus: every fact may come twice, late, or before the one it
follows.
`decide` returns for each state and fact what happens next; `outcomes` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from units_svc.holds.occupations import Occupation
from units_svc.landlords.model import PARTY, ManagedBy, Manager
from units_svc.tables import Base

Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]
"""What staff write about a hold or about the use of a home."""


class HoldState(StrEnum):
    """Where a request stands."""

    REFUSED = "refused"
    HELD = "held"
    RELEASED = "released"
    LAPSED = "lapsed"
    TENANCY = "tenancy"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


class Refusal(StrEnum):
    """Why a request didn't get the unit."""

    SECURED_BY_ANOTHER = "secured_by_another"
    NOT_AVAILABLE = "not_available"
    NOT_PUBLISHED = "not_published"
    UNKNOWN_UNIT = "unknown_unit"


class Release(StrEnum):
    """Why a hold ended without a tenancy."""

    REQUEST_WITHDRAWN = "request_withdrawn"
    DEADLINE_PASSED = "deadline_passed"
    UNIT_WITHDRAWN = "unit_withdrawn"
    INVENTORY_DECISION = "inventory_decision"
    LET_TO_ANOTHER = "let_to_another"
    APPLICATION_CLOSED = "application_closed"


class Fact(StrEnum):
    """What may be received about a request."""

    REQUESTED = "requested"
    WITHDRAWN = "withdrawn"
    ENDING_SOON = "ending_soon"
    DEADLINE_PASSED = "deadline_passed"
    UNIT_WITHDRAWN = "unit_withdrawn"
    INVENTORY_DECIDED = "inventory_decided"
    LET_TO_ANOTHER = "let_to_another"
    APPLICATION_CLOSED = "application_closed"
    TENANCY_STARTED = "tenancy_started"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


class Step(StrEnum):
    """What follows from a fact."""

    TRY_TO_HOLD = "try_to_hold"
    REMEMBER = "remember"
    RELEASE = "release"
    ANNOUNCE_ENDING = "announce_ending"
    BECOME_TENANCY = "become_tenancy"
    OCCUPY = "occupy"
    VACATE = "vacate"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do, the state that follows, and for a release why."""

    step: Step
    state: HoldState | None
    reason: Release | None = None


_ENDINGS: dict[Fact, tuple[HoldState, Release]] = {
    Fact.WITHDRAWN: (HoldState.RELEASED, Release.REQUEST_WITHDRAWN),
    Fact.DEADLINE_PASSED: (HoldState.LAPSED, Release.DEADLINE_PASSED),
    Fact.UNIT_WITHDRAWN: (HoldState.RELEASED, Release.UNIT_WITHDRAWN),
    Fact.INVENTORY_DECIDED: (HoldState.RELEASED, Release.INVENTORY_DECISION),
    Fact.LET_TO_ANOTHER: (HoldState.RELEASED, Release.LET_TO_ANOTHER),
    Fact.APPLICATION_CLOSED: (HoldState.RELEASED, Release.APPLICATION_CLOSED),
}


def decide(state: HoldState | None, fact: Fact) -> Decision:  # noqa: PLR0911 - one line for each cell that acts
    """Return what a fact means for a request in `state` (None: nothing was received about it yet).

    A fact that comes twice or too late changes nothing. A withdrawal, move-in or move-out that overtakes its
    request is remembered, so that the request, when it comes, doesn't take a unit that nobody wants any more.
    """
    if fact is Fact.REQUESTED:
        return Decision(Step.TRY_TO_HOLD, None) if state is None else _nothing(state)
    if fact is Fact.MOVED_IN:
        if state in (HoldState.TENANCY, HoldState.MOVED_IN, HoldState.MOVED_OUT):
            return _nothing(state)
        # Even after a lapse: that people live there is true whatever the hold says.
        return Decision(Step.OCCUPY, HoldState.MOVED_IN)
    if fact is Fact.MOVED_OUT:
        if state is HoldState.MOVED_IN:
            return Decision(Step.VACATE, HoldState.MOVED_OUT)
        if state is None:
            return Decision(Step.REMEMBER, HoldState.MOVED_OUT)
        if state is HoldState.HELD:
            return Decision(Step.RELEASE, HoldState.MOVED_OUT, Release.REQUEST_WITHDRAWN)
        return _nothing(state)
    if fact is Fact.WITHDRAWN and state is None:
        return Decision(Step.REMEMBER, HoldState.RELEASED, Release.REQUEST_WITHDRAWN)
    if state is not HoldState.HELD:
        return _nothing(state)
    if fact is Fact.ENDING_SOON:
        return Decision(Step.ANNOUNCE_ENDING, state)
    if fact is Fact.TENANCY_STARTED:
        return Decision(Step.BECOME_TENANCY, HoldState.TENANCY)
    ended, reason = _ENDINGS[fact]
    return Decision(Step.RELEASE, ended, reason)


def _nothing(state: HoldState | None) -> Decision:
    return Decision(Step.NOTHING, state)


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """How long a hold lasts. `days` from the request; at least `grace_days` past the expected move-in; never
    longer than `most_days`. `warning_days` before the end it is announced."""

    days: int = 14
    grace_days: int = 3
    most_days: int = 90
    warning_days: int = 3


def deadline_of(terms: HoldTerms, *, today: date, expected_move_in: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which a hold begun today lapses: the end of a day in the organisation's time
    zone."""
    last = max(today + timedelta(days=terms.days), expected_move_in + timedelta(days=terms.grace_days))
    last = min(last, today + timedelta(days=terms.most_days))
    return end_of_day(last, zone)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the moment at which `day` is over, in UTC-comparable form."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


def concerned(requested_by: str, manager: str | None) -> tuple[str, ...]:
    """Return the parties that a request concerns: who asked, and the property entity that manages."""
    return (requested_by,) if manager is None else (requested_by, manager)


class Hold(Base):
    """A request and what became of it: one row for each, holding at most one unit.

    It concerns the support organisation that asked and, when a property entity manages the home for it, that
    one. What is published about it goes to these (`addressees`), and only they are listened to about it.
    """

    __tablename__ = "hold"
    __table_args__ = (
        Index(
            "uq_hold_unit_held",
            "unit_id",
            unique=True,
            postgresql_where=text("state = 'held'"),
        ),
        Index("ix_hold_unit", "unit_id", "asked_at"),
        Index("ix_hold_deadline", "deadline", postgresql_where=text("state = 'held'")),
        CheckConstraint(
            "(managed_by IS NOT DISTINCT FROM 'property_entity') = (manager IS NOT NULL)", name="manager"
        ),
    )

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    requested_by: Mapped[str] = mapped_column(PARTY)
    """The support organisation that asked. A request of the same id that another sends later is refused."""
    unit_id: Mapped[UUID]
    """Not a foreign key: a request may name a unit the inventory never had, and is refused by this row."""
    state: Mapped[HoldState] = mapped_column(words(HoldState, "state"))
    refusal: Mapped[Refusal | None] = mapped_column(words(Refusal, "refusal"))
    release: Mapped[Release | None] = mapped_column(words(Release, "release"))
    secured_on: Mapped[date | None]
    expected_move_in: Mapped[date | None]
    adults: Mapped[int | None] = mapped_column(SmallInteger)
    children: Mapped[int | None] = mapped_column(SmallInteger)
    asked_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    ending_announced_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(200))
    remark: Mapped[str | None]
    occupation_id: Mapped[UUID | None] = mapped_column(ForeignKey(Occupation.id))
    managed_by: Mapped[ManagedBy | None] = mapped_column(words(ManagedBy, "managed_by"))
    """Who managed the home when it was asked for; nothing for a home that isn't known."""
    manager: Mapped[str | None] = mapped_column(PARTY)
    """The property entity that did."""
    former_managers: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    """The property entities that did until that was corrected: what they sent before they knew is let go."""
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration

    @property
    def under(self) -> Manager:
        """Under whom the home was asked for."""
        return Manager(self.managed_by or ManagedBy.NOT_KNOWN, self.manager)

    @property
    def addressees(self) -> tuple[str, ...]:
        """The parties that it concerns."""
        return concerned(self.requested_by, self.manager)


# ------------------------------------------------------------------ facts that are published
@dataclass(frozen=True, slots=True)
class UnitSecured:
    """A request won the unit. `sequence` numbers what is published about the unit; `to` are its parties."""

    request_id: UUID
    unit_id: UUID
    sequence: int
    deadline: datetime
    manager: Manager
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitRefused:
    """A request did not get the unit: for the party that asked."""

    request_id: UUID
    unit_id: UUID
    reason: Refusal
    to: str


@dataclass(frozen=True, slots=True)
class HoldEnding:
    """A hold will lapse soon."""

    request_id: UUID
    unit_id: UUID
    sequence: int
    deadline: datetime
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class UnitReleased:
    """A hold ended without a tenancy."""

    request_id: UUID
    unit_id: UUID
    sequence: int
    reason: Release
    to: tuple[str, ...]


class NotHeld(DomainError):
    """The hold ended before this could be done."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_held"
    message: ClassVar[str] = "This hold has already ended."


class ManagerUnchanged(DomainError):
    """A correction says what stands already, or nobody holds the home or lives there."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "manager_unchanged"
    message: ClassVar[str] = "Nobody holds this home or lives there under another manager."


class DeadlineNotLater(DomainError):
    """A hold can only be prolonged, and not without end."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "deadline_not_later"
    message: ClassVar[str] = "Choose a day after {earliest} and not after {latest}."
