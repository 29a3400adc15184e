"""Which days can be meant, by what a day is of: one list for all that accept, store or publish days. Pure.

Each kind of day is a type for the field of a command. How far back and ahead it reaches is counted from the
day on which somebody asks, so what is entered stays sensible in every year. `FIRST` and `LAST` are fixed and
enclose them all: an event may be read long after it was sent, and is never refused for its day.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime

FIRST = date(1880, 1, 1)
"""The first day that may be named anywhere: nobody alive was born before it."""
LAST = date(2199, 12, 31)
"""The last day that may be named anywhere."""
LIFETIME = 125
"""How many years a person may be old, and what happened in somebody's life may be past."""
FIRST_YEAR_OF_BUILDING = 1600
"""The oldest year of building."""
YEARS_OF_BUILDING_AHEAD = 5
"""How many years ahead a home may be announced."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many years before and after today a day may lie; none after it for what must have happened."""

    back: int
    ahead: int

    def earliest(self, today: date) -> date:
        """The first day that may be named on the day `today`."""
        return max(FIRST, _years_from(today, -self.back))

    def latest(self, today: date) -> date:
        """The last day that may be named on the day `today`."""
        return min(LAST, _years_from(today, self.ahead))


def _years_from(day: date, years: int) -> date:
    """The same day in another year; 28 February for a 29th that there isn't."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month: 31 Jan + 1 is 28 or 29 Feb."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


BIRTH = Bounds(back=LIFETIME, ahead=0)
HAPPENED = Bounds(back=LIFETIME, ahead=0)
STAY = Bounds(back=LIFETIME, ahead=5)
MOVE = Bounds(back=20, ahead=5)
FOLLOW_UP = Bounds(back=20, ahead=10)
HOLD = Bounds(back=5, ahead=5)
LEASE_START = Bounds(back=LIFETIME, ahead=5)
LEASE_END = Bounds(back=LIFETIME, ahead=100)
EXPIRY = Bounds(back=LIFETIME, ahead=100)
RENT = Bounds(back=LIFETIME, ahead=10)
AVAILABLE = Bounds(back=LIFETIME, ahead=10)
WORK = Bounds(back=LIFETIME, ahead=10)
SUBSIDY = Bounds(back=20, ahead=10)
PROGRAM = Bounds(back=LIFETIME, ahead=100)
APPOINTMENT = Bounds(back=5, ahead=5)
EFFECT = Bounds(back=0, ahead=5)

BirthDay = Annotated[date, BIRTH]
"""The day on which somebody was born."""
PastDay = Annotated[date, HAPPENED]
"""The day on which something happened: seen, reported, tried, done, moved in."""
StayDay = Annotated[date, STAY]
"""The first or last day of a stay in somebody's housing history."""
MoveDay = Annotated[date, MOVE]
"""The day of a move that is planned, or by which, or since when, a home is looked for."""
FollowUpDay = Annotated[date, FOLLOW_UP]
"""The day on which a follow-up is due."""
HoldDay = Annotated[date, HOLD]
"""The last day on which a home is held."""
LeaseStart = Annotated[date, LEASE_START]
"""The first day of a tenancy."""
LeaseEnd = Annotated[date, LEASE_END]
"""The last day of a fixed term."""
ExpiryDay = Annotated[date, EXPIRY]
"""The day on which something that was given expires."""
RentDay = Annotated[date, RENT]
"""The day from which on a rent is asked."""
AvailableDay = Annotated[date, AVAILABLE]
"""The day from which on a home is free, or the last one on which it isn't."""
WorkDay = Annotated[date, WORK]
"""The day on which work on a home begins or ends."""
SubsidyDay = Annotated[date, SUBSIDY]
"""The first or last day of a subsidy, or the day of a payment."""
ProgramDay = Annotated[date, PROGRAM]
"""The first or last day of a program, or of a period that it has a budget for."""
PastMoment = Annotated[AwareDatetime, HAPPENED]
"""When something happened."""
Appointment = Annotated[AwareDatetime, APPOINTMENT]
"""When people are to meet, or somebody is to enter a home."""
EffectDay = Annotated[date, EFFECT]
"""The day from which on a rule of one's own is another; never one that is past."""

KINDS: dict[str, Bounds] = {
    "birth": BIRTH,
    "happened": HAPPENED,
    "stay": STAY,
    "move": MOVE,
    "follow_up": FOLLOW_UP,
    "hold": HOLD,
    "lease_start": LEASE_START,
    "lease_end": LEASE_END,
    "expiry": EXPIRY,
    "rent": RENT,
    "available": AVAILABLE,
    "work": WORK,
    "subsidy": SUBSIDY,
    "program": PROGRAM,
    "appointment": APPOINTMENT,
    "effect": EFFECT,
}
"""Every kind of day by its name."""


def can_be_named(moment: date) -> bool:
    """Whether a day, or the day of a moment in UTC, lies within all that may be named anywhere."""
    day = moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment
    return FIRST <= day <= LAST


def years_of_building(today: date) -> tuple[int, int]:
    """The first and the last year in which a building may have been built, seen from a day."""
    return FIRST_YEAR_OF_BUILDING, today.year + YEARS_OF_BUILDING_AHEAD
