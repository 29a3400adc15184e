"""The first page of the inventory desk."""

from __future__ import annotations

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.due import due_parts
from deskkit.router import DeskRouter
from units_svc.my_day.queries import MyDay, my_day

SHOWN = 10
"""So many of a part are shown at first, with the number of all."""

router = DeskRouter()


@router.get("/inventory-desk", name="my_day")
async def page(call: DeskCall, everything: bool = False) -> Response:
    """What is due and waiting (F2's counterpart for the inventory)."""
    day: MyDay = await call.ask(my_day)
    return call.page(
        "my_day/my_day.html",
        day=day,
        parts=due_parts(call, day.due),
        shown=None if everything else SHOWN,
    )
