"""Values that no column takes are refused before a use case sees them, with the field and the rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
import pytest
from pydantic import BaseModel, SecretStr

from chassis.errors import Conflict, ValueNotAccepted
from chassis.perform import in_words
from chassis.values import EARLIEST, LATEST, NotStorable, refuse_unstorable


class Person(BaseModel):
    name: Any = "Robin"
    born_on: Any = None


class Household(BaseModel):
    people: list[Person] = []
    rent: Any = None


@dataclass
class Wanted:
    after_line: Any = None


def refusal(**values: Any) -> tuple[str | None, str]:
    with pytest.raises(NotStorable) as refused:
        refuse_unstorable(values)
    return refused.value.field, refused.value.code


@pytest.mark.row("X2")
@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a\0b", "text_not_readable"),
        (SecretStr("a\0b"), "text_not_readable"),
        ("\ud800", "text_not_readable"),
        (dt.date.min, "day_out_of_bounds"),
        (dt.date.max, "day_out_of_bounds"),
        (EARLIEST - dt.timedelta(days=1), "day_out_of_bounds"),
        (LATEST + dt.timedelta(days=1), "day_out_of_bounds"),
        (dt.datetime(2026, 3, 2, 10), "time_zone_missing"),  # noqa: DTZ001 - that is what is refused
        (dt.datetime.max.replace(tzinfo=dt.UTC), "day_out_of_bounds"),
        (2**31, "number_too_large"),
        (-(2**31), "number_too_large"),
        (Decimal("1e308"), "number_too_large"),
        (Decimal("-1e10"), "number_too_large"),
        (float("inf"), "number_too_large"),
        (float("nan"), "number_too_large"),
    ],
)
def test_each_kind_of_value_is_refused_at_its_place(value: Any, code: str) -> None:
    assert refusal(q=value) == ("q", code)
    assert refusal(command=Household(people=[Person(), Person(name=value)])) == ("people.1.name", code)
    assert refusal(wanted=Wanted(value)) == ("after_line", code)
    assert refusal(command=Household(rent={"amount": value})) == ("rent.amount", code)
    assert refusal(chosen=["good", (value,)]) == ("chosen.1.0", code)


@pytest.mark.row("X2")
@pytest.mark.parametrize(
    "value",
    [
        "Zoë 王 الاحمد ᐃᓄᒃ 🏠", "", None, True, 0, 2**31 - 1, Decimal("9999999999.99"), EARLIEST, LATEST,
        dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC), b"\0", [], {"a": "b"},
    ],
)  # fmt: skip
def test_what_people_mean_goes_through(value: Any) -> None:
    refuse_unstorable({"q": value, "command": Household(rent=value, people=[Person(name=value)])})


def failed_with(kind: type[asyncpg.PostgresError], table: str | None = None) -> Exception:
    error = kind("refused")
    error.table_name = table
    return error


@pytest.mark.row("X2")
def test_what_the_database_refuses_all_the_same_is_a_refusal_in_words() -> None:
    assert isinstance(in_words(failed_with(asyncpg.ExclusionViolationError)), Conflict)
    for kind in (asyncpg.NumericValueOutOfRangeError, asyncpg.DataError, asyncpg.ForeignKeyViolationError):
        assert isinstance(in_words(failed_with(kind)), ValueNotAccepted)


def test_what_only_a_fault_of_ours_can_cause_stays_one() -> None:
    for error in (
        failed_with(asyncpg.CheckViolationError),
        failed_with(asyncpg.NotNullViolationError),
        failed_with(asyncpg.ForeignKeyViolationError, "outbox"),
    ):
        assert in_words(error) is error
