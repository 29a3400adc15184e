"""An application for a home: who applies, for which home, how it was decided (T1)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    ScalarSelect,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.tables import Base, Command, Email, Name, OptionalName, Phone
from trade.dates import MoveDay
from trade.letters import searchable


class Origin(StrEnum):
    """How the application came."""

    REFERRAL = "referral"
    DIRECT = "direct"


class ApplicationStatus(StrEnum):
    """Where the application stands; from `housed` on only the lease speaks."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    LEASE_DRAWN_UP = "lease_drawn_up"
    HOUSED = "housed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class DeclineReason(StrEnum):
    """The only reasons to decline. What Housing First forbids has no word here, so it can't be chosen
    (T1, W3).
    """

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


class Part(StrEnum):
    """The part a person has in an application or a lease."""

    TENANT = "tenant"
    OCCUPANT = "occupant"


class Application(Versioned, Base):
    """One household's application for one home. `number` is what people say on the telephone."""

    __tablename__ = "application"
    __table_args__ = (
        Index("ix_application_status", "status", "id"),
        Index("ix_application_unit", "unit"),
        CheckConstraint("statute_id IS NULL OR decline_reason = 'other_legal_bar'", name="statute"),
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
    # Written with every change of the persons, so that the version counts those changes too (X4).
    people_recorded_at: Mapped[dt.datetime | None]
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None]
    decline_reason: Mapped[DeclineReason | None] = mapped_column(words(DeclineReason, "decline_reason"))
    statute_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("statute.id"))

    people: Mapped[list[Person]] = relationship(
        order_by="Person.position", cascade="all, delete-orphan", lazy="raise", passive_deletes=True
    )


def searchable_name(context: Any) -> str:
    """The words of the name in a row that is written, as a search compares them."""
    row = context.get_current_parameters()
    return searchable(row["given_name"], row["family_name"])


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
    # Whether name and contact are here by the referral alone, as it brought them.
    by_referral: Mapped[bool] = mapped_column(default=False)


class Named(Protocol):
    """A table of people, by given and family name."""

    given_name: Any
    family_name: Any


def full_name(people: type[Named]) -> ColumnElement[str]:
    """A person's name as it's shown: the given name may be empty, for who has one name only."""
    return func.trim(people.given_name + " " + people.family_name)


def first_applicant(what: ColumnElement[str] | None = None) -> ScalarSelect[str | None]:
    """The name of the first tenant of the `Application` around it, or something else of theirs; NULL while
    nobody is named.
    """
    return (
        select(full_name(Person) if what is None else what)
        .where(Person.application_id == Application.id, Person.part == Part.TENANT)
        .order_by(Person.position)
        .limit(1)
        .correlate(Application)
        .scalar_subquery()
    )


class PersonGiven(Command):
    """One person as the applicant gave them."""

    part: Part = Field(default=Part.TENANT, title="Part in the application")
    # Empty for a person with one name only, which is the family name then.
    given_name: OptionalName = Field(default="", title="Given name")
    family_name: Name = Field(title="Family name")
    phone: Phone | None = Field(default=None, title="Phone")
    email: Email | None = Field(default=None, title="E-mail")


def _each_once(people: tuple[PersonGiven, ...]) -> tuple[PersonGiven, ...]:
    """Refuse somebody who is named twice, with any part.

    Two people of one name are two when a telephone number or an e-mail address tells them apart.
    """
    for number, person in enumerate(people):
        if any(_same(person, other) for other in people[:number]):
            raise PydanticCustomError(
                "named_twice",
                "Somebody is named twice. If these are two people of one name, give each a phone number "
                "or an e-mail address of their own.",
            )
    return people


def _same(one: PersonGiven, other: PersonGiven) -> bool:
    def name(person: PersonGiven) -> str:
        written = f"{person.given_name} {person.family_name}"
        return " ".join(unicodedata.normalize("NFKC", written).casefold().split())

    def differ(mine: str | None, theirs: str | None) -> bool:
        return mine is not None and theirs is not None and mine.casefold() != theirs.casefold()

    phones = [re.sub(r"\D", "", person.phone)[-10:] if person.phone else None for person in (one, other)]
    return name(one) == name(other) and not (differ(*phones) or differ(one.email, other.email))


PeopleGiven = Annotated[tuple[PersonGiven, ...], AfterValidator(_each_once)]
"""Persons as the applicant gave them, each once."""


class ReceiveReferral(Command):
    """A referral as it crossed; `person` only when the applicant consented to its crossing."""

    referral: uuid.UUID
    request: uuid.UUID
    unit: uuid.UUID
    expected_move_in: dt.date
    adults: int
    children: int
    person: PersonGiven | None = None


class WithdrawReferral(Command):
    """The support organisation gave a referral up."""

    referral: uuid.UUID
    withdrawn_at: dt.datetime


class ForgetContact(Command):
    """The household no longer agrees that its name and contact are shared."""

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
    """All persons of the application as they are to stand; `version` is the one that was read (X4)."""

    version: int
    people: PeopleGiven = Field(min_length=1, max_length=20, title="People")


class RecordPeople(People):
    """Record the persons of one application."""

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


class WithdrawApplication(Command):
    """The applicant no longer wants the home."""

    application_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class ApplicationOpened:
    """A referral became an application; `number` is its place among what is told of the referral."""

    referral: uuid.UUID
    number: int


@dataclass(frozen=True, slots=True)
class ApplicationDeclined:
    """A referred application was declined or withdrawn by the applicant, with the reason from the closed
    list.
    """

    referral: uuid.UUID
    number: int
    reason: DeclineReason


@dataclass(frozen=True, slots=True)
class ApplicationClosed:
    """The home won't be let to the household of a request: for the inventory, so that it's free at once."""

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
    message: ClassVar[str] = "Choose which legal bar stands in the way. An administrator keeps the list."


class StatuteNotAsked(DomainError):
    """Only another legal bar names a provision."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "statute_not_asked"
    message: ClassVar[str] = "A legal bar is chosen only with the reason “Another legal bar”."


class LeaseDrawnUp(DomainError):
    """The application has a lease, so it's no longer closed by itself."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "lease_drawn_up"
    message: ClassVar[str] = "A lease was drawn up for this application. Discard the draft lease first."
