"""Reading what was refused (W8, R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.access import Permission
from units_svc.privacy.model import Place, PrivacyRefusal

_NEWEST_FIRST = Paging(PrivacyRefusal.id.desc())


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


@query(Permission.VIEW_UNITS)
async def refusals(
    tx: ReadTx,
    *,
    first: date | None = None,
    last: date | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> CountedPage[RefusalView]:
    """What was refused in a period, newest first, at most `limit` behind the place `after`."""
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
    return await _NEWEST_FIRST.counted_page(tx, statement, RefusalView, after=after, limit=limit)
