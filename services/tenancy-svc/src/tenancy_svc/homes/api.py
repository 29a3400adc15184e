"""Homes over HTTP."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Query

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, Page
from tenancy_svc.homes.queries import HomeView, home, homes

router = ApiRouter(tags=["homes"])


@router.get("/homes")
async def list_homes(
    call: Call,
    q: Annotated[str, Query(max_length=100, description="Words of the address")] = "",
    free: bool = False,
    after: After = None,
    limit: Limit = PAGE,
) -> Page[HomeView]:
    """List the property entity's homes as the inventory published them."""
    return await call.ask(homes, text=q, free_only=free, after=after, limit=limit)


@router.get("/homes/{unit}")
async def show_home(call: Call, unit: uuid.UUID) -> HomeView:
    """Show one home."""
    return await call.ask(home, unit)
