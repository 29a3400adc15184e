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
    """A household of mine that hasn't moved in yet."""

    placement_id: UUID
    client_name: str
    status: PlacementStatus
    securing: bool
    securing_another: bool
    search_started_on: date
    target_on: date | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a placement of mine since yesterday, made by others or by itself."""

    placement_id: UUID
    client_name: str
    at: datetime
    kind: TimelineKind
    actor_name: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class MyDay:
    """What is due, overdue and waiting, my searches, and what changed.

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
