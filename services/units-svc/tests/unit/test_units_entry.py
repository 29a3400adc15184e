"""When somebody's home may be entered for work: the rules alone (U7)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from units_svc.maintenance.entry_rules import Asked, Ground, check_window, decide, earliest_entry, fits
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

pytestmark = pytest.mark.row("U7")

ZONE = ZoneInfo("America/Toronto")
DAY = dt.timedelta(hours=24)


def at(day: int, hour: int, minute: int = 0, *, month: int = 3) -> dt.datetime:
    """Return a moment in Toronto."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def asked(status: EntryStatus, starts_at: dt.datetime, **more: Any) -> Asked:
    """Return a window of two hours that was asked for two days before."""
    given: dict[str, Any] = {"asked_at": starts_at - 2 * DAY, **more}
    return Asked(status, starts_at, starts_at + dt.timedelta(hours=2), **given)


def decided(request: Asked | None, *, now: dt.datetime | None = None, **more: Any) -> Ground:
    """Decide for a home in which somebody lives."""
    moment = now or (request.starts_at - dt.timedelta(hours=1) if request else at(2, 10))
    return decide(request, **{"lived_in": True, "occupant_agreed": False, "notice": DAY, **more}, now=moment)


def test_nobody_is_asked_where_nobody_lives() -> None:
    assert decided(None, lived_in=False) is Ground.FREE


def test_a_home_is_not_entered_unasked_or_unanswered() -> None:
    with pytest.raises(EntryNotAsked):
        decided(None)
    with pytest.raises(EntryNotAsked):
        decided(asked(EntryStatus.WITHDRAWN, at(5, 9)))
    with pytest.raises(EntryNotAnswered):
        decided(asked(EntryStatus.ASKED, at(5, 9)))


def test_agreement_opens_the_door_also_inside_the_notice_period() -> None:
    soon = asked(EntryStatus.AGREED, at(5, 9), asked_at=at(5, 8))
    assert decided(soon, now=at(5, 8, 30)) is Ground.AGREEMENT


@pytest.mark.parametrize(("minutes", "allowed"), [(0, True), (1, False), (-1, True)])
def test_exactly_24_hours_are_enough_and_one_minute_less_is_not(minutes: int, allowed: bool) -> None:
    start = at(5, 9)
    answered = asked(EntryStatus.NOTICE_GIVEN, start, entry_from=start + dt.timedelta(minutes=minutes))
    if allowed:
        assert decided(answered) is Ground.NOTICE
    else:
        with pytest.raises(EntryTooSoon):
            decided(answered)


def test_no_answer_makes_the_notice_period_shorter_than_24_hours_from_the_asking() -> None:
    start = at(5, 9)
    hasty = asked(EntryStatus.NOTICE_GIVEN, start, asked_at=at(4, 12), entry_from=at(4, 13))
    with pytest.raises(EntryTooSoon):
        decided(hasty)
    assert earliest_entry(hasty, DAY) == at(5, 12)


@pytest.mark.parametrize(
    ("asked_at", "earliest"),
    [
        (at(7, 10), at(8, 11)),  # the night of 8 March has 23 hours
        (at(31, 10, month=10), at(1, 9, month=11)),  # the night of 1 November has 25 hours
        (at(28, 10, month=2), at(1, 10)),  # the last day of February
        (dt.datetime(2026, 12, 31, 10, tzinfo=ZONE), dt.datetime(2027, 1, 1, 10, tzinfo=ZONE)),
    ],
)
def test_24_hours_pass_also_when_the_clocks_change_and_at_the_end_of_a_month(
    asked_at: dt.datetime, earliest: dt.datetime
) -> None:
    request = Asked(EntryStatus.ASKED, earliest, earliest + dt.timedelta(hours=1), asked_at)
    assert earliest_entry(request, DAY) == earliest.astimezone(dt.UTC)


def test_a_refusal_is_final_but_for_the_occupant_of_a_home_without_our_tenant() -> None:
    start = at(5, 9)
    for refusal in Refusal:
        with pytest.raises(EntryRefused):
            decided(asked(EntryStatus.REFUSED, start, refusal=refusal))
    none = asked(EntryStatus.REFUSED, start, refusal=Refusal.NO_TENANCY)
    assert decided(none, occupant_agreed=True) is Ground.OCCUPANT
    other = asked(EntryStatus.REFUSED, start, refusal=Refusal.TENANT_ASKS_ANOTHER_TIME)
    with pytest.raises(EntryRefused):
        decided(other, occupant_agreed=True)


def test_what_was_agreed_is_over_with_the_window() -> None:
    answered = asked(EntryStatus.AGREED, at(5, 9))
    assert decided(answered, now=at(5, 10, 59)) is Ground.AGREEMENT
    with pytest.raises(EntryWindowOver):
        decided(answered, now=at(5, 11))


def test_homes_are_entered_by_day_on_one_day() -> None:
    now = at(2, 10)
    check_window(at(5, 8), at(5, 20), now, ZONE)
    check_window(at(5, 8).astimezone(dt.UTC), at(5, 20).astimezone(dt.UTC), now, ZONE)
    for first, last, refusal in (
        (at(5, 7, 59), at(5, 9), EntryHours),
        (at(5, 9), at(5, 20, 1), EntryHours),
        (at(5, 19), at(6, 9), EntryHours),
        (at(5, 9), at(5, 9), DaysReversed),
        (at(5, 9), at(5, 8), DaysReversed),
        (at(2, 10), at(2, 12), EntryWindowOver),
    ):
        with pytest.raises(refusal):
            check_window(first, last, now, ZONE)


def test_scheduled_days_are_the_day_of_the_window() -> None:
    answered = asked(EntryStatus.AGREED, at(5, 9).astimezone(dt.UTC))
    day = dt.date(2026, 3, 5)
    assert fits(answered, day, None, ZONE)
    assert fits(answered, day, day, ZONE)
    assert not fits(answered, day, day + dt.timedelta(days=1), ZONE)
    assert not fits(answered, day - dt.timedelta(days=1), day, ZONE)
