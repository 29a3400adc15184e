"""Calendars over HTTP: one's own address, and the file at it, for calendar programs, without sign-in (F3)."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response
from pydantic import BaseModel

from chassis.actor import Actor
from chassis.feature import task_names_of
from chassis.http import ApiRouter, Call
from chassis.perform import ask
from chassis.runtime import Runtime
from deskkit.i18n import N_
from support_svc.calendars.addresses import address_of, renewal
from support_svc.calendars.commands import end_calendar, renew_calendar
from support_svc.calendars.model import EndCalendar
from support_svc.calendars.queries import CalendarState, calendar_of, my_calendar, reader_of
from trade.calendars import MEDIA_TYPE, calendar_file

router = ApiRouter(tags=["my day"])
public = APIRouter(include_in_schema=False)
routers = (router, public)

TITLE = N_("Partywall: what is due")


class NewAddress(BaseModel):
    """The address of one's calendar, which is shown this once."""

    address: str


@router.get("/calendar")
async def get_calendar(call: Call) -> CalendarState:
    """Whether my calendar has an address, and since when."""
    return await call.ask(my_calendar)


@router.post("/calendar-addresses", status_code=201)
async def post_calendar_address(call: Call) -> NewAddress:
    """Give my calendar an address, or another one; the former one ends at once."""
    secret, command = renewal(call.runtime, call.actor, call.idempotency_key)
    await call.perform(renew_calendar, command)
    return NewAddress(address=address_of(call.request, secret))


@router.delete("/calendar-addresses/{caseworker}", status_code=204)
async def delete_calendar_address(call: Call, caseworker: Annotated[str, Path(max_length=120)]) -> None:
    """Take the address of my calendar away: `caseworker` is my own reference."""
    await call.perform(end_calendar, EndCalendar(caseworker=caseworker))


@public.get("/calendars/{secret}", name="calendar_file")
async def calendar_at_its_address(
    request: Request,
    secret: Annotated[str, Path(max_length=100)],
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The calendar of whoever owns this address, as a file that programs subscribe to."""
    runtime: Runtime = request.app.state.runtime
    service = Actor.system("calendars", runtime.entity)
    owner = await ask(runtime, service, reader_of, secret.removesuffix(".ics"))
    names = task_names_of(runtime.features)
    content, tag = calendar_file(
        await ask(runtime, owner, calendar_of),
        title=runtime.translate(TITLE, owner.locale),
        words=lambda task: runtime.translate(names[task], owner.locale) if task in names else "",
        link=f"{runtime.settings.public_url}/front-desk",
        now=runtime.clock.now(),
    )
    # Weak, because the file also says when it was made.
    headers = {"ETag": f'W/"{tag}"', "Cache-Control": "private, no-cache"}
    known = {one.strip().removeprefix("W/").strip('"') for one in (if_none_match or "").split(",")}
    if tag in known or known == {"*"}:
        return Response(status_code=304, headers=headers)
    return Response(content, headers={**headers, "Content-Type": MEDIA_TYPE})
