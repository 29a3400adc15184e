"""The short list of a placement (P5): homes that the household wants to look at again."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from support_svc.tables import Base

LONGEST = 30
"""Homes on one short list at most."""
FEWEST_COMPARED, MOST_COMPARED = 2, 4
"""How many homes are compared: more don't fit side by side."""


class ShortlistedHome(Base):
    """A home on the short list of a placement; `address` is how it was listed then, for one that went."""

    __tablename__ = "shortlisted_home"

    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    unit: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(400))
    added_at: Mapped[datetime]
    added_by_name: Mapped[str] = mapped_column(String(200))


class ShortlistFull(DomainError):
    """A short list that is long is none."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "shortlist_full"
    message: ClassVar[str] = "The short list has {longest} homes, which is all it can have. Remove one first."


def can_be_compared(units: Iterable[UUID]) -> bool:
    """Whether these are as many different homes as fit side by side."""
    return FEWEST_COMPARED <= len(set(units)) <= MOST_COMPARED


class TooManyToCompare(DomainError):
    """Two to four homes can be compared."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "too_many_to_compare"
    message: ClassVar[str] = "Choose two to four homes to compare."
