"""From the cells of a row to the values of a record's fields: pure, no I/O, one row at a time.

`TableReader.read_fields` reads each field by its rule; the reader of a kind of record checks what must be
true between fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar
from uuid import UUID

from trade.csv_import.cells import number, too_long
from trade.csv_import.columns import Columns
from trade.csv_import.mapping import TableMapping
from trade.csv_import.notation import Kind, Notation, Notations
from trade.csv_import.problems import EMPTY, Problem, Wrong
from trade.texts import N_

LONGEST_KEY = 120
_FORMULA = frozenset("=+-@")
_REMEMBERED = 20_000
_ANY_NUMBER = number(0, 999_999)
Read = tuple[str | None, Any, Wrong | None]
"""What a cell comes to: its text (None for nothing), and the value of it or what is wrong with it."""
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


class Memory(dict[_Key, _Found]):
    """What things come to, worked out once: tables repeat themselves from row to row.

    It is emptied when it becomes too large.
    """

    __slots__ = ("work_out",)

    def __init__(self, work_out: Callable[[_Key], _Found]) -> None:
        super().__init__()
        self.work_out = work_out

    def __missing__(self, key: _Key) -> _Found:
        found = self.work_out(key)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[key] = found
        return found


class _Field:
    """How one field of a record is read: from the first of its columns that isn't empty, from all of them
    together, or always the same."""

    __slots__ = (
        "added",
        "at",
        "between",
        "column",
        "convert",
        "how",
        "otherwise",
        "remembered",
        "translations",
        "words",
    )  # fmt: skip

    def __init__(self, reader: TableReader, name: str, convert: Callable[..., Any]) -> None:
        mapping = reader.mapping
        rule = mapping.fields.get(name)
        self.how = rule.how if rule is not None else "first"
        self.between = rule.between if rule is not None else " "
        self.words = reader.words
        self.translations = (
            {word.casefold(): code for word, code in rule.values.items()} if rule is not None else {}
        )
        columns = rule.columns if rule is not None else ()
        self.at = reader.columns.positions(*columns)
        self.column = self.at[0][0] if self.at else (columns[0] if columns else None)

        def by(notation: Notation | None) -> Callable[[str], Any]:
            if name not in reader.kinds:
                return convert
            if rule is not None and rule.decimal and reader.kinds[name] is not Kind.DAY:
                notation = Notation.COMMA if rule.decimal == "," else Notation.POINT
            return lambda text: convert(text, notation)

        self.convert = by(None)
        notations = [by(reader.notations.of(index)) for _, index in self.at]
        # What a cell comes to when it's the field's only one; columns of one field may differ in notation.
        self.remembered: list[Memory[str, Read]] = [Memory(partial(self._look, one)) for one in notations]
        self.added: list[Memory[str, Read]] = []
        if self.how == "add":
            self.added = [Memory(partial(self._number, reader.notations.of(index))) for _, index in self.at]
        self.otherwise: Read = (None, None, None)
        if rule is not None and rule.default is not None:
            self.otherwise = self._value_of(rule.default, self.convert, translated=False)
        elif name in mapping.constants:
            self.otherwise = self._value_of(mapping.constants[name], self.convert, translated=True)
        elif rule is not None and rule.required:
            self.otherwise = (None, None, Wrong("missing", EMPTY))

    @property
    def alone(self) -> bool:
        """Whether one cell decides."""
        return len(self.at) == 1 and self.how == "first"

    def _look(self, convert: Callable[[str], Any], raw: str) -> Read:
        words = self.words(raw)
        return self.otherwise if words is None else self._value_of(words, convert, translated=True)

    def _number(self, notation: Notation | None, raw: str) -> Read:
        words = self.words(raw)
        if words is None:
            return (None, 0, None)
        return self._value_of(words, lambda text: _ANY_NUMBER(text, notation), translated=True)

    def read(self, cells: Sequence[str]) -> tuple[str | None, Read]:
        """Return the column that counts in a row, and what it comes to."""
        width = len(cells)
        if self.how == "join":
            texts = [self.words(cells[at]) if at < width else None for _, at in self.at]
            words = self.between.join(filter(None, texts))
            if not words:
                return self.column, self.otherwise
            return self.column, self._value_of(words, self.convert, translated=True)
        if self.how == "add":
            return self._sum(cells)
        for (column, index), remembered in zip(self.at, self.remembered, strict=True):
            if index < width and (raw := cells[index]):
                found = remembered[raw]
                if found is not self.otherwise:
                    return column, found
        return self.column, self.otherwise

    def _sum(self, cells: Sequence[str]) -> tuple[str | None, Read]:
        total, stated = 0, False
        for (column, index), remembered in zip(self.at, self.added, strict=True):
            text, number, wrong = remembered[cells[index] if index < len(cells) else ""]
            if wrong is not None:
                return column, (text, None, wrong)
            stated = stated or text is not None
            total += number
        if not stated:
            return self.column, self.otherwise
        return self.column, self._value_of(str(total), self.convert, translated=False)

    def _value_of(self, text: str, convert: Callable[[str], Any], *, translated: bool) -> Read:
        try:
            code = code_for(text, self.translations) if translated else text
            return text, convert(code), None
        except Wrong as wrong:
            return text, None, wrong


class TableReader:
    """Reads the rows of one file by one mapping.

    `rules` are the rules of cells by field, `kinds` what those fields hold whose notation matters.
    """

    def __init__(
        self,
        mapping: TableMapping[Any],
        header: Sequence[str],
        rules: Mapping[Any, Callable[..., Any]],
        kinds: Mapping[Any, Kind],
        notations: Notations | None = None,
    ) -> None:
        self.mapping = mapping
        self.kinds = kinds
        self.notations = notations or Notations()
        self.columns = Columns(mapping, header)
        self.width = len(header)
        self._nothing = frozenset(word.casefold() for word in mapping.nothing)
        self.fields = {name: _Field(self, name, rule) for name, rule in rules.items()}
        self._single = [
            (name, field.column, field.at[0][1], field.remembered[0])
            for name, field in self.fields.items()
            if field.alone
        ]
        others = [(name, field) for name, field in self.fields.items() if not field.alone]
        self._several = [
            (at, name, field) for at, (name, field) in enumerate(others, len(self._single)) if field.at
        ]
        # What no column of this file states is the same in every row.
        self._same: dict[str, Any] = {name: field.otherwise[1] for name, field in others}
        self._texts = ["" for _ in self._single] + [field.otherwise[0] or "" for _, field in others]
        self._silent = [field for _, field in others if not field.at and field.otherwise[2]]
        self._key = self.columns.positions(*mapping.key)
        read_so = str(sorted(self.notations.stored().items())).encode()
        self._mapped = blake2b(mapping.digest() + read_so, digest_size=16).digest()

    def words(self, raw: str) -> str | None:
        """Return the text of a cell, squeezed; None for nothing, or for a word that means nothing."""
        text = " ".join(raw.split())
        if text[:1] == "'" and text[1:2] in _FORMULA:
            # Our own downloads put an apostrophe before what a spreadsheet would run.
            text = text[1:]
        return text if text and text.casefold() not in self._nothing else None

    def read_fields(
        self, line: int, cells: Sequence[str], problems: list[Problem]
    ) -> tuple[dict[str, Any], list[str], dict[str, str | None]]:
        """Return the values of a row by field, its texts in a fixed order, and the columns that counted.

        What is wrong with a field is added to `problems`.
        """
        values: dict[str, Any] = {"line": line, **self._same}
        texts = self._texts.copy()
        columns: dict[str, str | None] = {}
        width = len(cells)
        for at, (name, column, index, remembered) in enumerate(self._single):
            text, values[name], wrong = remembered[cells[index] if index < width else ""]
            texts[at] = text or ""
            if wrong is not None:
                problems.append(Problem.of(line, column, wrong, text))
        for at, name, field in self._several:
            columns[name], (text, values[name], wrong) = field.read(cells)
            texts[at] = text or ""
            if wrong is not None:
                problems.append(Problem.of(line, columns[name], wrong, text))
        for field in self._silent:
            text, _, wrong = field.otherwise
            if wrong is not None:
                problems.append(Problem.of(line, field.column, wrong, text))
        if width > self.width and any(cells[self.width :]):
            problems.append(Problem.of(line, None, _too_many(width, self.width)))
        return values, texts, columns

    def key_of(self, cells: Sequence[str]) -> str | None:
        """Return what names a row that may be wrong, if its mapping has a key."""
        key = self.read_key(0, cells, [])
        return key if key and len(key) <= LONGEST_KEY else None

    def read_key(self, line: int, cells: Sequence[str], problems: list[Problem]) -> str | None:
        """Return what names a row, if its mapping has a key; what is wrong with it is added to `problems`."""
        parts = []
        for column, at in self._key:
            text = self.words(cells[at]) if at < len(cells) else None
            if text is None:
                problems.append(Problem.of(line, column, Wrong("missing", EMPTY)))
            parts.append(text or "")
        key = "/".join(parts)
        if len(key) > LONGEST_KEY:
            problems.append(Problem.of(line, self._key[0][0], too_long(LONGEST_KEY), key))
        return key if parts else None

    def fingerprint(self, texts: Iterable[str]) -> UUID:
        """Return what is equal for rows with equal texts, read by the same mapping in the same notation."""
        text = "\x1f".join(texts).encode()
        return UUID(bytes=blake2b(text, digest_size=16, key=self._mapped).digest())


def code_for(word: str, translations: Mapping[str, str]) -> str:
    """Return the code that a mapping gives a word. Raises Wrong for a word that it doesn't know."""
    code = translations.get(word.casefold()) if translations else word
    if code is None:
        raise Wrong("unknown_word", N_("“{value}” is none of the words this mapping knows."))
    return code


def _too_many(cells: int, columns: int) -> Wrong:
    return Wrong(
        "more_cells_than_columns",
        N_("The line has {cells} cells; the header names {columns} columns."),
        cells=cells,
        columns=columns,
    )
