"""My day: the first page of the Front Desk (F2)."""

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.my_day.queries import my_day

router = DeskRouter(prefix="/front-desk")


@router.get("", name="my_day")
async def page(call: DeskCall) -> Response:
    """What is due, overdue and waiting for me."""
    return call.page("my_day/my_day.html", day=await call.ask(my_day))
