"""Rent subsidies (S1, S2): tables, what is published about them, and what can be wrong."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    and_,
    case,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from deskkit.i18n import N_
from support_svc.clients.model import Client
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.lookups.model import LookupValue
from support_svc.placements.model import Placement
from support_svc.programs.model import Program, SubsidyKind
from support_svc.tables import Base, party_id
from trade.schedule import Frequency


class SubsidyState(StrEnum):
    """Where a subsidy stands; it follows from its days."""

    PLANNED = "planned"
    RUNNING = "running"
    ENDED = "ended"


class Subsidy(Versioned, Base):
    """What a program pays for a household, under a placement or a housing loss prevention (S1).

    `next_due_on` is the first day on which a payment falls due that nobody has recorded.
    """

    __tablename__ = "subsidy"
    __table_args__ = (
        CheckConstraint("num_nonnulls(placement_id, prevention_id) = 1", name="of_one_case"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="ends_after_start"),
        Index(
            "ix_subsidy_placement", "placement_id", "id", postgresql_where=text("placement_id is not null")
        ),
        Index(
            "ix_subsidy_prevention", "prevention_id", "id", postgresql_where=text("prevention_id is not null")
        ),
        Index("ix_subsidy_client", "client_id", "id"),
        Index("ix_subsidy_program", "program_id", "id"),
        Index("ix_subsidy_kind", "kind", "id"),
        Index("ix_subsidy_days", "ends_on", "starts_on"),
        Index("ix_subsidy_next_due", "next_due_on", "id", postgresql_where=text("next_due_on is not null")),
    )

    placement_id: Mapped[UUID | None] = mapped_column(ForeignKey(Placement.id))
    prevention_id: Mapped[UUID | None] = mapped_column(ForeignKey(HousingLossPrevention.id))
    client_id: Mapped[UUID] = mapped_column(ForeignKey(Client.id))
    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    kind: Mapped[SubsidyKind] = mapped_column(words(SubsidyKind, "kind"))
    reason_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    currency: Mapped[str] = mapped_column(String(3))
    comments: Mapped[str | None] = mapped_column(Text)
    next_due_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))


class SubsidyRate(Base):
    """What is paid and how often from a day on; another amount or frequency is another row (S2)."""

    __tablename__ = "subsidy_rate"
    __table_args__ = (CheckConstraint("amount > 0", name="positive"),)

    subsidy_id: Mapped[UUID] = mapped_column(ForeignKey(Subsidy.id), primary_key=True)
    from_on: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    frequency: Mapped[Frequency] = mapped_column(words(Frequency, "frequency"))
    anchor: Mapped[date]


class Outcome(StrEnum):
    """What became of a payment that fell due."""

    PAID = "paid"
    MISSED = "missed"


class SubsidyPayment(Versioned, Base):
    """What became of one payment; without a row it's due, or still to come."""

    __tablename__ = "subsidy_payment"
    __table_args__ = (
        Index("uq_subsidy_payment_due", "subsidy_id", "due_on", unique=True),
        Index("ix_subsidy_payment_paid", "paid_on", "subsidy_id"),
        CheckConstraint("(outcome = 'paid') = (paid_on is not null)", name="paid_has_date"),
        CheckConstraint("amount >= 0", name="not_negative"),
    )

    subsidy_id: Mapped[UUID] = mapped_column(ForeignKey(Subsidy.id))
    due_on: Mapped[date]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome, "outcome"))
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    paid_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(String(1000))
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))


class SubsidyReport(Base):
    """That the landlord of a referral knows of a subsidy; `reference` is made for the pair of parties.

    It isn't `complete` when a later change couldn't be reported.
    """

    __tablename__ = "subsidy_report"
    __table_args__ = (Index("uq_subsidy_report_referral", "subsidy_id", "referral", unique=True),)

    reference: Mapped[UUID] = mapped_column(primary_key=True)
    subsidy_id: Mapped[UUID] = mapped_column(ForeignKey(Subsidy.id))
    referral: Mapped[UUID]
    landlord: Mapped[str] = mapped_column(party_id())
    complete: Mapped[bool] = mapped_column(default=True)


def state_on(day: date | ColumnElement[date]) -> ColumnElement[str]:
    """Where the subsidy in the row stands on a day."""
    return case(
        (Subsidy.starts_on > day, SubsidyState.PLANNED.value),
        (and_(Subsidy.ends_on.is_not(None), Subsidy.ends_on < day), SubsidyState.ENDED.value),
        else_=SubsidyState.RUNNING.value,
    )


def is_in(state: SubsidyState, day: date) -> ColumnElement[bool]:
    """Whether the subsidy in the row stands there on a day; conditions that an index can answer."""
    if state is SubsidyState.ENDED:
        return Subsidy.ends_on < day
    if state is SubsidyState.PLANNED:
        return Subsidy.starts_on > day
    return and_(Subsidy.starts_on <= day, or_(Subsidy.ends_on.is_(None), Subsidy.ends_on >= day))


PAID_TO_LANDLORDS = frozenset(
    {
        SubsidyKind.RENT_SUPPLEMENT,
        SubsidyKind.FIRST_AND_LAST_MONTH,
        SubsidyKind.SECURITY_DEPOSIT,
        SubsidyKind.ARREARS,
    }
)
"""The kinds that a landlord receives; no landlord is informed of any other."""

DEPOSIT_UNLAWFUL = {
    "ON": N_(
        "In Ontario a landlord may ask for the rent of the last month only, and for no other deposit than "
        "one for keys (Residential Tenancies Act, 2006, ss. 105 and 106)."
    ),
    "QC": N_("In Quebec a landlord may not ask for a deposit (Civil Code of Québec, art. 1904)."),
}
"""Why a security deposit isn't lawful (message ids), by the province of the home."""
DEPOSIT_LAWFUL = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "PE", "SK", "YT"})
"""The provinces and territories in which a landlord may ask for a security deposit."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with its currency, as messages show it."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        """Return it as a refusal of the API writes it."""
        return f"{self.amount:.2f} {self.currency}"


@dataclass(frozen=True, slots=True)
class SubsidyCommitted:
    """A program pays an amount for the household of a referral, `number` ordering the events about that."""

    landlord: str
    referral: UUID
    subsidy: UUID
    amount: Decimal
    currency: str
    frequency: Frequency
    first_on: date
    counted_from: date
    last_on: date | None
    number: int


@dataclass(frozen=True, slots=True)
class SubsidyChanged(SubsidyCommitted):
    """From a day on another amount is paid, or otherwise; what was to come from that day on is replaced."""


@dataclass(frozen=True, slots=True)
class SubsidyEnded:
    """Nothing is paid after a day."""

    landlord: str
    referral: UUID
    subsidy: UUID
    last_on: date
    number: int


class NotFunded(DomainError):
    """The program doesn't fund subsidies of this kind."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_funded"
    message: ClassVar[str] = "This program doesn’t fund this kind of subsidy. Choose another program or kind."


class NoBudget(DomainError):
    """No budget of the program covers the first payment."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_budget"
    message: ClassVar[str] = (
        "The program has no budget in {currency} for {day}, when the first payment falls due."
    )


class BudgetExceeded(DomainError):
    """More would be promised than a budget has."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "budget_exceeded"
    message: ClassVar[str] = (
        "The budget of the program from {starts_on} to {ends_on} isn’t enough. It has {budget}: {committed} "
        "is committed and {left} is left. This needs {needed}."
    )


class SubsidyEndsBeforeStart(DomainError):
    """The end is before the start."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "subsidy_ends_before_start"
    message: ClassVar[str] = "The end date must not be before the start date."


class PaymentOutsideSubsidy(DomainError):
    """A payment date lies before the start or after the end."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "payment_outside_subsidy"
    message: ClassVar[str] = "The payment date must lie between the start date and the end date."


class RecordedAlready(DomainError):
    """What was recorded stays: a change can't begin, and nothing end, before a payment that is recorded."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "recorded_already"
    message: ClassVar[str] = "The payment of {day} is recorded already. Choose a later day."


class OutsideSubsidy(DomainError):
    """The day isn't one of the subsidy's."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "outside_subsidy"
    message: ClassVar[str] = "The day must lie between the start date and the end date of the subsidy."


class NothingChanged(DomainError):
    """The same amount is paid as often already."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "nothing_changed"
    message: ClassVar[str] = "This is what is paid already. Enter another amount or frequency."


class SubsidyInAnotherCurrency(DomainError):
    """A subsidy stays in its currency."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "subsidy_in_another_currency"
    message: ClassVar[str] = "This subsidy is in {currency}. Enter the amount in the same currency."


class CaseClosed(DomainError):
    """Nothing more is paid under a placement or a prevention that has ended."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "case_closed"
    message: ClassVar[str] = "This has ended, so no subsidy can be added to it."


class SecurityDepositUnlawful(DomainError):
    """A landlord may not ask for a security deposit where the home is."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "security_deposit_unlawful"
    message: ClassVar[str] = "A security deposit isn’t lawful there. {rule}"


class ProvinceNotKnown(DomainError):
    """Whether a security deposit is lawful depends on where the home is."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "province_not_known"
    message: ClassVar[str] = (
        "Whether a security deposit is lawful depends on the province, and no home is known yet. "
        "Secure one first."
    )


class NotDueYet(DomainError):
    """A payment that is still to come can't have been paid or missed."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_due_yet"
    message: ClassVar[str] = "This payment isn’t due yet."


class PaymentRecorded(DomainError):
    """What became of a payment is recorded once, and corrected after that."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "payment_recorded"
    message: ClassVar[str] = "This payment is recorded already. Correct it instead."


class PaidOnNeeded(DomainError):
    """A payment was paid on a day; one that was missed on none."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "paid_on_needed"
    message: ClassVar[str] = "Enter the day on which it was paid, or leave it empty if it was missed."


class WhyMissedNeeded(DomainError):
    """Why a payment was missed is recorded."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "why_missed_needed"
    message: ClassVar[str] = "Enter why the payment was missed."


class NothingToReport(DomainError):
    """The landlord knows everything, or there is none to inform."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "nothing_to_report"
    message: ClassVar[str] = (
        "There is nothing to report: the landlord is informed, or the household isn’t referred."
    )


class NotAgreedToReport(DomainError):
    """The client hasn't agreed that subsidies are shared."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_agreed_to_report"
    message: ClassVar[str] = (
        "The client hasn’t agreed that subsidies are shared with this landlord. Record the consent first."
    )
