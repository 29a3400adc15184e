"""Calendar files: read by another library, right on both sides of a change of the clocks (F3)."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from trade.calendars import calendar_file
from trade.due import NO_DAY, Due, Urgency

NOW = dt.datetime(2026, 10, 30, 12, tzinfo=dt.UTC)
NAMES = {"follow_up": "Follow-up", "attend_signing": "Signing to attend"}
ZONES = ("America/St_Johns", "America/Toronto", "America/Vancouver")
RECORD = uuid.UUID("0198c9a4-0000-7000-8000-000000000001")


def thing(task="follow_up", day=dt.date(2026, 11, 1), **more):
    return Due(
        task=task,
        urgency=Urgency.SOON,
        page="placement",
        at={},
        name="Ann Marrow",
        notes=("1 Elm Street",),
        caseworker="staff-7",
        place=(day, RECORD),
        **more,
    )


def events(*due):
    content, _ = calendar_file(
        due, title="Due", words=lambda task: NAMES.get(task, ""), link="https://a.example/desk", now=NOW
    )
    return getattr(vobject.readOne(content.decode()), "vevent_list", [])


@pytest.mark.row("F3")
def test_a_day_is_an_entry_of_that_day_wherever_it_is_read():
    """What has a day only doesn't move with the reader's time zone."""
    (one,) = events(thing(revision=4))
    assert (one.dtstart.value, one.dtend.value) == (dt.date(2026, 11, 1), dt.date(2026, 11, 2))
    assert one.sequence.value == "4"
    assert one.status.value == "CONFIRMED"
    assert one.url.value == "https://a.example/desk"


@pytest.mark.row("F3", "X1", "T5")
@pytest.mark.parametrize("zone", ZONES)
@given(days=st.integers(0, 730), hour=st.integers(0, 23))
def test_case_29_an_appointment_is_at_the_same_hour_on_both_sides_of_a_change_of_clocks(zone, days, hour):
    there = ZoneInfo(zone)
    local = dt.datetime(2026, 1, 1, hour, 30, tzinfo=there) + dt.timedelta(days=days)
    moment = local.astimezone(dt.UTC)
    (one,) = events(thing("attend_signing", local.date(), by=moment, lasts=dt.timedelta(hours=1)))
    read = one.dtstart.value.astimezone(there)
    assert (read.date(), read.hour, read.minute) == (
        moment.astimezone(there).date(),
        moment.astimezone(there).hour,
        30,
    )
    assert one.dtend.value - one.dtstart.value == dt.timedelta(hours=1)


@pytest.mark.row("F3", "W4")
def test_case_28_what_is_called_off_is_the_same_entry_cancelled():
    at = dt.datetime(2026, 11, 2, 15, tzinfo=dt.UTC)
    hour = dt.timedelta(hours=1)
    (before,) = events(thing("attend_signing", at.date(), by=at, lasts=hour, revision=2))
    later = at + dt.timedelta(days=1)
    (moved,) = events(thing("attend_signing", later.date(), by=later, lasts=hour, revision=4))
    (off,) = events(thing("attend_signing", later.date(), by=later, lasts=hour, revision=6, cancelled=True))
    assert before.uid.value == moved.uid.value == off.uid.value
    assert str(RECORD) not in before.uid.value
    assert [int(one.sequence.value) for one in (before, moved, off)] == [2, 4, 6]
    assert (moved.status.value, off.status.value) == ("CONFIRMED", "CANCELLED")
    assert moved.dtstart.value == later


@pytest.mark.row("F3")
def test_neither_a_person_nor_a_home_is_named_and_what_has_no_day_is_left_out():
    waiting = thing("attend_signing", NO_DAY)
    unknown = thing("something_else")
    content, _ = calendar_file(
        [thing(), waiting, unknown],
        title="Due",
        words=lambda task: NAMES.get(task, ""),
        link="https://a.example/desk",
        now=NOW,
    )
    text = content.decode()
    assert text.count("BEGIN:VEVENT") == 1
    assert "Marrow" not in text
    assert "Elm" not in text


@pytest.mark.row("F3")
def test_the_tag_changes_with_what_the_file_says_and_not_with_the_time_it_was_made():
    def tag(*due, now=NOW):
        return calendar_file(due, title="Due", words=NAMES.__getitem__, link="x:y", now=now)[1]

    assert tag(thing()) == tag(thing(), now=NOW + dt.timedelta(hours=3))
    assert tag(thing()) != tag(thing(revision=1))
