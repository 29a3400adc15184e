"""My day: the first page of the Front Desk (F2)."""

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.due import due_parts
from deskkit.router import DeskRouter
from support_svc.my_day.model import MyDay
from support_svc.my_day.queries import my_day

SHOWN = 20
"""The most lines of a part that are shown at first, with the number of all."""

router = DeskRouter(prefix="/front-desk")


@router.get("", name="my_day")
async def page(call: DeskCall, everything: bool = False) -> Response:
    """What is due, overdue and waiting for me, my searches, and what changed."""
    day: MyDay = await call.ask(my_day)
    return call.page(
        "my_day/my_day.html",
        day=day,
        parts=due_parts(call, day.due, day.phones),
        shown=None if everything else SHOWN,
    )
