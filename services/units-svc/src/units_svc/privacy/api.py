"""Refusals over HTTP: /api/units/v1/privacy-refusals."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call
from units_svc.privacy import queries

router = ApiRouter(prefix="/privacy-refusals", tags=["privacy"])


@router.get("")
async def list_refusals(
    call: Call,
    first: date | None = None,
    last: date | None = None,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = queries.PAGE,
) -> queries.RefusalPage:
    """What was refused because it would watch people in their homes, newest first (U5, W8)."""
    return await call.ask(queries.refusals, first=first, last=last, after=after, limit=limit)
