"""Follow-ups (P8, H2, F1): one mechanism under every kind of case that has them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.placements.model import Placement
from support_svc.tables import Base
from trade.dates import months_after


class FollowUpSubject(StrEnum):
    """Kind of case a follow-up belongs to."""

    PLACEMENT = "placement"
    HOUSING_LOSS_PREVENTION = "housing_loss_prevention"


class Cases(StrEnum):
    """The collection that a case belongs to, as addresses name it."""

    PLACEMENTS = "placements"
    HOUSING_LOSS_PREVENTIONS = "housing-loss-preventions"

    @property
    def subject(self) -> FollowUpSubject:
        """Kind of its cases."""
        return _SUBJECTS[self]

    @classmethod
    def of(cls, subject: FollowUpSubject) -> "Cases":
        """The collection of a kind of case."""
        return next(cases for cases, one in _SUBJECTS.items() if one is subject)


_SUBJECTS = {
    Cases.PLACEMENTS: FollowUpSubject.PLACEMENT,
    Cases.HOUSING_LOSS_PREVENTIONS: FollowUpSubject.HOUSING_LOSS_PREVENTION,
}


class FollowUpState(StrEnum):
    """Whether a follow-up is due, was recorded, or was cancelled with its record."""

    DUE = "due"
    DONE = "done"
    CANCELLED = "cancelled"


class StillInHousing(StrEnum):
    """What a follow-up found for one person; declining one has no consequence."""

    YES = "yes"
    NO = "no"
    UNABLE_TO_CONTACT = "unable_to_contact"
    CLIENT_DECLINED_FOLLOW_UP = "client_declined_follow_up"


class FollowUp(Base):
    """A follow-up of a case: due on a day, later recorded. A case has at most one that is due.

    `anchor_on`: the day from which months were counted to `due_on`, so that monthly follow-ups of the 31st
    stay on the last day of each month; None when the day was entered as a date.
    """

    __tablename__ = "followup"
    __table_args__ = (
        Index(
            "uq_followup_due",
            "subject",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'due'"),
        ),
        Index("ix_followup_subject", "subject_id", "due_on"),
        Index("ix_followup_caseworker_due", "caseworker", "due_on", postgresql_where=text("state = 'due'")),
        CheckConstraint("(state = 'done') = (done_on is not null)", name="done_has_date"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject: Mapped[FollowUpSubject] = mapped_column(words(FollowUpSubject, "subject"))
    subject_id: Mapped[UUID]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"))
    caseworker: Mapped[str] = mapped_column(ForeignKey(Caseworker.subject))
    due_on: Mapped[date]
    anchor_on: Mapped[date | None]
    state: Mapped[FollowUpState] = mapped_column(words(FollowUpState, "state"))
    done_on: Mapped[date | None]
    months_since: Mapped[int | None]
    final: Mapped[bool] = mapped_column(default=False)
    comments: Mapped[str | None] = mapped_column(Text)
    recorded_by_name: Mapped[str | None] = mapped_column(String(200))
    recorded_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(Integer)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own declaration


class FollowUpOutcome(Base):
    """What a follow-up found for one person."""

    __tablename__ = "followup_outcome"

    followup_id: Mapped[UUID] = mapped_column(ForeignKey("followup.id"), primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), primary_key=True)
    still_in_housing: Mapped[StillInHousing] = mapped_column(words(StillInHousing, "still"))
    reason_left_id: Mapped[UUID | None] = mapped_column(ForeignKey(LookupValue.id))
    housed_elsewhere: Mapped[bool | None]


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another, never negative.

    That is the largest n for which `months_after(earlier, n) <= later`.
    """
    if later <= earlier:
        return 0
    count = (later.year - earlier.year) * 12 + later.month - earlier.month
    return count if months_after(earlier, count) <= later else count - 1


@dataclass(frozen=True, slots=True)
class Dated:
    """When a follow-up is due, and from which day its months were counted, if they were."""

    due_on: date
    anchor_on: date | None = None


def next_due(base: date, exact: date | None, months: int | None, *, anchor: date | None = None) -> Dated:
    """Return when the next follow-up is due: an exact date or a number of months after `base`.

    Exactly one of them is given. Months are counted from `anchor`, from which `base` was reached by months:
    counted from 31 January, 28 February is followed by 31 March. Raises NextFollowUpNeeded when neither or
    both are given, NextFollowUpTooEarly when not after `base`.
    """
    if exact is not None and months is None:
        dated = Dated(exact)
    elif months is not None and exact is None:
        start = anchor or base
        since = (base.year - start.year) * 12 + base.month - start.month
        dated = Dated(months_after(start, since + months), start)
    else:
        raise NextFollowUpNeeded(field="next_on")
    if dated.due_on <= base:
        raise NextFollowUpTooEarly(field="next_on" if exact is not None else "next_months")
    return dated


def moved_out_on(placement: Placement) -> date | None:
    """The day since which nobody who moved in lives there any more, or None while somebody does."""
    days = [member.left_on for member in placement.members]
    return None if None in days else max(day for day in days if day is not None)


@dataclass(frozen=True, slots=True)
class HouseholdMovedOut:
    """A household left a third-party landlord's home; published again when the day is corrected.

    `number` orders the events about the request.
    """

    inventory: str
    request: UUID
    unit: UUID
    moved_out_on: date
    number: int


class NextFollowUpNeeded(DomainError):
    """The next follow-up needs an exact date or a number of months."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "next_follow_up_needed"
    message: ClassVar[str] = (
        "Enter the date of the next follow-up or the number of months until then, one of the two."
    )


class NextFollowUpTooEarly(DomainError):
    """The next follow-up isn't later than what it follows."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "next_follow_up_too_early"
    message: ClassVar[str] = "The next follow-up must be later than this date."


class NoFollowUpDue(DomainError):
    """No follow-up is due: the record has ended, or the follow-up was recorded meanwhile."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_follow_up_due"
    message: ClassVar[str] = "No follow-up is due here. It may have been recorded already."


class DepartureIsNew(DomainError):
    """That somebody has left is recorded with a follow-up, not by correcting one."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "departure_is_new"
    message: ClassVar[str] = "Record with a follow-up of its own that somebody has left."


class NotIncluded(DomainError):
    """The person isn't part of the case."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_included"
    message: ClassVar[str] = "This person is not included here."


class ReasonLeftNeeded(DomainError):
    """For somebody who left, the reason is recorded (P8)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "reason_left_needed"
    message: ClassVar[str] = "Choose why {name} left."


class EverybodyAnswered(DomainError):
    """The final follow-up records for each person whether they are still in housing."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "everybody_answered"
    message: ClassVar[str] = "Choose for each person whether they are still in housing."


class AnsweredTwice(DomainError):
    """A follow-up has one answer for each person."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "answered_twice"
    message: ClassVar[str] = "This person has an answer already. Give one answer for each person."


class HeadNeeded(DomainError):
    """When the head left, one of those who stay becomes the head (P8)."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "head_needed"
    message: ClassVar[str] = "{name} was the head of the household. Choose a new head among those who stay."


class BeforeMoveIn(DomainError):
    """Follow-ups begin with the move-in."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "before_move_in"
    message: ClassVar[str] = "A follow-up cannot be before the move-in."


class OutcomeNeeded(DomainError):
    """A follow-up that ends a housing loss prevention records how it ended (H2, H4)."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "outcome_needed"
    message: ClassVar[str] = "This ends the housing loss prevention. Choose its outcome."


class OutcomeNotAsked(DomainError):
    """An outcome is given where a follow-up ends nothing that has one."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "outcome_not_asked"
    message: ClassVar[str] = "An outcome is recorded only when a follow-up ends a housing loss prevention."
