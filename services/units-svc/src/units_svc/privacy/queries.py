"""Reading what was refused (W8, R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.access import Permission
from units_svc.privacy.model import Place, PrivacyRefusal
from units_svc.tables import views

PAGE = 50


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A text that was refused."""

    id: UUID
    place: Place
    field: str
    text: str
    deciding: str
    unit_id: UUID | None
    refused_at: datetime
    offered_by: str


@dataclass(frozen=True, slots=True)
class RefusalPage:
    """Some refusals, how many there are in all, and where the next page begins (None at the end)."""

    items: list[RefusalView]
    count: int
    next: UUID | None


@query(Permission.VIEW_UNITS)
async def refusals(
    tx: ReadTx,
    *,
    first: date | None = None,
    last: date | None = None,
    after: UUID | None = None,
    limit: int = PAGE,
) -> RefusalPage:
    """What was refused in a period, newest first, at most `limit` before the one named by `after`."""
    statement = select(
        PrivacyRefusal.id,
        PrivacyRefusal.place,
        PrivacyRefusal.field,
        PrivacyRefusal.text,
        PrivacyRefusal.deciding,
        PrivacyRefusal.unit_id,
        PrivacyRefusal.refused_at,
        PrivacyRefusal.offered_by,
    )
    day = func.date(func.timezone(tx.runtime.time_zone.key, PrivacyRefusal.refused_at))
    if first is not None:
        statement = statement.where(day >= first)
    if last is not None:
        statement = statement.where(day <= last)
    count = int(await tx.scalar(select(func.count()).select_from(statement.subquery())) or 0)
    if after is not None:
        statement = statement.where(PrivacyRefusal.id < after)
    page = statement.order_by(PrivacyRefusal.id.desc()).limit(limit + 1)
    found = views(RefusalView, await tx.execute(page))
    return RefusalPage(found[:limit], count, found[limit - 1].id if len(found) > limit else None)
