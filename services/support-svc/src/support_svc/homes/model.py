"""The support organisation's own copy of the published inventory (P5), and how a home is matched with a
search.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, Integer, Numeric, String, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.db.xid8 import XID8
from chassis.errors import DomainError, Kind
from deskkit.addresses import door
from support_svc.homes.facts import FactColumns
from support_svc.tables import Base, party_id
from trade import addresses


class ManagedBy(StrEnum):
    """Who the landlord is: a property entity signs leases itself, a third party has its own way."""

    PROPERTY_ENTITY = "property_entity"
    THIRD_PARTY = "third_party"
    NOT_KNOWN = "not_known"
    """The inventory has no landlord on record: the person who secures the home is asked before a referral."""


NAMES_ITS_MANAGER = "(managed_by = 'property_entity') = (manager is not null)"
"""A property entity that manages a home is known by name (N3)."""


class Occupancy(StrEnum):
    """Occupancy of a home as last published."""

    AVAILABLE = "available"
    SECURED = "secured"
    OCCUPIED_BY_CLIENT = "occupied_by_client"
    OCCUPIED_BY_OTHER = "occupied_by_other"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    NOTICE_GIVEN = "notice_given"


class Home(FactColumns, Base):
    """A home as its inventory published it. What the inventory doesn't know is null, never a guess.

    `inventory` is the party that listed the home first, and alone may change it; `manager` the property
    entity that manages it (N3).
    `written_in` is the transaction that wrote the row last: the search index of each process follows it.
    """

    __tablename__ = "home"
    __table_args__ = (
        Index("ix_home_written_in", "written_in", "unit"),
        CheckConstraint(NAMES_ITS_MANAGER, name="names_its_manager"),
    )

    unit: Mapped[UUID] = mapped_column(primary_key=True)
    inventory: Mapped[str] = mapped_column(party_id())
    listing_version: Mapped[int] = mapped_column(Integer)
    listed: Mapped[bool]
    building_name: Mapped[str | None] = mapped_column(String(120))
    street: Mapped[str] = mapped_column(String(120))
    unit_number: Mapped[str | None] = mapped_column(String(30))
    city: Mapped[str] = mapped_column(String(120))
    province: Mapped[str] = mapped_column(String(3))
    postal_code: Mapped[str | None] = mapped_column(String(10))
    country: Mapped[str] = mapped_column(String(2))
    region: Mapped[str | None] = mapped_column(String(60))
    housing_type: Mapped[str] = mapped_column(String(60))
    rent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str | None] = mapped_column(String(3))
    features: Mapped[list[str]] = mapped_column(ARRAY(String(60)))
    managed_by: Mapped[ManagedBy] = mapped_column(words(ManagedBy, "managed_by"))
    manager: Mapped[str | None] = mapped_column(party_id())
    occupancy: Mapped[Occupancy] = mapped_column(words(Occupancy, "occupancy"))
    available_from: Mapped[date | None]
    address_search: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    written_in: Mapped[str] = mapped_column(XID8(), server_default=text("pg_current_xact_id()"))

    @hybrid_property
    def address_line(self) -> str:
        """Unit number, street and city as one line: “304 – 12 Elm St, Toronto”."""
        return door(self.street, self.unit_number, self.city)

    @address_line.inplace.expression
    @classmethod
    def _address_line(cls) -> ColumnElement[str]:
        return func.concat(cls.unit_number + " – ", cls.street, ", ", cls.city)


class EarlyChange(Base):
    """A change to a home that was received before its listing; applied when the same inventory lists it."""

    __tablename__ = "home_early_change"

    unit: Mapped[UUID] = mapped_column(primary_key=True)
    inventory: Mapped[str] = mapped_column(party_id(), primary_key=True)
    listing_version: Mapped[int] = mapped_column(Integer)
    withdrawn: Mapped[bool]
    occupancy: Mapped[Occupancy | None] = mapped_column(words(Occupancy, "occupancy"))
    available_from: Mapped[date | None]


class InventoryReceipt(Base):
    """When the events of an inventory were last received, so that a page can show how old its homes are."""

    __tablename__ = "inventory_receipt"

    inventory: Mapped[str] = mapped_column(party_id(), primary_key=True)
    published_at: Mapped[datetime]
    received_at: Mapped[datetime]


class InventoryPlace(Base):
    """A region or city that occurs in the published inventory: the choices of the search form."""

    __tablename__ = "inventory_place"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)


def searchable_address(*parts: str | None) -> str:
    """Return an address as one line of the words by which it's found, a blank on both sides of each.

    "260  SHERBOURNE ST ", "M5A 1A1" → " 260 sherbourne st m5a 1a1 ".
    """
    return addresses.searchable(*parts)


def region_name(code: str) -> str:
    """What a region is called whose code alone is published: “Toronto East York” for `toronto-east-york`."""
    return code.replace("-", " ").replace("_", " ").title()


class UnknownHome(DomainError):
    """The home isn't in the copy of the inventory, or is no longer listed."""

    kind: ClassVar[Kind] = Kind.not_found
    code: ClassVar[str] = "unknown_home"
    message: ClassVar[str] = "This home is no longer listed."
