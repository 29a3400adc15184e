"""What is due as an iCalendar file (RFC 5545) that a calendar program subscribes to. Pure.

Whoever runs the calendar program reads the file, so it names no person and no home: an entry has the name of
its kind, its day or moment, and the address of the desk, where one signs in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import uuid5

from icalendar import Calendar, Event

from trade.due import NO_DAY, Due

MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESHED = timedelta(minutes=30)
"""How often a calendar program is asked to look for changes."""
PRODUCT = "-//Partywall//Calendar//EN"


def calendar_file(
    due: Iterable[Due], *, title: str, words: Callable[[str], str], link: str, now: datetime
) -> tuple[bytes, str]:
    """Return the file of what is due, and a tag that changes with what it says.

    `words` gives the name of a kind of task. What has no day, or whose kind has no name, isn't in it. Moments
    are in UTC, so that no change of the clocks between here and the reader can shift them; a thing that has
    a day only is an entry of that day, whatever the reader's time zone.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    events = [_event(one, words(one.task), link) for one in due if _belongs(one) and words(one.task)]
    for event in events:
        calendar.add_component(event)
    tag = sha256(calendar.to_ical()).hexdigest()[:32]
    for event in events:
        event.add("dtstamp", now)
    return calendar.to_ical(), tag


def _belongs(one: Due) -> bool:
    return one.place is not None and one.place[0] != NO_DAY


def _event(one: Due, name: str, link: str) -> Event:
    event = Event()
    day, record = one.place or (NO_DAY, None)
    # The same for as long as it is the same work of the same person, and no reference that leads back here.
    about = "appointment" if one.lasts is not None else one.task
    if record is not None:
        event.add("uid", str(uuid5(record, f"{one.caseworker} {about}")))
    event.add("summary", name)
    if one.lasts is not None and isinstance(one.by, datetime):
        event.add("dtstart", one.by.astimezone(UTC))
        event.add("dtend", (one.by + one.lasts).astimezone(UTC))
        event.add("transp", "TRANSPARENT" if one.cancelled else "OPAQUE")
    else:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("sequence", one.revision)
    event.add("status", "CANCELLED" if one.cancelled else "CONFIRMED")
    event.add("class", "PRIVATE")
    event.add("url", link)
    return event
