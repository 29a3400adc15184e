"""Reading proposed homes (P11)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.proposals.model import Doubt, ProposalState, ProposedHome, Refusal
from units_svc.tables import views


@dataclass(frozen=True, slots=True)
class ProposedView:
    """A home as it was proposed, and what became of it."""

    request_id: UUID
    proposed_by: str
    state: ProposalState
    building_name: str | None
    street: str | None
    unit_number: str | None
    city: str | None
    province: str | None
    postal_code: str | None
    country: str
    region: str | None
    housing_type: str | None
    bedrooms: int | None
    rent: Decimal | None
    rent_currency: str
    landlord_name: str | None
    landlord_is_organisation: bool
    secured_on: date | None
    expected_move_in: date | None
    doubt: Doubt | None
    refusal: Refusal | None
    unit_id: UUID | None
    received_at: datetime
    answered_at: datetime | None
    answered_by: str | None
    version: int


_COLUMNS = [getattr(ProposedHome, field.name) for field in fields(ProposedView)]
_OLDEST_FIRST = Paging(ProposedHome.received_at, ProposedHome.request_id)
_NEWEST_FIRST = Paging(ProposedHome.received_at.desc(), ProposedHome.request_id.desc())


@query(VIEW_UNITS)
async def proposed_homes(
    tx: ReadTx, *, waiting: bool = False, after: str | None = None, limit: int = PAGE
) -> CountedPage[ProposedView]:
    """Proposed homes, the newest first; only those that wait, the oldest first (P11)."""
    if waiting:
        statement = select(*_COLUMNS).where(ProposedHome.state == ProposalState.WAITING)
        return await _OLDEST_FIRST.counted_page(tx, statement, ProposedView, after=after, limit=limit)
    statement = select(*_COLUMNS).where(ProposedHome.street.is_not(None))
    return await _NEWEST_FIRST.counted_page(tx, statement, ProposedView, after=after, limit=limit)


@query(VIEW_UNITS)
async def proposed_home(tx: ReadTx, request_id: UUID) -> ProposedView:
    """One proposed home. Raises NotFound."""
    wanted = ProposedHome.request_id == request_id, ProposedHome.street.is_not(None)
    found = (await tx.execute(select(*_COLUMNS).where(*wanted))).one_or_none()
    if found is None:
        raise NotFound(what="proposed home")
    return views(ProposedView, [found])[0]
