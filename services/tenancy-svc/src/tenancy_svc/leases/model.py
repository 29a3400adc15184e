"""A lease and its editions: what was agreed stays readable (T4)."""

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
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Integer,
    ScalarSelect,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, selectinload
from sqlalchemy.orm.strategy_options import _AbstractLoad

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.applications.people import (
    Part,
    PeopleGiven,
    first_tenant_in,
    searchable_name,
    tenants_of,
    written_name,
)
from tenancy_svc.fields import Command
from tenancy_svc.leases.deposits import Deposit, DepositKind, DepositState
from tenancy_svc.leases.money import Money
from tenancy_svc.tables import Base
from trade.dates import LeaseEnd, LeaseStart


class LeaseStatus(StrEnum):
    """Where the lease stands. In force means: signed, and the tenancy has begun."""

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


ONE_TENANCY_PER_UNIT = "uq_lease_one_tenancy_per_unit"
"""The index that refuses a second tenancy of a home, whatever happens at the same moment."""


class Lease(Versioned, Base):
    """The lease of one application. One home has one lease in force, whatever happens at the same moment."""

    __tablename__ = "lease"
    __table_args__ = (
        Index(ONE_TENANCY_PER_UNIT, "unit", unique=True, postgresql_where=text("status = 'in_force'")),
        Index(
            "uq_lease_one_per_application",
            "application_id",
            unique=True,
            postgresql_where=text("status <> 'discarded'"),
        ),
        Index("ix_lease_status", "status", "id"),
        CheckConstraint("(status = 'in_force') = (tenancy IS NOT NULL)", name="tenancy"),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(start=5001), unique=True)
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
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
        """The current edition; `editions` must be loaded."""
        return next(edition for edition in self.editions if edition.number == self.edition)


class LeaseEdition(Base):
    """What was agreed, as one edition; never changed once written."""

    __tablename__ = "lease_edition"
    __table_args__ = (
        UniqueConstraint("lease_id", "number"),
        CheckConstraint("rent_amount > 0", name="rent"),
        CheckConstraint("due_day BETWEEN 1 AND 31", name="due_day"),
        CheckConstraint("(term = 'fixed') = (end_on IS NOT NULL)", name="term_end"),
        CheckConstraint("end_on > start_on", name="end_after_start"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    lease_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease.id"))
    number: Mapped[int] = mapped_column(Integer)
    reason: Mapped[EditionReason] = mapped_column(words(EditionReason, "edition_reason"))
    made_at: Mapped[dt.datetime]
    made_by: Mapped[str]
    template_edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("template_edition.id"))
    holder: Mapped[Holder] = mapped_column(words(Holder, "holder"))
    start_on: Mapped[dt.date]
    term: Mapped[Term] = mapped_column(words(Term, "term"))
    end_on: Mapped[dt.date | None]
    rent_amount: Mapped[Decimal]
    rent_currency: Mapped[str] = mapped_column(String(3))
    due_day: Mapped[int] = mapped_column(Integer)
    inclusions: Mapped[list[str]]

    deposits: Mapped[list[LeaseDeposit]] = relationship(
        order_by="LeaseDeposit.position", cascade="all, delete-orphan", lazy="raise"
    )
    parties: Mapped[list[LeaseParty]] = relationship(
        order_by="LeaseParty.position", cascade="all, delete-orphan", lazy="raise"
    )

    @property
    def rent(self) -> Money:
        """The rent for a month."""
        return Money(amount=self.rent_amount, currency=self.rent_currency)


class LeaseDeposit(Base):
    """A deposit that an edition asks for, in the currency of its rent."""

    __tablename__ = "lease_deposit"
    __table_args__ = (
        UniqueConstraint("edition_id", "kind"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("replacement_cost >= 0", name="replacement_cost"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease_edition.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[DepositKind] = mapped_column(words(DepositKind, "deposit_kind"))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[DepositState] = mapped_column(words(DepositState, "deposit_state"))
    replacement_cost: Mapped[Decimal | None]

    @property
    def asked(self) -> Deposit:
        """The deposit as it was asked for."""
        cost = self.replacement_cost
        return Deposit(
            kind=self.kind,
            amount=Money(amount=self.amount, currency=self.currency),
            state=self.state,
            replacement_cost=None if cost is None else Money(amount=cost, currency=self.currency),
        )


class LeaseParty(Base):
    """A tenant or occupant named in an edition."""

    __tablename__ = "lease_party"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    edition_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("lease_edition.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    part: Mapped[Part] = mapped_column(words(Part, "part"))
    given_name: Mapped[str]
    family_name: Mapped[str]
    name_search: Mapped[str] = mapped_column(default=searchable_name, server_default="")
    phone: Mapped[str | None]
    email: Mapped[str | None]

    @property
    def name(self) -> str:
        """Given and family name."""
        return written_name(self.given_name, self.family_name)


def first_tenant(what: ColumnElement[str] | None = None) -> ScalarSelect[str | None]:
    """The name of the first tenant of the `LeaseEdition` around it, or `what` of theirs; NULL without one."""
    return first_tenant_in(LeaseParty, LeaseParty.edition_id == LeaseEdition.id, LeaseEdition, what)


def is_current_edition() -> ColumnElement[bool]:
    """Whether a `LeaseEdition` is the current one of its `Lease`."""
    return (LeaseEdition.lease_id == Lease.id) & (LeaseEdition.number == Lease.edition)


def with_terms() -> tuple[_AbstractLoad, ...]:
    """What loads the parties and deposits of editions with them."""
    return selectinload(LeaseEdition.parties), selectinload(LeaseEdition.deposits)


def with_editions() -> tuple[_AbstractLoad, ...]:
    """What loads every edition of leases with them, and its terms."""
    return (selectinload(Lease.editions).options(*with_terms()),)


class Terms(Command):
    """What a lease says about time and money, and whom it names."""

    holder: Holder = Field(default=Holder.TENANT, title="Lease holder")
    start_on: LeaseStart = Field(title="First day of the tenancy")
    term: Term = Field(default=Term.PERIODIC, title="Length of the lease")
    end_on: LeaseEnd | None = Field(default=None, title="Last day, for a fixed term")
    rent: Money = Field(title="Rent for a month")
    due_day: Annotated[int, Field(ge=1, le=31)] = Field(
        default=1, title="Day of the month on which rent is due"
    )
    deposits: tuple[Deposit, ...] = Field(default=(), max_length=10, title="Deposits")
    inclusions: frozenset[Inclusion] = Field(default=frozenset(), title="Included in the rent")
    parties: PeopleGiven = Field(min_length=1, max_length=20, title="Tenants and occupants")

    @model_validator(mode="after")
    def _rent_is_something(self) -> Self:
        if self.rent.amount <= 0:
            raise PydanticCustomError("lease_terms", "The rent must be more than zero.", {"at": "rent"})
        return self

    @model_validator(mode="after")
    def _end_fits_the_term(self) -> Self:
        if (self.term is Term.FIXED) != (self.end_on is not None):
            raise PydanticCustomError(
                "lease_terms",
                "A fixed term needs a last day, and only a fixed term has one.",
                {"at": "end_on"},
            )
        return self

    @model_validator(mode="after")
    def _end_comes_after_start(self) -> Self:
        if self.end_on is not None and self.end_on <= self.start_on:
            raise PydanticCustomError(
                "lease_terms", "The last day must come after the first day.", {"at": "end_on"}
            )
        return self

    @model_validator(mode="after")
    def _names_a_tenant(self) -> Self:
        if not tenants_of(self.parties):
            raise PydanticCustomError("lease_terms", "A lease names at least one tenant.", {"at": "parties"})
        return self


class ForgetDrafts(Command):
    """What the referral brought of an application's people was deleted."""

    application_id: uuid.UUID


class DrawUpLease(Terms):
    """Draw up the lease of an accepted application, from the published template of the home's province."""

    application_id: uuid.UUID


class Amendment(Terms):
    """The terms as they will be; `version` is that of the lease that was read (X4)."""

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


class LeaseNotDraft(DomainError):
    """A lease that's signed or discarded isn't changed this way."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "lease_not_draft"
    message: ClassVar[str] = "This lease is no longer a draft, so it can't be changed here."
