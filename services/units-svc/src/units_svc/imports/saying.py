"""What a cell may say: each rule takes the words of a cell to their value, or says what is wrong with them.
Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from deskkit.i18n import N_
from trade import addresses, letters
from trade.dates import Bounds
from trade.money import CURRENCIES
from trade.text_review.devices import review_device
from trade.text_review.verdicts import Sentence, Verdict
from units_svc.imports.habits import Habit, order_of, plain_number
from units_svc.inventory.provinces import NAMES

_YES = frozenset({"yes", "y", "true", "1", "oui", "o", "x", "vrai"})
_NO = frozenset({"no", "n", "false", "0", "non", "faux"})
MONITORING = "monitoring_refused"
"""The rule that a text breaks which would watch people in their homes; such a refusal is kept (U5)."""
_MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?)?"
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})" + _MIDNIGHT)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_YEAR_LAST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})" + _MIDNIGHT)
_NO_YEARS = frozenset({0, 1, 9999})
_FRENCH_WORDS = {
    "disponible": "available", "libre": "available", "occupe": "occupied_by_other",
    "occupe par d autres": "occupied_by_other", "indisponible": "temporarily_unavailable",
    "temporairement indisponible": "temporarily_unavailable", "non disponible": "temporarily_unavailable",
    "organisme": "organisation", "organization": "organisation", "entreprise": "organisation",
    "personne": "person", "particulier": "person", "tiers": "third_party",
    "gestionnaire": "managing_agent", "mandataire": "managing_agent", "entite immobiliere": "property_entity",
}  # fmt: skip
"""Words of the fixed vocabularies as French tables write them, plain."""
_PROVINCES = {
    letters.folded(name): code
    for code, name in (*((code, name) for names in NAMES.values() for code, name in names.items()),
        ("BC", "Colombie-Britannique"), ("NB", "Nouveau-Brunswick"), ("NL", "Terre-Neuve-et-Labrador"),
        ("NS", "Nouvelle-Écosse"), ("NT", "Territoires du Nord-Ouest"), ("PE", "Île-du-Prince-Édouard"),
        ("QC", "Québec"), ("NL", "Newfoundland"), ("YT", "Yukon Territory"))
}  # fmt: skip
_ANGLES = re.compile(r"[<>]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
NOTHING_SAID = N_("This can't be empty.")


class Wrong(Exception):
    """A cell breaks a rule; caught where the row is read."""

    def __init__(self, rule: str, message: str, **params: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = message
        self.params = params


def too_long(most: int) -> Wrong:
    """Return what is wrong with a text of more characters than `most`."""
    return Wrong("too_long", N_("This has more than {most} characters."), most=most)


def label(text: str) -> str:
    """A name of something: at most 120 printable characters, no angle brackets."""
    if len(text) > 120:
        raise too_long(120)
    if _ANGLES.search(text):
        raise Wrong("not_allowed", N_("The characters < and > can't be used here."))
    return _printable(text)


def name(text: str) -> str:
    """The name of somebody; a longer one is cut."""
    return label(text[:120])


def short(text: str) -> str:
    """A number or code of at most 30 characters."""
    if len(text) > 30:
        raise too_long(30)
    return label(text)


def text_of(text: str) -> str:
    """Free text of at most 4,000 printable characters; it may hold anything, pages escape it."""
    if len(text) > 4_000:
        raise too_long(4_000)
    return _printable(text)


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise Wrong("control_character", N_("This holds a character that can't be printed."))
    return text


def private(text: str) -> str:
    """Text that would watch nobody in their home (U5); one that is only doubtful is taken (`doubtful`)."""
    gravest = _gravest(text)
    if gravest is not None and gravest.verdict is Verdict.REFUSED:
        raise Wrong(MONITORING, N_("“{words}” would watch people in their home."), words=gravest.quoted)
    return text


def doubtful(text: str | None) -> Sentence | None:
    """The sentence of a text that needs a person's eyes before it is trusted (W8), or None."""
    gravest = _gravest(text) if text else None
    return gravest if gravest is not None and gravest.verdict is Verdict.NEEDS_EYES else None


@lru_cache(maxsize=4_096)
def _gravest(text: str) -> Sentence | None:
    return review_device(text).gravest


def code(text: str) -> str:
    """A code of two or three letters."""
    if not re.fullmatch(r"[A-Za-z]{2,3}", text):
        raise Wrong("not_a_code", N_("“{value}” isn't a code of two or three letters."))
    return text.upper()


def country_code(text: str) -> str:
    """A code of two letters."""
    if not re.fullmatch(r"[A-Za-z]{2}", text):
        raise Wrong("not_a_code", N_("“{value}” isn't a code of two letters."))
    return text.upper()


def currency(text: str) -> str:
    """A currency in which rents are asked."""
    if text.upper() not in CURRENCIES:
        raise Wrong("not_a_currency", N_("“{value}” isn't the code of a currency, such as CAD."))
    return text.upper()


def number(least: int, most: int) -> Callable[[str, Habit | None], int]:
    """A whole number between two others, with or without separators."""

    def convert(text: str, habit: Habit | None) -> int:
        bare = _unmistakable(text, habit, 0)
        if not re.fullmatch(r"[-+]?\d{1,9}", bare):
            raise Wrong("not_a_number", N_("“{value}” isn't a whole number."))
        number = int(bare)
        if not least <= number <= most:
            raise Wrong(
                "out_of_range", N_("{value} isn't between {least} and {most}."), least=least, most=most
            )
        return number

    return convert


def _unmistakable(text: str, habit: Habit | None, places: int) -> str:
    bare = plain_number(text, habit, places)
    if bare is None:
        raise Wrong(
            "unclear_number",
            N_("“{value}” can be read in two ways: nothing in this column says what the sign in it means."),
        )
    return bare


def coordinate(most: int) -> Callable[[str], Decimal]:
    """Degrees, at most `most` in either direction, to six places, with a point or a comma."""

    def convert(text: str) -> Decimal:
        try:
            # Nobody parts thousands in degrees: the one sign there is marks the decimals.
            value = Decimal(text.replace("−", "-").replace(",", ".").rstrip("° "))
        except InvalidOperation:
            raise Wrong("not_a_number", N_("“{value}” isn't a number.")) from None
        if not value.is_finite() or abs(value) > most:
            raise Wrong(
                "out_of_range", N_("{value} isn't between {least} and {most}."), least=-most, most=most
            )
        return round(value, 6)

    return convert


def amount(text: str, habit: Habit | None) -> Decimal:
    """An amount of money as spreadsheets write it in English or French; not below zero."""
    bare = _unmistakable(text, habit, 2)
    if not re.fullmatch(r"[-+]?\d{1,7}(\.\d{1,2})?", bare):
        raise Wrong("not_an_amount", N_("“{value}” isn't an amount of money."))
    amount = Decimal(bare)
    if amount < 0:
        raise Wrong("below_zero", N_("An amount can't be below zero."))
    return amount


def yes_or_no(text: str) -> bool:
    """Yes or no, in English or French."""
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Wrong("not_yes_or_no", N_("“{value}” is neither yes nor no."))


def day_of(kind: Bounds, today: date) -> Callable[[str, Habit | None], date | None]:
    """A day of a kind, as it may be named on the day `today` (`trade.dates`)."""
    first, last = kind.earliest(today), kind.latest(today)

    def convert(text: str, habit: Habit | None) -> date | None:
        found = day(text, habit)
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


def day(text: str, habit: Habit | None) -> date | None:
    """A day, the year first or last; None for the first and the last year that tables know, which stand for
    "unknown" and "no end"."""
    if found := _YEAR_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _YEAR_LAST.fullmatch(text):
        first, second, year = (int(part) for part in found.groups())
        order = habit if habit in (Habit.DAY_FIRST, Habit.MONTH_FIRST) else order_of(text)
        if order is Habit.UNCLEAR:
            raise Wrong(
                "unclear_day",
                N_(
                    "“{value}” can be two days: nothing in this column says whether day or month comes first."
                ),
            )
        month, day = (first, second) if order is Habit.MONTH_FIRST else (second, first)
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


def province(text: str) -> str:
    """A province, state or territory by its code or its name, in English or French."""
    named = _PROVINCES.get(letters.folded(text))
    return named or code(text)


def listed(codes: Collection[str]) -> Callable[[str], str]:
    """A code of a look-up list, however it is cased and spaced, or its label in English or French."""
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
        raise Wrong("not_on_the_list", N_("“{value}” isn't on the list of the inventory."))

    return convert


def one_of(words: Any) -> Callable[[str], Any]:
    """A word of a fixed vocabulary, however it is cased and spaced."""
    known: Mapping[str, Any] = {word.value: word for word in words}

    def convert(text: str) -> Any:
        word = _FRENCH_WORDS.get(letters.folded(text), re.sub(r"[\s-]+", "_", text.strip().casefold()))
        found = known.get(word)
        if found is None:
            raise Wrong("unknown_word", N_("“{value}” is none of: {choices}."), choices=sorted(known))
        return found

    return convert


def postal_code(text: str, country: str, province: str) -> str:
    """A postal code in the form of its country that can lie in the province."""
    code = addresses.postal_code(text, country)
    if code is None:
        raise Wrong("not_a_postal_code", N_("“{value}” isn't a postal code of {country}."), country=country)
    if not addresses.fits_province(code, province, country):
        raise Wrong(
            "postal_code_of_another_province",
            N_("The postal code {value} isn't in {province}."),
            province=province,
        )
    return code


def postal_area(text: str, province: str) -> str:
    """The first half of a Canadian postal code that can lie in the province."""
    area = addresses.postal_area(text)
    if area is None:
        raise Wrong("not_a_postal_code", N_("“{value}” isn't the first half of a postal code."))
    if not addresses.fits_province(area, province, "CA"):
        raise Wrong(
            "postal_code_of_another_province",
            N_("The postal code {value} isn't in {province}."),
            province=province,
        )
    return area
