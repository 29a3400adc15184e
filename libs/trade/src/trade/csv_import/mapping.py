"""Mapping files: which column of somebody's table is which field of a record, and what its words mean.

A mapping is a TOML or JSON file. `TableMapping` has the keys of every kind of record; a service adds its own
keys and the names of its fields.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from hashlib import blake2b
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trade.csv_import.problems import TableUnreadable

_LARGEST = 200_000
Name = TypeVar("Name", bound=str)
Found = TypeVar("Found", bound=BaseModel)


class Closed(BaseModel):
    """A part of a mapping: a key that it doesn't know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(Closed):
    """How one field is read: from the first of `columns` that isn't empty, its words translated by `values`.

    With `values`, a word that isn't among them is an error of the row. `separator` divides a list (features).

    With `how` join, all columns are put together with `between` between them (number and street in two
    columns); with add, their numbers are added (homes by size). `decimal` is what marks the decimals when
    the file itself leaves it open.
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


class TableMapping(Closed, Generic[Name]):
    """What mappings of all kinds of record have in common; `Name` is a field of the record.

    `source` and `key` name a row for ever: the same pair is the same row in the next file. `nothing` are the
    words that mean an empty cell, `constants` are the same in all rows.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title_en: str
    title_fr: str
    source: Annotated[str, Field(min_length=1, max_length=60)]
    key: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    constants: dict[Name, str] = {}
    fields: dict[Name, Column]

    @property
    def known_columns(self) -> frozenset[str]:
        """Every column the mapping reads."""
        named = {column for rule in self.fields.values() for column in rule.columns}
        return frozenset(named | set(self.key))

    @property
    def needed_columns(self) -> tuple[tuple[str, ...], ...]:
        """Columns without which the file is another file: of each group at least one must be there."""
        groups: list[tuple[str, ...]] = [(key,) for key in self.key]
        groups += [rule.columns for rule in self.fields.values() if rule.required]
        return tuple(groups)

    def digest(self) -> bytes:
        """Return what makes two mappings read a row the same; what people call them is no part of it."""
        text = self.model_dump_json(exclude={"name", "title_en", "title_fr"})
        return blake2b(text.encode(), digest_size=16).digest()

    def title(self, locale: str) -> str:
        """The name people see."""
        return self.title_fr if locale == "fr" else self.title_en


def form_of(file_name: str) -> Literal["toml", "json"]:
    """Return which of the two a file is, by its name."""
    return "json" if file_name.endswith(".json") else "toml"


def parsed(text: str, kind: type[Found], *, form: Literal["toml", "json"]) -> Found:
    """Return the mapping in `text`. Raises TableUnreadable naming what is wrong with it."""
    try:
        raw = tomllib.loads(text) if form == "toml" else json.loads(text)
        return kind.model_validate(raw)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise TableUnreadable(rule=str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise TableUnreadable(rule=f"{where}: {first['msg']}" if where else first["msg"]) from error


def text_of_file(path: Path) -> str:
    """Return the text of a mapping file. Raises TableUnreadable."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableUnreadable(rule=str(error)) from error


def decoded(content: bytes) -> str:
    """Return a mapping file that was sent as text. Raises TableUnreadable."""
    if len(content) > _LARGEST:
        raise TableUnreadable(rule="the mapping is too large")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TableUnreadable(rule="the mapping isn't UTF-8") from error


def ready_in(folder: Traversable, parse: Callable[[str], Found]) -> dict[str, Found]:
    """Return the mappings in the `.toml` files of a folder, by the name of the file."""
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".toml"): parse(file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".toml")
    }
