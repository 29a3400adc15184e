"""My day through the API (F2)."""

from chassis.http.call import ApiRouter, Call
from support_svc.my_day.model import MyDay
from support_svc.my_day.queries import my_day

router = ApiRouter(tags=["my day"])


@router.get("/my-day")
async def get_my_day(call: Call) -> MyDay:
    """What is due, overdue and waiting for me."""
    return await call.ask(my_day)
