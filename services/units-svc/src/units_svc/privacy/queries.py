"""Reading what was refused (W8, R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.privacy.feature import VIEW_TEXTS
from units_svc.privacy.model import DoubtfulText, Place, PrivacyRefusal

_NEWEST_FIRST = Paging(PrivacyRefusal.id.desc())
_OLDEST_DOUBT_FIRST = Paging(DoubtfulText.id.asc())


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


@query(VIEW_TEXTS)
async def refusals(
    tx: ReadTx,
    *,
    first: date | None = None,
    last: date | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> CountedPage[RefusalView]:
    """What was refused in a period, newest first, at most `limit` after the position `after`."""
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


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A saved text that somebody other than its author has to look at."""

    id: UUID
    place: Place
    field: str
    text: str
    deciding: str
    likelihood: int
    unit_id: UUID | None
    offered_at: datetime
    offered_by: str


@query(VIEW_TEXTS)
async def doubts(tx: ReadTx, *, after: str | None = None, limit: int = PAGE) -> CountedPage[DoubtView]:
    """The texts that need a person's eyes, oldest first, at most `limit` after the position `after`."""
    statement = select(
        DoubtfulText.id,
        DoubtfulText.place,
        DoubtfulText.field,
        DoubtfulText.text,
        DoubtfulText.deciding,
        DoubtfulText.likelihood,
        DoubtfulText.unit_id,
        DoubtfulText.offered_at,
        DoubtfulText.offered_by,
    ).where(DoubtfulText.judgement.is_(None))
    return await _OLDEST_DOUBT_FIRST.counted_page(tx, statement, DoubtView, after=after, limit=limit)
