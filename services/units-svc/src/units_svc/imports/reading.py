"""From the cells of a row to a home: pure, no I/O, one row at a time.

`RowReader.read` returns either the values of the staging table's columns or what is wrong with the row, never
both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any
from uuid import UUID

from deskkit.i18n import N_
from units_svc import addressing
from units_svc.imports.mapping import Column, FieldName
from units_svc.imports.mapping import Mapping as ColumnMapping
from units_svc.imports.model import STAGED, Problem
from units_svc.inventory.model import Occupancy
from units_svc.landlords.model import LandlordKind, Relation
from units_svc.privacy.reviewing import monitoring_in

_YES = frozenset({"yes", "y", "true", "1", "oui", "o", "x", "vrai"})
_NO = frozenset({"no", "n", "false", "0", "non", "faux"})
_MOST_UNITS = 5_000
MONITORING = "monitoring_refused"
"""The rule that a text breaks which would watch people in their homes; such a refusal is kept (U5)."""
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_FIRST_OCCUPANCIES = frozenset(
    {Occupancy.AVAILABLE, Occupancy.OCCUPIED_BY_OTHER, Occupancy.TEMPORARILY_UNAVAILABLE}
)
"""What a file may say of a home that is new; being secured or let to a client follows from events alone."""


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Codes of the look-up lists that a row may use, active ones only."""

    housing_types: Collection[str]
    statuses: Collection[str]
    features: Collection[str]
    regions: Collection[str]
    service_providers: Collection[str] = ()


class _Wrong(Exception):
    """A cell breaks a rule; caught where the row is read."""

    def __init__(self, rule: str, message: str, **params: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = message
        self.params = params


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one file by one mapping. `today` is the day on which observations must not be
    later."""

    mapping: ColumnMapping
    header: Sequence[str]
    known: KnownValues
    today: date
    _at: dict[str, list[int]] = field(init=False)
    _nothing: frozenset[str] = field(init=False)
    _translations: dict[str, dict[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self._at = {}
        for index, name in enumerate(self.header):
            self._at.setdefault(_head(name), []).append(index)
        self._nothing = frozenset(word.casefold() for word in self.mapping.nothing)
        self._translations = {
            name: {word.casefold(): code for word, code in rule.values.items()}
            for name, rule in self.mapping.fields.items()
        }

    def missing_columns(self) -> list[str]:
        """Return columns without which this is another file, as `A or B`."""
        return [
            " / ".join(group)
            for group in self.mapping.needed_columns
            if not any(_head(column) in self._at for column in group)
        ]

    def read(self, line: int, cells: Sequence[str]) -> dict[str, Any] | list[Problem]:
        """Return the row's values by staging column, or everything that is wrong with it."""
        return _Row(self, line, cells).read()

    def cell(self, cells: Sequence[str], column: str) -> str | None:
        """Return what a column says in a row, squeezed; None for nothing, or for a word that means
        nothing."""
        for index in self._at.get(_head(column), ()):
            if index < len(cells):
                text = " ".join(cells[index].split())
                if text and text.casefold() not in self._nothing:
                    return text
        return None

    def translate(self, name: str, rule: Column, text: str) -> str:
        """Return the code that a word stands for; the word itself when the mapping has no values for the
        field."""
        if not rule.values:
            return text
        found = self._translations[name].get(text.casefold())
        if found is None:
            raise _Wrong("unknown_word", N_("“{value}” is none of the words this mapping knows."))
        return found


class _Row:
    """One row while it is read."""

    def __init__(self, reader: RowReader, line: int, cells: Sequence[str]) -> None:
        self.reader = reader
        self.line = line
        self.cells = cells
        self.problems: list[Problem] = []

    def read(self) -> dict[str, Any] | list[Problem]:
        mapping = self.reader.mapping
        country = (self.get("country", _code) or "").upper()
        province = (self.get("province", _code) or "").upper()
        street = self.get("street", self._street)
        city = self.get("city", _label)
        postal_code = self.get("postal_code", lambda text: _postal(text, country, province))
        postal_area = self.get("postal_area", lambda text: _area(text, province))
        floors = self.get("building_floors", _number(1, 200))
        unit_number = self.get("unit_number", _short) if mapping.rows == "unit" else None
        relation = self.get("relation", _one_of(Relation))
        landlord = self._landlord(relation)
        values: dict[str, Any] = {
            "line": self.line,
            "building_name": self.get("building_name", lambda text: _private(_label(text))),
            "street": street,
            "city": city,
            "province": province,
            "country": country,
            "postal_code": postal_code,
            "postal_area": postal_code[:3] if postal_code and country == "CA" else postal_area,
            "latitude": self.get("latitude", _coordinate(90)),
            "longitude": self.get("longitude", _coordinate(180)),
            "region": self.get("region", _listed(self.reader.known.regions)),
            "year_built": self.get("year_built", _number(1600, self.reader.today.year + 5)),
            "building_floors": floors,
            "units": self.get("units", _number(1, _MOST_UNITS)),
            "unit_number": unit_number,
            "housing_type": self.get("housing_type", _listed(self.reader.known.housing_types)),
            "status": self.get("status", _listed(self.reader.known.statuses)),
            "status_observed_on": self.get("status_observed_on", self._past_day),
            "landlord": landlord,
            "landlord_key": addressing.plain(landlord) if landlord else None,
            "landlord_kind": self.get("landlord_kind", _one_of(LandlordKind)),
            "relation": relation,
            "service_provider": self.get("service_provider", _listed(self.reader.known.service_providers)),
            "features": self._features(),
            "accessible": self.get("accessible", _yes_or_no),
            "shareable": self.get("shareable", _yes_or_no),
            "area_square_feet": self.get("area_square_feet", _number(1, 10_000)),
            "bedrooms": self.get("bedrooms", _number(0, 50)),
            "floor": self.get("floor", lambda text: _floor(text, floors)),
            "rent_amount": self.get("rent", _amount),
            "rent_currency": self.get("rent_currency", _currency),
            "rent_from": self.get("rent_from", _day),
            "comments": self.get("comments", lambda text: _private(_text(text))),
            "occupancy": self.get("occupancy", _one_of(_FIRST_OCCUPANCIES)),
            "available_from": self.get("available_from", _day),
        }
        key = self._key()
        if self.problems:
            return self.problems
        return self._completed(values, key)

    def _completed(self, values: dict[str, Any], key: str | None) -> dict[str, Any]:
        street, city = values["street"], values["city"]
        values["address_key"] = addressing.address_key(
            street=street, city=city, province=values["province"], country=values["country"]
        )
        values["search_text"] = addressing.searchable(
            values["building_name"], street, city, values["postal_code"] or values["postal_area"]
        )
        values["street_order"] = addressing.street_order(street)
        values["city_key"] = addressing.plain(city)
        values["unit_key"] = addressing.unit_key(values["unit_number"])
        values["unit_order"] = addressing.padded(values["unit_key"])
        values["source_ref"] = key or f"{values['address_key']}#{values['unit_key']}"
        said = repr([values[name] for name in STAGED if name in values and name != "line"]).encode()
        values["fingerprint"] = UUID(bytes=blake2b(said, digest_size=16).digest())
        return values

    def get(self, name: FieldName, convert: Callable[[str], Any]) -> Any:
        """Return a field's value: its constant, what a column says, its default, or None."""
        mapping = self.reader.mapping
        rule = mapping.fields.get(name)
        text, column = mapping.constants.get(name), None
        if rule is not None:
            column = next((c for c in rule.columns if _head(c) in self.reader._at), rule.columns[0])
            for candidate in rule.columns:
                said = self.reader.cell(self.cells, candidate)
                if said is not None:
                    text, column = said, candidate
                    break
            else:
                text = rule.default if rule.default is not None else text
        if text is None:
            if rule is not None and rule.required:
                self.wrong(column, "missing", N_("This can't be empty."))
            return None
        try:
            if rule is not None and text != rule.default:
                text = self.reader.translate(name, rule, text)
            return convert(text)
        except _Wrong as wrong:
            self.wrong(column, wrong.rule, wrong.message, value=text, **wrong.params)
            return None

    def wrong(
        self, column: str | None, rule: str, message: str, value: str | None = None, **params: Any
    ) -> None:
        """Note that a cell breaks a rule."""
        if value is not None:
            params["value"] = value
        self.problems.append(Problem(self.line, column, rule, message, value, params))

    def _key(self) -> str | None:
        parts = []
        for column in self.reader.mapping.key:
            said = self.reader.cell(self.cells, column)
            if said is None:
                self.wrong(column, "missing", N_("This can't be empty."))
            parts.append(said or "")
        return "/".join(parts) if parts else None

    def _street(self, text: str) -> str:
        street = _label(
            addressing.shown_street(text) if self.reader.mapping.fields["street"].tidy_capitals else text
        )
        if not addressing.comparable(street):
            raise _Wrong("not_an_address", N_("“{value}” isn't an address."))
        return street

    def _landlord(self, relation: Relation | None) -> str | None:
        if relation is Relation.PROPERTY_ENTITY and self.reader.mapping.own_landlord:
            return self.reader.mapping.own_landlord
        name: str | None = self.get("landlord", _name)
        return name if name and addressing.plain(name) else None

    def _past_day(self, text: str) -> date:
        day = _day(text)
        if day > self.reader.today:
            raise _Wrong("day_in_future", N_("The day can't be in the future."))
        return day

    def _features(self) -> list[str]:
        known, found = self.reader.known.features, set()
        rule = self.reader.mapping.fields.get("features")
        if rule is not None:
            for column in rule.columns:
                for word in (self.reader.cell(self.cells, column) or "").split(rule.separator):
                    if word.strip():
                        code = self._feature(column, rule, word.strip())
                        found |= {code} if code else set()
        for code, follows in self.reader.mapping.features.items():
            said = self.reader.cell(self.cells, follows.column)
            if (
                said is not None
                and _follows(follows.when, follows.above, follows.contains, said)
                and code in known
            ):
                found.add(code)
        return sorted(found)

    def _feature(self, column: str, rule: Column, word: str) -> str | None:
        try:
            code: str = _listed(self.reader.known.features)(self.reader.translate("features", rule, word))
        except _Wrong as wrong:
            self.wrong(column, wrong.rule, wrong.message, value=word, **wrong.params)
            return None
        return code


def _head(name: str) -> str:
    return " ".join(name.split()).casefold()


def _follows(when: tuple[str, ...], above: int | None, contains: str | None, said: str) -> bool:
    if when:
        return said.casefold() in {word.casefold() for word in when}
    if above is not None:
        return said.isdigit() and int(said) > above
    return contains is not None and contains.casefold() in said.casefold()


# ------------------------------------------------------------------ what a cell may say
def _label(text: str) -> str:
    if len(text) > 120:
        raise _Wrong("too_long", N_("This has more than {most} characters."), most=120)
    if re.search(r"[<>\x00-\x1f\x7f]", text):
        raise _Wrong("not_allowed", N_("The characters < and > can't be used here."))
    return text


def _name(text: str) -> str:
    return _label(text[:120])


def _short(text: str) -> str:
    if len(text) > 30:
        raise _Wrong("too_long", N_("This has more than {most} characters."), most=30)
    return _label(text)


def _text(text: str) -> str:
    if len(text) > 4_000:
        raise _Wrong("too_long", N_("This has more than {most} characters."), most=4_000)
    return text


def _private(text: str) -> str:
    deciding = monitoring_in(text)
    if deciding:
        raise _Wrong(MONITORING, N_("“{words}” would watch people in their home."), words=deciding)
    return text


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}", text):
        raise _Wrong("not_a_code", N_("“{value}” isn't a code of two or three letters."))
    return text.upper()


def _currency(text: str) -> str:
    if text.upper() not in {"CAD", "USD"}:
        raise _Wrong("not_a_currency", N_("“{value}” isn't a currency that is used here."))
    return text.upper()


def _number(least: int, most: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        bare = text.replace(",", "").replace("\u202f", "").replace(" ", "")
        bare = bare[:-2] if bare.endswith(".0") else bare
        if not re.fullmatch(r"-?\d{1,9}", bare):
            raise _Wrong("not_a_number", N_("“{value}” isn't a whole number."))
        number = int(bare)
        if not least <= number <= most:
            raise _Wrong(
                "out_of_range", N_("{value} isn't between {least} and {most}."), least=least, most=most
            )
        return number

    return convert


def _floor(text: str, floors: int | None) -> int:
    floor = _number(0, 200)(text)
    if floors is not None and floor > floors:
        raise _Wrong(
            "floor_above_building",
            N_("The building has {floors} floors; floor {value} is above it."),
            floors=floors,
        )
    return floor


def _coordinate(most: int) -> Callable[[str], Decimal]:
    def convert(text: str) -> Decimal:
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise _Wrong("not_a_number", N_("“{value}” isn't a number.")) from None
        if not value.is_finite() or abs(value) > most:
            raise _Wrong(
                "out_of_range", N_("{value} isn't between {least} and {most}."), least=-most, most=most
            )
        return round(value, 6)

    return convert


def _amount(text: str) -> Decimal:
    bare = re.sub(r"[\s\u202f$]|CAD", "", text)
    if re.fullmatch(r"-?\d+,\d{1,2}", bare):
        bare = bare.replace(",", ".")
    bare = bare.replace(",", "")
    if not re.fullmatch(r"-?\d{1,7}(\.\d{1,2})?", bare):
        raise _Wrong("not_an_amount", N_("“{value}” isn't an amount of money."))
    amount = Decimal(bare)
    if amount < 0:
        raise _Wrong("below_zero", N_("An amount can't be below zero."))
    return amount


def _yes_or_no(text: str) -> bool:
    word = text.casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise _Wrong("not_yes_or_no", N_("“{value}” is neither yes nor no."))


def _day(text: str) -> date:
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in found.groups())
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
    else:
        raise _Wrong("not_a_day", N_("“{value}” isn't a day such as 2026-03-31 or 31/03/2026."))
    try:
        return date(year, month, day)
    except ValueError:
        raise _Wrong("not_a_day", N_("“{value}” isn't a day such as 2026-03-31 or 31/03/2026.")) from None


def _listed(codes: Collection[str]) -> Callable[[str], str]:
    def convert(text: str) -> str:
        code = re.sub(r"[\s-]+", "_", text.strip().casefold())
        for candidate in (text, text.casefold(), code, code.replace("_", "-")):
            if candidate in codes:
                return candidate
        raise _Wrong("not_on_the_list", N_("“{value}” isn't on the list of the inventory."))

    return convert


def _one_of(words: Any) -> Callable[[str], Any]:
    known: Mapping[str, Any] = {word.value: word for word in words}

    def convert(text: str) -> Any:
        found = known.get(re.sub(r"[\s-]+", "_", text.strip().casefold()))
        if found is None:
            raise _Wrong("unknown_word", N_("“{value}” is none of: {words}."), words=", ".join(sorted(known)))
        return found

    return convert


def _postal(text: str, country: str, province: str) -> str:
    code = addressing.postal_code(text, country)
    if code is None:
        raise _Wrong("not_a_postal_code", N_("“{value}” isn't a postal code of {country}."), country=country)
    if country == "CA" and not addressing.fits_province(code, province):
        raise _Wrong(
            "postal_code_of_another_province",
            N_("The postal code {value} isn't in {province}."),
            province=province,
        )
    return code


def _area(text: str, province: str) -> str:
    area = addressing.postal_area(text)
    if area is None:
        raise _Wrong("not_a_postal_code", N_("“{value}” isn't the first half of a postal code."))
    if not addressing.fits_province(area, province):
        raise _Wrong(
            "postal_code_of_another_province",
            N_("The postal code {value} isn't in {province}."),
            province=province,
        )
    return area
