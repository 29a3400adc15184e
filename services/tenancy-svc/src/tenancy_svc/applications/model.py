"""An application for a home: who applies, for which home, how it was decided (T1)."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    ScalarSelect,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.applications.people import (
    Part,
    PeopleGiven,
    PersonGiven,
    first_tenant_in,
    searchable_name,
    written_name,
)
from tenancy_svc.disclosures.model import Referral
from tenancy_svc.fields import Command
from tenancy_svc.tables import Base
from trade.dates import MoveDay


class Origin(StrEnum):
    """How the application came."""

    REFERRAL = "referral"
    DIRECT = "direct"


class ApplicationStatus(StrEnum):
    """Where the application stands; once it is `housed`, only the lease changes."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    LEASE_DRAWN_UP = "lease_drawn_up"
    HOUSED = "housed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    JOINED = "joined"

    @property
    def has_lease(self) -> bool:
        """Whether a lease was drawn up for it, a draft or one in force."""
        return self in {ApplicationStatus.LEASE_DRAWN_UP, ApplicationStatus.HOUSED}

    @property
    def is_open(self) -> bool:
        """Whether the household still waits for the home."""
        return self in OPEN

    @property
    def can_be_closed(self) -> bool:
        """Whether it can be declined or withdrawn; with a draft lease, that has to be discarded first."""
        return self.is_open and not self.has_lease


OPEN = (ApplicationStatus.RECEIVED, ApplicationStatus.ACCEPTED, ApplicationStatus.LEASE_DRAWN_UP)
"""The household of an application in one of these states still waits for the home."""
CLOSED = (ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN, ApplicationStatus.JOINED)
"""An application in one of these states was closed without a lease."""
JOINABLE = (*OPEN, ApplicationStatus.HOUSED)
"""Another referral of the same household may join an application in one of these states."""


class DeclineReason(StrEnum):
    """The only reasons to decline. What Housing First forbids isn't one, so it can't be chosen (T1, W3)."""

    UNIT_NO_LONGER_AVAILABLE = "unit_no_longer_available"
    HOUSEHOLD_EXCEEDS_LEGAL_OCCUPANCY = "household_exceeds_legal_occupancy"
    APPLICANT_WITHDREW = "applicant_withdrew"
    INCOME_ABOVE_LEGAL_LIMIT = "income_above_legal_limit"
    LEGAL_AGE_RULE = "legal_age_rule"
    OTHER_LEGAL_BAR = "other_legal_bar"

    @property
    def label(self) -> str:
        """The reason in plain words (a message id)."""
        return {
            DeclineReason.UNIT_NO_LONGER_AVAILABLE: "The home is no longer available",
            DeclineReason.HOUSEHOLD_EXCEEDS_LEGAL_OCCUPANCY: (
                "The household is too large for the home's legal occupancy"
            ),
            DeclineReason.APPLICANT_WITHDREW: "The applicant withdrew",
            DeclineReason.INCOME_ABOVE_LEGAL_LIMIT: "Income is above the programme's legal limit",
            DeclineReason.LEGAL_AGE_RULE: "The home has a legal age rule",
            DeclineReason.OTHER_LEGAL_BAR: "Another legal bar, from the list",
        }[self]


class Application(Versioned, Base):
    """One household's application for one home. `number` is what people say on the telephone."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_status", "status", "id"),
        Index("ix_application_unit", "unit"),
        CheckConstraint("statute_id IS NULL OR decline_reason = 'other_legal_bar'", name="statute"),
        CheckConstraint("(status = 'joined') = (joined_id IS NOT NULL)", name="joined"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(start=1001), unique=True)
    origin: Mapped[Origin] = mapped_column(words(Origin, "origin"))
    unit: Mapped[uuid.UUID]
    request: Mapped[uuid.UUID | None]
    expected_move_in: Mapped[dt.date | None]
    adults: Mapped[int] = mapped_column(Integer)
    children: Mapped[int] = mapped_column(Integer)
    status: Mapped[ApplicationStatus] = mapped_column(words(ApplicationStatus, "application_status"))
    received_at: Mapped[dt.datetime]
    # Written with every change of the people, so that the version counts those changes too (X4).
    people_recorded_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None]
    decline_reason: Mapped[DeclineReason | None] = mapped_column(words(DeclineReason, "decline_reason"))
    statute_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("statute.id"))
    # The application of the same household that its referral joined.
    joined_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("application.id"))

    people: Mapped[list[Person]] = relationship(
        order_by="Person.position", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


class Person(Base):
    """An applicant or occupant, as the applicant gave the name and contact."""

    __tablename__ = "person"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    application_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("application.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(Integer)
    part: Mapped[Part] = mapped_column(words(Part, "part"))
    given_name: Mapped[str]
    family_name: Mapped[str]
    name_search: Mapped[str] = mapped_column(default=searchable_name, server_default="")
    phone: Mapped[str | None]
    email: Mapped[str | None]
    # Whether name and contact are known only as the referral brought them.
    by_referral: Mapped[bool] = mapped_column(default=False)

    @property
    def name(self) -> str:
        """Given and family name."""
        return written_name(self.given_name, self.family_name)


def first_applicant(what: ColumnElement[str] | None = None) -> ScalarSelect[str | None]:
    """The name of the first tenant of the `Application` around it, or `what` of theirs; NULL without one."""
    return first_tenant_in(Person, Person.application_id == Application.id, Application, what)


class ReceiveReferral(Command):
    """A referral as a party published it; with `person` only when the applicant consented to that."""

    party: str
    referral: uuid.UUID
    request: uuid.UUID
    unit: uuid.UUID
    expected_move_in: dt.date
    adults: int
    children: int
    person: PersonGiven | None = None


class WithdrawReferral(Command):
    """A support organisation withdrew its referral."""

    party: str
    referral: uuid.UUID
    withdrawn_at: dt.datetime


class ForgetContact(Command):
    """The household no longer agrees that its name and contact are shared by a party."""

    party: str
    referral: uuid.UUID
    withdrawn_at: dt.datetime


class OpenApplication(Command):
    """A household applies by itself, without a referral."""

    unit: uuid.UUID = Field(title="Home")
    expected_move_in: MoveDay | None = Field(default=None, title="Expected move-in date")
    adults: int = Field(ge=1, le=20, title="Adults")
    children: int = Field(default=0, ge=0, le=20, title="Children")
    people: PeopleGiven = Field(default=(), max_length=20, title="People")


class People(Command):
    """All people of the application as they will be; `version` is the one that was read (X4)."""

    version: int
    people: PeopleGiven = Field(min_length=1, max_length=20, title="People")


class RecordPeople(People):
    """Record the people of one application."""

    application_id: uuid.UUID


class AcceptApplication(Command):
    """Accept: a lease can be drawn up."""

    application_id: uuid.UUID


class Decline(Command):
    """Why an application is declined; `statute` goes with "other legal bar" and only with it.

    It's the id of a provision in the administrator's list: no reason is written by hand (W3).
    """

    reason: DeclineReason = Field(title="Reason")
    statute: uuid.UUID | None = Field(default=None, title="Which legal bar")


class DeclineApplication(Decline):
    """Decline one application."""

    application_id: uuid.UUID


class Joining(Command):
    """Which application, of the same household and for the same home, a referral joins."""

    application: uuid.UUID = Field(title="Application of the same household")


class JoinApplication(Joining):
    """Let the referral of one application join another."""

    application_id: uuid.UUID


class WithdrawApplication(Command):
    """The applicant no longer wants the home."""

    application_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ApplicationOpened:
    """A referral became an application; `number` is its position among the facts about the referral."""

    to: Referral
    number: int


@dataclass(frozen=True, slots=True)
class ApplicationDeclined:
    """A referred application was declined, or the applicant withdrew; the reason is of the closed list."""

    to: Referral
    number: int
    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class ApplicationClosed:
    """The home won't be let to the household of a request: for its inventory, so that it's free at once."""

    to: str
    request: uuid.UUID
    unit: uuid.UUID
    number: int


class AlreadyDecided(DomainError):
    """The application was decided before."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_decided"
    message: ClassVar[str] = "This application was already decided. Reload the page to see how."


class NobodyNamed(DomainError):
    """An application without a tenant's name can't be accepted."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nobody_named"
    message: ClassVar[str] = (
        "Enter the applicant's name as they gave it before accepting: a lease needs at least one tenant."
    )


class StatuteMissing(DomainError):
    """Another legal bar must name the provision."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "statute_missing"
    message: ClassVar[str] = "Choose which legal bar applies. An administrator maintains the list."


class StatuteNotAsked(DomainError):
    """Only another legal bar names a provision."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "statute_not_asked"
    message: ClassVar[str] = "A legal bar is chosen only with the reason “Another legal bar”."


class NotTheSameHome(DomainError):
    """A referral joins only an application for the same home that isn't closed."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_the_same_home"
    message: ClassVar[str] = "Choose an application for the same home that isn't closed."


class SupportedAlready(DomainError):
    """The organisation supports the other application already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "supported_already"
    message: ClassVar[str] = (
        "The organisation that referred this household supports the other application already. "
        "Close this one instead."
    )


class HeldForThis(DomainError):
    """The home is held for this application, so it can't be the one that is closed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "held_for_this"
    message: ClassVar[str] = (
        "The home is held for this application. Let the other application join this one instead."
    )


class LeaseDrawnUp(DomainError):
    """The application has a lease, so it can't be closed without discarding that first."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "lease_drawn_up"
    message: ClassVar[str] = "A lease was drawn up for this application. Discard the draft lease first."
