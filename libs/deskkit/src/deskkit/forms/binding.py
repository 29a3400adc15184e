"""Turning posted fields into the input of a command model, and a model's values back into fields.

Names: a field is `name`; parts of a date are `name-day`, `name-month`, `name-year`; the time of a moment is
`name-time`, and `name-fold` which of the two is meant when clocks show it twice; a nested model's field
is `name-inner`; a line of a list is `name-0-inner`.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin

from pydantic import (
    AwareDatetime,
    BaseModel,
    FutureDate,
    FutureDatetime,
    NaiveDatetime,
    PastDate,
    PastDatetime,
    SecretStr,
)

from deskkit.forms.clocks import local_moments, moment_at
from deskkit.forms.dates import build_date, parse_date, parse_time
from deskkit.forms.money import currency_in, parse_money, parse_number
from deskkit.forms.problems import Problem
from deskkit.labels import label_of

Posted = Mapping[str, list[str]]
CHECKED = frozenset({"1", "on", "true", "yes"})
DATE_PARTS = ("day", "month", "year")
MAX_LINES = 200
_PYDANTIC_MOMENTS: dict[Any, Any] = {
    **dict.fromkeys((AwareDatetime, NaiveDatetime, PastDatetime, FutureDatetime), datetime),
    **dict.fromkeys((PastDate, FutureDate), date),
}


def shape_of(annotation: Any) -> tuple[Any, bool]:
    """The bare type of an annotation, and whether it may be None."""
    origin = get_origin(annotation)
    if origin is typing.Annotated:
        return shape_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        bare = [part for part in get_args(annotation) if part is not type(None)]
        optional = len(bare) < len(get_args(annotation))
        inner, inner_optional = shape_of(bare[0])
        return inner, optional or inner_optional
    if isinstance(annotation, typing.TypeAliasType) if hasattr(typing, "TypeAliasType") else False:
        return shape_of(annotation.__value__)
    return _PYDANTIC_MOMENTS.get(annotation, annotation) if isinstance(
        annotation, type
    ) else annotation, False


def is_collection(bare: Any) -> bool:
    """Whether a field holds several values."""
    return get_origin(bare) in (list, tuple, set, frozenset) or bare in (list, tuple, set, frozenset)


def item_of(bare: Any) -> Any:
    """What a collection holds."""
    return shape_of((get_args(bare) or (str,))[0])[0]


def is_model(bare: Any) -> bool:
    """Whether a field is a model of its own."""
    return isinstance(bare, type) and issubclass(bare, BaseModel)


def is_money(bare: Any) -> bool:
    """A model of an amount and a currency."""
    return is_model(bare) and {"amount", "currency"} <= set(bare.model_fields)


def widget_of(bare: Any) -> str:
    """Return how a field is filled in (text, date, choice, yes_no, rows), which decides its messages."""
    if is_collection(bare):
        return "rows" if is_model(item_of(bare)) else "choice"
    if bare in (date, datetime, time):
        return "date"
    if bare is bool:
        return "yes_no"
    if get_origin(bare) is typing.Literal or (isinstance(bare, type) and issubclass(bare, Enum)):
        return "choice"
    return "choice" if getattr(bare, "__name__", "") == "UUID" else "text"


class Binder:
    """Reads one submission; `problems` collects what couldn't be read, by field name."""

    def __init__(self, posted: Posted, today: date, zone: tzinfo) -> None:
        self.posted = posted
        self.today = today
        self.zone = zone
        self.problems: dict[str, Problem] = {}

    def model(self, model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
        """The input for a model; empty fields are left out, or None where a None clears the default."""
        values: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            bare, optional = shape_of(info.annotation)
            key = prefix + name
            try:
                value = self.value(key, bare)
            except Problem as problem:
                self.problems[key] = problem
                continue
            if value is not None:
                values[name] = value
            elif (optional and not info.is_required() and self._was_posted(key)) or (
                optional and info.is_required()
            ):
                values[name] = None
        return values

    def value(self, key: str, bare: Any) -> Any:  # noqa: PLR0911 (one line for each type)
        """One field's value, None when it's empty. Raises Problem when it can't be read."""
        if is_collection(bare):
            return self._collection(key, bare)
        if is_money(bare):
            text = self._text(key)
            if text is None:
                return None
            # A currency that was typed with the amount is what the person means.
            currency = currency_in(text) or self._text(f"{key}-currency") or "CAD"
            return {"amount": parse_money(text), "currency": currency}
        if is_model(bare):
            return self.model(bare, f"{key}-") or None
        if bare is bool:
            return self._yes_or_no(key)
        if bare is datetime:
            return self._moment(key)
        if bare is date:
            return self._date(key)
        if bare is SecretStr:  # spaces may belong to a password
            return next((text for text in self.posted.get(key, ()) if text), None)
        text = self._text(key)
        if text is None:
            return None
        if bare is time:
            return parse_time(text)
        if bare is Decimal or bare is int or bare is float:
            return parse_number(text)
        return text

    def _text(self, key: str) -> str | None:
        for text in self.posted.get(key, ()):
            if cleaned := text.replace("\r\n", "\n").strip():
                return cleaned
        return None

    def _was_posted(self, key: str) -> bool:
        return any(name == key or name.startswith(f"{key}-") for name in self.posted)

    def _yes_or_no(self, key: str) -> bool | None:
        """A lone checkbox is false when absent.

        The hidden field `key-present` shows that it was on the page.
        """
        text = self._text(key)
        if text is None:
            return False if f"{key}-present" in self.posted else None
        return text.lower() in CHECKED

    def _date(self, key: str) -> date | None:
        parts = [self._text(f"{key}-{part}") for part in DATE_PARTS]
        if any(parts):
            return self._from_parts(*(part or "" for part in parts))
        text = self._text(key)
        return parse_date(text, self.today) if text else None

    def _from_parts(self, day: str, month: str, year: str) -> date:
        # A whole date typed or pasted into the first box is understood as well.
        if day and not month and not year and not day.isdecimal():
            return parse_date(day, self.today)
        return build_date(day, month, year)

    def _moment(self, key: str) -> datetime | None:
        day, clock = self._date(key), self._text(f"{key}-time")
        if day is None and clock is None:
            return None
        if day is None:
            raise Problem("date_incomplete", missing=list(DATE_PARTS))
        if clock is None:
            raise Problem("time_unreadable")
        return moment_at(day, parse_time(clock), self.zone, self._text(f"{key}-fold"))

    def _collection(self, key: str, bare: Any) -> list[Any] | None:
        item = item_of(bare)
        if not is_model(item):
            chosen = [text.strip() for text in self.posted.get(key, ()) if text.strip()]
            return chosen if chosen or self._was_posted(key) else None
        lines: list[Any] = []
        for index in line_numbers(self.posted, key):
            if is_filled(self.posted, key, index):
                lines.append(self._line(item, key, index, len(lines)))
        return lines if lines or self._was_posted(key) else None

    def _line(self, item: type[BaseModel], key: str, index: int, position: int) -> dict[str, Any]:
        before = set(self.problems)
        line = self.model(item, f"{key}-{index}-")
        if index != position:  # blank lines before this one were dropped: name problems as they'll be shown
            for name in set(self.problems) - before:
                self.problems[name.replace(f"{key}-{index}-", f"{key}-{position}-", 1)] = self.problems.pop(
                    name
                )
        return line


def line_numbers(posted: Iterable[str], key: str) -> list[int]:
    """The numbers of a list's lines in a submission, in order."""
    pattern = re.compile(re.escape(key) + r"-(\d{1,4})-")
    return sorted({int(found[1]) for name in posted if (found := pattern.match(name))})[:MAX_LINES]


def is_filled(posted: Posted, key: str, index: int) -> bool:
    """Whether anything was entered in a line of a list; a currency alone doesn't count."""
    return any(
        text.strip()
        for name, texts in posted.items()
        if name.startswith(f"{key}-{index}-") and not name.endswith("-currency")
        for text in texts
    )


def unbind(source: Any, model: type[BaseModel], zone: tzinfo, prefix: str = "") -> dict[str, list[str]]:
    """Fields for a model from values to begin with: a mapping, a view or a model with those names."""
    fields: dict[str, list[str]] = {}
    for name, info in model.model_fields.items():
        value = source.get(name) if isinstance(source, Mapping) else getattr(source, name, None)
        if value is not None:
            fields.update(fields_of(prefix + name, value, shape_of(info.annotation)[0], zone))
    return fields


def fields_of(key: str, value: Any, bare: Any, zone: tzinfo) -> dict[str, list[str]]:  # noqa: PLR0911 (as above)
    """The fields that show one value."""
    if isinstance(value, bool):
        return {key: ["yes" if value else "no"]}
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        of_moment = {**_date_fields(key, local.date()), f"{key}-time": [local.strftime("%H:%M")]}
        if len(local_moments(local.date(), local.time(), zone)) > 1:
            of_moment[f"{key}-fold"] = [str(local.fold)]
        return of_moment
    if isinstance(value, date):
        return _date_fields(key, value)
    if isinstance(value, time):
        return {key: [value.strftime("%H:%M")]}
    if isinstance(value, Enum):
        return {key: [str(value.value)]}
    if hasattr(value, "amount") and hasattr(value, "currency"):
        return {
            key: [f"{value.amount:.2f}"],
            f"{key}-currency": [str(getattr(value.currency, "value", value.currency))],
        }
    if isinstance(value, list | tuple | set | frozenset):
        fields: dict[str, list[str]] = {}
        for index, item in enumerate(value):
            if is_model(item_of(bare)) if is_collection(bare) else False:
                fields.update(unbind(item, item_of(bare), zone, f"{key}-{index}-"))
            else:
                fields.setdefault(key, []).append(str(item.value if isinstance(item, Enum) else item))
        return fields
    if is_model(bare):
        return unbind(value, bare, zone, f"{key}-")
    return {key: [str(value)]}


def _date_fields(key: str, value: date) -> dict[str, list[str]]:
    parts = {"day": value.day, "month": value.month, "year": value.year}
    return {key: [value.isoformat()], **{f"{key}-{part}": [str(number)] for part, number in parts.items()}}


def default_label(model: type[BaseModel] | None, key: str) -> str:
    """The English name (a msgid) of a field: its `title` in the model, or its name as a phrase."""
    name = key.rsplit("-", 1)[-1]
    current = model
    for part in key.split("-"):
        if current is None or part.isdecimal() or part not in current.model_fields:
            continue
        info = current.model_fields[part]
        if part == name:
            return info.title or label_of(part)
        bare = shape_of(info.annotation)[0]
        bare = item_of(bare) if is_collection(bare) else bare
        current = bare if is_model(bare) else None
    return label_of(name)
