"""Python and the database keep one time."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from delivery.fixtures import Delivery

from chassis.clock import FixedClock
from chassis.db import time_zone
from chassis.db.time_zone import TimeZonesDisagree, require_same_time


@pytest.mark.row("X2")
def test_the_rules_come_from_the_pinned_package_alone() -> None:
    assert zoneinfo.TZPATH == ()
    # British Columbia keeps UTC-7 all year since March 2026; files of a machine may not know.
    assert datetime(2027, 1, 15, 12, tzinfo=ZoneInfo("America/Vancouver")).utcoffset() == timedelta(hours=-7)


@pytest.mark.row("X2")
@pytest.mark.parametrize(
    "zone", ["America/Toronto", "America/Vancouver", "America/St_Johns", "America/Regina"]
)
async def test_python_and_the_database_agree(delivery: Delivery, zone: str) -> None:
    delivery.noter.time_zone = ZoneInfo(zone)
    noter = delivery.noter
    await require_same_time(noter.database, noter.time_zone, noter.clock.now())


@pytest.mark.row("X2")
async def test_a_disagreement_names_the_day_the_offsets_and_the_mend(
    delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery.noter.time_zone = ZoneInfo("America/Vancouver")
    delivery.noter.clock = FixedClock(datetime(2026, 9, 1, tzinfo=UTC))

    def as_until_2025(moment: datetime, zone: ZoneInfo) -> timedelta:
        return timedelta(hours=-8) if moment >= datetime(2026, 11, 1, 9, tzinfo=UTC) else timedelta(hours=-7)

    monkeypatch.setattr(time_zone, "_offset", as_until_2025)
    noter = delivery.noter
    with pytest.raises(TimeZonesDisagree) as caught:
        await require_same_time(noter.database, noter.time_zone, noter.clock.now())
    message = str(caught.value)
    assert "America/Vancouver is UTC-08:00 for Python and UTC-07:00 for PostgreSQL on 2026-11-01" in message
    assert "tzdata" in message
