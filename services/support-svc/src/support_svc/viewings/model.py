"""How a household looked at one home (P12). A refusal is the client's choice, and counts as nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Faults, Kind
from support_svc.lookups.model import LookupValue
from support_svc.placements.model import InTheFuture, TimelineKind
from support_svc.tables import Base

MOST = 100
"""Homes shown in one placement at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days on which a home was shown and what followed; what didn't happen is None."""

    shown_on: date
    viewed_on: date | None = None
    offered_on: date | None = None
    refused_on: date | None = None


STEPS = {
    "shown_on": TimelineKind.HOME_SHOWN,
    "viewed_on": TimelineKind.HOME_VIEWED,
    "offered_on": TimelineKind.HOME_OFFERED,
    "refused_on": TimelineKind.HOME_REFUSED,
}
"""The steps in their usual order, each with its line of the timeline."""


class Viewing(Base):
    """A home that was shown to a household, and what followed; `address` is how it was listed then."""

    __tablename__ = "viewing"
    __table_args__ = (
        CheckConstraint("(refused_on is null) = (reason_id is null)", name="refused_for_a_reason"),
        CheckConstraint(
            "least(viewed_on, offered_on, refused_on) is null"
            " or least(viewed_on, offered_on, refused_on) >= shown_on",
            name="shown_first",
        ),
    )

    placement_id: Mapped[UUID] = mapped_column(ForeignKey("placement.id"), primary_key=True)
    unit: Mapped[UUID] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(400))
    shown_on: Mapped[date]
    viewed_on: Mapped[date | None]
    offered_on: Mapped[date | None]
    refused_on: Mapped[date | None]
    reason_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    recorded_at: Mapped[datetime]
    recorded_by_name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


def require_days(days: Days, *, reason_id: UUID | None, today: date) -> None:
    """Refuse days to come, days before the home was shown, and a refusal without a reason or the reverse.

    Raises InTheFuture, BeforeShown, ReasonWanted, NotRefused, SeveralFaults.
    """
    faults = Faults()
    for name in STEPS:
        day: date | None = getattr(days, name)
        if day is not None and day > today:
            faults.add(InTheFuture(field=name))
        elif day is not None and day < days.shown_on:
            faults.add(BeforeShown(field=name, shown_on=days.shown_on))
    if days.refused_on is not None and reason_id is None:
        faults.add(ReasonWanted(field="reason_id"))
    if days.refused_on is None and reason_id is not None:
        faults.add(NotRefused(field="refused_on"))
    faults.refuse()


class BeforeShown(DomainError):
    """What followed is recorded for a day before the home was shown."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "before_shown"
    message: ClassVar[str] = "The day must not be before the home was shown, {shown_on}."


class ReasonWanted(DomainError):
    """A refusal without the client's reason."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "reason_wanted"
    message: ClassVar[str] = "Choose the reason that the client gave."


class NotRefused(DomainError):
    """A reason for a refusal of which no day is recorded."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_refused"
    message: ClassVar[str] = "Enter the day on which the client refused the home, or choose no reason."


class TooManyShown(DomainError):
    """So many homes were shown that the list would be of no use."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "too_many_shown"
    message: ClassVar[str] = "{most} homes are recorded as shown, which is all there can be."
