"""When somebody's home may be entered for work: the rules alone, without a database (U7).

Ontario's Residential Tenancies Act, 2006, sections 26 and 27: at any time with the tenant's agreement, and
otherwise between 8 and 20 o'clock at least 24 hours after a written notice. Hours are hours that pass, also
in the nights in which the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from chassis.errors import Faults
from units_svc.maintenance.model import (
    DaysReversed,
    EntryHours,
    EntryNotAnswered,
    EntryNotAsked,
    EntryRefused,
    EntryStatus,
    EntryTooSoon,
    EntryWindowOver,
    Refusal,
)

FIRST_HOUR = time(8)
LAST_HOUR = time(20)


class Ground(StrEnum):
    """Why a home may be entered."""

    FREE = "free"
    """Nobody has to be asked."""
    AGREEMENT = "agreement"
    NOTICE = "notice"
    OCCUPANT = "occupant"
    """The property entity has no tenant there, and who lives there agreed, as the keeper recorded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is known of the window that was asked for; moments are aware, in any zone."""

    status: EntryStatus
    starts_at: datetime
    ends_at: datetime
    asked_at: datetime
    entry_from: datetime | None = None
    refusal: Refusal | None = None


def check_window(starts_at: datetime, ends_at: datetime, now: datetime, zone: tzinfo) -> None:
    """Return when homes may be entered in the window at all.

    Raises DaysReversed, EntryWindowOver when it has begun, EntryHours when it isn't within one day's hours.
    """
    faults = Faults()
    first, last = starts_at.astimezone(zone), ends_at.astimezone(zone)
    if starts_at <= now:
        faults.add(EntryWindowOver(field="starts_at"))
    elif first.time() < FIRST_HOUR:
        faults.add(EntryHours(field="starts_at"))
    if ends_at.astimezone(UTC) <= starts_at.astimezone(UTC):
        faults.add(DaysReversed(field="ends_at"))
    elif first.date() != last.date() or last.time() > LAST_HOUR:
        faults.add(EntryHours(field="ends_at"))
    faults.refuse()


def earliest_entry(asked: Asked, notice: timedelta) -> datetime:
    """Return the first moment of entry under a notice, in UTC.

    The property entity says from when its notice allows it. No notice was given before it was asked for, so
    nothing it says makes the notice period shorter than `notice` from the asking.
    """
    least = asked.asked_at.astimezone(UTC) + notice
    return max(asked.entry_from.astimezone(UTC), least) if asked.entry_from is not None else least


def decide(
    asked: Asked | None, *, lived_in: bool, occupant_agreed: bool, notice: timedelta, now: datetime
) -> Ground:
    """Return the ground on which the home may be entered in the window.

    Raises EntryNotAsked, EntryNotAnswered, EntryRefused, EntryTooSoon, EntryWindowOver.
    """
    if not lived_in:
        return Ground.FREE
    if asked is None or asked.status is EntryStatus.WITHDRAWN:
        raise EntryNotAsked(field="scheduled_start")
    if asked.ends_at <= now:
        raise EntryWindowOver(field="scheduled_start")
    if asked.status is EntryStatus.NOTICE_GIVEN:
        earliest = earliest_entry(asked, notice)
        if asked.starts_at.astimezone(UTC) < earliest:
            raise EntryTooSoon(field="scheduled_start", earliest=earliest)
        return Ground.NOTICE
    if asked.status is EntryStatus.ASKED:
        raise EntryNotAnswered(field="scheduled_start")
    if asked.status is EntryStatus.AGREED:
        return Ground.AGREEMENT
    if asked.refusal is Refusal.NO_TENANCY and occupant_agreed:
        return Ground.OCCUPANT
    raise EntryRefused(field="scheduled_start")


def fits(asked: Asked, first: date, last: date | None, zone: tzinfo) -> bool:
    """Return whether scheduled days are the day of the window; entry on another day is asked for again."""
    day = asked.starts_at.astimezone(zone).date()
    return first == day and last in (None, day)
