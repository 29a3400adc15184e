"""Reads requests for entry."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import TIMESTAMP, Select, func, literal_column, select, tuple_

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.access import Permission
from tenancy_svc.entry.model import EntryPurpose, EntryRefusal, EntryRequest, EntryState, EntryWithdrawal
from tenancy_svc.homes.model import Home
from tenancy_svc.timeline import Entry, timeline_of

PAGE = 50
_LONG_AGO = literal_column("'-infinity'::timestamptz", TIMESTAMP(timezone=True))


class Listed(StrEnum):
    """Which requests a list shows."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The choice in plain words (a message id)."""
        return {
            Listed.OPEN: "To be answered",
            Listed.ANSWERED: "Answered",
            Listed.WITHDRAWN: "No longer wanted",
        }[self]


_STATES = {
    Listed.OPEN: (EntryState.OPEN,),
    Listed.ANSWERED: (EntryState.NOTICE_GIVEN, EntryState.TENANT_AGREED, EntryState.REFUSED),
    Listed.WITHDRAWN: (EntryState.WITHDRAWN,),
}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One request. `over` when its window had passed at the moment of asking."""

    id: uuid.UUID
    unit: uuid.UUID
    address: str
    purpose: EntryPurpose | None
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    asked_at: dt.datetime | None
    state: EntryState
    delivered_at: dt.datetime | None
    entry_from: dt.datetime | None
    refusal: EntryRefusal | None
    answered_at: dt.datetime | None
    answered_by: str | None
    withdrawal: EntryWithdrawal | None
    withdrawn_at: dt.datetime | None
    over: bool
    version: int


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Some requests, how many there are in all, and where the next page begins (None at the end)."""

    items: list[EntryLine]
    total: int
    next: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class EntryRecord:
    """One request with all that happened to it."""

    request: EntryLine
    timeline: list[Entry]


@query(Permission.VIEW_ENTRIES)
async def entry_requests(
    tx: ReadTx,
    *,
    listed: Listed = Listed.OPEN,
    unit: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
    limit: int = PAGE,
) -> EntryPage:
    """Return requests, those to be answered soonest first, the others latest first.

    At most `limit` that follow the one named by `after`.
    """
    statement = _lines().where(EntryRequest.state.in_(_STATES[listed]))
    if unit is not None:
        statement = statement.where(EntryRequest.unit == unit)
    total = await tx.scalar(select(func.count()).select_from(statement.subquery()))
    # One that was withdrawn before it was heard of has no window.
    place = tuple_(func.coalesce(EntryRequest.starts_at, _LONG_AGO), EntryRequest.id)
    soonest_first = listed is Listed.OPEN
    if after is not None:
        last = select(*place.clauses).where(EntryRequest.id == after).scalar_subquery()
        statement = statement.where(place > last if soonest_first else place < last)
    order = [column.asc() if soonest_first else column.desc() for column in place.clauses]
    rows = (await tx.execute(statement.order_by(*order).limit(limit + 1))).all()
    items = [_line(tx, request, home) for request, home in rows]
    return EntryPage(items[:limit], int(total or 0), items[limit - 1].id if len(items) > limit else None)


@query(Permission.VIEW_ENTRIES)
async def entry_request(tx: ReadTx, request_id: uuid.UUID) -> EntryRecord:
    """Return one request. Raises NotFound."""
    found = (await tx.execute(_lines().where(EntryRequest.id == request_id))).one_or_none()
    if found is None:
        raise NotFound(what="entry request")
    request, home = found
    return EntryRecord(_line(tx, request, home), await timeline_of(tx, [("entry_request", request_id)]))


def _lines() -> Select[*tuple[Any, ...]]:
    return select(EntryRequest, Home).outerjoin(Home, Home.unit == EntryRequest.unit)


def _line(tx: ReadTx, request: EntryRequest, home: Home | None) -> EntryLine:
    return EntryLine(
        id=request.id,
        unit=request.unit,
        address=home.address_line if home else "",
        purpose=request.purpose,
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        asked_at=request.asked_at,
        state=request.state,
        delivered_at=request.delivered_at,
        entry_from=request.entry_from,
        refusal=request.refusal,
        answered_at=request.answered_at,
        answered_by=request.answered_by,
        withdrawal=request.withdrawal,
        withdrawn_at=request.withdrawn_at,
        over=request.ends_at is not None and request.ends_at <= tx.now,
        version=request.version,
    )
