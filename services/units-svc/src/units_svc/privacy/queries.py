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
    tx: ReadTx, *, first: date | None = None, last: date | None = None, limit: int = 200
) -> list[RefusalView]:
    """What was refused in a period, newest first."""
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
    return views(RefusalView, await tx.execute(statement.order_by(PrivacyRefusal.id.desc()).limit(limit)))
