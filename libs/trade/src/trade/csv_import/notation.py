"""How a file writes numbers and days, decided for each column by all of its cells. Pure.

A comma is a decimal mark in one file and separates thousands in another, and 3/4/2026 is a day in March or in
April. A cell that can mean two things, when nothing else says which, is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What a column holds, as far as its notation matters."""

    WHOLE = "whole"
    MONEY = "money"
    DAY = "day"


class Notation(StrEnum):
    """What the cells of a column show about how they are written."""

    COMMA = "comma"
    POINT = "point"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNCLEAR = "unclear"


_DECIMALS = {Kind.WHOLE: 0, Kind.MONEY: 2}
_SIGN = {Notation.COMMA: ",", Notation.POINT: "."}
_OTHER = {Notation.COMMA: Notation.POINT, Notation.POINT: Notation.COMMA}
_NOT_NUMBER = re.compile(r"[\s$]|CAD", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")
_NUMBERED_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T].*)?")
_MOST_SEEN = 20_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decided about the notation of a file that leaves it open."""

    decimal: Notation | None = None
    days: Notation | None = None


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Notations:
    """The notation of each column of a file that needs one, by the position of the column."""

    columns: Mapping[int, Notation] = field(default_factory=dict)

    def of(self, at: int) -> Notation | None:
        """Return a column's notation; None when no cell of it needs one."""
        return self.columns.get(at)

    def stored(self) -> dict[str, str]:
        """Return the notations as they're stored."""
        return {str(at): notation.value for at, notation in sorted(self.columns.items())}

    def unclear(self, kinds: Mapping[int, Kind]) -> dict[str, str]:
        """Return the columns about which a person must be asked, with what they hold, as they're stored."""
        return {
            str(at): kinds[at].value
            for at, notation in sorted(self.columns.items())
            if notation is Notation.UNCLEAR
        }

    @classmethod
    def from_stored(cls, stored: Mapping[str, str]) -> Self:
        """Return stored notations."""
        return cls({int(at): Notation(notation) for at, notation in stored.items()})


def bare_number(text: str) -> str:
    """Return a number as it's written, without currency and blanks."""
    return _NOT_NUMBER.sub("", text)


def decimal_mark(text: str, decimals: int) -> Notation | None:
    """Return which sign must be the decimal mark of a number with at most so many decimals.

    UNCLEAR when it can be either, None when there is neither.

    >>> decimal_mark("1 350,50 $", 2), decimal_mark("1,350", 2), decimal_mark("1,355", 2)
    (<Notation.COMMA: 'comma'>, <Notation.UNCLEAR: 'unclear'>, <Notation.POINT: 'point'>)
    """
    bare = bare_number(text).lstrip("+-")
    if not _NUMBER.fullmatch(bare):
        return None
    commas, points = bare.count(","), bare.count(".")
    if not commas and not points:
        return None
    if commas and points:
        return Notation.COMMA if bare.rfind(",") > bare.rfind(".") else Notation.POINT
    sign = Notation.COMMA if commas else Notation.POINT
    if commas + points > 1:
        return _OTHER[sign]
    before, _, after = bare.partition(_SIGN[sign])
    if len(after) != 3 or len(before) > 3 or before.startswith("0") or not before:
        return sign
    # Three digits behind it may be thousands. They are when a number of this kind hasn't so many decimals.
    return _OTHER[sign] if after[decimals:].strip("0") else Notation.UNCLEAR


def plain_number(text: str, notation: Notation | None, decimals: int) -> str | None:
    """Return a number with a point as its decimal mark and without separators of thousands.

    None when it can mean two things; unchanged when it's no number in that notation.
    """
    bare = bare_number(text)
    own = decimal_mark(bare, decimals)
    if own is None:
        return bare
    mark = notation if notation in _SIGN else own
    if mark is Notation.UNCLEAR:
        return None
    decimal, thousands = re.escape(_SIGN[mark]), re.escape(_SIGN[_OTHER[mark]])
    whole = rf"[-+]?(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)"
    if not re.fullmatch(rf"{whole}(?:{decimal}\d*)?", bare):
        return bare
    number = bare.replace(_SIGN[_OTHER[mark]], "").replace(_SIGN[mark], ".")
    # 640.0 is a whole number, 1350.000 an amount.
    whole_part, _, fraction = number.partition(".")
    fraction = fraction[:decimals] + fraction[decimals:].rstrip("0")
    return f"{whole_part}.{fraction}" if fraction else whole_part


def order_of(text: str) -> Notation | None:
    """Return which comes first in a day such as 31/03/2026; None when it isn't written that way or both are
    the same."""
    found = _NUMBERED_DAY.fullmatch(text.strip())
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    if first == second:
        return None
    if first > 12:
        return Notation.DAY_FIRST
    return Notation.MONTH_FIRST if second > 12 else Notation.UNCLEAR


class Survey:
    """Collects what the cells of a file show about its notation; `kinds` names the columns by position."""

    def __init__(self, kinds: Mapping[int, Kind]) -> None:
        self._kinds = kinds
        self._seen: dict[int, set[str]] = {at: set() for at in kinds}
        self._shown: dict[int, set[Notation]] = {at: set() for at in kinds}

    def take(self, rows: Iterable[Sequence[str]]) -> None:
        """Look at rows."""
        for cells in rows:
            for at, kind in self._kinds.items():
                text = cells[at] if at < len(cells) else ""
                seen = self._seen[at]
                if not text or text in seen:
                    continue
                if len(seen) < _MOST_SEEN:
                    seen.add(text)
                shown = order_of(text) if kind is Kind.DAY else decimal_mark(text, _DECIMALS[kind])
                if shown is not None:
                    self._shown[at].add(shown)

    def notations(self, choices: Choices) -> Notations:
        """Return each column's notation: what its cells show, else what was chosen, else what others do."""
        found: dict[int, Notation] = {}
        for days in (False, True):
            chosen = choices.days if days else choices.decimal
            shown = {at: self._shown[at] for at, kind in self._kinds.items() if (kind is Kind.DAY) is days}
            clear = {at: one - {Notation.UNCLEAR} for at, one in shown.items()}
            of_file = set().union(*clear.values())
            for at, one in shown.items():
                if not one:
                    continue
                by = clear[at] or ({chosen} if chosen else of_file)
                found[at] = next(iter(by)) if len(by) == 1 else chosen or Notation.UNCLEAR
        return Notations(found)
