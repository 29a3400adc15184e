"""New Housing Search through the API (P5)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http.call import ApiRouter, Call
from support_svc.homes.queries import HomeFilter, HomePage, HomeView, home, search_homes

router = ApiRouter(tags=["homes"])


@router.get("/homes")
async def find_homes(call: Call, wanted: Annotated[HomeFilter, Query()]) -> HomePage:
    """Search the organisation's own copy of the published inventory."""
    return await call.ask(search_homes, wanted)


@router.get("/homes/{unit}")
async def get_home(call: Call, unit: UUID) -> HomeView:
    """One home of the copy."""
    return await call.ask(home, unit)
