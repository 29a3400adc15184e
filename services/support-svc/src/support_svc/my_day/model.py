"""What a caseworker's day is made of (F2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from support_svc.placements.model import PlacementStatus, TimelineKind
from trade.due import Due


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

    `phones` are the first telephone numbers of the persons that something is due for. The counts are of
    everything, also when a list of it was cut.
    """

    due: tuple[Due, ...] = ()
    due_count: int = 0
    phones: Mapping[UUID, str] = field(default_factory=dict)
    searches: tuple[Search, ...] = ()
    searches_count: int = 0
    changes: tuple[Change, ...] = ()
    changes_count: int = 0
