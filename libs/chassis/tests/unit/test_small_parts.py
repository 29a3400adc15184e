"""Clock, identifiers, errors, access, versions: small parts that need nothing from outside."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated
from zoneinfo import ZoneInfo

import pytest
from pydantic import BaseModel, Field, ValidationError

from chassis.access import Access
from chassis.actor import Actor
from chassis.clock import FixedClock, SystemClock, today
from chassis.errors import (
    DomainError,
    EditedMeanwhile,
    Faults,
    InvalidInput,
    NotFound,
    NotPermitted,
    SeveralFaults,
)
from chassis.ids import new_id
from chassis.values import without_echoes
from chassis.versions import expect

ROLES = {"porter": frozenset({"claim", "view"}), "visitor": frozenset({"view"})}


def test_ids_are_version_7_and_sort_by_when_they_were_made() -> None:
    before = time.time_ns() // 1_000_000
    ids = [new_id() for _ in range(20_000)]
    after = time.time_ns() // 1_000_000

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)
    assert {each.version for each in ids} == {7}
    assert {each.variant for each in ids} == {"specified in RFC 4122"}
    # A burst may run ahead of the clock by 244 ns for each id, never behind it.
    assert before <= ids[0].int >> 80 <= after
    assert ids[-1].int >> 80 <= after + 5


def test_a_fixed_clock_stands_until_it_is_advanced() -> None:
    clock = FixedClock(datetime(2026, 3, 2, 1, 0, tzinfo=timezone(timedelta(hours=-5))))
    assert clock.now() == datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
    clock.advance(timedelta(days=1))
    assert clock.now() == datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        FixedClock(datetime(2026, 3, 2, 1, 0))  # noqa: DTZ001 - what is refused
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_today_is_the_date_where_the_organisation_is() -> None:
    late = FixedClock(datetime(2026, 3, 3, 3, 0, tzinfo=UTC))
    assert today(late, ZoneInfo("America/Toronto")) == date(2026, 3, 2)


def test_faults_are_gathered_and_raised_together() -> None:
    faults = Faults()
    faults.refuse()
    with faults:
        raise InvalidInput(field="rent", rule="Too little")
    with pytest.raises(InvalidInput):
        faults.refuse()
    faults.add(InvalidInput(field="street", rule="Unknown"))
    with faults:
        raise SeveralFaults([NotFound(field="landlord"), NotFound(field="building")])
    with pytest.raises(SeveralFaults) as refused:
        faults.refuse()
    assert [one.field for one in refused.value.errors] == ["rent", "street", "landlord", "building"]
    with pytest.raises(NotPermitted), faults:
        raise NotPermitted  # what no other value can mend isn't gathered
    with pytest.raises(KeyError), faults:
        raise KeyError("rent")


def test_errors_fill_in_their_message() -> None:
    assert str(NotFound(what="parcel")) == "There's no such parcel."
    assert str(InvalidInput(field="rent", rule="Enter an amount above 0")) == "Enter an amount above 0"

    class Unfinished(DomainError):
        message = "{left} of {right}"

    assert str(Unfinished(left=1)) == "{left} of {right}"


@pytest.mark.row("W10")
def test_access_is_by_role_of_the_own_entity() -> None:
    access = Access(ROLES, entity="property", clients=frozenset({"view"}))

    def actor(role: str, entity: str = "property", kind: str = "staff") -> Actor:
        return Actor("a", entity, frozenset({role}), kind=kind)  # type: ignore[arg-type]

    assert access.permits(actor("porter"), "claim")
    assert not access.permits(actor("visitor"), "claim")
    assert not access.permits(actor("stranger"), "view")
    assert not access.permits(actor("porter", entity="support"), "view")
    assert access.permits(actor("porter", kind="client"), "view")
    assert not access.permits(actor("porter", kind="client"), "claim")
    assert access.permits(Actor.system("relay", "property"), "claim")
    assert not access.permits(Actor.system("relay", "support"), "claim")
    with pytest.raises(NotPermitted):
        access.require(actor("visitor"), "claim")


@dataclass
class Note:
    version: int
    text: str
    colour: str


@pytest.mark.row("X4")
def test_the_difference_holds_only_what_differs() -> None:
    note = Note(3, "stands", "red")
    expect(note, 3, sent={"text": "anything"})
    with pytest.raises(EditedMeanwhile) as refused:
        expect(note, 2, sent={"text": "sent", "colour": "red"})
    assert (refused.value.current, refused.value.difference) == (3, {"text": ("stands", "sent")})


def test_a_list_of_wrong_entries_is_not_called_empty() -> None:
    class Line(BaseModel):
        name: Annotated[str, Field(min_length=1)]

    class Order(BaseModel):
        lines: Annotated[list[Line], Field(min_length=1)]

    def problems(lines: list[dict[str, str]]) -> list[tuple[object, ...]]:
        with pytest.raises(ValidationError) as caught:
            Order.model_validate({"lines": lines})
        return [each["loc"] for each in without_echoes(caught.value.errors())]

    assert problems([{"name": ""}]) == [("lines", 0, "name")]
    assert problems([]) == [("lines",)]
