"""The list of homes at the property desk."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from tenancy_svc.homes.queries import homes

router = DeskRouter(prefix="/property-desk")


@router.get("/homes", name="homes")
async def list_homes(
    call: DeskCall,
    q: Annotated[str, Query(max_length=100)] = "",
    free: str = "",
    after: str | None = None,
) -> Response:
    """The property entity's homes, as the inventory published them."""
    page = await call.ask(homes, text=q, free_only=bool(free), after=after)
    return call.page("homes/list.html", page=page, q=q, free=free)
