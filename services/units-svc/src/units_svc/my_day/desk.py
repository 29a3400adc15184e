"""The first page of the inventory desk."""

from __future__ import annotations

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from units_svc.access import Permission
from units_svc.my_day.queries import my_day

router = DeskRouter()


@router.get("/inventory-desk", name="my_day")
async def page(call: DeskCall) -> Response:
    """What is due and waiting (F2's counterpart for the inventory)."""
    return call.page(
        "my_day/my_day.html", day=await call.ask(my_day), may_import=call.may(Permission.IMPORT_UNITS)
    )
