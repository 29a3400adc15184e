"""The columns of a file as a mapping names them: where each is, which are missing, which aren't read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trade.csv_import.mapping import TableMapping
from trade.csv_import.notation import Kind
from trade.csv_import.problems import TableUnreadable
from trade.texts import N_

_BETWEEN = re.compile(r"[\s_.\-]+")


class ColumnMissing(TableUnreadable):
    """The file hasn't the columns that the mapping needs."""

    message = N_("The file has no column {columns}.")


class ColumnDoubled(TableUnreadable):
    """The file has a column twice that the mapping reads."""

    message = N_("The file has more than one column {columns}. Rename or remove all but one.")


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """What becomes of a file's columns: which are read and as what, which aren't, and which the mapping names
    that aren't there."""

    read: tuple[tuple[str, tuple[str, ...]], ...]
    not_read: tuple[str, ...]
    absent: tuple[str, ...]


class Columns:
    """Where the columns that a mapping names are in one file, whatever their case, accents or spacing."""

    def __init__(self, mapping: TableMapping[Any], header: Sequence[str]) -> None:
        self._mapping = mapping
        self._header = header
        self._at: dict[str, int] = {}
        self._like: dict[str, list[int]] = {}
        for index, name in enumerate(header):
            self._at.setdefault(_exact(name), index)
            self._like.setdefault(folded_name(name), []).append(index)

    def require(self) -> None:
        """Refuse a file that this mapping can't read. Raises ColumnMissing, ColumnDoubled."""
        if missing := self.missing():
            raise ColumnMissing(columns=", ".join(missing))
        if doubled := self.doubled():
            raise ColumnDoubled(columns=", ".join(doubled))

    def missing(self) -> list[str]:
        """Return columns without which this is another file, as `A / B`."""
        return [" / ".join(group) for group in self._mapping.needed_columns if not self.positions(*group)]

    def doubled(self) -> list[str]:
        """Return columns that the mapping reads and the file has more than once: which one is meant is
        open."""
        times = Counter(map(_exact, self._header))
        return sorted(
            column
            for column in self._mapping.known_columns
            if times[_exact(column)] > 1 or (not times[_exact(column)] and len(self._alike(column)) > 1)
        )

    def _alike(self, column: str) -> list[int]:
        return self._like.get(folded_name(column), [])

    def positions(self, *columns: str) -> list[tuple[str, int]]:
        """Return those of the columns that the file has, each as the file names it with its position."""
        found: dict[int, str] = {}
        for column in columns:
            # A file may have two columns that differ only in what is between their words.
            at = self._at.get(_exact(column), next(iter(self._alike(column)), None))
            if at is not None:
                found.setdefault(at, self._header[at])
        return [(name, at) for at, name in found.items()]

    def kinds(self, kinds: Mapping[Any, Kind]) -> dict[int, Kind]:
        """Return the positions of columns whose notation matters, with what they hold; `kinds` by field."""
        found: dict[int, Kind] = {}
        for name, kind in kinds.items():
            rule = self._mapping.fields.get(name)
            if rule is not None and rule.decimal is None and not rule.values:
                found |= {at: kind for _, at in self.positions(*rule.columns)}
        return found

    def report(self, others: Iterable[tuple[str, Collection[str]]] = ()) -> ColumnsRead:
        """Return what becomes of the file's columns; `others` are read besides those of fields, by name."""
        read_as: dict[int, list[str]] = {}
        fields = self._mapping.fields
        named = [
            *((str(name), rule.columns) for name, rule in fields.items()),
            *others,
            ("key", self._mapping.key),
        ]
        absent: list[str] = []
        for name, columns in named:
            there = self.positions(*columns)
            for _, at in there:
                read_as.setdefault(at, []).append(name)
            missing = [column for column in columns if not self.positions(column)]
            if name in fields and fields[name].columns == columns and fields[name].how == "first":
                # Its columns are names of one thing: it's missing when none of them is there.
                missing = [] if there else [fields[name].columns[0]]
            absent += missing
        return ColumnsRead(
            tuple((self._header[at], tuple(dict.fromkeys(names))) for at, names in sorted(read_as.items())),
            tuple(name for at, name in enumerate(self._header) if at not in read_as and name),
            tuple(dict.fromkeys(absent)),
        )


def is_header(mapping: TableMapping[Any], cells: Sequence[str]) -> bool:
    """Return whether cells can name the columns that a mapping needs."""
    heads = {folded_name(cell) for cell in cells}
    return all(any(folded_name(column) in heads for column in group) for group in mapping.needed_columns)


def _exact(name: str) -> str:
    return " ".join(name.split()).casefold()


def folded_name(name: str) -> str:
    """Return the name of a column as names are compared: without case, accents, and what is between words."""
    letters = unicodedata.normalize("NFKD", name.casefold()).replace("’", "'")
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return _BETWEEN.sub(" ", bare).strip()
