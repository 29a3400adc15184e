"""The words refuse what isn't theirs, on writing and on reading."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.examples import example
from contracts.words import Money, PersonContact, PersonName, UnitAddress

pytestmark = pytest.mark.row("W1")


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("unit_published", {"unit": "not-an-id"}),
        ("unit_published", {"bedrooms": "2"}),
        ("unit_published", {"bedrooms": 2.0}),
        ("unit_published", {"bedrooms": -1}),
        ("unit_published", {"bedrooms": 10_001}),
        ("unit_published", {"accessible": "yes"}),
        ("unit_published", {"available_from": "2026-04-01"}),
        ("unit_published", {"available_from": dt.datetime(2026, 4, 1, tzinfo=dt.UTC)}),
        ("unit_published", {"occupancy": "empty"}),
        ("unit_published", {"features": ["camera_inside"]}),
        ("unit_published", {"rent": {"amount": 1350.0}}),
        ("unit_published", {"remarks": "next to the school"}),
        ("unit_secured", {"deadline": dt.datetime(2026, 3, 30, 3, 59)}),  # noqa: DTZ001 - what is refused
        ("unit_secured", {"deadline": "2026-03-30T03:59:00Z"}),
        ("unit_secured", {"deadline": dt.datetime.min.replace(tzinfo=dt.timezone(dt.timedelta(hours=14)))}),
        ("tenancy_referred", {"adults": None}),
        ("tenancy_referred", {"client": "12345"}),
        ("application_declined", {"reason": "credit_history"}),
    ],
)
def test_an_event_has_no_room_for_what_is_no_word(name: str, changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        example(name, **changes)


def test_an_event_cannot_be_changed_after_it_was_checked() -> None:
    event = example("unit_secured")
    with pytest.raises(ValidationError):
        event.unit = event.request  # type: ignore[attr-defined]


@pytest.mark.parametrize("amount", [Decimal("1350"), Decimal("1350.5"), "1350.00", Decimal("1.35E+3")])
def test_money_is_kept_exactly_with_two_places(amount: Decimal | str) -> None:
    money = Money(amount=amount)
    assert money.amount in (Decimal("1350.00"), Decimal("1350.50"))
    assert money.model_dump_json().startswith('{"amount":"1350.')
    assert money.currency == "CAD"


@pytest.mark.parametrize(
    "amount", [1350, 1350.0, "1e3", "NaN", "12.345", Decimal("0.001"), "", None, "12 000"]
)
def test_money_refuses_floats_exponents_and_thirds_of_a_cent(amount: Any) -> None:
    with pytest.raises(ValidationError):
        Money(amount=amount)


def test_a_moment_is_written_in_utc() -> None:
    toronto = dt.timezone(dt.timedelta(hours=-4))
    event = example("unit_secured", deadline=dt.datetime(2026, 3, 29, 23, 59, tzinfo=toronto))
    assert '"deadline":"2026-03-30T03:59:00Z"' in event.model_dump_json()


@pytest.mark.parametrize(
    "make",
    [
        lambda: PersonName(given="", family="Applicant"),
        lambda: PersonName(given="A" * 121, family="Applicant"),
        lambda: PersonName(given="Two\nlines", family="Applicant"),
        lambda: PersonName(given="<b>", family="Applicant"),
        lambda: PersonContact(phone="call the office after five"),
        lambda: PersonContact(email="no address"),
        lambda: UnitAddress(street="1 Example Street", city="Toronto", province="Ontario"),
        lambda: UnitAddress(street="1 Example Street", city="Toronto", province="ON", region="East End!"),
    ],
)
def test_names_contacts_and_addresses_have_a_form(make: Any) -> None:
    with pytest.raises(ValidationError):
        make()
