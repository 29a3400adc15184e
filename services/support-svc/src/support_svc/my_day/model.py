"""What a caseworker's day is made of (F2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from support_svc.consents.model import Purpose
from support_svc.placements.model import PlacementStatus, TimelineKind
from support_svc.signings.model import SigningPlace

SOON_WITHIN = timedelta(days=14)


class Urgency(StrEnum):
    """How soon something wants doing, the most urgent first."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    WAITING = "waiting"


class Task(StrEnum):
    """What wants doing; each has its own words on the page."""

    FIND_ANOTHER_HOME = "find_another_home"
    FIND_HOME = "find_home"
    WAIT_FOR_ANSWER = "wait_for_answer"
    LOOK_AT_REQUEST = "look_at_request"
    USE_HOLD = "use_hold"
    MOVE_IN = "move_in"
    ANSWER_SIGNING = "answer_signing"
    ATTEND_SIGNING = "attend_signing"
    FOLLOW_UP = "follow_up"
    RENEW_CONSENT = "renew_consent"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to do: about whom, by when, where, and how the person is reached."""

    task: Task
    urgency: Urgency
    client_id: UUID
    client_name: str
    by: date | datetime | None = None
    phone: str | None = None
    placement_id: UUID | None = None
    address: str | None = None
    deadline: datetime | None = None
    decline_reason: str | None = None
    signing: UUID | None = None
    place: SigningPlace | None = None
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """A household of mine that has no home yet, or hasn't moved in."""

    placement_id: UUID
    client_name: str
    status: PlacementStatus
    securing: bool
    securing_another: bool
    search_started_on: date
    target_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a placement of mine since yesterday, and not by me."""

    placement_id: UUID
    client_name: str
    at: datetime
    kind: TimelineKind
    actor_name: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MyDay:
    """What is due, overdue and waiting, whom I look for a home for, and what is new.

    The counts are of everything, also when a list of it was cut.
    """

    due: tuple[Due, ...] = ()
    due_count: int = 0
    searches: tuple[Search, ...] = ()
    searches_count: int = 0
    changes: tuple[Change, ...] = ()
    changes_count: int = 0

    def of(self, urgency: Urgency) -> tuple[Due, ...]:
        """What is of one urgency, the soonest first."""
        return tuple(one for one in self.due if one.urgency is urgency)


def urgency_of(by: date, today: date) -> Urgency:
    """How urgent something is that is due on a day."""
    if by < today:
        return Urgency.OVERDUE
    if by == today:
        return Urgency.TODAY
    return Urgency.SOON if by <= today + SOON_WITHIN else Urgency.LATER


def in_order(due: Sequence[Due]) -> tuple[Due, ...]:
    """By urgency, then the soonest; what has no day comes first: it is due now."""
    order = list(Urgency)

    def key(one: Due) -> tuple[int, str, str]:
        return order.index(one.urgency), one.by.isoformat() if one.by is not None else "", one.client_name

    return tuple(sorted(due, key=key))
