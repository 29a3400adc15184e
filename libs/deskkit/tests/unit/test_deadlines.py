"""A deadline at the first moment of a day is shown as the end of the day before, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskkit.i18n import Formats, load_catalogue

TORONTO = ZoneInfo("America/Toronto")
HAVANA = ZoneInfo("America/Havana")  # its clocks go forward at midnight: 8 March 2026 begins at 1:00


def formats(language: str, zone: ZoneInfo = TORONTO) -> Formats:
    return Formats(language, zone, load_catalogue(language, ("deskkit",)))


@pytest.mark.row("X1")
@pytest.mark.parametrize(
    ("moment", "english", "french"),
    [
        (datetime(2026, 12, 10, tzinfo=TORONTO), "the end of 9 December 2026", "la fin du 9 décembre 2026"),
        (datetime(2026, 12, 10, 5, tzinfo=UTC), "the end of 9 December 2026", "la fin du 9 décembre 2026"),
        (datetime(2026, 12, 1, tzinfo=TORONTO), "the end of 30 November 2026", "la fin du 30 novembre 2026"),
        (datetime(2027, 1, 1, tzinfo=TORONTO), "the end of 31 December 2026", "la fin du 31 décembre 2026"),
        (datetime(2028, 3, 1, tzinfo=TORONTO), "the end of 29 February 2028", "la fin du 29 février 2028"),
        (datetime(2026, 12, 2, tzinfo=TORONTO), "the end of 1 December 2026", "la fin du 1er décembre 2026"),
        # The days on which clocks change, and the ones after them.
        (datetime(2026, 3, 8, tzinfo=TORONTO), "the end of 7 March 2026", "la fin du 7 mars 2026"),
        (datetime(2026, 3, 9, tzinfo=TORONTO), "the end of 8 March 2026", "la fin du 8 mars 2026"),
        (datetime(2026, 11, 1, tzinfo=TORONTO), "the end of 31 October 2026", "la fin du 31 octobre 2026"),
        (datetime(2026, 11, 2, tzinfo=TORONTO), "the end of 1 November 2026", "la fin du 1er novembre 2026"),
        # Midnight elsewhere, or a minute beside it, is a moment like any other.
        (
            datetime(2026, 12, 10, tzinfo=UTC),
            "9 December 2026 at 7:00 p.m.",
            "9 décembre 2026 à 19 h 00",
        ),
        (
            datetime(2026, 12, 10, 0, 1, tzinfo=TORONTO),
            "10 December 2026 at 12:01 a.m.",
            "10 décembre 2026 à 0 h 01",
        ),
    ],
)
def test_deadlines_in_words(moment: datetime, english: str, french: str) -> None:
    plain = [
        formats(language).deadline(moment).replace("\N{NO-BREAK SPACE}", " ") for language in ("en", "fr")
    ]
    assert [text.replace("\N{NARROW NO-BREAK SPACE}", " ") for text in plain] == [english, french]


def test_a_day_that_does_not_begin_at_midnight() -> None:
    first = datetime(2026, 3, 8, 5, tzinfo=UTC)
    assert first.astimezone(HAVANA).hour == 1
    assert formats("en", HAVANA).deadline(first) == "the end of 7 March 2026"


def test_the_last_day_of_every_deadline_of_a_year() -> None:
    day = date(2026, 1, 1)
    while day.year == 2026:
        after = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=TORONTO)
        assert formats("en").last_day(after.astimezone(UTC)) == day
        day += timedelta(days=1)


def test_no_deadline_is_no_text() -> None:
    assert formats("fr").deadline(None) == ""
