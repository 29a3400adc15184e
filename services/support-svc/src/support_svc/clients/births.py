"""Dates of birth as people type them into a search: every common writing, in English and French (C3)."""

import re
from calendar import monthrange
from datetime import date

from trade import letters
from trade.dates import BIRTH

Span = tuple[date, date]
"""From a day to a day, both included: one day, or a whole month."""

_MONTHS = (
    "january jan janvier janv",
    "february feb fevrier fevr fev",
    "march mar mars",
    "april apr avril avr",
    "may mai",
    "june jun juin",
    "july jul juillet juil",
    "august aug aout",
    "september sept sep septembre",
    "october oct octobre",
    "november nov novembre",
    "december dec decembre",
)
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MONTH = f"(?P<month>{'|'.join(sorted(_MONTH_OF, key=len, reverse=True))})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|e)?"
_YEAR = r"(?P<year>(?:18|19|20)\d\d)"
_NAMED = tuple(
    re.compile(rf"(?<!\w){pattern}(?!\w)")
    for pattern in (
        rf"(?:(?:le|the) )?{_DAY} ?(?:of |de |d)?{_MONTH} ?{_YEAR}",
        rf"{_MONTH} (?:the )?{_DAY} {_YEAR}",
        rf"{_YEAR} {_MONTH} {_DAY}",
        rf"{_MONTH} {_YEAR}",
    )
)
_NUMBERS = re.compile(r"(?<![\d/.\-])(\d{1,4})([/.\-]| ?[/.\-] ?| )(\d{1,2})\2(\d{1,4})(?![\d/\-]|\.\d)")
_RUN = re.compile(r"(?<!\d)\d{8}(?!\d)")


def births_in(text: str, today: date) -> tuple[list[tuple[list[Span], str]], str]:
    """Return the dates in a text, each with all that it may mean and its digits, and the rest of the text.

    "07/08/1964" is in July or in August. Eight digits in a row may be part of a telephone number as well as a
    date: they are given with it, and are empty for what can be nothing else.
    """
    found: list[tuple[list[Span], str]] = []

    def take(match: re.Match[str]) -> str:
        days = _days(match[1], match[3], match[4], spaced=match[2] == " ", today=today)
        if not days:
            return match[0]
        found.append(([(day, day) for day in days], ""))
        return " "

    rest = _NUMBERS.sub(take, text)
    for run in _RUN.findall(rest):
        days = _valid(
            today,
            (run[:4], run[4:6], run[6:]),
            (run[4:], run[2:4], run[:2]),
            (run[4:], run[:2], run[2:4]),
        )
        if days:
            found.append(([(day, day) for day in days], run))
    rest = _RUN.sub(lambda run: " " if any(run[0] == digits for _, digits in found) else run[0], rest)
    plain = letters.folded(rest)
    for pattern in _NAMED:
        for match in pattern.finditer(plain):
            if span := _named(match):
                found.append(([span], ""))
                plain = plain.replace(match[0], " ", 1)
    return found, plain


def _days(first: str, second: str, third: str, *, spaced: bool, today: date) -> list[date]:
    """What three numbers may mean: day first and month first, unless the year is first."""
    if len(first) == 4:
        return _valid(today, (first, second, third))
    if len(first) > 2 or len(third) == 3 or (spaced and len(third) != 4):
        return []
    if len(third) == 4:
        return _valid(today, (third, second, first), (third, first, second))
    years = [f"{century}{third:0>2}" for century in (19, 20)]
    days = [(year, *rest) for year in years for rest in ((second, first), (first, second))]
    days += [(f"{century}{first:0>2}", second, third) for century in (19, 20) if int(first) > 31]
    return _valid(today, *days)


def _valid(today: date, *candidates: tuple[str, ...]) -> list[date]:
    days: dict[date, None] = {}
    for year, month, day in candidates:
        try:
            born = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if BIRTH.earliest(today) <= born <= today:
            days[born] = None
    return list(days)


def _named(match: re.Match[str]) -> Span | None:
    year, month = int(match["year"]), _MONTH_OF[match["month"]]
    last = monthrange(year, month)[1]
    if "day" not in match.re.groupindex:
        return date(year, month, 1), date(year, month, last)
    day = int(match["day"])
    return (date(year, month, day), date(year, month, day)) if 1 <= day <= last else None
