"""Refusals on the inventory desk (U5, W8)."""

from __future__ import annotations

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from units_svc.privacy.queries import refusals

router = DeskRouter(prefix="/inventory-desk/privacy")


@router.get("", name="privacy_refusals")
async def page(call: DeskCall, after: str | None = None) -> Response:
    """What was refused because it would watch people in their homes."""
    return call.page("privacy/list.html", page=await call.ask(refusals, after=after))
