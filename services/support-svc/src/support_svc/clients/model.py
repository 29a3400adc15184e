"""Clients and households (C1, C2): tables, vocabularies and what can be wrong with them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    Text,
    cast,
    extract,
    func,
    text,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.clients.open_matters import OpenMatter
from support_svc.lookups.model import LookupValue
from support_svc.tables import Base

ADULT_AT = 18
"""Age from which a household member is counted as an adult."""


class ClientState(StrEnum):
    """State of a client record (C1)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DECEASED = "deceased"
    ARCHIVED = "archived"


class YesNoUnknown(StrEnum):
    """Answer to a question a person may not wish to answer."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Language(StrEnum):
    """Language a person prefers; those the organisation writes in, and the rest."""

    EN = "en"
    FR = "fr"
    OTHER = "other"


class ContactKind(StrEnum):
    """Kind of a way to reach a client."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class MailingAddress:
    """Where a client receives mail."""

    address_line: str | None = None
    city: str | None = None
    province: str | None = None
    postal_code: str | None = None


ADDRESS_FIELDS = tuple(field.name for field in fields(MailingAddress))


class Client(Base):
    """A person known to the support organisation (C1). `number` is for staff and never leaves the service."""

    __tablename__ = "client"
    __table_args__ = (
        CheckConstraint("date_of_birth is null or estimated_age is null", name="birth_or_age"),
        Index(
            "ix_client_name_search",
            "name_search",
            postgresql_using="gin",
            postgresql_ops={"name_search": "gin_trgm_ops"},
        ),
        Index("ix_client_date_of_birth", "date_of_birth"),
        Index("ix_client_family_name", "family_name", "given_name", "id"),
        Index("ix_client_same_name", "same_name", "date_of_birth", "id"),
        Index("ix_client_merged_into", "merged_into", postgresql_where=text("merged_into is not null")),
        CheckConstraint("merged_into <> id", name="not_into_itself"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(Integer, Identity(start=1001), unique=True)
    given_name: Mapped[str] = mapped_column(String(120))
    family_name: Mapped[str] = mapped_column(String(120))
    preferred_name: Mapped[str | None] = mapped_column(String(120))
    other_names: Mapped[str | None] = mapped_column(String(300))
    date_of_birth: Mapped[date | None]
    estimated_age: Mapped[int | None]
    estimated_on: Mapped[date | None]
    gender_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    indigenous_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    disability: Mapped[YesNoUnknown] = mapped_column(
        words(YesNoUnknown, "disability"), default=YesNoUnknown.UNKNOWN
    )
    preferred_language: Mapped[Language | None] = mapped_column(words(Language, "language"))
    address_line: Mapped[str | None] = mapped_column(String(200))
    city: Mapped[str | None] = mapped_column(String(100))
    province: Mapped[str | None] = mapped_column(String(40))
    postal_code: Mapped[str | None] = mapped_column(String(12))
    country: Mapped[str | None] = mapped_column(String(2))
    safe_address: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    comments: Mapped[str | None] = mapped_column(Text)
    state: Mapped[ClientState] = mapped_column(words(ClientState, "state"), default=ClientState.ACTIVE)
    name_search: Mapped[str] = mapped_column(Text)
    same_name: Mapped[str] = mapped_column(
        Text, Computed("same_name(given_name, family_name)", persisted=True), deferred=True
    )
    """Both names in the order of the alphabet, without accents, spaces and hyphens: equal if swapped."""
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"))
    """The record of the same person that this one is a part of, if they were merged (C3)."""
    erased_on: Mapped[date | None]
    """Since when this anonymous record takes the place of somebody who was erased (X7); it's never shown."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    contact_points: Mapped[list["ContactPoint"]] = relationship(
        cascade="all, delete-orphan", order_by="ContactPoint.position", lazy="raise"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration

    @property
    def mailing_address(self) -> MailingAddress:
        """The mailing address as everything but the one page for it may have it: nothing of a safe one."""
        return MailingAddress() if self.safe_address else self._whole_address

    @property
    def safe_mailing_address(self) -> MailingAddress:
        """The mailing address also when it's a safe one, for who asked to be shown it; that is logged."""
        return self._whole_address

    @property
    def _whole_address(self) -> MailingAddress:
        return MailingAddress(self.address_line, self.city, self.province, self.postal_code)

    @property
    def full_name(self) -> str:
        """The name by which staff know the person, with the preferred name in quotation marks."""
        return display_name(self.given_name, self.family_name, self.preferred_name)

    def age_on(self, day: date) -> int | None:
        """Age in whole years on a day; None when nothing of it is known."""
        return age_on(day, self.date_of_birth, self.estimated_age, self.estimated_on)


class NameWord(Base):
    """A word of anybody's name and how it sounds (C3).

    The database adds it when a name is written, and deletes it when nobody has it any more.
    """

    __tablename__ = "client_name_word"
    __table_args__ = (
        Index(
            "ix_client_name_word_spelling",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
        Index("ix_client_name_word_sound", "sound"),
    )

    word: Mapped[str] = mapped_column(Text, primary_key=True)
    sound: Mapped[str | None] = mapped_column(Text, Computed("dmetaphone(word)", persisted=True))


class ClientName(Base):
    """A word that a client has in the name; the database adds it when a name is written (C3)."""

    __tablename__ = "client_name"
    __table_args__ = (Index("ix_client_name_client", "client_id"),)

    word: Mapped[str] = mapped_column(Text, primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id", ondelete="CASCADE"), primary_key=True)


class ContactText(Base):
    """A telephone number or an e-mail address of anybody, as a search compares it (C3).

    The database adds it when one is written, and deletes it when nobody has it any more. A part of it can be
    looked up here by index; where rows depend on the person who asks, as in `ContactPoint`, it can't.
    """

    __tablename__ = "client_contact_text"
    __table_args__ = (
        Index(
            "ix_client_contact_text_plain",
            "plain",
            postgresql_using="gin",
            postgresql_ops={"plain": "gin_trgm_ops"},
        ),
    )

    plain: Mapped[str] = mapped_column(String(200), primary_key=True)


class ContactPoint(Base):
    """A telephone number or an e-mail address of a client; `plain` is what a search compares."""

    __tablename__ = "client_contact_point"
    __table_args__ = (
        Index("ix_client_contact_point_client", "client_id"),
        Index("ix_client_contact_point_plain", "plain"),
        Index("ix_client_contact_point_same", "plain", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    kind: Mapped[ContactKind] = mapped_column(words(ContactKind, "kind"))
    value: Mapped[str] = mapped_column(String(200))
    plain: Mapped[str] = mapped_column(ForeignKey(ContactText.plain))
    position: Mapped[int] = mapped_column(Integer, default=0)


class Household(Base):
    """People who are housed together (C2)."""

    __tablename__ = "household"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    formed_on: Mapped[date]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class HouseholdMember(Base):
    """A person's time in a household. At most one household at a time, and one head of each (C2)."""

    __tablename__ = "household_member"
    __table_args__ = (
        Index(
            "uq_household_member_current",
            "client_id",
            unique=True,
            postgresql_where=text("left_on is null"),
        ),
        Index(
            "uq_household_member_head",
            "household_id",
            unique=True,
            postgresql_where=text("left_on is null and is_head"),
        ),
        Index("ix_household_member_household", "household_id"),
        Index("ix_household_member_client", "client_id", "joined_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    household_id: Mapped[UUID] = mapped_column(ForeignKey("household.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    relationship_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    is_head: Mapped[bool] = mapped_column(default=False)
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


def display_name(given: str, family: str, preferred: str | None) -> str:
    """Return one line for a person: given and family name, with a preferred name as in Jordan “Jo” Davis."""
    if preferred and preferred.casefold() not in {given.casefold(), family.casefold()}:
        return f"{given} “{preferred}” {family}".strip()
    return f"{given} {family}".strip()


def age_on(
    day: date, date_of_birth: date | None, estimated_age: int | None, estimated_on: date | None
) -> int | None:
    """Return the age in whole years on `day` by date of birth or, without one, by the estimate, or None.

    A person born on 29 February becomes a year older on 1 March of common years.
    """
    if date_of_birth is not None:
        years = day.year - date_of_birth.year
        return years if (day.month, day.day) >= (date_of_birth.month, date_of_birth.day) else years - 1
    if estimated_age is None:
        return None
    elapsed = 0 if estimated_on is None else max(0, (day - estimated_on).days // 365)
    return estimated_age + elapsed


def is_adult(age: int | None) -> bool:
    """Whether a person counts as an adult; so does one of unknown age: the home mustn't be too small."""
    return age is None or age >= ADULT_AT


def adult_on(day: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the client in the row is an adult on a day: `is_adult(age_on(day, …))` for a query."""
    on = cast(day, Date)
    born = extract("year", func.age(on, Client.date_of_birth))
    days = type_coerce(on - func.coalesce(Client.estimated_on, on), Integer)
    estimated = Client.estimated_age + func.greatest(0, days) // 365
    return func.coalesce(born, estimated, ADULT_AT) >= ADULT_AT


class PossibleDuplicates(DomainError):
    """Somebody similar is recorded already and has to be looked at before saving (C3)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "possible_duplicates"
    message: ClassVar[str] = (
        "Somebody with a similar name or date of birth is known already. Check before saving."
    )


class ArchivedAlike(DomainError):
    """Somebody similar has an archived record, which a supervisor can make active again (C3)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "archived_alike"
    message: ClassVar[str] = (
        "Somebody with a similar name has an archived record. "
        "Ask a supervisor to look at it before a new one is made."
    )


class StillOpen(DomainError):
    """Something is open for the person, so the record can't be archived; `matters` says what."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "still_open"
    message: ClassVar[str] = (
        "Something is still open for this person: {open}. End it, then archive the record."
    )

    def __init__(self, matters: Sequence[OpenMatter], *, field: str) -> None:
        super().__init__(field=field, open="; ".join(matter.named for matter in matters))
        self.matters = tuple(matters)


class AlreadyInHousehold(DomainError):
    """A person may be in one household at a time (C2)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "already_in_household"
    message: ClassVar[str] = "{name} is already a member of a household."


class InAnotherHousehold(DomainError):
    """Somebody who is to join a household is in another one, which they'd leave (C2)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "in_another_household"
    message: ClassVar[str] = (
        "{name} is in the household of {head}. Confirm that only {name} leaves it and joins this one."
    )


class NewHeadNeeded(DomainError):
    """Somebody can't be the head of a household any more; one of the others becomes it (C2)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "new_head_needed"
    message: ClassVar[str] = "{name} is the head of a household. Choose its new head among the others."


class BeforeJoining(DomainError):
    """Somebody's time in a household begins after an earlier one and ends after it began (C2)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "before_joining"
    message: ClassVar[str] = "{name} was in a household until {day}. Enter that day or a later one."


class NotAMember(DomainError):
    """The person isn't in the household."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_a_member"
    message: ClassVar[str] = "This person is not a member of the household."


class HeadCannotLeave(DomainError):
    """The head can't leave while the household has other members."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "head_cannot_leave"
    message: ClassVar[str] = "Choose a new head of the household before the head leaves."


class HeadIsAChild(DomainError):
    """A child is made the head of a household only when that is meant."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "head_is_a_child"
    message: ClassVar[str] = (
        "{name} is a child. Confirm that a child is the head of the household, or choose an adult."
    )


class BornInTheFuture(DomainError):
    """The date of birth is after today."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "born_in_the_future"
    message: ClassVar[str] = "The date of birth must not be in the future."


class AgeOrBirth(DomainError):
    """Either a date of birth or an estimated age, not both."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "age_or_birth"
    message: ClassVar[str] = "Enter a date of birth or an estimated age, not both."
