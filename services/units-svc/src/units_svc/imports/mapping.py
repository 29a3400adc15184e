"""Mapping files of homes: which column of somebody's table is which field, and what its words mean (U8).

The template mapping (`mappings/unit-list.toml`) explains every key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from hashlib import blake2b
from typing import Literal, Self

from pydantic import model_validator

from deskkit.i18n import N_
from importing.mappings import ReadyMappings
from trade.csv_import.columns import folded_name
from trade.csv_import.mapping import Closed, TableMapping
from trade.csv_import.notation import Kind
from units_svc.inventory.facts import FACTS, FIGURES, FactName

FieldName = Literal[
    "building_name", "street", "unit_number", "city", "province", "country", "postal_code", "postal_area",
    "latitude", "longitude", "region", "units", "housing_type", "status", "status_observed_on", "landlord",
    "landlord_kind", "relation", "party", "service_provider", "features", FactName, "rent", "rent_currency",
    "rent_from", "comments", "occupancy", "available_from",
]  # fmt: skip

_REQUIRED: tuple[FieldName, ...] = (
    "street",
    "city",
    "province",
    "country",
    "housing_type",
    "status",
    "occupancy",
)
_ADDED: frozenset[FieldName] = frozenset({"units", *(fact.name for fact in FACTS if fact.shown.sums)})
_JOINED: frozenset[FieldName] = frozenset(
    {"building_name", "street", "unit_number", "city", "postal_code", "landlord", "comments"}
)


KINDS: dict[FieldName, Kind] = {
    **{fact.name: Kind.WHOLE for fact in FIGURES},
    "units": Kind.WHOLE,
    "rent": Kind.MONEY,
    "status_observed_on": Kind.DAY,
    "rent_from": Kind.DAY,
    "available_from": Kind.DAY,
}
"""Fields whose cells are read by the notation of their column."""
_COUNTS = re.compile(
    r"(no|nb|nbre|nombre|number|num|count|total|confirmed|proposed)( of| de| d| total)* "
    r"(units?|homes?|dwellings?|suites?|apartments?|logements?|unites?|appartements?)"
    r"|(units?|suites?|dwellings?|logements?) (count|total)|units|logements"
)
"""Names of columns that hold how many homes a building has, folded."""
_DIGESTED = ("source", "rows", "key", "numbering", "same_address", "whole", "own_landlord", "nothing",
    "constants", "fields", "features")  # fmt: skip
"""What decides how a row is read, in the order in which fingerprints that are stored were made."""


class FeatureRule(Closed):
    """A feature that follows from a column: `when` it holds one of these words, a number `above`, or
    `contains` a word."""

    column: str
    when: tuple[str, ...] = ()
    above: int | None = None
    contains: str | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if sum((bool(self.when), self.above is not None, self.contains is not None)) != 1:
            raise ValueError("give exactly one of when, above, contains")
        return self


class Mapping(TableMapping[FieldName]):
    """A mapping of homes.

    `rows` says whether a row is a unit, or a building with a number of `units` in it; then `numbering` makes
    their provisional numbers, with `{n}` the number in the row. `own_landlord` is the landlord of rows whose
    relation is property_entity, whatever company the table names beside them. `same_address` says whether a
    second building at one address is wrong, or another building. `whole` tables name every home of their
    source: those that a newer one no longer names are listed.
    """

    rows: Literal["unit", "building"] = "unit"
    numbering: str = "R-{n}"
    same_address: Literal["wrong", "keep"] = "wrong"
    whole: bool = True
    own_landlord: str | None = None
    features: dict[str, FeatureRule] = {}  # noqa: RUF012 - Pydantic copies it

    @model_validator(mode="after")
    def _complete(self) -> Self:
        missing = [name for name in _REQUIRED if name not in self.fields and name not in self.constants]
        if missing:
            raise ValueError(f"neither a column nor a constant for {', '.join(missing)}")
        if self.rows == "building" and ("units" not in self.fields or not self.key):
            raise ValueError("a building row needs the field units and a key")
        if self.rows == "building" and "{n}" not in self.numbering:
            raise ValueError("numbering needs {n}")
        if self.rows == "unit" and ("units" in self.fields or "units" in self.constants):
            raise ValueError(
                'with rows = "unit" every row is one home: the field units needs rows = "building"'
            )
        if self.rows == "unit" and self.same_address == "keep":
            raise ValueError('same_address = "keep" needs rows = "building"')
        for name, rule in self.fields.items():
            if rule.how == "add" and name not in _ADDED:
                raise ValueError(f"{name} can't be added up")
            if rule.how == "join" and name not in _JOINED:
                raise ValueError(f"{name} can't be joined")
        return self

    @property
    def known_columns(self) -> frozenset[str]:
        """Every column the mapping reads."""
        return super().known_columns | {rule.column for rule in self.features.values()}

    @property
    def states_features(self) -> bool:
        """Whether a file of this mapping states which features a home has."""
        return bool(self.features) or "features" in self.fields

    def digest(self) -> bytes:
        """Return what makes two mappings read a row the same; what people call them is no part of it."""
        values = self.model_dump(mode="json")
        text = json.dumps(
            {name: values[name] for name in _DIGESTED}, separators=(",", ":"), ensure_ascii=False
        )
        return blake2b(text.encode(), digest_size=16).digest()

    def notes(self, not_read: Collection[str], features: Collection[str]) -> list[tuple[str, dict[str, str]]]:
        """Return what is odd about the mapping, as msgids with their params, beside columns that aren't read.

        `features` are the codes on the list.
        """
        notes = [
            (N_("The mapping names the feature {feature}, which isn't on the list: it's left out."),
                {"feature": code})
            for code in self.features if code not in features
        ]  # fmt: skip
        if self.rows == "unit":
            notes += [
                (N_("The column {column} seems to count homes, but every line is read as one home."),
                    {"column": column})
                for column in not_read if _COUNTS.fullmatch(folded_name(column))
            ]  # fmt: skip
        return notes


MAPPINGS = ReadyMappings("units_svc.imports", Mapping, template="unit-list")
