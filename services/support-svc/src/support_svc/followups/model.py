"""One follow-up mechanism under every record that has follow-ups (F1): what is due when, and what was
found.
"""

import calendar
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import words
from chassis.errors import DomainError, Kind
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.tables import Base


class FollowUpSubject(StrEnum):
    """Kind of record a follow-up belongs to."""

    PLACEMENT = "placement"


class FollowUpState(StrEnum):
    """Whether a follow-up lies ahead, was recorded, or fell away with its record."""

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
    """A follow-up: due on a day, later recorded. A record has at most one that is due."""

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


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short: 31 Jan + 1 → 28 or 29
    Feb.
    """
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to another, never negative: the largest n with months_after(earlier, n) <=
    later.
    """
    if later <= earlier:
        return 0
    count = (later.year - earlier.year) * 12 + later.month - earlier.month
    return count if months_after(earlier, count) <= later else count - 1


def due_date(base: date, exact: date | None, months: int | None) -> date:
    """When the next follow-up is due: an exact date or a number of months after `base`, exactly one of them.

    Raises NextFollowUpNeeded when neither or both are given, NextFollowUpTooEarly when not after `base`.
    """
    if (exact is None) == (months is None):
        raise NextFollowUpNeeded(field="next_on")
    due = exact if exact is not None else months_after(base, months or 0)
    if due <= base:
        raise NextFollowUpTooEarly(field="next_on" if exact is not None else "next_months")
    return due


class NextFollowUpNeeded(DomainError):
    """The next follow-up needs an exact date or a number of months."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "next_follow_up_needed"
    message: ClassVar[str] = (
        "Enter the date of the next follow-up or the number of months until then, one of the two."
    )


class NextFollowUpTooEarly(DomainError):
    """The next follow-up lies ahead of what it follows."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "next_follow_up_too_early"
    message: ClassVar[str] = "The next follow-up must be later than this date."


class NoFollowUpDue(DomainError):
    """Nothing is due on the record: it has ended, or the follow-up was recorded meanwhile."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_follow_up_due"
    message: ClassVar[str] = "No follow-up is due here. It may have been recorded already."
