"""The hour that is skipped and the hour that is repeated, wherever a person types a day and a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, Field

from deskkit.forms import Form
from deskkit.forms.binding import fields_of
from deskkit.forms.clocks import local_moments
from deskkit.i18n import Formats, load_catalogue

TORONTO = ZoneInfo("America/Toronto")
ST_JOHNS = ZoneInfo("America/St_Johns")
ZONES = [TORONTO, ST_JOHNS, ZoneInfo("America/Regina"), ZoneInfo("Australia/Lord_Howe")]


YEARS = (datetime(2020, 1, 1), datetime(2032, 1, 1))  # noqa: DTZ001 - the strategy adds the zone


class Meet(BaseModel):
    at: AwareDatetime = Field(title="Start")


def form_for(day: date, clock: str, fold: str | None = None, *, locale: str = "en") -> Form[Meet]:
    catalogue = load_catalogue(locale, ("deskkit",))
    typed = {"at-day": day.day, "at-month": day.month, "at-year": day.year, "at-time": clock}
    if fold is not None:
        typed["at-fold"] = fold
    return Form(
        Meet,
        posted={name: [str(text)] for name, text in typed.items()},
        today=date(2026, 11, 23),
        zone=TORONTO,
        catalogue=catalogue,
        formats=Formats(locale, TORONTO, catalogue),
        translate_error=str,
        csrf_token="csrf",
        form_token="token",
    )


@pytest.mark.row("X1", "T5")
@pytest.mark.parametrize(
    ("locale", "words"),
    [("en", "doesn't exist: on 8 March 2026"), ("fr", "n’existe pas\u00a0: le 8 mars 2026")],
)
def test_a_time_that_clocks_skip_is_refused_with_the_next_one(locale: str, words: str) -> None:
    form = form_for(date(2026, 3, 8), "2:30", locale=locale)
    assert not form.ok
    message = form.error("at")
    assert message is not None
    assert words in message
    assert ("3:30" if locale == "en" else "3\u00a0h\u00a030") in message


@pytest.mark.row("X1", "T5")
def test_a_time_that_comes_twice_is_asked_about_and_each_answer_is_its_moment() -> None:
    day = date(2026, 11, 1)
    asked = form_for(day, "1:30 am")
    assert not asked.ok
    assert "comes twice" in str(asked.error("at"))
    assert [fold for fold, _ in asked.repeated("at")] == ["0", "1"]
    assert [words.replace("\u202f", " ") for _, words in asked.repeated("at")] == [
        "The first time (1:30 a.m., UTC-04:00)",
        "The second time (1:30 a.m., UTC-05:00)",
    ]
    earlier, later = (form_for(day, "1:30 am", fold) for fold in ("0", "1"))
    assert earlier.command.at.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    assert later.command.at.astimezone(UTC) == datetime(2026, 11, 1, 6, 30, tzinfo=UTC)
    assert not form_for(day, "1:30 am", "7").ok


def test_nothing_is_asked_in_any_other_hour() -> None:
    form = form_for(date(2026, 11, 1), "3:30")
    assert form.ok
    assert form.repeated("at") == []


@given(
    st.datetimes(*YEARS, timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_every_moment_is_among_those_that_its_clock_time_may_mean(moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone)
    moments = [found.astimezone(UTC) for found in local_moments(local.date(), local.time(), zone)]
    assert moment in moments
    assert len(moments) == len(set(moments))
    assert all(abs(found - moment) <= timedelta(hours=1) for found in moments)


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)), st.times(), st.sampled_from(ZONES))
def test_a_time_has_no_moment_only_where_the_day_is_shorter(day: date, clock: time, zone: ZoneInfo) -> None:
    if not local_moments(day, clock, zone):
        begins, ends = (datetime.combine(d, time(), tzinfo=zone) for d in (day, day + timedelta(days=1)))
        assert ends.astimezone(UTC) - begins.astimezone(UTC) < timedelta(hours=24)


@pytest.mark.parametrize("hour", [5, 6])
def test_a_stored_moment_of_the_repeated_hour_comes_back_as_itself(hour: int) -> None:
    stored = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    fields = fields_of("at", stored, datetime, TORONTO)
    form = form_for(date(2026, 11, 1), fields["at-time"][0], fields["at-fold"][0])
    assert form.command.at.astimezone(UTC) == stored
