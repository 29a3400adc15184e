"""What occupies a home, and the occupancy that follows from it (U4).

Occupancy is never typed in. It follows from holds and from occupations, each of which somebody can open and
read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from units_svc.inventory.model import Occupancy
from units_svc.landlords.model import PARTY, ManagedBy, Manager
from units_svc.tables import Base


class OccupationKind(StrEnum):
    """What occupies a home: a lease here, a household at a third party's, somebody else, or works."""

    TENANCY = "tenancy"
    HOUSEHOLD = "household"
    OTHER_HOUSEHOLD = "other_household"
    OUT_OF_USE = "out_of_use"


class Occupation(Base):
    """A period in which a home isn't free, with the fact that began it.

    `reference` is the tenancy's or the request's own id; for what staff record it is the row's id. The pair
    with `kind` is unique, so a fact received twice is one occupation.
    """

    __tablename__ = "occupation"
    __table_args__ = (
        Index("uq_occupation_kind_reference", "kind", "reference", unique=True),
        Index("ix_occupation_unit", "unit_id", "began_on"),
        CheckConstraint("(managed_by = 'property_entity') = (manager IS NOT NULL)", name="manager"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"))
    kind: Mapped[OccupationKind] = mapped_column(words(OccupationKind, "kind"))
    reference: Mapped[UUID]
    by_client: Mapped[bool] = mapped_column(default=False)
    managed_by: Mapped[ManagedBy] = mapped_column(words(ManagedBy, "managed_by"))
    """Who managed the home when it began; a landlord corrected meanwhile changes nothing for it."""
    manager: Mapped[str | None] = mapped_column(PARTY)
    """The property entity that did."""
    began_on: Mapped[date]
    fact_number: Mapped[int] = mapped_column(server_default="0")
    """The number, among the facts about its request, of the one that gave the first day; or 0."""
    free_from: Mapped[date | None]
    ended_on: Mapped[date | None]
    remark: Mapped[str | None] = mapped_column(Text)
    noted_at: Mapped[datetime]
    noted_by: Mapped[str] = mapped_column(String(200))

    @property
    def under(self) -> Manager:
        """Under whom it began."""
        return Manager(self.managed_by, self.manager)

    @property
    def last_day(self) -> date | None:
        """The last day of what ended or will end; None while no end is known."""
        if self.ended_on is not None or self.free_from is None:
            return self.ended_on
        return self.free_from - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is recorded around a home at one moment; the input of `occupancy_of`."""

    held: bool = False
    occupied_by_client: bool = False
    occupied_by_other: bool = False
    free_from: date | None = None
    out_of_use: bool = False
    usable_from: date | None = None


def occupancy_of(standing: Standing) -> tuple[Occupancy, date | None]:
    """Return the occupancy that follows from what is known, and the day the home is expected to be free.

    Somebody living there outweighs a hold, a hold outweighs works, works outweigh vacancy: a home is never
    shown as free while any of them says otherwise.
    """
    if standing.occupied_by_client or standing.occupied_by_other:
        if standing.free_from is not None:
            return Occupancy.NOTICE_GIVEN, standing.free_from
        if standing.occupied_by_client:
            return Occupancy.OCCUPIED_BY_CLIENT, None
        return Occupancy.OCCUPIED_BY_OTHER, None
    if standing.held:
        return Occupancy.SECURED, None
    if standing.out_of_use:
        return Occupancy.TEMPORARILY_UNAVAILABLE, standing.usable_from
    return Occupancy.AVAILABLE, None


def first_occupancy(stated: Occupancy, free_from: date | None) -> tuple[Occupancy, date | None]:
    """Return the occupancy of a new home of which a list states one, as when staff record it (U4).

    A list says that somebody lives there, that the home is out of use or that it is free. One that somebody
    lives in until a known day is under notice.
    """
    return occupancy_of(
        Standing(
            occupied_by_other=stated is Occupancy.OCCUPIED_BY_OTHER,
            free_from=free_from,
            out_of_use=stated is Occupancy.TEMPORARILY_UNAVAILABLE,
            usable_from=free_from,
        )
    )


class NotFreeForThat(DomainError):
    """What staff want to record contradicts a hold or a tenancy of the unit."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "not_free_for_that"
    message: ClassVar[str] = "A hold or a tenancy decides about this unit at the moment."
