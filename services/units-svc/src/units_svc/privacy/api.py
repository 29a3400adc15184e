"""Refusals over HTTP: /api/units/v1/privacy-refusals."""

from __future__ import annotations

from datetime import date

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from units_svc.privacy import queries

router = ApiRouter(prefix="/privacy-refusals", tags=["privacy"])


@router.get("")
async def list_refusals(
    call: Call,
    first: date | None = None,
    last: date | None = None,
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[queries.RefusalView]:
    """What was refused because it would watch people in their homes, newest first (U5, W8)."""
    return await call.ask(queries.refusals, first=first, last=last, after=after, limit=limit)
