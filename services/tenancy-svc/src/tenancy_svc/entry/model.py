"""A request to enter a tenant's home, and the landlord's answer (U7).

Ontario's Residential Tenancies Act, 2006, sections 26 and 27: a home is entered with the tenant's agreement,
or between 8 a.m. and 8 p.m. at least 24 hours after a written notice was delivered.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from pydantic import Field
from sqlalchemy import CheckConstraint, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Versioned, words
from chassis.errors import DomainError, Kind
from tenancy_svc.fields import Command
from tenancy_svc.tables import Base
from trade.dates import PastMoment

NOTICE = dt.timedelta(hours=24)
FIRST_HOUR = dt.time(8)
LAST_HOUR = dt.time(20)


class EntryPurpose(StrEnum):
    """What the home is to be entered for; what the work is stays in the inventory."""

    REPAIR_OR_WORK = "repair_or_work"
    INSPECTION = "inspection"
    SAFETY_CHECK = "safety_check"
    OTHER_IN_LEASE = "other_in_lease"

    @property
    def label(self) -> str:
        """The purpose in plain words (a message id)."""
        return {
            EntryPurpose.REPAIR_OR_WORK: "A repair, a replacement or other work",
            EntryPurpose.INSPECTION: "An inspection of the home",
            EntryPurpose.SAFETY_CHECK: "A safety check",
            EntryPurpose.OTHER_IN_LEASE: "Another purpose named in the lease",
        }[self]


class EntryState(StrEnum):
    """Where the request stands."""

    OPEN = "open"
    NOTICE_GIVEN = "notice_given"
    TENANT_AGREED = "tenant_agreed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The state in plain words (a message id)."""
        return {
            EntryState.OPEN: "To be answered",
            EntryState.NOTICE_GIVEN: "Notice given",
            EntryState.TENANT_AGREED: "Tenant agreed",
            EntryState.REFUSED: "No entry",
            EntryState.WITHDRAWN: "No longer needed",
        }[self]


class EntryAnswer(StrEnum):
    """What the landlord answers."""

    NOTICE_GIVEN = "notice_given"
    TENANT_AGREED = "tenant_agreed"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        """The answer in plain words (a message id)."""
        return {
            EntryAnswer.NOTICE_GIVEN: "The tenant was given written notice",
            EntryAnswer.TENANT_AGREED: "The tenant agreed to this time",
            EntryAnswer.REFUSED: "There is no entry at this time",
        }[self]


class EntryRefusal(StrEnum):
    """Why there is no entry; "no tenancy" is the service's own answer."""

    NO_TENANCY = "no_tenancy"
    NOT_ENOUGH_NOTICE = "not_enough_notice"
    TENANT_ASKS_ANOTHER_TIME = "tenant_asks_another_time"
    TENANT_TOOK_AGREEMENT_BACK = "tenant_took_agreement_back"
    PURPOSE_NOT_PERMITTED = "purpose_not_permitted"

    @property
    def label(self) -> str:
        """The reason in plain words (a message id)."""
        return {
            EntryRefusal.NO_TENANCY: "No tenancy is in force there",
            EntryRefusal.NOT_ENOUGH_NOTICE: "There isn't enough time to give notice",
            EntryRefusal.TENANT_ASKS_ANOTHER_TIME: "The tenant asks for another time",
            EntryRefusal.TENANT_TOOK_AGREEMENT_BACK: "The tenant took the agreement back",
            EntryRefusal.PURPOSE_NOT_PERMITTED: "Neither the law nor the lease permits this purpose",
        }[self]


class EntryWithdrawal(StrEnum):
    """Why the inventory withdrew the request."""

    NO_LONGER_NEEDED = "no_longer_needed"
    WINDOW_CHANGED = "window_changed"
    NOBODY_LIVES_THERE = "nobody_lives_there"

    @property
    def label(self) -> str:
        """The reason in plain words (a message id)."""
        return {
            EntryWithdrawal.NO_LONGER_NEEDED: "The work no longer needs entry",
            EntryWithdrawal.WINDOW_CHANGED: "Another time was asked for",
            EntryWithdrawal.NOBODY_LIVES_THERE: "Nobody lives there any more",
        }[self]


class EntryRequest(Versioned, Base):
    """One window in which the inventory wants a home entered; its id is the inventory's reference.

    A request whose withdrawal arrived before it has no purpose and no window.
    """

    __tablename__ = "entry_request"
    __table_args__ = (
        Index("ix_entry_request_state", "state", "starts_at"),
        Index("ix_entry_request_unit", "unit"),
        CheckConstraint(
            "state = 'withdrawn' OR (purpose IS NOT NULL AND starts_at IS NOT NULL AND ends_at IS NOT NULL"
            " AND starts_at < ends_at)",
            name="window",
        ),
        CheckConstraint("(state = 'notice_given') = (delivered_at IS NOT NULL)", name="delivered"),
        CheckConstraint("(state = 'notice_given') = (entry_from IS NOT NULL)", name="entry_from"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", name="refused"),
        CheckConstraint("(state = 'withdrawn') = (withdrawal IS NOT NULL)", name="given_up"),
    )

    unit: Mapped[uuid.UUID]
    # The party that asked, and receives the answers.
    inventory: Mapped[str]
    purpose: Mapped[EntryPurpose | None] = mapped_column(words(EntryPurpose, "purpose"))
    starts_at: Mapped[dt.datetime | None]
    ends_at: Mapped[dt.datetime | None]
    asked_at: Mapped[dt.datetime | None]
    state: Mapped[EntryState] = mapped_column(words(EntryState, "state"))
    answers: Mapped[int] = mapped_column(Integer, default=0)
    delivered_at: Mapped[dt.datetime | None]
    entry_from: Mapped[dt.datetime | None]
    refusal: Mapped[EntryRefusal | None] = mapped_column(words(EntryRefusal, "refusal"))
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None]
    withdrawal: Mapped[EntryWithdrawal | None] = mapped_column(words(EntryWithdrawal, "withdrawal"))
    withdrawn_at: Mapped[dt.datetime | None]


class Answering(Command):
    """The answer to one request; `version` is that of the request that was read (X4).

    A notice needs the time of its delivery, a refusal its reason. A time without a zone is in the
    organisation's.
    """

    answer: EntryAnswer = Field(title="Answer")
    delivered_at: PastMoment | None = Field(default=None, title="Notice delivered at")
    reason: EntryRefusal | None = Field(default=None, title="Reason")
    version: int = Field(ge=1)


class AnswerEntry(Answering):
    """Answer one request."""

    request: uuid.UUID


class ReceiveEntryRequest(Command):
    """A request as an inventory published it."""

    inventory: str
    request: uuid.UUID
    unit: uuid.UUID
    purpose: EntryPurpose
    starts_at: dt.datetime
    ends_at: dt.datetime
    asked_at: dt.datetime


class ReceiveEntryWithdrawal(Command):
    """The withdrawal of a request, as an inventory published it."""

    inventory: str
    request: uuid.UUID
    unit: uuid.UUID
    reason: EntryWithdrawal
    withdrawn_at: dt.datetime


@dataclass(frozen=True, slots=True)
class EntryAnswered:
    """The answer to a request, for the inventory that asked; `number` is its position among the answers."""

    to: str
    request: uuid.UUID
    unit: uuid.UUID
    number: int
    answer: EntryAnswer
    entry_from: dt.datetime | None = None
    reason: EntryRefusal | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What an answer means: when notice was delivered, from when entry is lawful, or why there is none."""

    delivered_at: dt.datetime | None = None
    entry_from: dt.datetime | None = None
    reason: EntryRefusal | None = None


def earliest_entry(delivered_at: dt.datetime, zone: dt.tzinfo) -> dt.datetime:
    """Return when a home may first be entered under a notice, in UTC: 24 hours later, between 8 and 20.

    They are hours that pass: in a night in which the clocks change, the hour on the clock differs.
    """
    least = delivered_at.astimezone(dt.UTC) + NOTICE
    local = least.astimezone(zone)
    if local.time() < FIRST_HOUR:
        return dt.datetime.combine(local.date(), FIRST_HOUR, zone).astimezone(dt.UTC)
    if local.time() >= LAST_HOUR:
        following = local.date() + dt.timedelta(days=1)
        return dt.datetime.combine(following, FIRST_HOUR, zone).astimezone(dt.UTC)
    return least


def decide(
    request: EntryRequest, answer: Answering, now: dt.datetime, zone: dt.tzinfo, *, tenancy: bool
) -> Decision:
    """Return what an answer to a request means at `now`.

    Raises EntryWithdrawn, EntryPassed, NoTenancyThere, DeliveryMissing, DeliveryLater, NoticeTooLate,
    ReasonMissing.
    """
    if request.state is EntryState.WITHDRAWN or request.starts_at is None or request.ends_at is None:
        raise EntryWithdrawn
    if request.ends_at <= now:
        raise EntryPassed
    if answer.answer is EntryAnswer.REFUSED:
        if answer.reason is None:
            raise ReasonMissing(field="reason")
        return Decision(reason=answer.reason)
    if not tenancy:
        raise NoTenancyThere
    if answer.answer is EntryAnswer.TENANT_AGREED:
        return Decision()
    if answer.delivered_at is None:
        raise DeliveryMissing(field="delivered_at")
    if answer.delivered_at > now:
        raise DeliveryLater(field="delivered_at")
    earliest = earliest_entry(answer.delivered_at, zone)
    if earliest > request.starts_at:
        raise NoticeTooLate(field="delivered_at", earliest=earliest)
    return Decision(answer.delivered_at, earliest)


class EntryWithdrawn(DomainError):
    """The inventory doesn't want this entry any more."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_withdrawn"
    message: ClassVar[str] = "The inventory no longer needs this entry. No answer is necessary."


class EntryPassed(DomainError):
    """The window is over."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "entry_passed"
    message: ClassVar[str] = "The time asked for has passed. The inventory can ask for another."


class NoTenancyThere(DomainError):
    """No tenancy is in force in the home."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "no_tenancy_there"
    message: ClassVar[str] = "No tenancy is in force there, so nobody can be given notice or agree."


class DeliveryMissing(DomainError):
    """A notice needs the time of its delivery."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "delivery_missing"
    message: ClassVar[str] = "Enter when the notice was delivered."


class DeliveryLater(DomainError):
    """A notice can't have been delivered in the future."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "delivery_later"
    message: ClassVar[str] = "The notice can't have been delivered later than now."


class NoticeTooLate(DomainError):
    """The notice came less than 24 hours before the window."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "notice_too_late"
    message: ClassVar[str] = (
        "A notice delivered then permits entry from {earliest}, after the time asked for begins. "
        "Ask the tenant to agree, or answer that there isn't enough time."
    )


class ReasonMissing(DomainError):
    """A refusal needs a reason."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "reason_missing"
    message: ClassVar[str] = "Choose why there is no entry at this time."
