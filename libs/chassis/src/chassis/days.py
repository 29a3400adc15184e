"""How far from today the dates of a command may be; checked before the use case runs.

The trade defines the kinds of date: a field has a mark with `earliest` and `latest` in its annotation, such
as `Annotated[date, Bounds(…)]`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from functools import cache
from typing import Any, Protocol, get_args, runtime_checkable

from pydantic import BaseModel

from chassis.errors import DomainError, Faults, Kind
from chassis.values import NotStorable


@runtime_checkable
class Reach(Protocol):
    """The range around today in which a date may be."""

    def earliest(self, today: date) -> date:
        """Return the first date that is allowed."""
        ...

    def latest(self, today: date) -> date:
        """Return the last date that is allowed."""
        ...


class DayTooEarly(NotStorable):
    """A date is too long ago to be meant."""

    code = "day_too_early"
    message = "This is too long ago. Choose a day from {earliest} on."


class DayTooLate(NotStorable):
    """A date is too far ahead to be meant."""

    code = "day_too_late"
    message = "This is too far ahead. Choose a day no later than {latest}."


class DayToCome(DomainError):
    """The date of something that has happened is in the future."""

    kind = Kind.invalid
    code = "in_the_future"
    message = "This has to have happened: choose today or a day before it."


def refuse_unlikely_days(command: Any, today: date, zone: tzinfo) -> None:
    """Refuse dates too long ago or too far ahead, all at once. Raises DayTooEarly, DayTooLate."""
    faults = Faults()
    for field, day, reach in _days_in(command, zone, ""):
        if day < (earliest := reach.earliest(today)):
            faults.add(DayTooEarly(field=field, earliest=earliest))
        elif day > (latest := reach.latest(today)) > today:
            faults.add(DayTooLate(field=field, latest=latest))
    faults.refuse()


def days_to_come(command: Any, today: date, zone: tzinfo) -> list[str]:
    """Return the fields whose date may not be in the future, and is."""
    return [field for field, day, reach in _days_in(command, zone, "") if day > today >= reach.latest(today)]


def refuse_days_to_come(command: Any, today: date, zone: tzinfo) -> None:
    """Refuse dates that may not be in the future, all at once. Raises DayToCome."""
    faults = Faults()
    for field in days_to_come(command, today, zone):
        faults.add(DayToCome(field=field))
    faults.refuse()


def _days_in(value: Any, zone: tzinfo, path: str) -> Iterator[tuple[str, date, Reach]]:
    if isinstance(value, BaseModel):
        for name, reach in reaches_of(type(value)).items():
            given = value.__dict__[name]
            if isinstance(given, datetime):
                yield f"{path}{name}", given.astimezone(zone).date(), reach
            elif isinstance(given, date):
                yield f"{path}{name}", given, reach
        for name in _holders_of(type(value)):
            yield from _days_in(value.__dict__[name], zone, f"{path}{name}.")
    elif isinstance(value, (list, tuple)):
        for number, one in enumerate(value):
            yield from _days_in(one, zone, f"{path}{number}.")


@cache
def reaches_of(model: type[BaseModel]) -> dict[str, Reach]:
    """Return the fields of a command that have a range around today, each with its range."""
    found: dict[str, Reach] = {}
    for name, info in model.model_fields.items():
        marks = [mark for mark in (*info.metadata, *_marks_in(info.annotation)) if isinstance(mark, Reach)]
        if marks:
            found[name] = marks[0]
    return found


@cache
def _holders_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the fields that hold models of their own, which may have dates."""
    return tuple(name for name, info in model.model_fields.items() if _holds_models(info.annotation))


def _holds_models(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return True
    return any(_holds_models(part) for part in get_args(annotation))


def _marks_in(annotation: Any) -> Iterator[Any]:
    yield from getattr(annotation, "__metadata__", ())
    for part in get_args(annotation):
        yield from _marks_in(part)
