"""Homes as the inventory knows them: buildings, units, and what is known of each unit over time (U2, U3, U4).

What lies in a building (address, year, floors) is stored once for all its units. A unit carries copies of the
few building facts that people filter and sort by (`region`, `city_key`, `year_built`, `address_order`), so
that any search reads one table; `inventory.buildings.copies_of` says which.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.db.xid8 import XID8
from chassis.errors import DomainError, Kind
from units_svc.inventory.facts import BuildingFacts, KnownFacts, UnitFacts
from units_svc.landlords.model import Manager
from units_svc.tables import Base


class Occupancy(StrEnum):
    """Occupancy status (vocabulary.md); notice given comes with the day the home is expected to be free."""

    AVAILABLE = "available"
    SECURED = "secured"
    OCCUPIED_BY_CLIENT = "occupied_by_client"
    OCCUPIED_BY_OTHER = "occupied_by_other"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    NOTICE_GIVEN = "notice_given"


FREE_TO_WITHDRAW: frozenset[Occupancy] = frozenset({Occupancy.AVAILABLE, Occupancy.TEMPORARILY_UNAVAILABLE})
"""Homes that can be taken off the list with others: nobody holds them or lives there."""


class Cause(StrEnum):
    """What made the occupancy of a home change; together with an id it is something one can open (U4)."""

    LISTED = "listed"
    IMPORT = "import"
    HOLD = "hold"
    OCCUPATION = "occupation"


class Building(BuildingFacts, Base):
    """An address and what is true of everything there. `search_text` and `address_key` follow
    `trade.addresses`."""

    __tablename__ = "building"
    __table_args__ = (
        Index("uq_building_address_key", "address_key", unique=True),
        Index(
            "uq_building_source_ref",
            "source",
            "source_ref",
            unique=True,
            postgresql_where=text("source IS NOT NULL"),
        ),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="coordinates"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(120))
    city: Mapped[str] = mapped_column(String(120))
    province: Mapped[str] = mapped_column(String(3))
    country: Mapped[str] = mapped_column(String(2))
    postal_code: Mapped[str | None] = mapped_column(String(10))
    postal_area: Mapped[str | None] = mapped_column(String(10))
    latitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    longitude: Mapped[Decimal | None] = mapped_column(Numeric(9, 6))
    region: Mapped[str | None] = mapped_column(String(60))
    address_key: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(60))
    source_ref: Mapped[str | None] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration


class Unit(UnitFacts, Base):
    """One home. `version` counts its edits (X4), `listing_version` the events published about it.

    `written_in` is the transaction that wrote the row last, set by a trigger: the search of each process
    follows it.
    """

    __tablename__ = "unit"
    __table_args__ = (
        Index("uq_unit_building_unit_key", "building_id", "unit_key", unique=True),
        Index(
            "uq_unit_source_ref",
            "source",
            "source_ref",
            unique=True,
            postgresql_where=text("source IS NOT NULL"),
        ),
        Index("ix_unit_written_in", "written_in", "id"),
        Index("ix_unit_landlord", "landlord_id"),
        CheckConstraint("rent_amount >= 0", name="rent"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    building_id: Mapped[UUID] = mapped_column(ForeignKey("building.id"))
    unit_number: Mapped[str | None] = mapped_column(String(30))
    unit_key: Mapped[str] = mapped_column(String(30), default="")
    unit_order: Mapped[str] = mapped_column(Text, default="")
    housing_type: Mapped[str] = mapped_column(String(60))
    status: Mapped[str] = mapped_column(String(60))
    status_observed_on: Mapped[date]
    occupancy: Mapped[Occupancy] = mapped_column(words(Occupancy, "occupancy"), default=Occupancy.AVAILABLE)
    available_from: Mapped[date | None]
    landlord_id: Mapped[UUID | None] = mapped_column(ForeignKey("landlord.id"))
    service_provider: Mapped[str | None] = mapped_column(String(60))
    features: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    active: Mapped[bool] = mapped_column(default=True)
    rent_amount: Mapped[Decimal | None]
    rent_currency: Mapped[str] = mapped_column(String(3), default="CAD")
    comments: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(String(60))
    city_key: Mapped[str] = mapped_column(String(120))
    year_built: Mapped[int | None] = mapped_column(SmallInteger)
    address_order: Mapped[str] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(String(60))
    source_ref: Mapped[str | None] = mapped_column(String(140))
    listing_version: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime]
    written_in: Mapped[str] = mapped_column(XID8(), server_default=text("pg_current_xact_id()"))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration


class StatusObservation(Base):
    """The condition of a home as somebody saw it on a day; the newest day's is the home's status (U3)."""

    __tablename__ = "status_observation"
    __table_args__ = (Index("ix_status_observation_unit", "unit_id", "observed_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    status: Mapped[str] = mapped_column(String(60))
    observed_on: Mapped[date]
    remark: Mapped[str | None] = mapped_column(Text)
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(200))


class Rent(Base):
    """The asking rent of a home for a month from a day on; a change is a new row, nothing is overwritten
    (U3).

    One that was mistyped is cancelled with the reason, and a row with the right amount takes its day.
    """

    __tablename__ = "rent"
    __table_args__ = (
        Index(
            "uq_rent_unit_begins_on",
            "unit_id",
            "begins_on",
            unique=True,
            postgresql_where=text("cancelled_at IS NULL"),
        ),
        CheckConstraint("amount >= 0", name="amount"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    begins_on: Mapped[date]
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(200))
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[str | None] = mapped_column(String(200))
    cancelled_why: Mapped[str | None]


class OccupancyChange(Base):
    """One change of a home's occupancy and the record that caused it (U4)."""

    __tablename__ = "occupancy_change"
    __table_args__ = (Index("ix_occupancy_change_unit", "unit_id", "changed_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    occupancy: Mapped[Occupancy] = mapped_column(words(Occupancy, "occupancy"))
    available_from: Mapped[date | None]
    cause: Mapped[Cause] = mapped_column(words(Cause, "cause"))
    cause_id: Mapped[UUID]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str] = mapped_column(String(200))


# ------------------------------------------------------------------ facts that are published
@dataclass(frozen=True, slots=True)
class UnitListed:
    """A unit is listed or its listing changed; `listing_version` numbers what is published about the unit."""

    unit_id: UUID
    listing_version: int
    building_name: str | None
    street: str
    unit_number: str | None
    city: str
    province: str
    country: str
    postal_code: str | None
    region: str | None
    housing_type: str
    facts: KnownFacts
    rent_amount: Decimal | None
    rent_currency: str
    features: tuple[str, ...]
    manager: Manager
    occupancy: Occupancy
    available_from: date | None


@dataclass(frozen=True, slots=True)
class UnitUnlisted:
    """A unit is no longer listed."""

    unit_id: UUID
    listing_version: int


@dataclass(frozen=True, slots=True)
class AvailabilityChanged:
    """A unit's occupancy, or the day it is expected to be free, changed."""

    unit_id: UUID
    listing_version: int
    occupancy: Occupancy
    available_from: date | None


# ------------------------------------------------------------------ what can be wrong
class AddressTaken(DomainError):
    """Two units can't have one address and number."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "address_taken"
    message: ClassVar[str] = "There is already a unit with the number {number} at {street}."


class FloorAboveBuilding(DomainError):
    """A unit can't be on a floor that its building doesn't have."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "floor_above_building"
    message: ClassVar[str] = "The building has {floors} floors; floor {floor} is above it."


class PostalCodeOfAnotherProvince(DomainError):
    """How a postal code begins says in which province or state it lies."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "postal_code_of_another_province"
    message: ClassVar[str] = "The postal code {postal_code} isn't in {province}."


class NotAPostalCode(DomainError):
    """The postal code hasn't the form of its country."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_a_postal_code"
    message: ClassVar[str] = "A postal code in this country looks like {example}."


class DayInFuture(DomainError):
    """Nobody has observed the future."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "day_in_future"
    message: ClassVar[str] = "The day can't be in the future."


class YearInFuture(DomainError):
    """A home can be listed while it's being built, not long before."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "year_in_future"
    message: ClassVar[str] = "The year can't be later than {latest}."


class RentInAnotherCurrency(DomainError):
    """The rents of one home are in one currency."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "rent_in_another_currency"
    message: ClassVar[str] = "The rent of this home is in {currency}. Enter the amount in the same currency."


class RentBegun(DomainError):
    """A rent that has begun was published already; it's corrected, not cancelled."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "rent_begun"
    message: ClassVar[str] = "This rent has begun. Correct it instead, or record another from a later day."


class RentCancelled(DomainError):
    """The rent was cancelled or corrected before."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "rent_cancelled"
    message: ClassVar[str] = "This rent was already cancelled or corrected. Reload the page."


class RentKnown(DomainError):
    """The unit has a rent from that day already."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "rent_known"
    message: ClassVar[str] = (
        "A rent from {day} is already recorded. Choose another day, or correct that one in the history."
    )
