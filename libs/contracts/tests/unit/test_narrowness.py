"""No event can say more than the language allows; and the check notices when one could."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, create_model

from contracts.catalogue import CATALOGUE
from contracts.event import Event, published
from contracts.fields import FieldKind, field_kinds, violations
from contracts.words import (
    Basis,
    HousingType,
    Marked,
    PersonContact,
    PersonName,
    Reference,
    Service,
    Slug,
    UnitAddress,
)

pytestmark = pytest.mark.row("W1", "W3", "W6")


@pytest.mark.parametrize("model", CATALOGUE.models, ids=lambda model: model.terms.key)
def test_every_event_is_narrow(model: type[Event]) -> None:
    assert violations(model) == []
    assert all(field_kinds(model).values())


def test_the_catalogue_says_what_each_field_is() -> None:
    kinds = field_kinds(CATALOGUE.by_name("tenancy_referred"))
    assert kinds["referral"] is FieldKind.REFERENCE
    assert kinds["adults"] is FieldKind.COUNT
    assert kinds["name"] is FieldKind.PERSON_NAME
    assert field_kinds(CATALOGUE.by_name("unit_published"))["features"] is FieldKind.ENUMERATION_SET


class OwnList(StrEnum):
    """An enumeration nobody agreed on."""

    ANYTHING = "anything"


class Box(BaseModel):
    """A model of one's own, with room for anything."""

    note: str


PLANTED: dict[str, Any] = {
    "free text": str,
    "optional text": str | None,
    "bounded text": Annotated[str, Field(max_length=5)],
    "a code that isn't an enumeration": Slug,
    "a map": dict[str, int],
    "anything": Any,
    "an object": object,
    "a list of text": list[str],
    "a list of references": list[Reference],
    "a tuple of text": tuple[str, ...],
    "an unbounded set": tuple[HousingType, ...],
    "a set too large": Annotated[tuple[HousingType, ...], Field(max_length=5_000)],
    "a float": float,
    "a number without bounds": int,
    "a large number": Annotated[int, Field(ge=0, le=10**12)],
    "bytes": bytes,
    "a naive moment": dt.datetime,
    "a plain day": dt.date,
    "a duration": dt.timedelta,
    "a choice of two": Reference | dt.date,
    "an enumeration of one's own": OwnList,
    "a model of one's own": Box,
    "another event": CATALOGUE.by_name("unit_secured"),
    "a person's name, unmarked": PersonName | None,
    "a person's contact, unmarked": PersonContact,
    "an address, unmarked": UnitAddress,
}


def _plant(name: str, hint: Any, **options: Any) -> type[Event]:
    model = create_model(
        name, __base__=Event, __module__=__name__, unit=(Reference, ...), planted=(hint, ...)
    )
    terms: dict[str, Any] = {"aggregate": "unit", "row": "W1", "basis": Basis.NO_PERSON} | options
    return published(Service.UNITS, (Service.SUPPORT,), **terms)(model)


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_found(what: str) -> None:
    assert violations(_plant("UnitPlantedV1", PLANTED[what])), f"{what} went through"


def test_a_marked_event_may_carry_what_it_is_marked_for_and_nothing_else() -> None:
    assert violations(_plant("UnitPlantedV1", UnitAddress, carries=(Marked.UNIT_ADDRESS,))) == []
    assert violations(_plant("UnitPlantedV1", UnitAddress, carries=(Marked.PERSON,)))
    assert violations(_plant("UnitPlantedV1", HousingType, carries=(Marked.PERSON,)))


def test_an_event_that_opens_itself_is_found() -> None:
    class UnitOpenedV1(Event):
        model_config = ConfigDict(extra="allow", frozen=False)
        unit: Reference

    published(Service.UNITS, (Service.SUPPORT,), aggregate="unit", row="W1", basis=Basis.NO_PERSON)(
        UnitOpenedV1
    )
    assert len(violations(UnitOpenedV1)) == 2


MORE_THAN_A_HOME: dict[str, tuple[str, Any]] = {
    "a request": ("request", Reference),
    "a referral": ("referral", Reference | None),
    "a tenancy": ("tenancy", Reference),
    "a hold": ("hold", Reference),
    "any other reference": ("whatever", Reference),
    "a person's name": ("name", PersonName | None),
    "a person's contact": ("contact", PersonContact),
}


@pytest.mark.row("N2")
@pytest.mark.parametrize("what", MORE_THAN_A_HOME)
def test_an_event_for_everybody_is_about_a_home_alone(what: str) -> None:
    field, hint = MORE_THAN_A_HOME[what]
    fields: dict[str, Any] = {"unit": (Reference, ...), field: (hint, ...)}
    for addressed in (True, False):
        model = create_model("UnitOpenV1", __base__=Event, __module__=__name__, **fields)
        published(
            Service.UNITS,
            (Service.SUPPORT,),
            aggregate="unit",
            row="N2",
            basis=Basis.NO_PERSON,
            carries=(Marked.PERSON,) if "person" in what else (),
            addressed=addressed,
        )(model)
        found = violations(model)
        assert found == (
            []
            if addressed
            else [f"UnitOpenV1.{field} is about more than a home: the event needs an addressee"]
        )
