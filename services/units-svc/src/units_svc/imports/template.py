"""The template: a table with one row a home whose columns need no mapping of one's own (U8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from chassis.feature import LookupList
from deskkit.i18n import N_
from trade.money import CURRENCIES
from units_svc.imports.mapping import MAPPINGS, FieldName
from units_svc.inventory.facts import FACTS, Fact, FactName
from units_svc.inventory.feature import HOUSING_TYPE, REGION, SERVICE_PROVIDER, STATUS, UNIT_FEATURE
from units_svc.lookups.queries import Lists

_NAME = N_("A name of at most 120 characters")
_NUMBER = N_("A whole number")
_YES_NO = N_("Yes or no")
_DAY = N_("A day, such as 2026-03-31")
_DEGREES = N_("Degrees, such as 43.6532")
_WORD = N_("One of these words")

_FACTS = {fact.name: fact for fact in FACTS}


def _column(fact: Fact) -> tuple[str, str]:
    return fact.shown.in_files or (_NUMBER if fact.is_figure else _YES_NO), fact.shown.example


_COLUMNS: dict[FieldName, tuple[str, str]] = {
    "building_name": (_NAME, "Example Court"),
    "street": (N_("Number and street; it identifies the building"), "260 Example Street East"),
    "unit_number": (N_("At most 30 characters; empty for a home without a number"), "304"),
    "city": (_NAME, "Toronto"),
    "province": (N_("Two letters, such as ON"), "ON"),
    "postal_code": (N_("It must lie in the province"), "M5A 1A1"),
    "latitude": (_DEGREES, ""),
    "longitude": (_DEGREES, ""),
    "region": (_WORD, "toronto-east-york"),
    "housing_type": (_WORD, "apartment"),
    "status": (_WORD, "good"),
    "status_observed_on": (N_("A day that isn't in the future, such as 2026-03-31"), ""),
    "occupancy": (N_("One of these words; only for homes that are new"), "available"),
    "available_from": (_DAY, ""),
    "landlord": (_NAME, "Example Homes"),
    "landlord_kind": (_WORD, "organisation"),
    "relation": (_WORD, "third_party"),
    "party": (N_("The name or id of the property entity, if the landlord isn’t a third party"), ""),
    "service_provider": (_WORD, ""),
    "features": (N_("Any of these words, with a semicolon between them"), "elevator;intercom"),
    **{name: _column(_FACTS[name]) for name in get_args(FactName)},
    "rent": (N_("An amount for a month, not below zero"), "1350.00"),
    "rent_currency": (_WORD, "CAD"),
    "rent_from": (_DAY, ""),
    "comments": (N_("At most 4,000 characters"), ""),
}  # fmt: skip
_TITLES: dict[str, str] = {
    "building_name": N_("building name"), "street": N_("number and street"), "unit_number": N_("unit number"),
    "city": N_("city"), "province": N_("province or state"), "country": N_("country"),
    "postal_code": N_("postal code"), "postal_area": N_("first half of the postal code"),
    "latitude": N_("latitude"), "longitude": N_("longitude"), "region": N_("geographic region"),
    "units": N_("number of homes"), "housing_type": N_("housing type"), "status": N_("condition"),
    "status_observed_on": N_("day of the condition"), "landlord": N_("landlord"),
    "landlord_kind": N_("kind of landlord"), "relation": N_("landlord’s relation to the property entity"),
    "party": N_("property entity"),
    "service_provider": N_("service provider"), "features": N_("features"),
    "rent": N_("rent for a month"), "rent_currency": N_("currency of the rent"),
    "rent_from": N_("day from which the rent is asked"), "comments": N_("comments"),
    "occupancy": N_("occupancy"), "available_from": N_("day from which it is available"),
    "key": N_("what names the line"),
}  # fmt: skip
_LISTS: dict[FieldName, LookupList] = {
    "region": REGION,
    "housing_type": HOUSING_TYPE,
    "status": STATUS,
    "service_provider": SERVICE_PROVIDER,
    "features": UNIT_FEATURE,
}
_WORDS: Mapping[FieldName, Sequence[str]] = {
    "occupancy": ("available", "occupied_by_other", "temporarily_unavailable"),
    "landlord_kind": ("organisation", "person"),
    "relation": ("third_party", "property_entity", "managing_agent"),
    "rent_currency": sorted(CURRENCIES),
}


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its name in the file, whether a row needs it, what may stand in it (a msgid), and the
    words."""

    name: str
    required: bool
    meaning: str
    words: Sequence[str]


def field_titles(translate: Callable[[str], str]) -> dict[str, str]:
    """Return what people call the fields that columns are read as, within a sentence."""
    facts = {fact.name: translate(fact.title) for fact in FACTS}
    return {name: translate(title) for name, title in _TITLES.items()} | {
        name: title[:1].lower() + title[1:] for name, title in facts.items()
    }


def template_columns(lists: Lists) -> list[TemplateColumn]:
    """Return the template's columns in their order."""
    fields = MAPPINGS.named(MAPPINGS.template).fields
    return [
        TemplateColumn(
            fields[name].columns[0],
            fields[name].required,
            meaning,
            sorted(lists.active(_LISTS[name])) if name in _LISTS else _WORDS.get(name, ()),
        )
        for name, (meaning, _) in _COLUMNS.items()
    ]


def template_table() -> tuple[list[str], list[list[str]]]:
    """Return the header of the table to be filled in, and an example row."""
    fields = MAPPINGS.named(MAPPINGS.template).fields
    header = [fields[name].columns[0] for name in _COLUMNS]
    return header, [[example for _, example in _COLUMNS.values()]]
