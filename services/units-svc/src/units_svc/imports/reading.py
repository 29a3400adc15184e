"""From the cells of a row to a home: pure, no I/O, one row at a time (U8).

`RowReader.read` returns either the values of the staging table's columns or what is wrong with the row, never
both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from typing import Any

from deskkit.i18n import N_
from trade import addresses, letters
from trade.csv_import import cells as rules
from trade.csv_import.notation import Notations
from trade.csv_import.problems import Problem, Wrong
from trade.csv_import.rows import LONGEST_KEY, Memory, TableReader, code_for
from trade.dates import AVAILABLE, HAPPENED, RENT, years_of_building
from trade.text_review.devices import review_device
from trade.text_review.verdicts import Sentence, Verdict
from units_svc.holds.occupations import first_occupancy
from units_svc.imports.mapping import KINDS, FieldName
from units_svc.imports.mapping import Mapping as ColumnMapping
from units_svc.inventory.facts import FIGURES, FLAGS
from units_svc.inventory.model import Occupancy
from units_svc.inventory.provinces import NAMES
from units_svc.landlords.model import OWN, LandlordKind, Relation, name_key

_MOST_UNITS = 5_000
_NOT_A_PROVINCE = {
    "CA": N_("“{value}” isn't a province or territory of Canada."),
    "US": N_("“{value}” isn't a state or territory of the United States."),
}
FLOOR_ABOVE = N_("The building has {floors} floors; floor {value} is above it.")
_FIRST_OCCUPANCIES = frozenset(
    {Occupancy.AVAILABLE, Occupancy.OCCUPIED_BY_OTHER, Occupancy.TEMPORARILY_UNAVAILABLE}
)
"""What a file may state about a new home; being secured or let to a client follows from events alone."""


MONITORING = "monitoring_refused"
"""The rule that a text breaks which would watch people in their homes; such a refusal is stored (U5)."""
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


@dataclass(frozen=True, slots=True)
class KnownValues:
    """Codes of the look-up lists, active ones only, and property entities that a row may use."""

    housing_types: Collection[str]
    statuses: Collection[str]
    features: Collection[str]
    regions: Collection[str]
    service_providers: Collection[str] = ()
    entities: Collection[str] = ()
    """The property entities, by their ids."""
    usual_entity: str | None = None
    """The one that is meant where a row names none."""


_Address = tuple[str, str, str, str, str | None, str | None]
_Features = tuple[list[str], list[tuple[str, str, Wrong]]]


class RowReader(TableReader):
    """Reads the rows of one file of homes by one mapping; no condition may be observed after `today`."""

    mapping: ColumnMapping

    def __init__(
        self,
        mapping: ColumnMapping,
        header: Sequence[str],
        known: KnownValues,
        today: date,
        notations: Notations | None = None,
    ) -> None:
        self.known = known
        self.today = today
        super().__init__(mapping, header, self._rules(mapping), KINDS, notations)
        self._feature_rule = mapping.fields.get("features")
        follows = {rule.column for rule in mapping.features.values()}
        named = follows | set(self._feature_rule.columns if self._feature_rule else ())
        self._feature_columns = {column: at for column in named for _, at in self.columns.positions(column)}
        self._feature_at = sorted(set(self._feature_columns.values()))
        self._feature = rules.listed(known.features)
        self._feature_sets: Memory[tuple[str, ...], _Features] = Memory(self._feature_set)
        self._addresses: Memory[_Address, tuple[str, str, str, str]] = Memory(_address)
        self._doors: Memory[str | None, tuple[str, str]] = Memory(_door)
        self._landlords: Memory[str, str] = Memory(name_key)
        self._codes: Memory[tuple[str, str, str], str] = Memory(lambda at: postal_code(*at))

    def read(self, line: int, cells: Sequence[str]) -> dict[str, Any] | list[Problem]:
        """Return the row's values by staging column, or everything that is wrong with it."""
        problems: list[Problem] = []
        values, texts, columns = self.read_fields(line, cells, problems)
        width = len(cells)
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
                    column = columns.get(name, self.fields[name].column)
                    problems.append(Problem.of(line, column, wrong, str(values[name])))
        try:
            self._party(values)
        except Wrong as wrong:
            column = columns.get("party", self.fields["party"].column)
            problems.append(Problem.of(line, column, wrong, values["party"]))
        values["features"], wrong_features = self._feature_sets[
            tuple(cells[at] if at < width else "" for at in self._feature_at)
        ]
        problems += [Problem.of(line, column, wrong, word) for column, word, wrong in wrong_features]
        key = self.read_key(line, cells, problems)
        if problems:
            return problems
        return self._completed(values, texts, key)

    def _rules(self, mapping: ColumnMapping) -> dict[FieldName, Callable[..., Any]]:
        known, street = self.known, mapping.fields.get("street")
        tidy = street is not None and street.tidy_capitals
        return {
            "country": rules.country_code,
            "province": province,
            "street": lambda text: _street(text, tidy=tidy),
            "city": rules.label,
            "postal_code": rules.short,
            "postal_area": rules.short,
            "building_name": lambda text: private(rules.label(text)),
            "latitude": rules.coordinate(90),
            "longitude": rules.coordinate(180),
            "region": rules.listed(known.regions),
            **{fact.name: rules.number(fact.least, fact.most) for fact in FIGURES},
            **{fact.name: rules.yes_or_no for fact in FLAGS},
            "year_built": rules.number(*years_of_building(self.today)),
            "units": rules.number(1, _MOST_UNITS),
            "unit_number": rules.short,
            "housing_type": rules.listed(known.housing_types),
            "status": rules.listed(known.statuses),
            "status_observed_on": rules.day_of(HAPPENED, self.today),
            "landlord": rules.name,
            "landlord_kind": rules.one_of(LandlordKind, _FRENCH_WORDS),
            "relation": rules.one_of(Relation, _FRENCH_WORDS),
            "party": rules.listed(known.entities),
            "service_provider": rules.listed(known.service_providers),
            "rent": rules.amount,
            "rent_currency": rules.currency,
            "rent_from": rules.day_of(RENT, self.today),
            "comments": lambda text: private(rules.text_of(text)),
            "occupancy": rules.one_of(_FIRST_OCCUPANCIES, _FRENCH_WORDS),
            "available_from": rules.day_of(AVAILABLE, self.today),
        }

    def _completed(self, values: dict[str, Any], texts: list[str], key: str | None) -> dict[str, Any]:
        values["rent_amount"] = values.pop("rent")
        values["occupancy"], values["available_from"] = first_occupancy(
            Occupancy(values["occupancy"]), values["available_from"]
        )
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
            self._addresses[
                values["street"], values["city"], values["province"], values["country"],
                values["building_name"], values["postal_code"] or values["postal_area"],
            ]
        )  # fmt: skip
        values["unit_key"], values["unit_order"] = self._doors[values["unit_number"]]
        values["source_ref"] = key or _ref(f"{values['address_key']}#{values['unit_key']}")
        values["fingerprint"] = self.fingerprint((*texts, *values["features"], values["source_ref"]))
        return values

    # ------------------------------------------------------------------ rules between fields
    def _province(self, values: dict[str, Any]) -> None:
        if not addresses.is_province(values["province"], values["country"] or ""):
            raise Wrong("not_a_province", _NOT_A_PROVINCE[values["country"]])

    def _postal_code(self, values: dict[str, Any]) -> None:
        values["postal_code"] = self._codes[
            values["postal_code"], values["country"] or "", values["province"] or ""
        ]

    def _area(self, values: dict[str, Any]) -> None:
        values["postal_area"] = postal_area(values["postal_area"], values["province"] or "")

    def _party(self, values: dict[str, Any]) -> None:
        """Check that a property entity is named for its landlords, or known, and for no others."""
        own = values["relation"] in OWN
        if values["party"] is not None and not own:
            raise Wrong("third_party_named", N_("A third party manages its own homes: leave “{value}” out."))
        listed = values["landlord"] or (
            values["relation"] is Relation.PROPERTY_ENTITY and self.mapping.own_landlord
        )
        if own and listed and values["party"] is None and self.known.usual_entity is None:
            raise Wrong("property_entity_missing", N_("It doesn't say which property entity manages it."))

    def _floor(self, values: dict[str, Any]) -> None:
        floors = values["building_floors"]
        if floors is not None and values["floor"] > floors:
            raise Wrong("floor_above_building", FLOOR_ABOVE, floors=floors)

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
                        found.add(self._feature(code_for(word, translations)))
                    except Wrong as refused:
                        wrong.append((column, word, refused))
        for code, follows in self.mapping.features.items():
            text = self._cell(cells, follows.column)
            if (
                text is not None
                and _follows(follows.when, follows.above, follows.contains, text)
                and code in self.known.features
            ):
                found.add(code)
        return sorted(found), wrong

    def _cell(self, cells: Mapping[int, str], column: str) -> str | None:
        at = self._feature_columns.get(column)
        return None if at is None else self.words(cells[at])


def _address(at: _Address) -> tuple[str, str, str, str]:
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
    if len(address) <= LONGEST_KEY:
        return address
    return f"{address[: LONGEST_KEY - 33]}~{blake2b(address.encode(), digest_size=16).hexdigest()}"


def _follows(when: tuple[str, ...], above: int | None, contains: str | None, text: str) -> bool:
    if when:
        return text.casefold() in {word.casefold() for word in when}
    if above is not None:
        return text.isdecimal() and len(text) <= 9 and int(text) > above
    return contains is not None and contains.casefold() in text.casefold()


def _street(text: str, *, tidy: bool) -> str:
    street = rules.label(addresses.shown_street(text) if tidy else text)
    if not addresses.comparable(street):
        raise Wrong("not_an_address", N_("“{value}” isn't an address."))
    if not any(map(str.isalpha, street)):
        raise Wrong("only_a_number", N_("“{value}” is a number without a street."))
    return street


def private(text: str) -> str:
    """Return text that would watch nobody in their home (U5); `doubtful` finds what a person must see."""
    gravest = _gravest(text)
    if gravest is not None and gravest.verdict is Verdict.REFUSED:
        raise Wrong(MONITORING, N_("“{words}” would watch people in their home."), words=gravest.quoted)
    return text


def doubtful(text: str | None) -> Sentence | None:
    """Return the sentence of a text that needs a person's eyes before it is trusted (W8), or None."""
    gravest = _gravest(text) if text else None
    return gravest if gravest is not None and gravest.verdict is Verdict.NEEDS_EYES else None


@lru_cache(maxsize=4_096)
def _gravest(text: str) -> Sentence | None:
    return review_device(text).gravest


def province(text: str) -> str:
    """Return a province, state or territory by its code or its name, in English or French."""
    named = _PROVINCES.get(letters.folded(text))
    return named or rules.code(text)


def postal_code(text: str, country: str, province: str) -> str:
    """Return a postal code in the form of its country that can lie in the province."""
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
    """Return the first half of a Canadian postal code that can lie in the province."""
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
