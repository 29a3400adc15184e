"""A lease and its editions: what was agreed stays readable for ever (T4)."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Versioned
from chassis.errors import DomainError, Kind
from tenancy_svc.applications.model import Part, PersonGiven
from tenancy_svc.tables import Base, Command, words


class LeaseStatus(StrEnum):
    """Where the lease stands. In force means: signed, and the tenancy belongs to the tenant."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    DISCARDED = "discarded"


class EditionReason(StrEnum):
    """Why an edition of the lease was made."""

    DRAWN_UP = "drawn_up"
    CHANGED_BEFORE_SIGNING = "changed_before_signing"


class Holder(StrEnum):
    """Who holds the lease (vocabulary.md)."""

    TENANT = "tenant"
    HEAD_LEASE = "head_lease"


class Term(StrEnum):
    """Whether the lease has an end."""

    PERIODIC = "periodic"
    FIXED = "fixed"

    @property
    def label(self) -> str:
        """The term in plain words (a message id)."""
        return {Term.PERIODIC: "From month to month, with no end date", Term.FIXED: "Until a fixed date"}[
            self
        ]


class DepositState(StrEnum):
    """Where the deposit stands (vocabulary.md)."""

    NOT_REQUIRED = "not_required"
    DUE = "due"
    PART_RECEIVED = "part_received"
    RECEIVED = "received"
    PART_RETURNED = "part_returned"
    RETURNED = "returned"
    RECOVERED_FOR_RENT = "recovered_for_rent"
    RECOVERED_FOR_DAMAGE = "recovered_for_damage"


class Inclusion(StrEnum):
    """What the rent includes."""

    HEAT = "heat"
    ELECTRICITY = "electricity"
    WATER = "water"
    INTERNET = "internet"
    LAUNDRY = "laundry"
    PARKING = "parking"
    STORAGE = "storage"
    AIR_CONDITIONING = "air_conditioning"
    FURNITURE = "furniture"


ONE_TENANCY_PER_UNIT = "uq_leases_one_tenancy_per_unit"
"""The index that refuses a second tenancy of a home, whatever happens at the same moment."""


class Lease(Versioned, Base):
    """The lease of one application. One home has one lease in force, whatever happens at the same moment."""

    __tablename__ = "leases"
    __table_args__ = (
        Index(ONE_TENANCY_PER_UNIT, "unit", unique=True, postgresql_where=text("status = 'in_force'")),
        Index(
            "uq_leases_one_per_application",
            "application_id",
            unique=True,
            postgresql_where=text("status <> 'discarded'"),
        ),
        Index("ix_leases_status", "status", "id"),
        CheckConstraint("(status = 'in_force') = (tenancy IS NOT NULL)", name="tenancy"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(start=5001), unique=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("applications.id"))
    unit: Mapped[uuid.UUID]
    status: Mapped[LeaseStatus] = mapped_column(words(LeaseStatus, "lease_status"))
    edition: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[dt.datetime]
    began_at: Mapped[dt.datetime | None]
    # The reference minted for the inventory when the tenancy begins; no other record carries it.
    tenancy: Mapped[uuid.UUID | None] = mapped_column(unique=True)

    editions: Mapped[list[LeaseEdition]] = relationship(
        order_by="LeaseEdition.number", cascade="all, delete-orphan", lazy="raise"
    )

    @property
    def current(self) -> LeaseEdition:
        """The edition that stands; `editions` must be loaded."""
        return next(edition for edition in self.editions if edition.number == self.edition)


class LeaseEdition(Base):
    """What was agreed, as one edition; never changed once written."""

    __tablename__ = "lease_editions"
    __table_args__ = (
        UniqueConstraint("lease_id", "number"),
        CheckConstraint("rent_amount > 0", name="rent"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day"),
        CheckConstraint("(term = 'fixed') = (end_on IS NOT NULL)", name="term_end"),
        CheckConstraint("end_on > start_on", name="end_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lease_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("leases.id"))
    number: Mapped[int] = mapped_column(Integer)
    reason: Mapped[EditionReason] = mapped_column(words(EditionReason, "edition_reason"))
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str]
    template_edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("template_editions.id"))
    holder: Mapped[Holder] = mapped_column(words(Holder, "holder"))
    start_on: Mapped[dt.date]
    term: Mapped[Term] = mapped_column(words(Term, "term"))
    end_on: Mapped[dt.date | None]
    rent_amount: Mapped[Decimal]
    rent_currency: Mapped[str] = mapped_column(String(3))
    due_day: Mapped[int] = mapped_column(Integer)
    deposit_amount: Mapped[Decimal | None]
    deposit_state: Mapped[DepositState] = mapped_column(words(DepositState, "deposit_state"))
    inclusions: Mapped[list[str]]

    parties: Mapped[list[LeaseParty]] = relationship(
        order_by="LeaseParty.position", cascade="all, delete-orphan", lazy="raise"
    )


class LeaseParty(Base):
    """A tenant or occupant named in an edition."""

    __tablename__ = "lease_parties"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease_editions.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    part: Mapped[Part] = mapped_column(words(Part, "part"))
    given_name: Mapped[str]
    family_name: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]

    @property
    def name(self) -> str:
        """Given and family name."""
        return f"{self.given_name} {self.family_name}".strip()


class Money(Command):
    """An amount with its currency."""

    amount: Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
    currency: Annotated[str, Field(pattern=r"^(CAD|USD)$")] = "CAD"


class Terms(Command):
    """What a lease says about time and money, and whom it names."""

    holder: Holder = Field(default=Holder.TENANT, title="Lease holder")
    start_on: dt.date = Field(title="First day of the tenancy")
    term: Term = Field(default=Term.PERIODIC, title="Length of the lease")
    end_on: dt.date | None = Field(default=None, title="Last day, for a fixed term")
    rent: Money = Field(title="Rent for a month")
    due_day: Annotated[int, Field(ge=1, le=31)] = Field(
        default=1, title="Day of the month on which rent is due"
    )
    deposit: Money | None = Field(default=None, title="Deposit")
    deposit_state: DepositState = Field(default=DepositState.NOT_REQUIRED, title="State of the deposit")
    inclusions: frozenset[Inclusion] = Field(default=frozenset(), title="Included in the rent")
    parties: tuple[PersonGiven, ...] = Field(min_length=1, max_length=20, title="Tenants and occupants")

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.rent.amount <= 0:
            raise PydanticCustomError("lease_terms", "The rent must be more than zero.")
        if (self.term is Term.FIXED) != (self.end_on is not None):
            raise PydanticCustomError(
                "lease_terms", "A fixed term needs a last day, and only a fixed term has one."
            )
        if self.end_on is not None and self.end_on <= self.start_on:
            raise PydanticCustomError("lease_terms", "The last day must come after the first day.")
        if (self.deposit is None) != (self.deposit_state is DepositState.NOT_REQUIRED):
            raise ValueError(
                "A deposit needs an amount, and an amount needs a state other than “not required”."
            )
        if not any(party.part is Part.TENANT for party in self.parties):
            raise PydanticCustomError("lease_terms", "A lease names at least one tenant.")
        return self


class DrawUpLease(Terms):
    """Draw up the lease of an accepted application, from the published template of the home's province."""

    application_id: uuid.UUID


class Amendment(Terms):
    """The terms as they are to stand; `version` is that of the lease that was read (X4)."""

    version: int


class AmendLease(Amendment):
    """Make a new edition of a lease that isn't signed yet."""

    lease_id: uuid.UUID


class ApplicationNotAccepted(DomainError):
    """A lease is drawn up only for an accepted application."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "application_not_accepted"
    message: ClassVar[str] = "Accept the application before drawing up the lease."


class LeaseExists(DomainError):
    """The application has a lease already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "lease_exists"
    message: ClassVar[str] = "This application already has a lease. Open that one instead."


class LeaseSettled(DomainError):
    """A lease that's signed or discarded isn't changed this way."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "lease_settled"
    message: ClassVar[str] = "This lease is no longer a draft, so it can't be changed here."
