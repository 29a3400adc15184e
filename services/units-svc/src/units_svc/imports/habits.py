"""How a file writes numbers and days: a comma is a decimal mark in one and parts thousands in another, and
3/4/2026 is a day in March or in April.

What that means is decided once for each column, from all of its cells; a cell that can mean two things when
nothing else says which is refused. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What a column holds, as far as one has to know how it's written."""

    WHOLE = "whole"
    MONEY = "money"
    DAY = "day"


class Habit(StrEnum):
    """What a column's cells say of how they're written."""

    COMMA = "comma"
    POINT = "point"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    UNCLEAR = "unclear"


_PLACES = {Kind.WHOLE: 0, Kind.MONEY: 2}
_SIGN = {Habit.COMMA: ",", Habit.POINT: "."}
_OTHER = {Habit.COMMA: Habit.POINT, Habit.POINT: Habit.COMMA}
_NOT_NUMBER = re.compile(r"[\s$]|CAD", re.IGNORECASE)
_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*")
_NUMBERED_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T].*)?")
_MOST_SEEN = 20_000


@dataclass(frozen=True, slots=True)
class Choices:
    """What somebody said of a file's habits when it couldn't be told from the file."""

    decimal: Habit | None = None
    days: Habit | None = None


NO_CHOICES = Choices()


@dataclass(frozen=True, slots=True)
class Habits:
    """The habit of each column of a file that needs one, by its place in the rows."""

    columns: Mapping[int, Habit] = field(default_factory=dict)

    def of(self, at: int) -> Habit | None:
        """Return a column's habit; None when no cell of it asks for one."""
        return self.columns.get(at)

    def kept(self) -> dict[str, str]:
        """Return the habits as they're stored."""
        return {str(at): habit.value for at, habit in sorted(self.columns.items())}

    def unclear(self, kinds: Mapping[int, Kind]) -> dict[str, str]:
        """Return the columns that somebody has to be asked about, with what they hold, as they're stored."""
        return {
            str(at): kinds[at].value for at, habit in sorted(self.columns.items()) if habit is Habit.UNCLEAR
        }

    @classmethod
    def from_kept(cls, kept: Mapping[str, str]) -> Self:
        """Return stored habits."""
        return cls({int(at): Habit(habit) for at, habit in kept.items()})


def bare_number(text: str) -> str:
    """Return a number as it's written, without currency and blanks."""
    return _NOT_NUMBER.sub("", text)


def decimal_mark(text: str, places: int) -> Habit | None:
    """Return which sign must be the decimal mark of a number that has at most so many decimal places.

    UNCLEAR when it can be either, None when there is neither.

    >>> decimal_mark("1 350,50 $", 2), decimal_mark("1,350", 2), decimal_mark("1,355", 2)
    (<Habit.COMMA: 'comma'>, <Habit.UNCLEAR: 'unclear'>, <Habit.POINT: 'point'>)
    """
    bare = bare_number(text).lstrip("+-")
    if not _NUMBER.fullmatch(bare):
        return None
    commas, points = bare.count(","), bare.count(".")
    if not commas and not points:
        return None
    if commas and points:
        return Habit.COMMA if bare.rfind(",") > bare.rfind(".") else Habit.POINT
    sign = Habit.COMMA if commas else Habit.POINT
    if commas + points > 1:
        return _OTHER[sign]
    before, _, after = bare.partition(_SIGN[sign])
    if len(after) != 3 or len(before) > 3 or before.startswith("0") or not before:
        return sign
    # Three digits behind it may be thousands. They are when a number of this kind hasn't so many places.
    return _OTHER[sign] if after[places:].strip("0") else Habit.UNCLEAR


def plain_number(text: str, habit: Habit | None, places: int) -> str | None:
    """Return a number with a point as its decimal mark and without thousands signs.

    None when it can mean two things; unchanged when it's no number in that way of writing.
    """
    bare = bare_number(text)
    own = decimal_mark(bare, places)
    if own is None:
        return bare
    mark = habit if habit in _SIGN else own
    if mark is Habit.UNCLEAR:
        return None
    decimal, thousands = re.escape(_SIGN[mark]), re.escape(_SIGN[_OTHER[mark]])
    whole = rf"[-+]?(?:\d{{1,3}}(?:{thousands}\d{{3}})+|\d+)"
    if not re.fullmatch(rf"{whole}(?:{decimal}\d*)?", bare):
        return bare
    number = bare.replace(_SIGN[_OTHER[mark]], "").replace(_SIGN[mark], ".")
    # 640.0 is a whole number, 1350.000 an amount.
    whole_part, _, fraction = number.partition(".")
    fraction = fraction[:places] + fraction[places:].rstrip("0")
    return f"{whole_part}.{fraction}" if fraction else whole_part


def order_of(text: str) -> Habit | None:
    """Return which comes first in a day such as 31/03/2026; None when it isn't written that way or both are
    the same."""
    found = _NUMBERED_DAY.fullmatch(text.strip())
    if found is None:
        return None
    first, second = int(found[1]), int(found[2])
    if first == second:
        return None
    if first > 12:
        return Habit.DAY_FIRST
    return Habit.MONTH_FIRST if second > 12 else Habit.UNCLEAR


class Survey:
    """What all cells of a file say of its habits, row by row. `kinds` are of the columns to be looked at, by
    place."""

    def __init__(self, kinds: Mapping[int, Kind]) -> None:
        self._kinds = kinds
        self._seen: dict[int, set[str]] = {at: set() for at in kinds}
        self._said: dict[int, set[Habit]] = {at: set() for at in kinds}

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
                said = order_of(text) if kind is Kind.DAY else decimal_mark(text, _PLACES[kind])
                if said is not None:
                    self._said[at].add(said)

    def habits(self, choices: Choices) -> Habits:
        """Return each column's habit: what its cells say, else what was chosen, else what others do."""
        found: dict[int, Habit] = {}
        for days in (False, True):
            chosen = choices.days if days else choices.decimal
            said = {at: self._said[at] for at, kind in self._kinds.items() if (kind is Kind.DAY) is days}
            clear = {at: one - {Habit.UNCLEAR} for at, one in said.items()}
            of_file = set().union(*clear.values())
            for at, one in said.items():
                if not one:
                    continue
                by = clear[at] or ({chosen} if chosen else of_file)
                found[at] = next(iter(by)) if len(by) == 1 else chosen or Habit.UNCLEAR
        return Habits(found)
