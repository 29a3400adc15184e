"""The one source of the current time, so that tests can set it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Gives the current time."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stays at `at` until it is advanced."""

    at: datetime

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self.at = self.at.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time at which the clock stays."""
        return self.at

    def advance(self, by: timedelta) -> None:
        """Move the clock on by `by`."""
        self.at += by


def today(clock: Clock, time_zone: ZoneInfo) -> date:
    """Return the current calendar date in `time_zone`."""
    return clock.now().astimezone(time_zone).date()
