"""Renewing and ending the address of one's own calendar (F3)."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from chassis.errors import NotFound
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.calendars.feature import HAVE_CALENDAR
from support_svc.calendars.model import CalendarAddress, EndCalendar, RenewCalendar


@use_case(HAVE_CALENDAR)
async def renew_calendar(tx: Tx, command: RenewCalendar) -> None:
    """Give one's calendar a new address; the former one answers nobody from then on."""
    values = {
        "secret_hash": command.secret_hash,
        "locale": tx.actor.locale[:2],
        "renewed_at": tx.now,
    }
    await tx.execute(
        insert(CalendarAddress)
        .values(subject=tx.actor.subject, **values)
        .on_conflict_do_update(index_elements=[CalendarAddress.subject], set_=values)
    )
    tx.touched("calendar", tx.actor.subject, "renewed")


@use_case(HAVE_CALENDAR)
async def end_calendar(tx: Tx, command: EndCalendar) -> None:
    """Take the address of one's own calendar away; without one nothing changes. Raises NotFound."""
    if command.caseworker != tx.actor.subject:
        raise NotFound(what="calendar")
    await tx.execute(delete(CalendarAddress).where(CalendarAddress.subject == tx.actor.subject))
    tx.touched("calendar", tx.actor.subject, "ended")
