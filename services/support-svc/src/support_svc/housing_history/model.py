"""Where a person has lived (C5): ranges that never overlap, and rent that changes by date."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Integer, Numeric, String, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.errors import DomainError, Kind
from support_svc.lookups.model import LookupValue
from support_svc.tables import Base


class HousingRecord(Base):
    """One person's stay in one home, from a day until (not including) another, or still.

    People housed together share `stay`. The last day of one stay may be the first of the next.
    """

    __tablename__ = "housing_record"
    __table_args__ = (
        CheckConstraint("ended_on is null or ended_on >= started_on", name="ends_after_start"),
        ExcludeConstraint(
            ("client_id", "="), ("period", "&&"), using="gist", name="ex_housing_record_overlap"
        ),
        Index("ix_housing_record_client", "client_id", "started_on"),
        Index("ix_housing_record_placement", "placement_id"),
        Index("ix_housing_record_stay", "stay"),
        Index("ix_housing_record_started", "started_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    stay: Mapped[UUID]
    placement_id: Mapped[UUID | None]
    housing_type_id: Mapped[UUID] = mapped_column(ForeignKey(LookupValue.id))
    address: Mapped[str | None] = mapped_column(String(400))
    safe_address: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]
    period: Mapped[Range[date]] = mapped_column(
        DATERANGE, Computed("daterange(started_on, ended_on, '[)')", persisted=True)
    )
    other_people: Mapped[int] = mapped_column(Integer, default=0)
    reason_left_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    last_activity_on: Mapped[date]
    recorded_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(Integer)

    rents: Mapped[list["HousingRent"]] = relationship(
        cascade="all, delete-orphan", order_by="HousingRent.from_date", lazy="raise"
    )

    @property
    def shown_address(self) -> str | None:
        """The address as everything but the one page for it may have it: nothing of a safe one."""
        return None if self.safe_address else self.address

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class HousingRent(Base):
    """The rent of a stay from a day on; a change is a new row and never closes the stay."""

    __tablename__ = "housing_rent"
    __table_args__ = (CheckConstraint("amount >= 0", name="not_negative"),)

    record_id: Mapped[UUID] = mapped_column(ForeignKey("housing_record.id"), primary_key=True)
    from_date: Mapped[date] = mapped_column(primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay as the rules see it: from a day until (not including) another, or open-ended."""

    started_on: date
    ended_on: date | None = None


def overlaps(one: Stay, other: Stay) -> bool:
    """Whether two stays of one person share a day. A stay that ends the day it began holds no day.

    It's the rule of the database's exclusion constraint, so that an error can be shown before the database
    refuses.
    """
    if one.started_on == one.ended_on or other.started_on == other.ended_on:
        return False
    one_before_other_ends = other.ended_on is None or one.started_on < other.ended_on
    other_before_one_ends = one.ended_on is None or other.started_on < one.ended_on
    return one_before_other_ends and other_before_one_ends


class HousingOverlap(DomainError):
    """The person has another housing record in that time."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "housing_overlap"
    message: ClassVar[str] = "{name} has a housing history record in that time. Correct or end it first."


class DaysOfPlacement(DomainError):
    """The days of this stay come from a placement and are corrected there."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "days_of_placement"
    message: ClassVar[str] = (
        "These days come from a housing placement. Correct the move-in date or the last day there."
    )


class EndBeforeStart(DomainError):
    """A stay ends before it began."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "end_before_start"
    message: ClassVar[str] = "The last day must not be before the first day."


class RentInAnotherCurrency(DomainError):
    """The rents of one stay are in one currency."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "rent_in_another_currency"
    message: ClassVar[str] = "The rent of this stay is in {currency}. Enter the amount in the same currency."


class StayEnded(DomainError):
    """The stay has ended already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "stay_ended"
    message: ClassVar[str] = "This housing history record has ended already."


class HomeOfPlacement(DomainError):
    """The address of a stay that comes from a placement is in the records of the placement as well."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "home_of_placement"
    message: ClassVar[str] = (
        "This home comes from a housing placement, which shows its address too. Restrict the record instead."
    )
