"""Reading how a household chose between homes (P12)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.lookups.model import LookupValue
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.queries import require_visible
from support_svc.viewings.model import Viewing


@dataclass(frozen=True, slots=True)
class ViewingView:
    """A home that was shown, and what followed."""

    unit: UUID
    address: str
    shown_on: date
    viewed_on: date | None
    offered_on: date | None
    refused_on: date | None
    reason_id: UUID | None
    reason_en: str | None
    reason_fr: str | None
    recorded_at: datetime
    recorded_by_name: str
    version: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Between how many homes a household chose: shown, and of these viewed, offered and refused."""

    shown: int
    viewed: int
    offered: int
    refused: int


@query(VIEW_PLACEMENTS)
async def viewings(tx: ReadTx, placement_id: UUID) -> list[ViewingView]:
    """The homes that a household was shown, the latest first, at most 100 (P12). Raises NotFound."""
    await require_visible(tx, placement_id)
    columns = {
        name: getattr(Viewing, name)
        for name in ViewingView.__slots__
        if name not in {"reason_en", "reason_fr"}
    }
    rows = await tx.execute(
        select(*columns.values(), LookupValue.label_en, LookupValue.label_fr)
        .outerjoin(LookupValue, LookupValue.id == Viewing.reason_id)
        .where(Viewing.placement_id == placement_id)
        .order_by(Viewing.shown_on.desc(), Viewing.recorded_at.desc(), Viewing.unit)
    )
    names = [*columns, "reason_en", "reason_fr"]
    return [ViewingView(**dict(zip(names, row, strict=True))) for row in rows]


@query(VIEW_PLACEMENTS)
async def choice(tx: ReadTx, placement_id: UUID) -> Choice:
    """Between how many homes a household chose (P12). Raises NotFound."""
    await require_visible(tx, placement_id)
    counts = (
        func.count(),
        func.count(Viewing.viewed_on),
        func.count(Viewing.offered_on),
        func.count(Viewing.refused_on),
    )
    counted = select(*counts).where(Viewing.placement_id == placement_id)
    shown, viewed, offered, refused = (await tx.execute(counted)).one()
    return Choice(shown, viewed, offered, refused)
