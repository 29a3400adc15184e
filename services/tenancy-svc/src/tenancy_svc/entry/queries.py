"""Reads requests for entry."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from sqlalchemy import Select, select

from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.entry.feature import VIEW_ENTRY_REQUESTS
from tenancy_svc.entry.model import EntryPurpose, EntryRefusal, EntryRequest, EntryState, EntryWithdrawal
from tenancy_svc.homes.model import Home
from tenancy_svc.timeline import Entry, timeline_of

_SOONEST_FIRST = Paging(EntryRequest.starts_at, EntryRequest.id)
# A request whose withdrawal arrived before it has no window, and comes last.
_LATEST_FIRST = Paging(EntryRequest.starts_at.desc(), EntryRequest.id.desc())


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
            Listed.WITHDRAWN: "No longer needed",
        }[self]


_STATES = {
    Listed.OPEN: (EntryState.OPEN,),
    Listed.ANSWERED: (EntryState.NOTICE_GIVEN, EntryState.TENANT_AGREED, EntryState.REFUSED),
    Listed.WITHDRAWN: (EntryState.WITHDRAWN,),
}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One request; it's `over` when its window had passed when it was read."""

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
class EntryRecord:
    """One request with its history."""

    request: EntryLine
    timeline: list[Entry]


@query(VIEW_ENTRY_REQUESTS)
async def entry_requests(
    tx: ReadTx,
    *,
    listed: Listed = Listed.OPEN,
    unit: uuid.UUID | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> CountedPage[EntryLine]:
    """Return at most `limit` requests after `after`: open ones soonest first, others latest first."""
    statement = _lines().where(EntryRequest.state.in_(_STATES[listed]))
    if unit is not None:
        statement = statement.where(EntryRequest.unit == unit)
    order = _SOONEST_FIRST if listed is Listed.OPEN else _LATEST_FIRST
    return await order.counted_page(tx, statement, partial(_line, tx), after=after, limit=limit)


@query(VIEW_ENTRY_REQUESTS)
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
