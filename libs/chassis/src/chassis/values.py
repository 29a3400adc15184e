"""Values that no field of any service accepts: one check before every use case and query.

PostgreSQL stores no NUL in a text; the driver writes the first and the last day of Python's calendar as minus
and plus infinity; a time without a zone is ambiguous; a number too large for its column fails only when it is
stored. Each of these is refused here, for every type and every way in, with the field and the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any
from uuid import UUID

from pydantic import BaseModel, SecretStr

from chassis.errors import DomainError, Kind

EARLIEST = date(1880, 1, 1)
"""The earliest date in any record: nobody alive was born before it."""
LATEST = date(2199, 12, 31)
"""The latest date in any record; later ones are mistyped, or mean "no end"."""
LARGEST_WHOLE = 2**31 - 1
"""The largest integer of a column."""
LARGEST = 10**10
"""Amounts and measures are below this: a column of money has ten digits before the point."""


class NotStorable(DomainError):
    """A value that no field accepts; `field` is its path, with points between nested names."""

    kind = Kind.invalid


class HoldsNul(NotStorable):
    """A text has the character NUL, or half of a surrogate pair."""

    code = "text_not_readable"
    message = "This text holds a character that can't be stored."


class DayOutOfBounds(NotStorable):
    """A date is outside the range of any record."""

    code = "day_out_of_bounds"
    message = "Choose a day from {earliest} to {latest}."


class NoTimeZone(NotStorable):
    """A date and time has no offset from UTC, so it is ambiguous."""

    code = "time_zone_missing"
    message = "A date and time needs its distance from UTC, such as 2026-11-26T14:30:00-05:00."


class NumberTooLarge(NotStorable):
    """A number is larger than any that is stored, or isn't finite."""

    code = "number_too_large"
    message = "This number is too large."


def refuse_unstorable(values: Mapping[str, Any]) -> None:
    """Refuse the first value, at any depth, that can't be stored. `values` are by their names."""
    for name, value in values.items():
        # The fields of a command or a filter are named without the parameter that holds it.
        whole = isinstance(value, BaseModel) or is_dataclass(value)
        _check("" if whole else name, value)


def _check(path: str, value: Any) -> None:
    # In the order of frequency: most values are short texts, ids and None.
    if value is None or isinstance(value, (bool, Enum, UUID, bytes)):
        return
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, str):
        if "\0" in value or not (value.isascii() or _whole(value)):
            raise HoldsNul(field=path)
    elif isinstance(value, int):
        if abs(value) > LARGEST_WHOLE:
            raise NumberTooLarge(field=path)
    elif isinstance(value, (Decimal, float)):
        if not isfinite(value) or not -LARGEST < value < LARGEST:
            raise NumberTooLarge(field=path)
    elif isinstance(value, date):
        _check_date(path, value)
    else:
        for name, inner in _inside(value):
            _check(f"{path}.{name}" if path else name, inner)


def _check_date(path: str, value: date) -> None:
    day = value.date() if isinstance(value, datetime) else value
    if not EARLIEST <= day <= LATEST:
        raise DayOutOfBounds(field=path, earliest=EARLIEST, latest=LATEST)
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise NoTimeZone(field=path)


def _whole(text: str) -> bool:
    """Whether a text has no half of a surrogate pair, which no encoding of ours can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        yield from value.__dict__.items()
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key), inner
            if isinstance(key, str):
                yield "", key
    elif isinstance(value, (list, tuple, set, frozenset)):
        yield from ((str(number), inner) for number, inner in enumerate(value))
    elif is_dataclass(value) and not isinstance(value, type):
        yield from ((each.name, getattr(value, each.name)) for each in fields(value))


def without_echoes(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return Pydantic's problems without those that only follow from another.

    A wrong entry isn't counted, so a list of nothing but wrong entries is also reported as too short.
    """
    problems = list(found)
    paths = [tuple(each["loc"]) for each in problems]

    def follows(each: Mapping[str, Any]) -> bool:
        path = tuple(each["loc"])
        below = any(len(other) > len(path) and other[: len(path)] == path for other in paths)
        return each["type"] == "too_short" and below

    return [each for each in problems if not follows(each)]
