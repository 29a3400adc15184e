"""From the cells of a row to a home: pure, no I/O, one row at a time.

`RowReader.read` returns either the values of the staging table's columns or what is wrong with the row, never
both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar
from uuid import UUID

from deskkit.i18n import N_
from trade import addresses, letters
from trade.dates import AVAILABLE, HAPPENED, RENT, years_of_building
from units_svc.imports import saying
from units_svc.imports.columns import KINDS, Columns
from units_svc.imports.habits import Habit, Habits, Kind
from units_svc.imports.mapping import FieldName
from units_svc.imports.mapping import Mapping as ColumnMapping
from units_svc.imports.model import Problem
from units_svc.imports.saying import NOTHING_SAID, Wrong
from units_svc.inventory.facts import FIGURES, FLAGS
from units_svc.inventory.model import Occupancy
from units_svc.landlords.model import LandlordKind, Relation

_MOST_UNITS = 5_000
_LONGEST_KEY = 120
_SHOWN = 200
_FORMULA = frozenset("=+-@")
_NOT_A_PROVINCE = {
    "CA": N_("“{value}” isn't a province or territory of Canada."),
    "US": N_("“{value}” isn't a state or territory of the United States."),
}
FLOOR_ABOVE = N_("The building has {floors} floors; floor {value} is above it.")
_FIRST_OCCUPANCIES = frozenset(
    {Occupancy.AVAILABLE, Occupancy.OCCUPIED_BY_OTHER, Occupancy.TEMPORARILY_UNAVAILABLE}
)
"""What a file may say of a home that is new; being secured or let to a client follows from events alone."""


class Codes(frozenset[str]):
    """Codes of a look-up list with their labels in either language."""

    labels: Mapping[str, str]

    @classmethod
    def labelled(cls, labels: Mapping[str, str]) -> Codes:
        """Return the codes that `labels` stand for."""
        codes = cls(labels.values())
        codes.labels = labels
        return codes


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Codes of the look-up lists that a row may use, active ones only."""

    housing_types: Collection[str]
    statuses: Collection[str]
    features: Collection[str]
    regions: Collection[str]
    service_providers: Collection[str] = ()


_Said = tuple[str | None, Any, Wrong | None]
"""What a cell comes to: the words in it (None for nothing), and their value or what is wrong with them."""
_REMEMBERED = 20_000
_Place = tuple[str, str, str, str, str | None, str | None]
_Features = tuple[list[str], list[tuple[str, str, Wrong]]]
_Key = TypeVar("_Key")
_Found = TypeVar("_Found")


class _Memory(dict[_Key, _Found]):
    """What things come to, worked out once, since tables repeat themselves from row to row.

    All is forgotten when it becomes too much.
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
    """How one field of a home is read: from the first of its columns that says something, from all of them
    together, or always the same."""

    __slots__ = ("added", "at", "between", "column", "convert", "how", "otherwise", "remembered", "said_by",
        "translations")  # fmt: skip

    def __init__(self, reader: RowReader, name: FieldName, convert: Callable[..., Any]) -> None:
        mapping = reader.mapping
        rule = mapping.fields.get(name)
        self.how = rule.how if rule is not None else "first"
        self.between = rule.between if rule is not None else " "
        self.said_by = reader.words
        self.translations = (
            {word.casefold(): code for word, code in rule.values.items()} if rule is not None else {}
        )
        columns = rule.columns if rule is not None else ()
        self.at = reader.columns.places(*columns)
        self.column = self.at[0][0] if self.at else (columns[0] if columns else None)

        def by(habit: Habit | None) -> Callable[[str], Any]:
            if name not in KINDS:
                return convert
            if rule is not None and rule.decimal and KINDS[name] is not Kind.DAY:
                habit = Habit.COMMA if rule.decimal == "," else Habit.POINT
            return lambda text: convert(text, habit)

        self.convert = by(None)
        habits = [by(reader.habits.of(index)) for _, index in self.at]
        # What a cell comes to when it's the field's only one; the columns of one field may differ in habit.
        self.remembered: list[_Memory[str, _Said]] = [_Memory(partial(self._look, one)) for one in habits]
        self.added: list[_Memory[str, _Said]] = []
        if self.how == "add":
            self.added = [_Memory(partial(self._number, reader.habits.of(index))) for _, index in self.at]
        self.otherwise: _Said = (None, None, None)
        if rule is not None and rule.default is not None:
            self.otherwise = self._value_of(rule.default, self.convert, translated=False)
        elif name in mapping.constants:
            self.otherwise = self._value_of(mapping.constants[name], self.convert, translated=True)
        elif rule is not None and rule.required:
            self.otherwise = (None, None, Wrong("missing", NOTHING_SAID))

    @property
    def alone(self) -> bool:
        """Whether one cell says it all."""
        return len(self.at) == 1 and self.how == "first"

    def _look(self, convert: Callable[[str], Any], raw: str) -> _Said:
        words = self.said_by(raw)
        return self.otherwise if words is None else self._value_of(words, convert, translated=True)

    def _number(self, habit: Habit | None, raw: str) -> _Said:
        words = self.said_by(raw)
        if words is None:
            return (None, 0, None)
        return self._value_of(words, lambda text: _ANY_NUMBER(text, habit), translated=True)

    def read(self, cells: Sequence[str]) -> tuple[str | None, _Said]:
        """Return the column that speaks in a row, and what it says."""
        width = len(cells)
        if self.how == "join":
            said = [self.said_by(cells[at]) if at < width else None for _, at in self.at]
            words = self.between.join(filter(None, said))
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

    def _sum(self, cells: Sequence[str]) -> tuple[str | None, _Said]:
        total, speaks = 0, False
        for (column, index), remembered in zip(self.at, self.added, strict=True):
            text, number, wrong = remembered[cells[index] if index < len(cells) else ""]
            if wrong is not None:
                return column, (text, None, wrong)
            speaks = speaks or text is not None
            total += number
        if not speaks:
            return self.column, self.otherwise
        return self.column, self._value_of(str(total), self.convert, translated=False)

    def _value_of(self, text: str, convert: Callable[[str], Any], *, translated: bool) -> _Said:
        try:
            code = _translated(text, self.translations) if translated else text
            return text, convert(code), None
        except Wrong as wrong:
            return text, None, wrong


class RowReader:
    """Reads the rows of one file by one mapping. `today` is the day on which observations must not be
    later."""

    def __init__(
        self,
        mapping: ColumnMapping,
        header: Sequence[str],
        known: KnownValues,
        today: date,
        habits: Habits | None = None,
    ) -> None:
        self.mapping = mapping
        self.habits = habits or Habits()
        self.known = known
        self.today = today
        self.columns = Columns(mapping, header)
        self.width = len(header)
        self._nothing = frozenset(word.casefold() for word in mapping.nothing)
        self._fields = {name: _Field(self, name, convert) for name, convert in self._rules().items()}
        self._single = [
            (name, field.column, field.at[0][1], field.remembered[0])
            for name, field in self._fields.items()
            if field.alone
        ]
        others = [(name, field) for name, field in self._fields.items() if not field.alone]
        self._several = [
            (at, name, field) for at, (name, field) in enumerate(others, len(self._single)) if field.at
        ]
        # What no column of this file says is the same in every row.
        self._same: dict[str, Any] = {name: field.otherwise[1] for name, field in others}
        self._texts = ["" for _ in self._single] + [field.otherwise[0] or "" for _, field in others]
        self._silent = [field for _, field in others if not field.at and field.otherwise[2]]
        self._key = self.columns.places(*mapping.key)
        self._feature_rule = mapping.fields.get("features")
        follows = {rule.column for rule in mapping.features.values()}
        named = follows | set(self._feature_rule.columns if self._feature_rule else ())
        self._feature_at = sorted({at for _, at in self.columns.places(*named)})
        self._feature_sets: _Memory[tuple[str, ...], _Features] = _Memory(self._feature_set)
        self._places: _Memory[_Place, tuple[str, str, str, str]] = _Memory(_place)
        self._doors: _Memory[str | None, tuple[str, str]] = _Memory(_door)
        self._landlords: _Memory[str, str] = _Memory(lambda name: letters.folded(name)[:200])
        self._codes: _Memory[tuple[str, str, str], str] = _Memory(lambda at: saying.postal_code(*at))
        read_so = str(sorted(self.habits.kept().items())).encode()
        self._mapped = blake2b(mapping.digest() + read_so, digest_size=16).digest()

    def words(self, raw: str) -> str | None:
        """Return what a cell says, squeezed; None for nothing, or for a word that means nothing."""
        text = " ".join(raw.split())
        if text[:1] == "'" and text[1:2] in _FORMULA:
            # Our own downloads put an apostrophe before what a spreadsheet would run.
            text = text[1:]
        return text if text and text.casefold() not in self._nothing else None

    def read(self, line: int, cells: Sequence[str]) -> dict[str, Any] | list[Problem]:
        """Return the row's values by staging column, or everything that is wrong with it."""
        problems: list[Problem] = []
        values: dict[str, Any] = {"line": line, **self._same}
        texts = self._texts.copy()
        columns: dict[str, str | None] = {}
        width = len(cells)
        for at, (name, column, index, remembered) in enumerate(self._single):
            text, values[name], wrong = remembered[cells[index] if index < width else ""]
            texts[at] = text or ""
            if wrong is not None:
                problems.append(_problem(line, column, wrong, text))
        for at, name, field in self._several:
            columns[name], (text, values[name], wrong) = field.read(cells)
            texts[at] = text or ""
            if wrong is not None:
                problems.append(_problem(line, columns[name], wrong, text))
        for field in self._silent:
            text, _, wrong = field.otherwise
            if wrong is not None:
                problems.append(_problem(line, field.column, wrong, text))
        if len(cells) > self.width and any(cells[self.width :]):
            problems.append(_problem(line, None, _too_many(len(cells), self.width)))
        for name, check in (
            ("province", self._province),
            ("postal_code", self._postal_code),
            ("postal_area", self._area),
            ("floor", self._floor),
        ):
            if values[name] is not None:
                try:
                    check(values)
                except Wrong as wrong:
                    column = columns.get(name, self._fields[name].column)
                    problems.append(_problem(line, column, wrong, str(values[name])))
        values["features"], wrong_features = self._feature_sets[
            tuple(cells[at] if at < width else "" for at in self._feature_at)
        ]
        problems += [_problem(line, column, wrong, word) for column, word, wrong in wrong_features]
        key = self._key_of(line, cells, problems)
        if problems:
            return problems
        return self._completed(values, texts, key)

    def _rules(self) -> dict[FieldName, Callable[..., Any]]:
        known = self.known
        rules: dict[FieldName, Callable[..., Any]] = {
            "country": saying.country_code,
            "province": saying.province,
            "street": self._street,
            "city": saying.label,
            "postal_code": saying.short,
            "postal_area": saying.short,
            "building_name": lambda text: saying.private(saying.label(text)),
            "latitude": saying.coordinate(90),
            "longitude": saying.coordinate(180),
            "region": saying.listed(known.regions),
            **{fact.name: saying.number(fact.least, fact.most) for fact in FIGURES},
            **{fact.name: saying.yes_or_no for fact in FLAGS},
            "year_built": saying.number(*years_of_building(self.today)),
            "units": saying.number(1, _MOST_UNITS),
            "unit_number": saying.short,
            "housing_type": saying.listed(known.housing_types),
            "status": saying.listed(known.statuses),
            "status_observed_on": saying.day_of(HAPPENED, self.today),
            "landlord": saying.name,
            "landlord_kind": saying.one_of(LandlordKind),
            "relation": saying.one_of(Relation),
            "service_provider": saying.listed(known.service_providers),
            "rent": saying.amount,
            "rent_currency": saying.currency,
            "rent_from": saying.day_of(RENT, self.today),
            "comments": lambda text: saying.private(saying.text_of(text)),
            "occupancy": saying.one_of(_FIRST_OCCUPANCIES),
            "available_from": saying.day_of(AVAILABLE, self.today),
        }
        return rules

    def _completed(self, values: dict[str, Any], texts: list[str], key: str | None) -> dict[str, Any]:
        values["rent_amount"] = values.pop("rent")
        if self.mapping.rows == "building":
            values["unit_number"] = None
        if values["postal_code"] is not None and values["country"] == "CA":
            values["postal_area"] = values["postal_code"][:3]
        if values["relation"] is Relation.PROPERTY_ENTITY and self.mapping.own_landlord:
            values["landlord"] = self.mapping.own_landlord
        landlord = values["landlord"]
        values["landlord_key"] = self._landlords[landlord] if landlord else None
        if not values["landlord_key"]:
            values["landlord"] = values["landlord_key"] = None
        values["address_key"], values["search_text"], values["street_order"], values["city_key"] = (
            self._places[
                values["street"], values["city"], values["province"], values["country"],
                values["building_name"], values["postal_code"] or values["postal_area"],
            ]
        )  # fmt: skip
        values["unit_key"], values["unit_order"] = self._doors[values["unit_number"]]
        values["source_ref"] = key or _ref(f"{values['address_key']}#{values['unit_key']}")
        said = "\x1f".join((*texts, *values["features"], values["source_ref"])).encode()
        values["fingerprint"] = UUID(bytes=blake2b(said, digest_size=16, key=self._mapped).digest())
        return values

    def key_of(self, cells: Sequence[str]) -> str | None:
        """Return what names a row that may be wrong, if its mapping has a key."""
        key = self._key_of(0, cells, [])
        return key if key and len(key) <= _LONGEST_KEY else None

    def _key_of(self, line: int, cells: Sequence[str], problems: list[Problem]) -> str | None:
        parts = []
        for column, at in self._key:
            said = self.words(cells[at]) if at < len(cells) else None
            if said is None:
                problems.append(_problem(line, column, Wrong("missing", NOTHING_SAID)))
            parts.append(said or "")
        key = "/".join(parts)
        if len(key) > _LONGEST_KEY:
            problems.append(_problem(line, self._key[0][0], saying.too_long(_LONGEST_KEY), key))
        return key if parts else None

    # ------------------------------------------------------------------ rules between fields
    def _province(self, values: dict[str, Any]) -> None:
        if not addresses.is_province(values["province"], values["country"] or ""):
            raise Wrong("not_a_province", _NOT_A_PROVINCE[values["country"]])

    def _postal_code(self, values: dict[str, Any]) -> None:
        values["postal_code"] = self._codes[
            values["postal_code"], values["country"] or "", values["province"] or ""
        ]

    def _area(self, values: dict[str, Any]) -> None:
        values["postal_area"] = saying.postal_area(values["postal_area"], values["province"] or "")

    def _floor(self, values: dict[str, Any]) -> None:
        floors = values["building_floors"]
        if floors is not None and values["floor"] > floors:
            raise Wrong("floor_above_building", FLOOR_ABOVE, floors=floors)

    def _street(self, text: str) -> str:
        rule = self.mapping.fields.get("street")
        street = saying.label(addresses.shown_street(text) if rule and rule.tidy_capitals else text)
        if not addresses.comparable(street):
            raise Wrong("not_an_address", N_("“{value}” isn't an address."))
        if not any(map(str.isalpha, street)):
            raise Wrong("only_a_number", N_("“{value}” is a number without a street."))
        return street

    def _feature_set(self, at: tuple[str, ...]) -> _Features:
        """Return the features that follow from the cells at `_feature_at`, and what is wrong with them."""
        cells = dict(zip(self._feature_at, at, strict=True))
        found: set[str] = set()
        wrong: list[tuple[str, str, Wrong]] = []
        rule = self._feature_rule
        if rule is not None:
            translations = {word.casefold(): code for word, code in rule.values.items()}
            for column in rule.columns:
                listed = (self._cell(cells, column) or "").split(rule.separator)
                for word in filter(None, map(str.strip, listed)):
                    try:
                        found.add(self._feature(word, translations))
                    except Wrong as refused:
                        wrong.append((column, word, refused))
        for code, follows in self.mapping.features.items():
            said = self._cell(cells, follows.column)
            if (
                said is not None
                and _follows(follows.when, follows.above, follows.contains, said)
                and code in self.known.features
            ):
                found.add(code)
        return sorted(found), wrong

    def _cell(self, cells: Mapping[int, str], column: str) -> str | None:
        return next((self.words(cells[at]) for _, at in self.columns.places(column)), None)

    def _feature(self, word: str, translations: Mapping[str, str]) -> str:
        feature: str = saying.listed(self.known.features)(_translated(word, translations))
        return feature


def _translated(word: str, translations: Mapping[str, str]) -> str:
    code = translations.get(word.casefold()) if translations else word
    if code is None:
        raise Wrong("unknown_word", N_("“{value}” is none of the words this mapping knows."))
    return code


def _problem(line: int, column: str | None, wrong: Wrong, value: str | None = None) -> Problem:
    params = wrong.params if value is None else {**wrong.params, "value": value[:_SHOWN]}
    return Problem(line, column, wrong.rule, wrong.message, None if value is None else value[:_SHOWN], params)


def _place(at: _Place) -> tuple[str, str, str, str]:
    """Return the address's key, what it's searched by, what it's sorted by, and the key of its city."""
    street, city, province, country, building_name, area = at
    return (
        addresses.address_key(street=street, city=city, province=province, country=country),
        addresses.searchable(building_name, street, city, area),
        addresses.street_order(street),
        letters.folded(city)[:120],
    )


def _door(number: str | None) -> tuple[str, str]:
    """Return what makes unit numbers the same, and what they're sorted by."""
    key = addresses.unit_key(number)[:30]
    return key, addresses.padded(key)


def _ref(address: str) -> str:
    """Return what names a row that has no key: its address, with a digest for the end of a long one."""
    if len(address) <= _LONGEST_KEY:
        return address
    return f"{address[: _LONGEST_KEY - 33]}~{blake2b(address.encode(), digest_size=16).hexdigest()}"


def _too_many(cells: int, columns: int) -> Wrong:
    return Wrong(
        "more_cells_than_columns",
        N_("The line has {cells} cells; the header names {columns} columns."),
        cells=cells,
        columns=columns,
    )


_ANY_NUMBER = saying.number(0, 999_999)


def _follows(when: tuple[str, ...], above: int | None, contains: str | None, said: str) -> bool:
    if when:
        return said.casefold() in {word.casefold() for word in when}
    if above is not None:
        return said.isdecimal() and len(said) <= 9 and int(said) > above
    return contains is not None and contains.casefold() in said.casefold()
