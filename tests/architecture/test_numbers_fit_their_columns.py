"""Every whole number in a command has a bound that fits its column, so that a refusal names its field."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field
from sqlalchemy import BigInteger, Integer, SmallInteger

from chassis.access import RECEIVE_EVENTS
from testkit.house_rules.commands import SERVICES, commands, models_in, parts_of

COMPARED = {"version", "wording"}
"""What is only compared with what stands: it is never written, and the general bound of all numbers holds."""
RECEIVING = frozenset({RECEIVE_EVENTS})
"""Use cases that act on events: the published language bounds every number of theirs."""
SMALL, USUAL = 2**15 - 1, 2**31 - 1


def columns() -> dict[str, int]:
    """Return the largest number of each column of whole numbers, by name (the smallest of several)."""
    found: dict[str, int] = {}
    for service in SERVICES:
        metadata = importlib.import_module(f"{service}.tables").Base.metadata
        for table in metadata.tables.values():
            for column in table.columns:
                if not isinstance(column.type, Integer) or isinstance(column.type, BigInteger):
                    continue
                most = SMALL if isinstance(column.type, SmallInteger) else USUAL
                found[column.name] = min(most, found.get(column.name, most))
    return found


def bound_of(annotation: Any, metadata: list[Any]) -> float | None:
    marks = [*metadata, *(mark for part in parts_of(annotation) for mark in marks_of(part))]
    flat = [one for mark in marks for one in (mark, *(getattr(mark, "metadata", None) or ()))]
    bounds = [
        getattr(one, name) for one in flat for name in ("le", "lt") if getattr(one, name, None) is not None
    ]
    return min(bounds, default=None)


def marks_of(part: Any) -> tuple[Any, ...]:
    return getattr(part, "__metadata__", ())


def numbers_in(model: type[BaseModel]) -> Iterator[tuple[str, str, float | None]]:
    for holder in models_in(model):
        for name, info in holder.model_fields.items():
            if int in list(parts_of(info.annotation)) and name not in COMPARED:
                where = f"{holder.__module__}.{holder.__name__}.{name}"
                yield where, name, bound_of(info.annotation, list(info.metadata))


def too_wide(model: type[BaseModel], most: dict[str, int]) -> list[str]:
    return [
        f"{where}: {bound}"
        for where, name, bound in numbers_in(model)
        if bound is None or bound > most.get(name, USUAL)
    ]


@pytest.mark.row("X2")
def test_every_whole_number_fits_the_column_of_its_name() -> None:
    models, most = commands(apart_from=RECEIVING), columns()
    assert most["bedrooms"] == SMALL
    assert sum(1 for model in models for _ in numbers_in(model)) > 20
    assert sorted({wide for model in models for wide in too_wide(model, most)}) == []


class Planted(BaseModel):
    floor: Annotated[int, Field(le=40_000)]
    bedrooms: Annotated[int | None, Field(le=SMALL)] = None
    rooms: int | None = None


def test_a_number_wider_than_its_column_is_found() -> None:
    found = too_wide(Planted, {"floor": SMALL, "bedrooms": SMALL})
    assert [one.rpartition(".")[2] for one in found] == ["floor: 40000", "rooms: None"]
