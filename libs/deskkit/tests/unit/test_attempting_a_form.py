"""What a form knows once somebody tried to do what it asks for."""

from __future__ import annotations

from datetime import date
from typing import Self
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.errors import Conflict, DomainError, Faults, InvalidInput
from deskkit.forms import Form
from deskkit.i18n import Formats, load_catalogue

ZONE = ZoneInfo("America/Toronto")


class Rename(BaseModel):
    name: str = Field(min_length=1, title="Name")


def form_with(**posted: str) -> Form[Rename]:
    catalogue = load_catalogue("en", ("deskkit",))
    return Form(
        Rename,
        posted={name: [text] for name, text in posted.items()},
        today=date(2026, 11, 23),
        zone=ZONE,
        catalogue=catalogue,
        formats=Formats("en", ZONE, catalogue),
        translate_error=str,
        csrf_token="csrf",
        form_token="token",
    )


async def renamed(command: Rename) -> str:
    return command.name


async def test_what_was_done_is_returned_and_nothing_is_wrong() -> None:
    form = form_with(name="Robin")
    done = await form.attempt(renamed)
    assert done is not None
    assert (done.result, form.problem, form.refused) == ("Robin", None, None)


async def test_work_without_a_result_is_done_all_the_same() -> None:
    async def forgotten(command: Rename) -> None:
        """Store nothing."""

    assert await form_with(name="Robin").attempt(forgotten)


async def test_a_form_that_is_wrong_is_never_tried() -> None:
    async def untouched(command: Rename) -> None:
        raise AssertionError("it was tried")

    for form in (form_with(name=""), form_with(name="Robin", _more="names")):
        assert await form.attempt(untouched) is None
        assert form.refused is None


@pytest.mark.parametrize(
    ("refusal", "at", "key"),
    [
        (Conflict(), None, ""),
        (Conflict(), "name", "name"),
        (InvalidInput(field="given", rule="No."), "name", "given"),
    ],
)
async def test_a_refusal_is_shown_at_its_field_or_else_where_it_is_asked_for(
    refusal: DomainError, at: str | None, key: str
) -> None:
    async def refused(command: Rename) -> None:
        raise refusal

    form = form_with(name="Robin")
    assert await form.attempt(refused, at=at) is None
    assert form.refused is refusal
    assert [(error.key, error.message) for error in form.errors] == [(key, str(refusal))]
    assert form.problem == str(refusal)


async def test_what_is_no_refusal_is_not_swallowed() -> None:
    async def broken(command: Rename) -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        await form_with(name="Robin").attempt(broken)


def test_a_form_waits_to_be_confirmed_once_it_is_in_order() -> None:
    assert not form_with(name="").unconfirmed
    assert form_with(name="Robin").unconfirmed
    assert not form_with(name="Robin", confirmed="yes").unconfirmed


class Stay(BaseModel):
    name: str = Field(min_length=1, title="Name")
    first: date = Field(title="First day")
    last: date = Field(title="Last day")
    rent: int = Field(default=1, title="Rent")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise PydanticCustomError("order", "The last day comes before the first.", {"at": "last"})
        return self

    @model_validator(mode="after")
    def _costs_something(self) -> Self:
        if self.rent <= 0:
            raise ValueError("A stay costs something.")
        return self


def stay(**posted: str) -> Form[Stay]:
    catalogue = load_catalogue("en", ("deskkit",))
    return Form(
        Stay,
        posted={name: [text] for name, text in posted.items()},
        today=date(2026, 11, 23),
        zone=ZONE,
        catalogue=catalogue,
        formats=Formats("en", ZONE, catalogue),
        translate_error=str,
        csrf_token="csrf",
        form_token="token",
    )


@pytest.mark.row("X2")
def test_rules_about_several_fields_are_shown_together_with_those_about_one() -> None:
    form = stay(name="", first="2026-11-23", last="2026-11-01", rent="0")
    assert form.summary() == [
        ("name", "Enter the name"),
        ("last", "The last day comes before the first."),
        ("", "A stay costs something."),
    ]
    unreadable = stay(name="", first="soon", last="2026-11-01", rent="1")
    assert {key for key, _ in unreadable.summary()} == {"name", "first"}, "a rule needs both of its days"
    assert stay(name="A", first="2026-11-01", last="2026-11-23").ok


@pytest.mark.row("X2")
async def test_several_refusals_are_each_shown_at_their_field() -> None:
    async def refused(command: Rename) -> None:
        faults = Faults()
        with faults:
            raise InvalidInput(field="name", rule="Too plain.")
        with faults:
            raise InvalidInput(field="age.unit", rule="Not a unit.")
        faults.refuse()

    form = form_with(name="Robin")
    assert await form.attempt(refused) is None
    assert {error.key: error.message for error in form.errors} == {
        "name": "Too plain.",
        "age-unit": "Not a unit.",
    }


class Described(BaseModel):
    name: str = Field(min_length=1, title="Name")
    town: str | None = Field(default=None, title="Town")
    since: date | None = Field(default=None, title="Since")


def described(**posted: str) -> Form[Described]:
    form = form_with(**posted)
    return Form(
        Described,
        posted={name: [text] for name, text in posted.items()},
        today=form.today,
        zone=ZONE,
        catalogue=load_catalogue("en", ("deskkit",)),
        formats=Formats("en", ZONE, load_catalogue("en", ("deskkit",))),
        translate_error=str,
        csrf_token="csrf",
        form_token="token",
    )


def test_a_form_follows_rules_that_its_model_does_not_know() -> None:
    form = described(name="Robin")
    form.follow(demanded={"town"}, left_out={"since"})
    assert form.ok, "what is demanded is refused by the use case alone"
    assert (form.is_required("town"), form.is_required("since"), form.shows("since")) == (True, False, False)
    form.add("Leave it empty.", "since")
    assert form.shows("since")


def test_a_wrong_form_says_at_once_what_else_is_demanded() -> None:
    for posted, missing in (
        ({"town": " ", "since-day": ""}, ["name", "since", "town"]),
        ({"town": "Ajax", "since-day": "1", "since-month": "2", "since-year": "2026"}, ["name"]),
    ):
        form = described(**posted)
        form.follow(demanded={"town", "since"})
        assert sorted(error.key for error in form.errors) == missing
