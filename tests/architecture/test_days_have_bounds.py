"""Every day in a command has bounds, and a receiver can act on each day that is sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import BaseModel, TypeAdapter, ValidationError

from chassis import values
from chassis.access import RECEIVE_EVENTS
from chassis.days import reaches_of
from contracts import words
from testkit.house_rules.commands import commands, models_in, parts_of
from trade import dates
from trade.dates import Bounds

RECEIVING = frozenset({RECEIVE_EVENTS})
"""Use cases that act on events: they must accept what was sent, whether its day is near today or not."""


def is_a_day(annotation: Any) -> bool:
    return any(
        part in (dt.date, dt.datetime) or getattr(part, "__name__", "") == "AwareDatetime"
        for part in parts_of(annotation)
    )


def days_without_bounds(model: type[BaseModel]) -> list[str]:
    return [
        f"{holder.__module__}.{holder.__name__}.{name}"
        for holder in models_in(model)
        for name, info in holder.model_fields.items()
        if is_a_day(info.annotation) and name not in reaches_of(holder)
    ]


@pytest.mark.row("X2")
def test_every_day_that_somebody_sends_has_bounds() -> None:
    models = commands(apart_from=RECEIVING)
    days = sum(len(reaches_of(holder)) for model in models for holder in models_in(model))
    assert (len(models) > 80, days > 40) == (True, True), (len(models), days)
    assert sorted({field for model in models for field in days_without_bounds(model)}) == []


class Planted(BaseModel):
    born_on: dt.date | None = None
    moved_on: dates.MoveDay | None = None


def test_a_day_without_bounds_is_found() -> None:
    assert [field.rpartition(".")[2] for field in days_without_bounds(Planted)] == ["born_on"]


todays = some.dates(dt.date(2020, 1, 1), dt.date(2095, 12, 31))


@pytest.mark.row("X2")
@given(todays, some.sampled_from(sorted(dates.KINDS)), some.data())
def test_a_day_that_a_form_lets_through_can_be_published_and_acted_on(
    today: dt.date, kind: str, data: some.DataObject
) -> None:
    reach = dates.KINDS[kind]
    day = data.draw(some.dates(reach.earliest(today), reach.latest(today)))
    hour = data.draw(some.times())
    distance = dt.timezone(dt.timedelta(hours=data.draw(some.integers(-23, 23))))
    values.refuse_unstorable({"day": day})
    assert TypeAdapter(words.Date).validate_python(day) == day
    moment = dt.datetime.combine(day, hour, tzinfo=distance)
    assert TypeAdapter(words.Moment).validate_python(moment) == moment


@pytest.mark.row("X2")
@given(some.dates() | some.sampled_from([dates.FIRST, dates.LAST, values.EARLIEST, values.LATEST]))
def test_what_is_published_is_what_a_receiver_takes_at_all(day: dt.date) -> None:
    try:
        TypeAdapter(words.Date).validate_python(day)
    except ValidationError:
        assert not dates.FIRST <= day <= dates.LAST
        return
    values.refuse_unstorable({"day": day})


@pytest.mark.parametrize("kind", sorted(dates.KINDS))
def test_every_kind_of_day_lies_within_what_every_service_takes(kind: str) -> None:
    reach = dates.KINDS[kind]
    for today in (dt.date(2020, 2, 29), dt.date(2099, 12, 31), dt.date(2199, 12, 31)):
        assert values.EARLIEST <= dates.FIRST <= reach.earliest(today) <= today
        assert today <= reach.latest(today) <= dates.LAST <= values.LATEST
    assert isinstance(reach, Bounds)


def test_a_month_of_february_has_its_last_day_in_other_years() -> None:
    leap = dt.date(2024, 2, 29)
    assert (dates.BIRTH.earliest(leap), dates.MOVE.latest(leap)) == (
        dt.date(1899, 2, 28),
        dt.date(2029, 2, 28),
    )
