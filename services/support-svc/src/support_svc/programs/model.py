"""Programs and their budgets (S1, S3): tables, and what can be wrong.

A program that has ended isn't offered any more. What refers to it stays: the database itself refuses to
delete it (case 53).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import CheckConstraint, ColumnElement, Computed, ForeignKey, Index, Numeric, String, and_, or_
from sqlalchemy.dialects.postgresql import ARRAY, DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned
from chassis.errors import DomainError, Kind
from support_svc.tables import Base
from trade.dates import ProgramDay
from trade.money import USUAL, Currency


class SubsidyKind(StrEnum):
    """What a subsidy is for (vocabulary)."""

    RENT_SUPPLEMENT = "rent_supplement"
    FIRST_AND_LAST_MONTH = "first_and_last_month"
    SECURITY_DEPOSIT = "security_deposit"
    ARREARS = "arrears"
    MOVING = "moving"
    START_UP = "start_up"
    UTILITY = "utility"

    @property
    def label(self) -> str:
        """The kind in plain words (a message id)."""
        return {
            SubsidyKind.RENT_SUPPLEMENT: "Rent supplement",
            SubsidyKind.FIRST_AND_LAST_MONTH: "First and last month’s rent",
            SubsidyKind.SECURITY_DEPOSIT: "Security deposit",
            SubsidyKind.ARREARS: "Arrears",
            SubsidyKind.MOVING: "Moving costs",
            SubsidyKind.START_UP: "Start-up costs",
            SubsidyKind.UTILITY: "Utilities",
        }[self]


class Program(Versioned, Base):
    """What funds help, from a day until another; without a day it has always been there, or doesn't end.

    `kinds` are the kinds of subsidy that it funds.
    """

    __tablename__ = "program"
    __table_args__ = (
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="ends_after_start"),
        Index("ix_program_name", "name_en", "id"),
    )

    name_en: Mapped[str] = mapped_column(String(120))
    name_fr: Mapped[str] = mapped_column(String(120))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(String(40)))

    def is_offered_on(self, day: date) -> bool:
        """Whether it can be chosen on a day: it has begun and hasn't ended."""
        return (self.starts_on is None or self.starts_on <= day) and (
            self.ends_on is None or self.ends_on >= day
        )


class ProgramBudget(Versioned, Base):
    """What a program may spend in a period, in one currency; its periods don't overlap."""

    __tablename__ = "program_budget"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("amount >= 0", name="not_negative"),
        ExcludeConstraint(
            ("program_id", "="),
            ("currency", "="),
            ("period", "&&"),
            using="gist",
            name="ex_program_budget_period",
        ),
    )

    program_id: Mapped[UUID] = mapped_column(ForeignKey(Program.id))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    period: Mapped[Range[date]] = mapped_column(
        DATERANGE, Computed("daterange(starts_on, ends_on, '[]')", persisted=True)
    )
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))


class BudgetUse(Base):
    """What was promised and paid from a budget: the sums over all payments that fall due in its period.

    They are stored so that an award doesn't add up every other one. Whoever changes them holds the lock of
    the program. What is promised includes what is paid.
    """

    __tablename__ = "program_budget_use"

    budget_id: Mapped[UUID] = mapped_column(ForeignKey(ProgramBudget.id), primary_key=True)
    committed: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    paid: Mapped[Decimal] = mapped_column(Numeric(14, 2))


def is_offered(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Whether the program in the row can be chosen on a day, as `Program.is_offered_on` decides it."""
    return and_(
        or_(Program.starts_on.is_(None), Program.starts_on <= today),
        or_(Program.ends_on.is_(None), Program.ends_on >= today),
    )


ProgramName = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class Amount(BaseModel):
    """An amount that may be nothing."""

    amount: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    currency: Currency = USUAL


class AddProgram(BaseModel):
    """A program, and what it funds."""

    name_en: ProgramName = Field(title="English name")
    name_fr: ProgramName = Field(title="French name")
    starts_on: ProgramDay | None = Field(default=None, title="First day")
    ends_on: ProgramDay | None = Field(default=None, title="Last day")
    kinds: list[SubsidyKind] = Field(
        default=[], max_length=len(SubsidyKind), title="Kinds of subsidy that it funds"
    )


class ChangedProgram(AddProgram):
    """Changed fields of a program, and the version that was shown (X4)."""

    version: int


class ChangeProgram(ChangedProgram):
    """Change the name, days or kinds of a program."""

    program_id: UUID


class BudgetFields(BaseModel):
    """What a program may spend in a period."""

    starts_on: ProgramDay = Field(title="First day")
    ends_on: ProgramDay = Field(title="Last day")
    amount: Amount = Field(title="Amount")


class AddBudget(BudgetFields):
    """Give a program a budget for a period."""

    program_id: UUID


class ChangedBudget(BudgetFields):
    """Changed period or amount of a budget, and the version that was shown (X4)."""

    version: int


class ChangeBudget(ChangedBudget):
    """Change the period or the amount of a budget; its currency stays."""

    program_id: UUID
    budget_id: UUID


class ProgramNotOffered(DomainError):
    """A program that hasn't begun or has ended can't be chosen."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "program_not_offered"
    message: ClassVar[str] = "Choose a program from the list."


class EndsBeforeStart(DomainError):
    """The last day is before the first one."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "ends_before_start"
    message: ClassVar[str] = "The last day must not be before the first day."


class BudgetOverlaps(DomainError):
    """Two budgets of one program in one currency would share a day."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "budget_overlaps"
    message: ClassVar[str] = "The program has a budget in {currency} from {starts_on} to {ends_on} already."


class BudgetInAnotherCurrency(DomainError):
    """A budget stays in its currency."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "budget_in_another_currency"
    message: ClassVar[str] = "This budget is in {currency}. Add another one for another currency."
