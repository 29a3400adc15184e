"""Mapping files: which column of somebody's table is which field of a home, and what its words mean.

A mapping is a TOML or JSON file. `docs` of the template mapping (`mappings/unit-list.toml`) explain every
key.
"""

from __future__ import annotations

import json
import tomllib
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from units_svc.imports.model import FileUnreadable, UnknownMapping
from units_svc.inventory.facts import FACTS, FactName

FieldName = Literal[
    "building_name", "street", "unit_number", "city", "province", "country", "postal_code", "postal_area",
    "latitude", "longitude", "region", "units", "housing_type", "status", "status_observed_on", "landlord",
    "landlord_kind", "relation", "service_provider", "features", FactName, "rent", "rent_currency",
    "rent_from", "comments", "occupancy", "available_from",
]  # fmt: skip

_LARGEST = 200_000
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


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Closed):
    """How one field is read: the first of `columns` that says something, its words translated by `values`.

    With `values`, a word that isn't among them is an error of the row. `separator` parts a list (features).

    With `how` join, all columns are said together with `between` between them (number and street in two
    columns); with add, their numbers are added (homes by size). `decimal` says what marks the decimals when
    the file itself doesn't.
    """

    columns: Annotated[tuple[str, ...], Field(min_length=1)]
    how: Literal["first", "join", "add"] = "first"
    between: str = " "
    decimal: Literal[",", "."] | None = None
    values: dict[str, str] = {}
    required: bool = False
    default: str | None = None
    separator: str = ","
    tidy_capitals: bool = False


class FeatureRule(_Closed):
    """A feature that follows from a column: `when` it says one of these words, a number `above`, or
    `contains` a word."""

    column: str
    when: tuple[str, ...] = ()
    above: int | None = None
    contains: str | None = None

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if sum((bool(self.when), self.above is not None, self.contains is not None)) != 1:
            raise ValueError("say exactly one of when, above, contains")
        return self


class Mapping(_Closed):
    """A whole mapping. `source` and `key` name a row for ever: the same pair is the same row in the next
    file.

    `rows` says whether a row is a unit, or a building with a number of `units` in it; then `numbering` makes
    their provisional numbers, with `{n}` the place in the row. `own_landlord` is the landlord of rows whose
    relation is property_entity, whatever company the table names beside them. `same_address` says whether a
    second building at one address is wrong, or another building. `whole` tables name every home of their
    source: those that a newer one no longer names are listed.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title_en: str
    title_fr: str
    source: Annotated[str, Field(min_length=1, max_length=60)]
    rows: Literal["unit", "building"] = "unit"
    key: tuple[str, ...] = ()
    numbering: str = "R-{n}"
    same_address: Literal["wrong", "keep"] = "wrong"
    whole: bool = True
    own_landlord: str | None = None
    nothing: tuple[str, ...] = ()
    constants: dict[FieldName, str] = {}
    fields: dict[FieldName, Column]
    features: dict[str, FeatureRule] = {}

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
        named = {column for rule in self.fields.values() for column in rule.columns}
        return frozenset(named | {rule.column for rule in self.features.values()} | set(self.key))

    @property
    def needed_columns(self) -> tuple[tuple[str, ...], ...]:
        """Columns without which the file is another file: of each group at least one must be there."""
        groups: list[tuple[str, ...]] = [(key,) for key in self.key]
        groups += [rule.columns for rule in self.fields.values() if rule.required]
        return tuple(groups)

    def digest(self) -> bytes:
        """Return what makes two mappings read a row the same; what people call them is no part of it."""
        said = self.model_dump_json(exclude={"name", "title_en", "title_fr"})
        return blake2b(said.encode(), digest_size=16).digest()

    def title(self, locale: str) -> str:
        """The name people see."""
        return self.title_fr if locale == "fr" else self.title_en


def parse_mapping(text: str, *, form: Literal["toml", "json"]) -> Mapping:
    """Return the mapping in `text`. Raises FileUnreadable naming what is wrong with it."""
    try:
        raw = tomllib.loads(text) if form == "toml" else json.loads(text)
        return Mapping.model_validate(raw)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise FileUnreadable(rule=str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise FileUnreadable(rule=f"{place}: {first['msg']}" if place else first["msg"]) from error


def read_mapping(path: Path) -> Mapping:
    """Return the mapping in a `.toml` or `.json` file. Raises FileUnreadable."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(rule=str(error)) from error
    return parse_mapping(text, form="json" if path.suffix == ".json" else "toml")


@cache
def ready_mappings() -> dict[str, Mapping]:
    """Return the mappings that come with the service, by name."""
    folder = files("units_svc.imports") / "mappings"
    found = [
        parse_mapping(entry.read_text(encoding="utf-8"), form="toml")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".toml")
    ]
    return {mapping.name: mapping for mapping in found}


def mapping_named(name: str) -> Mapping:
    """Return one of the ready mappings. Raises UnknownMapping."""
    found = ready_mappings().get(name)
    if found is None:
        raise UnknownMapping(name=name, field="mapping")
    return found


def mapping_text(name: str) -> str:
    """Return the file of a ready mapping, its explanations included. Raises UnknownMapping."""
    mapping_named(name)
    return (files("units_svc.imports") / "mappings" / f"{name}.toml").read_text(encoding="utf-8")


def decoded(content: bytes) -> str:
    """Return a mapping file that was sent as text. Raises FileUnreadable."""
    if len(content) > _LARGEST:
        raise FileUnreadable(rule="the mapping is too large")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(rule="the mapping isn't UTF-8") from error
