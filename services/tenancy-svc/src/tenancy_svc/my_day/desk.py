"""The front page of the property desk: what is due (F2)."""

from __future__ import annotations

from starlette.responses import Response

from deskkit.call import DeskCall
from deskkit.due import due_parts
from deskkit.router import DeskRouter
from tenancy_svc.my_day.model import MyDay
from tenancy_svc.my_day.queries import my_day

SHOWN = 20
"""How many lines of each part are shown at first, with the number of all."""

router = DeskRouter(prefix="/property-desk")


@router.get("", name="my_day")
async def show_my_day(call: DeskCall, everything: bool = False) -> Response:
    """What is overdue, due today, due soon, and waiting for somebody else."""
    day: MyDay = await call.ask(my_day)
    parts = due_parts(call, day.due)
    return call.page("my_day/my_day.html", parts=parts, shown=None if everything else SHOWN)
