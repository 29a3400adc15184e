"""Checks that Python and the database agree on the time in the organisation's zone."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from chassis.db.database import Database
from chassis.errors import Hindrance

YEARS_AHEAD = timedelta(days=2 * 366)
"""How far ahead offsets are compared: dates that people enter are rarely later."""
# No zone has an offset for a shorter time.
_STEP = timedelta(hours=12)

_OFFSETS = """
    SELECT at, extract(epoch FROM (at AT TIME ZONE $1) - (at AT TIME ZONE 'UTC'))::int AS seconds
    FROM unnest($2::timestamptz[]) AS at
    """


class TimeZonesDisagree(Hindrance):
    """Python and PostgreSQL have different rules for the organisation's time zone, so one of them is old.

    The message names the first date on which they differ and what to update.
    """


async def require_same_time(database: Database, zone: ZoneInfo, now: datetime) -> None:
    """Check that Python and the database agree on a zone for the next two years.

    Compares the offsets every twelve hours, from yesterday on. Raises TimeZonesDisagree.
    """
    first = now - timedelta(days=1)
    moments = [first + _STEP * number for number in range(YEARS_AHEAD // _STEP)]
    async with (await database.raw()).acquire(timeout=2) as connection:
        for row in await connection.fetch(_OFFSETS, zone.key, moments, timeout=5):
            ours = _offset(row["at"], zone)
            if ours != timedelta(seconds=row["seconds"]):
                theirs = _written(timedelta(seconds=row["seconds"]))
                raise TimeZonesDisagree(
                    f"{zone.key} is UTC{_written(ours)} for Python and UTC{theirs} for PostgreSQL "
                    f"on {row['at']:%Y-%m-%d}: "
                    "update the older of the two, the package tzdata here or the database server's time zones"
                )


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    offset = moment.astimezone(zone).utcoffset()
    return offset if offset is not None else timedelta(0)


def _written(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
