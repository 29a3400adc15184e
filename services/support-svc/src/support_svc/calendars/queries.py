"""Reading calendars: whose an address is, and what is in the calendar (F3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from chassis.actor import Actor
from chassis.errors import NotFound
from chassis.offers import asked_of_all
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.calendars.feature import HAVE_CALENDAR, SERVE_CALENDAR
from support_svc.calendars.model import CalendarAddress, hash_of
from support_svc.lookups.model import CASEWORKER_ROLES
from support_svc.roles import CASEWORKER
from trade.due import Due, DueList, Wanted

AHEAD = timedelta(days=400)
BACK = timedelta(days=60)
"""How far back a calendar shows appointments that are over or were called off."""
MOST = 1_000
"""Of each kind of thing so many are in a calendar at most, the earliest first."""


@dataclass(frozen=True, slots=True)
class CalendarState:
    """Since when one's calendar has had its address; the address itself can't be shown again."""

    renewed_at: datetime | None


@query(HAVE_CALENDAR)
async def my_calendar(tx: ReadTx) -> CalendarState:
    """Whether one's calendar has an address, and since when."""
    since = select(CalendarAddress.renewed_at).where(CalendarAddress.subject == tx.actor.subject)
    return CalendarState(await tx.scalar(since))


@query(SERVE_CALENDAR)
async def reader_of(tx: ReadTx, secret: str) -> Actor:
    """Whoever reads a calendar at its secret address: its owner, as a caseworker and nothing more.

    Raises NotFound for an address that was renewed or never existed, and for somebody who no longer works
    with clients here.
    """
    known = select(CalendarAddress).where(CalendarAddress.secret_hash == hash_of(secret))
    found = (await tx.execute(known)).scalar_one_or_none()
    register = tx.runtime.register.colleagues(*CASEWORKER_ROLES)
    if found is None or (register is not None and found.subject not in register):
        raise NotFound(what="calendar")
    return Actor(found.subject, tx.runtime.entity, frozenset({CASEWORKER}), locale=found.locale)


@query(HAVE_CALENDAR)
async def calendar_of(tx: ReadTx) -> list[Due]:
    """What one's calendar shows: what My day shows, further ahead, and what was called off lately."""
    wanted = Wanted(caseworker=tx.actor.subject, ahead=AHEAD, ended=tx.today - BACK, limit=MOST)
    found = DueList.together(await asked_of_all(tx, "due", wanted))
    return list(found.items)
