"""The list of homes at the property desk."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from tenancy_svc.homes.queries import PAGE, homes

router = DeskRouter(prefix="/property-desk")


@router.get("/homes", name="homes")
async def list_homes(
    call: DeskCall,
    q: Annotated[str, Query(max_length=100)] = "",
    free: str = "",
    after: uuid.UUID | None = None,
) -> Response:
    """The property entity's homes, as the inventory published them."""
    items = await call.ask(homes, text=q, free_only=bool(free), after=after, limit=PAGE + 1)
    following = items[PAGE - 1].unit if len(items) > PAGE else None
    return call.page("homes/list.html", items=items[:PAGE], q=q, free=free, following=following)
