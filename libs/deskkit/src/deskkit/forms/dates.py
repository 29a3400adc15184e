"""Reading dates and times as people type them, in English and French."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time, timedelta

from chassis.values import EARLIEST, LATEST
from deskkit.forms.problems import Problem

_MONTHS = {
    1: ("january", "jan", "janvier", "janv"),
    2: ("february", "feb", "fevrier", "fevr", "fev"),
    3: ("march", "mar", "mars"),
    4: ("april", "apr", "avril", "avr"),
    5: ("may", "mai"),
    6: ("june", "jun", "juin"),
    7: ("july", "jul", "juillet", "juil"),
    8: ("august", "aug", "aout"),
    9: ("september", "sep", "sept", "septembre"),
    10: ("october", "oct", "octobre"),
    11: ("november", "nov", "novembre"),
    12: ("december", "dec", "decembre"),
}
MONTH_NAMES = {name: number for number, names in _MONTHS.items() for name in names}
_DAYS = {
    "today": 0, "aujourd'hui": 0, "auj": 0,
    "tomorrow": 1, "demain": 1,
    "yesterday": -1, "hier": -1,
}  # fmt: skip
_IN_DAYS = re.compile(r"(?:in|dans) (\d{1,3}) (day|days|jour|jours|week|weeks|semaine|semaines)")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_DAY_FIRST = re.compile(r"(?:[a-z]+\.? )?(\d{1,2})(?:st|nd|rd|th|er)? (?:of )?([a-z]+)\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"(?:[a-z]+\.? )?([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TIME = re.compile(r"(\d{1,2})(?:\s*[:h.]\s*(\d{2}))?\s*(?:h|heures)?\s*(a\.?m\.?|p\.?m\.?)?")
_EARLIEST_YEAR, _LATEST_YEAR = EARLIEST.year, LATEST.year
_NOON = 12


def parse_date(text: str, today: date) -> date:
    """Read a date as typed.

    '23/11/2026' (day first), '2026-11-23', '23 November 2026', '1er décembre 2026', 'tomorrow',
    'dans 3 jours'.

    Raises Problem with a reason that names the rule: not a date, no such day in that month, year out of
    range.
    """
    plain = _plain(text)
    if plain in _DAYS:
        return today + timedelta(days=_DAYS[plain])
    if relative := _IN_DAYS.fullmatch(plain):
        unit = 7 if relative[2].startswith(("w", "s")) else 1
        return today + timedelta(days=int(relative[1]) * unit)
    if found := _ISO.fullmatch(plain):
        return build_date(found[3], found[2], found[1])
    if found := _NUMERIC.fullmatch(plain):
        return build_date(found[1], found[2], found[3])
    if (found := _DAY_FIRST.fullmatch(plain)) and found[2] in MONTH_NAMES:
        return build_date(found[1], found[2], found[3])
    if (found := _MONTH_FIRST.fullmatch(plain)) and found[1] in MONTH_NAMES:
        return build_date(found[2], found[1], found[3])
    raise Problem("date_unreadable")


def build_date(day: str, month: str, year: str) -> date:
    """A date from three typed parts; the month may be a name in either language.

    Raises Problem naming the missing or impossible part.
    """
    parts = {"day": day.strip(), "month": _plain(month), "year": year.strip()}
    missing = [name for name, value in parts.items() if not value]
    if missing:
        raise Problem("date_incomplete", missing=missing)
    number = MONTH_NAMES.get(parts["month"], 0) or (int(parts["month"]) if parts["month"].isdecimal() else 0)
    if not 1 <= number <= 12:
        raise Problem("date_month")
    if not parts["year"].isdecimal() or not _EARLIEST_YEAR <= int(parts["year"]) <= _LATEST_YEAR:
        raise Problem("date_year", earliest=_EARLIEST_YEAR, latest=_LATEST_YEAR)
    if not parts["day"].isdecimal() or not 1 <= int(parts["day"]) <= 31:
        raise Problem("date_day")
    try:
        return date(int(parts["year"]), number, int(parts["day"]))
    except ValueError as error:
        last = (date(int(parts["year"]) + number // 12, number % 12 + 1, 1) - timedelta(days=1)).day
        raise Problem("date_no_such_day", last=last, month=number, year=int(parts["year"])) from error


def parse_time(text: str) -> time:
    """Read '14:05', '2:05 pm', '2 p.m.', '14 h 05', '14h'. Raises Problem when it isn't a time."""
    found = _TIME.fullmatch(_plain(text))
    if not found:
        raise Problem("time_unreadable")
    hour, minute = int(found[1]), int(found[2] or 0)
    half = (found[3] or "").replace(".", "")
    if half and not 1 <= hour <= _NOON:
        raise Problem("time_unreadable")
    if half:
        hour = hour % _NOON + (_NOON if half == "pm" else 0)
    if hour > 23 or minute > 59:
        raise Problem("time_unreadable")
    return time(hour, minute)


def _plain(text: str) -> str:
    stripped = unicodedata.normalize("NFKD", text.strip().lower().replace("\u2019", "'"))
    return " ".join("".join(c for c in stripped if not unicodedata.combining(c)).split())
