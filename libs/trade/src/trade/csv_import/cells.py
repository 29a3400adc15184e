"""Rules for cells: each returns the value of a cell's text, or raises `Wrong` with what is wrong with it.

Rules that a column's notation matters to take it as their second argument.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from trade import letters
from trade.csv_import.notation import Notation, order_of, plain_number
from trade.csv_import.problems import Wrong
from trade.dates import Bounds
from trade.money import CURRENCIES
from trade.texts import N_

_YES = frozenset({"yes", "y", "true", "1", "oui", "o", "x", "vrai"})
_NO = frozenset({"no", "n", "false", "0", "non", "faux"})
_MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})" + _MIDNIGHT)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _MIDNIGHT)
_MONTH_NAMED = re.compile(r"(?:(\w+)\.? (\d{1,2})(?:st|nd|rd|th)?,?|(\d{1,2})(?:er)? (\w+)\.?) (\d{4})")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january jan janvier janv", "february feb fevrier fevr", "march mar mars", "april apr avril avr",
         "may mai", "june jun juin", "july jul juillet juil", "august aug aout",
         "september sep sept septembre", "october oct octobre", "november nov novembre",
         "december dec decembre"), 1)
    for name in names.split()
}  # fmt: skip
_NO_YEARS = frozenset({0, 1, 9999})
_ANGLES = re.compile(r"[<>]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def too_long(most: int) -> Wrong:
    """Return what is wrong with a text of more characters than `most`."""
    return Wrong("too_long", N_("This has more than {most} characters."), most=most)


def label(text: str) -> str:
    """Return a name of something: at most 120 printable characters, no angle brackets."""
    if len(text) > 120:
        raise too_long(120)
    if _ANGLES.search(text):
        raise Wrong("not_allowed", N_("The characters < and > can't be used here."))
    return _printable(text)


def name(text: str) -> str:
    """Return the name of somebody; a longer one is cut."""
    return label(text[:120])


def short(text: str) -> str:
    """Return a number or code of at most 30 characters."""
    if len(text) > 30:
        raise too_long(30)
    return label(text)


def text_of(text: str) -> str:
    """Return free text of at most 4,000 printable characters; it may hold anything, pages escape it."""
    if len(text) > 4_000:
        raise too_long(4_000)
    return _printable(text)


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise Wrong("control_character", N_("This holds a character that can't be printed."))
    return text


def code(text: str) -> str:
    """Return a code of two or three letters."""
    if not re.fullmatch(r"[A-Za-z]{2,3}", text):
        raise Wrong("not_a_code", N_("“{value}” isn't a code of two or three letters."))
    return text.upper()


def country_code(text: str) -> str:
    """Return a code of two letters."""
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise Wrong("not_a_code", N_("“{value}” isn't a code of two letters."))
    return text.upper()


def currency(text: str) -> str:
    """Return a currency in which rents are asked."""
    if text.upper() not in CURRENCIES:
        raise Wrong("not_a_currency", N_("“{value}” isn't the code of a currency, such as CAD."))
    return text.upper()


def number(least: int, most: int) -> Callable[[str, Notation | None], int]:
    """Return a rule for whole numbers between two others, with or without separators."""

    def convert(text: str, notation: Notation | None) -> int:
        bare = _unambiguous(text, notation, 0)
        if not re.fullmatch(r"[-+]?\d{1,9}", bare):
            raise Wrong("not_a_number", N_("“{value}” isn't a whole number."))
        number = int(bare)
        if not least <= number <= most:
            raise Wrong(
                "out_of_range", N_("{value} isn't between {least} and {most}."), least=least, most=most
            )
        return number

    return convert


def _unambiguous(text: str, notation: Notation | None, places: int) -> str:
    bare = plain_number(text, notation, places)
    if bare is None:
        raise Wrong(
            "unclear_number",
            N_("“{value}” can be read in two ways: nothing in this column says what the sign in it means."),
        )
    return bare


def coordinate(most: int) -> Callable[[str], Decimal]:
    """Return a rule for degrees, at most `most` in either direction, to six decimals."""

    def convert(text: str) -> Decimal:
        try:
            # Degrees have no thousands: the one sign in them marks the decimals.
            value = Decimal(text.replace("−", "-").replace(",", ".").rstrip("° "))
        except InvalidOperation:
            raise Wrong("not_a_number", N_("“{value}” isn't a number.")) from None
        if not value.is_finite() or abs(value) > most:
            raise Wrong(
                "out_of_range", N_("{value} isn't between {least} and {most}."), least=-most, most=most
            )
        return round(value, 6)

    return convert


def amount(text: str, notation: Notation | None) -> Decimal:
    """Return an amount of money as spreadsheets write it in English or French; not below zero."""
    bare = _unambiguous(text, notation, 2)
    if not re.fullmatch(r"[-+]?\d{1,7}(\.\d{1,2})?", bare):
        raise Wrong("not_an_amount", N_("“{value}” isn't an amount of money."))
    amount = Decimal(bare)
    if amount < 0:
        raise Wrong("below_zero", N_("An amount can't be below zero."))
    return amount


def yes_or_no(text: str) -> bool:
    """Return whether a cell answers yes, in English or French."""
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Wrong("not_yes_or_no", N_("“{value}” is neither yes nor no."))


def day_of(kind: Bounds, today: date) -> Callable[[str, Notation | None], date | None]:
    """Return a rule for days of a kind, as they may be named on the day `today` (`trade.dates`)."""
    first, last = kind.earliest(today), kind.latest(today)

    def convert(text: str, notation: Notation | None) -> date | None:
        found = day(text, notation)
        if found is not None and not first <= found <= last:
            if kind.ahead == 0 and found > today:
                raise Wrong("day_in_future", N_("The day can't be in the future."))
            raise Wrong(
                "day_out_of_range",
                N_("“{value}” isn't a day from {first} to {last}."),
                first=first.isoformat(),
                last=last.isoformat(),
            )
        return found

    return convert


def day(text: str, notation: Notation | None) -> date | None:
    """Return a day, the year first or last; None for one that means "unknown" or "no end".

    Tables write those as a day of the first or the last year they know.
    """
    if found := _YEAR_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        # A day that can be read in one way only is read so, whatever the others of its column are.
        order = order_of(text)
        if order is Notation.UNCLEAR and notation in (Notation.DAY_FIRST, Notation.MONTH_FIRST):
            order = notation
        if order is Notation.UNCLEAR:
            raise Wrong(
                "unclear_day",
                N_(
                    "“{value}” can be two days: nothing in this column says whether day or month comes first."
                ),
            )
        month, day = (first, second) if order is Notation.MONTH_FIRST else (second, first)
    elif named := _MONTH_NAMED.fullmatch(text):
        # An unknown name of a month is the month 0, which no day is in.
        month = _MONTHS.get(letters.folded(named[1] or named[4]), 0)
        year, day = int(named[5]), int(named[2] or named[3])
    else:
        raise _not_a_day()
    if year in _NO_YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        raise _not_a_day() from None


def _not_a_day() -> Wrong:
    return Wrong("not_a_day", N_("“{value}” isn't a day such as 2026-03-31 or 31/03/2026."))


class Codes(frozenset[str]):
    """Codes of a look-up list with their labels in either language."""

    labels: Mapping[str, str]

    @classmethod
    def labelled(cls, labels: Mapping[str, str]) -> Codes:
        """Return the codes that `labels` stand for."""
        codes = cls(labels.values())
        codes.labels = labels
        return codes


def listed(codes: Collection[str]) -> Callable[[str], str]:
    """Return a rule for codes of a look-up list, however they are cased and spaced, or labels of `codes`."""
    labelled: dict[str, str] = {}
    for label, labelled_code in getattr(codes, "labels", {}).items():
        labelled.setdefault(letters.folded(label), labelled_code)

    def convert(text: str) -> str:
        code = re.sub(r"[\s-]+", "_", text.strip().casefold())
        for candidate in (text, text.casefold(), code, code.replace("_", "-")):
            if candidate in codes:
                return candidate
        if named := labelled.get(letters.folded(text)):
            return named
        raise Wrong("not_on_the_list", N_("“{value}” isn't on the list."))

    return convert


def one_of(words: Any, others: Mapping[str, str] | None = None) -> Callable[[str], Any]:
    """Return a rule for words of a vocabulary, however they are cased and spaced.

    `others` gives other words for them, folded.
    """
    known: Mapping[str, Any] = {word.value: word for word in words}

    def convert(text: str) -> Any:
        code = re.sub(r"[\s-]+", "_", text.strip().casefold())
        word = (others or {}).get(letters.folded(text), code)
        found = known.get(word)
        if found is None:
            raise Wrong("unknown_word", N_("“{value}” is none of: {choices}."), choices=sorted(known))
        return found

    return convert
