"""A home that a caseworker found outside of the inventory, and what the inventory answered (P11)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Faults, InvalidInput, Kind
from deskkit.addresses import door
from deskkit.i18n import N_
from support_svc.tables import Base, party_id
from trade import addresses

MOST = 50
"""Homes proposed in one placement at most."""


class ProposalState(StrEnum):
    """What became of a proposal."""

    WAITING = "waiting"
    TAKEN_IN = "taken_in"
    KNOWN_ALREADY = "known_already"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Landlord:
    """The name under which somebody lets homes, and whether it's an organisation's."""

    name: str
    organisation: bool


@dataclass(frozen=True, slots=True)
class FoundHome:
    """Where a home is, and what is known of it."""

    building_name: str | None
    street: str
    unit_number: str | None
    city: str
    province: str
    postal_code: str | None
    country: str
    region: str | None
    housing_type: str
    bedrooms: int | None
    rent: Decimal | None
    currency: str
    landlord_name: str
    landlord_is_organisation: bool

    @property
    def address_line(self) -> str:
        """The address as a person writes it."""
        return f"{door(self.street, self.unit_number)}, {self.city}"


class Proposal(Base):
    """A proposed home. `request` is its reference for the inventory, and the request's if it's to be held."""

    __tablename__ = "home_proposal"
    __table_args__ = (
        Index("ix_home_proposal_placement", "placement_id", "proposed_at"),
        CheckConstraint("(state = 'refused') = (reason is not null)", name="refused_for_a_reason"),
        CheckConstraint("(state in ('taken_in', 'known_already')) = (unit is not null)", name="home_known"),
    )

    request: Mapped[UUID] = mapped_column(primary_key=True)
    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"))
    inventory: Mapped[str] = mapped_column(party_id())
    address: Mapped[str] = mapped_column(String(400))
    housing_type: Mapped[str] = mapped_column(String(60))
    bedrooms: Mapped[int | None] = mapped_column(SmallInteger)
    rent: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    currency: Mapped[str] = mapped_column(String(3))
    landlord_name: Mapped[str] = mapped_column(String(120))
    wants_hold: Mapped[bool]
    agreed_under: Mapped[UUID] = mapped_column(ForeignKey("consent.id"))
    state: Mapped[ProposalState] = mapped_column(words(ProposalState, "state"))
    unit: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    proposed_at: Mapped[datetime]
    proposed_by_name: Mapped[str] = mapped_column(String(200))
    answered_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class UnitProposed:
    """A home is proposed to an inventory; with the dates it's asked for as well."""

    inventory: str
    request: UUID
    home: FoundHome
    secured_on: date | None
    expected_move_in: date | None


_EXAMPLES = {"CA": "M5V 2T6", "US": "10001"}


def require_address(home: FoundHome) -> None:
    """Refuse an address that can't be one. Raises InvalidInput, SeveralFaults."""
    faults = Faults()
    if not addresses.comparable(home.street):
        faults.add(InvalidInput(field="street", rule=N_("Enter an address.")))
    known = addresses.is_province(home.province, home.country)
    if not known:
        faults.add(InvalidInput(field="province", rule=N_("Enter the two letters of a province or state.")))
    if home.postal_code is not None:
        code = addresses.postal_code(home.postal_code, home.country)
        if code is None:
            faults.add(NoPostalCode(field="postal_code", example=_EXAMPLES.get(home.country, "AB1 2CD")))
        elif known and not addresses.fits_province(code, home.province, home.country):
            faults.add(OtherProvince(field="postal_code"))
    faults.refuse()


class NoPostalCode(DomainError):
    """What was entered is no postal code of the country."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "no_postal_code"
    message: ClassVar[str] = "Enter a postal code such as {example}."


class OtherProvince(DomainError):
    """The postal code belongs to another province."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "postal_code_of_other_province"
    message: ClassVar[str] = "This postal code belongs to another province or state."


class InventoryNotKnown(DomainError):
    """The inventory that was chosen doesn't take part, or none was chosen of several."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "inventory_not_known"
    message: ClassVar[str] = "Choose an inventory that takes part."


class ProposalAnswered(DomainError):
    """The inventory has answered, so the proposal can't be withdrawn any more."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "proposal_answered"
    message: ClassVar[str] = "The inventory has already answered this proposal."


class TooManyProposed(DomainError):
    """So many homes were proposed that the list would be of no use."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "too_many_proposed"
    message: ClassVar[str] = "{most} homes were proposed for this placement, which is all there can be."
