"""The timeline of a placement (P10), what crossed about it (W13), and the housing search that it remembers
(P5).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.homes.feature import SEARCH_HOMES
from support_svc.homes.queries import HomeFilter, HomePage, search_homes
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import TimelineEntry, TimelineKind
from support_svc.placements.queries import placement, require_visible

SEARCHED = "placement_search"
"""Record kind of a housing search in the access log; reading writes nothing else."""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One line of the timeline; without a name it came from outside or from a timer."""

    at: datetime
    kind: TimelineKind
    actor_name: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CrossingView:
    """One fact that was told, or withheld, exactly as the outbox holds it (W13)."""

    event: str
    fields: dict[str, Any]
    recorded_at: datetime
    delivered_at: datetime | None
    withheld: str | None
    under_consent: bool


@query(SEARCH_HOMES, views=SEARCHED)
async def search_for_placement(tx: ReadTx, placement_id: UUID, wanted: HomeFilter) -> HomePage:
    """New Housing Search for a placement; the access log remembers it for the timeline (P5, P10)."""
    one = await placement(tx, placement_id)
    tx.viewed(SEARCHED, placement_id)
    return await search_homes(tx, wanted, one.seeking())


@query(VIEW_PLACEMENTS)
async def timeline(tx: ReadTx, placement_id: UUID) -> list[TimelineView]:
    """Everything that happened to a placement, the latest first (P10); a person's searches of one day are
    one line.
    """
    await require_visible(tx, placement_id)
    entries = await tx.execute(
        select(TimelineEntry)
        .where(TimelineEntry.placement_id == placement_id)
        .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
        .limit(500)
    )
    lines = [
        TimelineView(line.at, line.kind, line.actor_name, readable(line.details))
        for line in entries.scalars()
    ]
    searches = await tx.execute(
        text(
            "SELECT max(at) AS at, actor_name, count(*) AS times FROM access_log"
            " WHERE record_kind = :kind AND record_id = :id"
            " GROUP BY actor, actor_name, date_trunc('day', at) ORDER BY 1 DESC LIMIT 100"
        ),
        {"kind": SEARCHED, "id": str(placement_id)},
    )
    lines += [
        TimelineView(row.at, TimelineKind.SEARCHED, row.actor_name, {"times": row.times}) for row in searches
    ]
    return sorted(lines, key=lambda line: line.at, reverse=True)


@query(VIEW_PLACEMENTS)
async def crossing(tx: ReadTx, placement_id: UUID) -> list[CrossingView]:
    """What was told about a placement, and what was withheld and why, from the outbox itself (W13)."""
    await require_visible(tx, placement_id)
    rows = await tx.execute(
        text(
            "SELECT type, data, recorded_at, published_at, withheld_reason, basis IS NOT NULL AS consented"
            " FROM outbox WHERE about = :about ORDER BY position DESC LIMIT 200"
        ),
        {"about": str(placement_id)},
    )
    return [
        CrossingView(
            event=row.type.split(".")[2],
            fields=readable(row.data.get("data", {})),
            recorded_at=row.recorded_at,
            delivered_at=row.published_at,
            withheld=row.withheld_reason,
            under_consent=row.consented,
        )
        for row in rows
    ]


_DAYS = ("secured_on", "expected_move_in", "moved_in_on", "moved_out_on", "on", "before", "after")
_MOMENTS = ("deadline", "starts_at")
_READ: dict[str, Callable[[str], date]] = {
    **dict.fromkeys(_DAYS, date.fromisoformat),
    **dict.fromkeys(_MOMENTS, datetime.fromisoformat),
}


def readable(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of an event, or of a line, with their days as days and their moments as moments."""
    return {name: _READ[name](value) if name in _READ and value else value for name, value in fields.items()}
