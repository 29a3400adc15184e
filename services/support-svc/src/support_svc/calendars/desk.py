"""One's own calendar on the Front Desk: its address, shown once, and another one when it is wanted (F3)."""

from fastapi import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from support_svc.calendars.addresses import address_of, renewal
from support_svc.calendars.commands import end_calendar, renew_calendar
from support_svc.calendars.model import EndCalendar
from support_svc.calendars.queries import my_calendar

router = DeskRouter(prefix="/front-desk/calendar")


@router.get("", name="calendar")
async def page(call: DeskCall) -> Response:
    """Whether my calendar has an address."""
    return call.page("calendars/calendar.html", mine=await call.ask(my_calendar), address=None)


@router.post("")
async def renew(call: DeskCall) -> Response:
    """Give my calendar an address and show it, this once."""
    key = next(iter((await call.posted()).get("form_token", ())), None)
    secret, command = renewal(call.runtime, call.actor, key)
    await call.perform(renew_calendar, command)
    address = address_of(call.request, secret)
    return call.page("calendars/calendar.html", mine=await call.ask(my_calendar), address=address)


@router.post("/end", name="calendar_end")
async def end(call: DeskCall) -> Response:
    """Take the address of my calendar away."""
    await call.perform(end_calendar, EndCalendar(caseworker=call.actor.subject))
    return call.redirect("calendar", notice=call._("The address of your calendar no longer works."))
