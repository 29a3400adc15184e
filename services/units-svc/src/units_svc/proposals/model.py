"""A home that a support organisation proposes, and what becomes of it (P11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, SmallInteger, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from units_svc.inventory.model import Unit
from units_svc.landlords.model import PARTY
from units_svc.tables import Base


class ProposalState(StrEnum):
    """What became of a proposed home."""

    WAITING = "waiting"
    """A person decides."""
    TAKEN_IN = "taken_in"
    KNOWN_ALREADY = "known_already"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Refusal(StrEnum):
    """Why a home isn't taken in."""

    ADDRESS_NOT_VALID = "address_not_valid"
    MONITORING_DEVICE = "monitoring_device"
    OUTSIDE_THE_AREA = "outside_the_area"
    NOT_A_HOME_TO_LET = "not_a_home_to_let"
    LANDLORD_DECLINED = "landlord_declined"


class Doubt(StrEnum):
    """Why a person decides about a proposed home."""

    BY_POLICY = "by_policy"
    NO_POSTAL_CODE = "no_postal_code"
    NO_REGION = "no_region"
    NO_UNIT_NUMBER = "no_unit_number"
    """Other homes at the address have numbers, and this one has none."""
    TYPE_NOT_LISTED = "type_not_listed"
    LANDLORD_OF_ENTITY = "landlord_of_entity"
    """The landlord's name is one under which a property entity lets homes."""


class ProposedHome(Base):
    """A home as it was proposed. One that was withdrawn before it was received has no address."""

    __tablename__ = "proposed_home"
    __table_args__ = (
        Index("ix_proposed_home_received", "received_at", "request_id"),
        Index(
            "ix_proposed_home_waiting",
            "received_at",
            "request_id",
            postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint("(state = 'refused') = (refusal is not null)", name="refused_for_a_reason"),
        CheckConstraint(
            "(state in ('taken_in', 'known_already')) = (unit_id is not null)", name="home_known"
        ),
        CheckConstraint("(state = 'waiting') <= (doubt is not null)", name="waits_for_a_reason"),
        CheckConstraint(
            "state = 'withdrawn' or (street is not null and city is not null and province is not null"
            " and housing_type is not null and landlord_name is not null)",
            name="address_known",
        ),
    )

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    proposed_by: Mapped[str] = mapped_column(PARTY)
    state: Mapped[ProposalState] = mapped_column(words(ProposalState, "state"))
    building_name: Mapped[str | None] = mapped_column(String(120))
    street: Mapped[str | None] = mapped_column(String(120))
    unit_number: Mapped[str | None] = mapped_column(String(30))
    city: Mapped[str | None] = mapped_column(String(120))
    province: Mapped[str | None] = mapped_column(String(3))
    postal_code: Mapped[str | None] = mapped_column(String(10))
    country: Mapped[str] = mapped_column(String(2), default="CA")
    region: Mapped[str | None] = mapped_column(String(60))
    housing_type: Mapped[str | None] = mapped_column(String(60))
    """The published word."""
    bedrooms: Mapped[int | None] = mapped_column(SmallInteger)
    rent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    rent_currency: Mapped[str] = mapped_column(String(3), default="CAD")
    landlord_name: Mapped[str | None] = mapped_column(String(120))
    landlord_is_organisation: Mapped[bool] = mapped_column(default=False)
    secured_on: Mapped[date | None]
    expected_move_in: Mapped[date | None]
    doubt: Mapped[Doubt | None] = mapped_column(words(Doubt, "doubt"))
    refusal: Mapped[Refusal | None] = mapped_column(words(Refusal, "refusal"))
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey(Unit.id))
    received_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy\'s own declaration


@dataclass(frozen=True, slots=True)
class ProposalAnswered:
    """What became of a proposed home, for the party that proposed it."""

    request_id: UUID
    state: ProposalState
    unit_id: UUID | None
    refusal: Refusal | None
    to: str


class ProposalDecided(DomainError):
    """Somebody decided about the proposed home, or it was withdrawn."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "proposal_decided"
    message: ClassVar[str] = "This proposal no longer waits: it was decided or withdrawn meanwhile."
