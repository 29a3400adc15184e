"""The timeline of a placement (P10), and what was disclosed about it (W13)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from chassis.bus.outbox import crossing_state
from chassis.db.tables import audit
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from chassis.undo import Undone
from chassis.usecase import query
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import TimelineEntry, TimelineKind
from support_svc.placements.queries import require_visible
from trade.schedule import Frequency

SEARCHED = "placement_search"
"""Record kind of a housing search in the access log, which is all that a search writes."""


@dataclass(frozen=True, slots=True)
class TimelineView:
    """One line of the timeline; without a name it came from outside or from a timer."""

    at: datetime
    kind: TimelineKind
    actor_name: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class CrossingView:
    """An event that was sent, withheld or taken back, exactly as the outbox holds it (W13, X8).

    `state` is delivered, waiting, delayed (it can be taken back), undone (and never sent) or withheld.
    """

    event: str
    addressee: str
    fields: dict[str, Any]
    recorded_at: datetime
    delivered_at: datetime | None
    withheld: str | None
    state: str
    under_consent: bool


@query(VIEW_PLACEMENTS)
async def timeline(tx: ReadTx, placement_id: UUID) -> list[TimelineView]:
    """Everything that happened to a placement, the latest first (P10).

    What somebody searched on one day is one line; what was undone is another, in place of its own.
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
    undone = await tx.execute(
        select(audit.c.at, audit.c.actor_name, audit.c.changes)
        .where(
            audit.c.record_kind == "placement",
            audit.c.record_id == str(placement_id),
            audit.c.action == "undone",
        )
        .limit(100)
    )
    later = [
        TimelineView(row.at, TimelineKind.UNDONE, row.actor_name, {"change": row.changes["change"][0]})
        for row in undone
    ]
    lines = [*later, *lines]
    return sorted(lines, key=lambda line: line.at, reverse=True)


def note_undone(tx: Tx, change: Undone) -> None:
    """Have the timeline of each placement that a change was about say that it was undone (X8)."""
    for placement_id in change.about:
        if ("placement", placement_id) not in change.records:
            tx.touched("placement", placement_id, "undone", {"change": (change.change, None)})


@query(VIEW_PLACEMENTS)
async def crossing(tx: ReadTx, placement_id: UUID, to: str | None = None) -> list[CrossingView]:
    """What was sent about a placement, and what was withheld and why, from the outbox itself (W13).

    `to` narrows it to what was for one organisation (N4).
    """
    await require_visible(tx, placement_id)
    rows = await tx.execute(
        text(
            "SELECT type, addressee, data, recorded_at, published_at, withheld_reason, status,"
            " basis IS NOT NULL AS consented FROM outbox"
            " WHERE about = :about AND (CAST(:to AS text) IS NULL OR addressee = :to)"
            " ORDER BY position DESC LIMIT 200"
        ),
        {"about": str(placement_id), "to": to},
    )
    return [
        CrossingView(
            event=row.type.split(".")[-2],
            addressee=row.addressee,
            fields=readable(row.data.get("data", {})),
            recorded_at=row.recorded_at,
            delivered_at=row.published_at,
            withheld=row.withheld_reason,
            state=crossing_state(row.status),
            under_consent=row.consented,
        )
        for row in rows
    ]


def add_to_timeline(
    tx: Tx, placement_id: UUID, kind: TimelineKind, details: Mapping[str, Any] | None = None
) -> None:
    """Add a line to the timeline (P10); one that a program adds bears nobody's name."""
    tx.session.add(
        TimelineEntry(
            id=new_id(),
            placement_id=placement_id,
            at=tx.now,
            kind=kind,
            actor_name="" if tx.actor.kind == "system" else tx.actor.name,
            details={name: _plain(value) for name, value in (details or {}).items()},
        )
    )


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)


_DAYS = (
    "first_on",
    "counted_from",
    "last_on",
    "secured_on",
    "expected_move_in",
    "moved_in_on",
    "moved_out_on",
    "on",
    "before",
    "after",
    "remedy_by",
)
_MOMENTS = ("deadline", "starts_at")
_READ: dict[str, Callable[[str], object]] = {
    **dict.fromkeys(_DAYS, date.fromisoformat),
    **dict.fromkeys(_MOMENTS, datetime.fromisoformat),
    "frequency": Frequency,
}


def readable(fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of an event or a line with dates, times and frequencies read from their text."""
    return {name: _READ[name](value) if name in _READ and value else value for name, value in fields.items()}
