"""Homes as the inventory published them, and holds as it announced them.

Their events may arrive in any order, and twice.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, NamedTuple

from sqlalchemy import ColumnElement, Index, Integer, String, and_, false, or_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from deskkit.addresses import door
from tenancy_svc.fields import Command
from tenancy_svc.tables import Base
from trade.letters import searchable


class ManagedBy(StrEnum):
    """Whose home it is: only the property entity's own homes get a lease here."""

    PROPERTY_ENTITY = "property_entity"
    THIRD_PARTY = "third_party"
    NOT_KNOWN = "not_known"


class Occupancy(StrEnum):
    """Occupancy status as published (vocabulary.md)."""

    AVAILABLE = "available"
    SECURED = "secured"
    OCCUPIED_BY_CLIENT = "occupied_by_client"
    OCCUPIED_BY_OTHER = "occupied_by_other"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    NOTICE_GIVEN = "notice_given"


FREE = (Occupancy.AVAILABLE, Occupancy.NOTICE_GIVEN)
"""Such a home can be let to a household that has no hold on it."""


class HoldStatus(StrEnum):
    """A hold stands until it's released; what the inventory released never stands again."""

    HELD = "held"
    RELEASED = "released"


class ReleaseReason(StrEnum):
    """Why the inventory ended a hold."""

    REQUEST_WITHDRAWN = "request_withdrawn"
    DEADLINE_PASSED = "deadline_passed"
    UNIT_WITHDRAWN = "unit_withdrawn"
    INVENTORY_DECISION = "inventory_decision"
    LET_TO_ANOTHER = "let_to_another"
    APPLICATION_CLOSED = "application_closed"


class Manager(NamedTuple):
    """Who manages a home: of what kind they are, and which party of the register a property entity is."""

    kind: ManagedBy | None
    party: str | None

    @property
    def known(self) -> bool:
        """Whether somebody recorded it."""
        return self.kind not in {None, ManagedBy.NOT_KNOWN}


class Home(Base):
    """One published home. Its `listing_version` and `availability_version` only rise; 0 is not received.

    `inventory` is the party that was the first to publish anything about it: nobody else's word counts (N2).
    """

    __tablename__ = "home"
    __table_args__ = (
        Index("ix_home_address", "city", "street", "unit_number"),
        Index("ix_home_manager", "manager", "unit"),
    )

    unit: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    inventory: Mapped[str]
    listing_version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    availability_version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    withdrawn_version: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    building_name: Mapped[str | None]
    street: Mapped[str | None]
    unit_number: Mapped[str | None]
    city: Mapped[str | None]
    province: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str | None]
    region: Mapped[str | None]
    housing_type: Mapped[str | None]
    bedrooms: Mapped[int | None]
    rent_amount: Mapped[Decimal | None]
    rent_currency: Mapped[str | None] = mapped_column(String(3))
    accessible: Mapped[bool] = mapped_column(default=False, server_default=false())
    managed_by: Mapped[ManagedBy | None] = mapped_column(words(ManagedBy, "managed_by"))
    manager: Mapped[str | None]
    occupancy: Mapped[Occupancy | None] = mapped_column(words(Occupancy, "occupancy"))
    available_from: Mapped[dt.date | None]
    address_search: Mapped[str] = mapped_column(default="", server_default="")

    @hybrid_property
    def listed(self) -> bool:
        """Whether the inventory lists this home at present."""
        return self.listing_version > self.withdrawn_version

    @property
    def address_line(self) -> str:
        """The address on one line, as on an envelope; empty until its listing is received."""
        return door(self.street, self.unit_number, self.city, self.province)


def searchable_address(listing: ReceivedListing) -> str:
    """The words of a home's address as a search compares them, its postal code also in one piece."""
    code = (listing.postal_code or "").replace(" ", "")
    return searchable(
        listing.building_name, listing.street, listing.unit_number, listing.city, listing.postal_code, code
    )


class Hold(Base):
    """One hold of one home for one request, as the home's inventory announced it."""

    __tablename__ = "hold"
    unit: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    request: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    status: Mapped[HoldStatus] = mapped_column(words(HoldStatus, "hold_status"))
    deadline: Mapped[dt.datetime | None]
    ending_announced_at: Mapped[dt.datetime | None]
    released_at: Mapped[dt.datetime | None]
    release_reason: Mapped[ReleaseReason | None] = mapped_column(words(ReleaseReason, "release_reason"))
    # Whose home it was when it was held: a landlord that the inventory corrects later changes nothing here.
    managed_by: Mapped[ManagedBy | None] = mapped_column(words(ManagedBy, "hold_managed_by"))
    manager: Mapped[str | None]

    def stands(self, now: dt.datetime) -> bool:
        """Whether the home is held at `now`: not released, and its deadline not passed."""
        return self.status is HoldStatus.HELD and (self.deadline is None or now <= self.deadline)


def held_for(unit: ColumnElement[uuid.UUID], request: ColumnElement[uuid.UUID | None]) -> ColumnElement[bool]:
    """Whether a `Hold` is that of a home for a request: equal requests of two inventories are two holds."""
    return and_(Hold.unit == unit, Hold.request == request)


def stands_at(now: dt.datetime) -> ColumnElement[bool]:
    """Whether a `Hold` stands at `now`: the same as `Hold.stands`, for a query."""
    return and_(Hold.status == HoldStatus.HELD, or_(Hold.deadline.is_(None), Hold.deadline >= now))


class ReceivedListing(Command):
    """The whole listing of a home as an inventory published it."""

    inventory: str
    unit: uuid.UUID
    listing_version: int
    building_name: str | None = None
    street: str
    unit_number: str | None = None
    city: str
    province: str
    postal_code: str | None = None
    country: str
    region: str | None = None
    housing_type: str
    bedrooms: int | None = None
    rent_amount: Decimal | None = None
    rent_currency: str | None = None
    accessible: bool = False
    managed_by: ManagedBy
    manager: str | None = None
    occupancy: Occupancy
    available_from: dt.date | None = None


class ReceiveListings(Command):
    """Listings that came together, at least one."""

    listings: tuple[ReceivedListing, ...]


class ReceiveAvailability(Command):
    """The occupancy of a home as an inventory published it."""

    inventory: str
    unit: uuid.UUID
    listing_version: int
    occupancy: Occupancy
    available_from: dt.date | None = None


class ReceiveWithdrawal(Command):
    """A home is no longer listed."""

    inventory: str
    unit: uuid.UUID
    listing_version: int


class ReceiveHold(Command):
    """A home is held until `deadline`; `ending_at` is when its approaching end was announced."""

    inventory: str
    request: uuid.UUID
    unit: uuid.UUID
    deadline: dt.datetime
    ending_at: dt.datetime | None = None
    managed_by: ManagedBy | None = None
    manager: str | None = None


class ReceiveRelease(Command):
    """A hold ended without a tenancy."""

    inventory: str
    request: uuid.UUID
    unit: uuid.UUID
    reason: ReleaseReason
    released_at: dt.datetime


class HomeUnknown(DomainError):
    """The inventory hasn't published this home."""

    kind: ClassVar[Kind] = Kind.not_found
    code: ClassVar[str] = "home_unknown"
    message: ClassVar[str] = "The inventory hasn't listed this home. Choose one from the list of homes."


class HomeNotOurs(DomainError):
    """Another landlord's home gets no lease from the property entity."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "home_not_ours"
    message: ClassVar[str] = "{address} belongs to another landlord, so no lease can be made here."


class ManagerUnknown(DomainError):
    """Nobody recorded who manages the home, so it may be another landlord's."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "manager_unknown"
    message: ClassVar[str] = (
        "It isn't known who manages {address}. Ask the inventory to record its landlord first."
    )


class HoldEnded(DomainError):
    """The home is no longer held for this applicant."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "hold_ended"
    message: ClassVar[str] = (
        "The home is no longer held for this applicant. Ask the inventory whether it can be held again."
    )


class HomeHeld(DomainError):
    """The home is held for another applicant."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "home_held"
    message: ClassVar[str] = "The home is held for another applicant, so it can't be let to this one."


class HomeTaken(DomainError):
    """Somebody else has the home."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "home_taken"
    message: ClassVar[str] = "{address} isn't free: it's held for or let to somebody else."
