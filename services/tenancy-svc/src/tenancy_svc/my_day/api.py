"""My day over HTTP."""

from __future__ import annotations

from chassis.http import ApiRouter, Call
from tenancy_svc.my_day.model import MyDay
from tenancy_svc.my_day.queries import my_day

router = ApiRouter(tags=["my day"])


@router.get("/my-day")
async def show_my_day(call: Call) -> MyDay:
    """Show what is due at the property desk."""
    return await call.ask(my_day)
