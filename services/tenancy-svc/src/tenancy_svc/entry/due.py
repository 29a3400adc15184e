"""Requests for entry that wait for an answer, due when a notice has to be delivered (F2, U7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.entry.feature import VIEW_ENTRY_REQUESTS
from tenancy_svc.entry.model import NOTICE, EntryRequest, EntryState
from tenancy_svc.homes.model import Home
from trade.due import CUT, Due, DueList, urgency_at


@query(VIEW_ENTRY_REQUESTS)
async def due(tx: ReadTx) -> DueList:
    """Return the requests for entry that wait for an answer and whose window isn't over."""
    rows: Iterable[Any] = await tx.execute(
        select(EntryRequest, Home)
        .outerjoin(Home, Home.unit == EntryRequest.unit)
        .where(EntryRequest.state == EntryState.OPEN, EntryRequest.ends_at > tx.now)
        .order_by(EntryRequest.starts_at)
        .limit(CUT)
    )
    return DueList.all_of(
        [
            Due(
                task="answer_entry",
                urgency=urgency_at(request.starts_at - NOTICE, tx.now, tx.runtime.time_zone),
                page="entry_request",
                at={"request_id": request.id},
                name=home.address_line if home is not None else "",
                by=request.starts_at - NOTICE,
            )
            for request, home in rows
        ]
    )
