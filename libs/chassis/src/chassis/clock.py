"""The one source of the present moment, so that tests can choose it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the present moment."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still at `at` until it's advanced."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self.at = self.at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the moment at which the clock stands."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock on by `by`."""
        self.at += by


def today(clock: Clock, time_zone: ZoneInfo) -> date:
    """Return the calendar date in `time_zone` at this moment."""
    return clock.now().astimezone(time_zone).date()
