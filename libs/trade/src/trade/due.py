"""What is due: one thing to do, how soon, and where it's done; each feature says what of its own is (F2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any
from uuid import UUID

SOON_WITHIN = timedelta(days=14)
NO_DAY = date.max
"""The day by which what waits for somebody else is put in order: after everything else."""
CUT = 200
"""Of each kind of thing so many are listed; counts are of all."""


class Urgency(StrEnum):
    """How soon something wants doing, the most urgent first."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    WAITING = "waiting"


def urgency_of(by: date, today: date) -> Urgency:
    """Return how urgent something is that is due on a day."""
    if by < today:
        return Urgency.OVERDUE
    if by == today:
        return Urgency.TODAY
    return Urgency.SOON if by <= today + SOON_WITHIN else Urgency.LATER


def urgency_at(by: datetime, now: datetime, zone: tzinfo) -> Urgency:
    """Return how urgent something is that is due at a moment; what is past is overdue, if of today or not."""
    if by < now:
        return Urgency.OVERDUE
    return urgency_of(by.astimezone(zone).date(), now.astimezone(zone).date())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which of what is due is asked for: one person's for a My day, a page of everybody's for a team's list.

    `caseworker` is whose, None everybody's; `task` one kind only; `ahead` how far from today what has a day
    is looked for. `after` is the place (`Due.place`) behind which a page begins, `limit` how many things it
    has. With `ended` also what was called off or is over since that day, as a calendar shows it.
    """

    caseworker: str | None
    task: str | None = None
    overdue: bool = False
    ahead: timedelta = SOON_WITHIN
    after: tuple[date, UUID] | None = None
    limit: int = CUT
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know about what is due: `words` are a message id, filled in with `values`."""

    words: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One thing to do.

    `task` is its kind, whose words the feature declares (`Feature.tasks`); `name` is whom or what it's about,
    `person` that person's reference, if there is one; `page` the route where it's done, with its parameters
    `at`; `by` the day or moment. Notes are words of a vocabulary, texts that stand as they are, or `Note`s.

    `caseworker` is whose it is, `place` where it stands among what is due of all kinds: its day, and the
    reference of its record. An appointment `lasts` for some time from `by` on. A calendar shows `revision`,
    which grows when the day or moment changes, and what was `cancelled`.
    """

    task: str
    urgency: Urgency
    page: str
    at: Mapping[str, UUID | str]
    name: str = ""
    person: UUID | None = None
    by: date | datetime | None = None
    notes: tuple[Note | StrEnum | str, ...] = ()
    caseworker: str = ""
    place: tuple[date, UUID] | None = None
    lasts: timedelta | None = None
    revision: int = 0
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class DueList:
    """What of one feature is due, as far as it is listed, and how much there is in all."""

    items: Sequence[Due] = ()
    count: int = 0

    @classmethod
    def all_of(cls, items: Sequence[Due]) -> DueList:
        """Return a list from which nothing was left out."""
        return cls(items, len(items))

    @classmethod
    def together(cls, lists: Iterable[DueList]) -> DueList:
        """Return what all lists have, in the order of `in_order`."""
        items: list[Due] = []
        count = 0
        for each in lists:
            items += each.items
            count += each.count
        return cls(in_order(items), count)


def total(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many rows there are in all, cut off ones too: the last column of each row says it."""
    return int(rows[0][-1]) if rows else 0


def in_order(due: Sequence[Due]) -> tuple[Due, ...]:
    """Return what is due by urgency, then the soonest; what has no day comes first: it is due now."""
    order = list(Urgency)

    def key(one: Due) -> tuple[int, str, str]:
        return order.index(one.urgency), one.by.isoformat() if one.by is not None else "", one.name

    return tuple(sorted(due, key=key))
