"""The columns of a file as a mapping names them: where each stands, which are missing, what isn't read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from deskkit.i18n import N_
from units_svc.imports.habits import Kind
from units_svc.imports.mapping import FieldName
from units_svc.imports.mapping import Mapping as ColumnMapping
from units_svc.inventory.facts import FIGURES

KINDS: dict[FieldName, Kind] = {
    **{fact.name: Kind.WHOLE for fact in FIGURES},
    "units": Kind.WHOLE,
    "rent": Kind.MONEY,
    "status_observed_on": Kind.DAY,
    "rent_from": Kind.DAY,
    "available_from": Kind.DAY,
}
"""Fields whose cells are read by the habit of their column."""
_COUNTS = re.compile(
    r"(no|nb|nbre|nombre|number|num|count|total|confirmed|proposed)( of| de| d| total)* "
    r"(units?|homes?|dwellings?|suites?|apartments?|logements?|unites?|appartements?)"
    r"|(units?|suites?|dwellings?|logements?) (count|total)|units|logements"
)
"""Names of columns that say how many homes a building has, folded."""
_BETWEEN = re.compile(r"[\s_.\-]+")


@dataclass(frozen=True, slots=True)
class ColumnsRead:
    """What becomes of a file's columns: which are read and as what, which aren't, and which the mapping names
    that aren't there. `notes` are msgids about the mapping with what fills them in."""

    read: tuple[tuple[str, tuple[str, ...]], ...]
    not_read: tuple[str, ...]
    absent: tuple[str, ...]
    notes: tuple[tuple[str, Mapping[str, str]], ...]


class Columns:
    """Where the columns that a mapping names stand in one file, whatever their case, accents or spacing."""

    def __init__(self, mapping: ColumnMapping, header: Sequence[str]) -> None:
        self._mapping = mapping
        self._header = header
        self._at: dict[str, int] = {}
        self._like: dict[str, list[int]] = {}
        for index, name in enumerate(header):
            self._at.setdefault(_exact(name), index)
            self._like.setdefault(_head(name), []).append(index)

    def missing(self) -> list[str]:
        """Return columns without which this is another file, as `A or B`."""
        return [" / ".join(group) for group in self._mapping.needed_columns if not self.places(*group)]

    def doubled(self) -> list[str]:
        """Return columns that the mapping reads and the file has more than once: nobody can say which one is
        meant."""
        times = Counter(map(_exact, self._header))
        return sorted(
            column
            for column in self._mapping.known_columns
            if times[_exact(column)] > 1 or (not times[_exact(column)] and len(self._alike(column)) > 1)
        )

    def _alike(self, column: str) -> list[int]:
        return self._like.get(_head(column), [])

    def places(self, *columns: str) -> list[tuple[str, int]]:
        """Return those of the columns that the file has, each as the file names it and where it stands in the
        rows."""
        found: dict[int, str] = {}
        for column in columns:
            # A file may have two columns that differ only in what is between their words.
            at = self._at.get(_exact(column), next(iter(self._alike(column)), None))
            if at is not None:
                found.setdefault(at, self._header[at])
        return [(name, at) for at, name in found.items()]

    def kinds(self) -> dict[int, Kind]:
        """Return where columns stand that are read by their habit, and what they hold."""
        found: dict[int, Kind] = {}
        for name, kind in KINDS.items():
            rule = self._mapping.fields.get(name)
            if rule is not None and rule.decimal is None and not rule.values:
                found |= {at: kind for _, at in self.places(*rule.columns)}
        return found

    def report(self, known_features: Collection[str]) -> ColumnsRead:
        """Return what becomes of the file's columns; `known_features` are the codes on the list."""
        mapping = self._mapping
        read_as: dict[int, list[str]] = {}
        named: list[tuple[str, tuple[str, ...]]] = [
            *((name, rule.columns) for name, rule in mapping.fields.items()),
            *(("features", (rule.column,)) for rule in mapping.features.values()),
            ("key", mapping.key),
        ]
        absent: list[str] = []
        for name, columns in named:
            there = self.places(*columns)
            for _, at in there:
                read_as.setdefault(at, []).append(name)
            rule = mapping.fields.get(name) if name in mapping.fields else None
            missing = [column for column in columns if not self.places(column)]
            if rule is not None and rule.how == "first":
                # Its columns are names of one thing: it's missing when none of them is there.
                missing = [] if there else [columns[0]]
            absent += missing
        seen = [_head(name) for name in self._header]
        others = [at for at in range(len(self._header)) if at not in read_as and self._header[at]]
        notes: list[tuple[str, Mapping[str, str]]] = [
            (N_("The mapping names the feature {feature}, which isn't on the list: it's left out."),
                {"feature": code})
            for code in mapping.features if code not in known_features
        ]  # fmt: skip
        if mapping.rows == "unit":
            notes += [
                (N_("The column {column} seems to count homes, but every line is read as one home."),
                    {"column": self._header[at]})
                for at in others if _COUNTS.fullmatch(seen[at])
            ]  # fmt: skip
        return ColumnsRead(
            tuple((self._header[at], tuple(dict.fromkeys(names))) for at, names in sorted(read_as.items())),
            tuple(self._header[at] for at in others),
            tuple(dict.fromkeys(absent)),
            tuple(notes),
        )


def is_header(mapping: ColumnMapping, cells: Sequence[str]) -> bool:
    """Return whether cells can name the columns that a mapping needs."""
    heads = {_head(cell) for cell in cells}
    return all(any(_head(column) in heads for column in group) for group in mapping.needed_columns)


def _exact(name: str) -> str:
    return " ".join(name.split()).casefold()


def _head(name: str) -> str:
    """Return the name of a column as names are compared: without case, accents, and what is between words."""
    letters = unicodedata.normalize("NFKD", name.casefold()).replace("’", "'")
    bare = "".join(c for c in letters if not unicodedata.combining(c))
    return _BETWEEN.sub(" ", bare).strip()
