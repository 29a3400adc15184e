"""Maintenance work and the contractors who do it (U7)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from units_svc.inventory.model import Occupancy, Unit
from units_svc.tables import Base

LIVED_IN: frozenset[Occupancy] = frozenset(
    {Occupancy.OCCUPIED_BY_CLIENT, Occupancy.OCCUPIED_BY_OTHER, Occupancy.NOTICE_GIVEN}
)
"""Occupancies in which somebody's home is entered."""


class Contractor(Base):
    """A firm or person that does work on homes."""

    __tablename__ = "contractor"
    __table_args__ = (Index("uq_contractor_name_key", "name_key", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(String(120))
    trade: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(40))
    email: Mapped[str | None] = mapped_column(String(254))
    comments: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class MaintenanceWork(Base):
    """One piece of work on one home. `agreed_on` is the day on which the tenant agreed to an earlier
    entry."""

    __tablename__ = "maintenance_work"
    __table_args__ = (
        Index("ix_maintenance_work_unit", "unit_id", "reported_at"),
        Index("ix_maintenance_work_due", "scheduled_end", postgresql_where=text("NOT completed")),
        Index("ix_maintenance_work_contractor", "contractor_id"),
        CheckConstraint("scheduled_cost >= 0", name="scheduled_cost"),
        CheckConstraint("actual_cost >= 0", name="actual_cost"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(Unit.id))
    type: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(Text)
    contractor_id: Mapped[UUID | None] = mapped_column(ForeignKey(Contractor.id))
    company_name: Mapped[str | None] = mapped_column(String(120))
    scheduled_start: Mapped[date | None]
    scheduled_end: Mapped[date | None]
    actual_start: Mapped[date | None]
    actual_end: Mapped[date | None]
    scheduled_cost: Mapped[Decimal | None]
    actual_cost: Mapped[Decimal | None]
    currency: Mapped[str] = mapped_column(String(3), default="CAD")
    completed: Mapped[bool] = mapped_column(default=False)
    needs_entry: Mapped[bool] = mapped_column(default=True)
    agreed_on: Mapped[date | None]
    comments: Mapped[str | None] = mapped_column(Text)
    finding_id: Mapped[UUID | None]
    """The area of an inspection whose finding opened this work; no foreign key, the work outlives the
    finding."""
    reported_at: Mapped[datetime]
    reported_by: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


def earliest_entry(today: date, notice_days: int) -> date:
    """Return the first day on which somebody's home may be entered without their agreement to an earlier one.

    The day of the notice doesn't count, as with the notices of a tenancy.
    """
    return today + timedelta(days=notice_days + 1)


class EntryTooSoon(DomainError):
    """Somebody lives there: entry needs notice, or their agreement."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "entry_too_soon"
    message: ClassVar[str] = (
        "Somebody lives there. Without the tenant's agreement the work can't begin before {earliest}."
    )


class DaysReversed(DomainError):
    """Work can't end before it begins."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "days_reversed"
    message: ClassVar[str] = "The end can't be before the start."


class NotYetDone(DomainError):
    """Completed work has ended on a day."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_yet_done"
    message: ClassVar[str] = "Enter the day on which the work ended, or say that it isn't completed."


class ContractorKnown(DomainError):
    """There is a contractor of that name already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "contractor_known"
    message: ClassVar[str] = "A contractor named {name} is already on the list."
