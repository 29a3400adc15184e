"""Addresses as they are compared, shown, ordered and checked (U2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from units_svc.addressing import (
    address_key,
    comparable,
    fits_province,
    padded,
    plain,
    postal_area,
    postal_code,
    searchable,
    shown_street,
    street_order,
    unit_key,
)


@pytest.mark.row("U2", "U1")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("260 Sherbourne Street East", "260  SHERBOURNE ST E"),
        ("12, rue de l’Église", "12 Rue de l'Eglise"),
        ("5 Sainte-Émilie Avenue", "5 STE EMILIE AVE"),
        ("100 Boulevard René-Lévesque Ouest", "100 blvd Rene-Levesque W"),
    ],
)
def test_the_same_address_in_other_writing_is_the_same(one: str, other: str) -> None:
    def key(street: str) -> str:
        return address_key(street=street, city="Toronto", province="ON", country="CA")

    assert key(one) == key(other)


@pytest.mark.row("U2")
@pytest.mark.parametrize(
    ("number", "key"),
    [("304", "304"), ("#304", "304"), ("Unit 304", "304"), ("Apt. 3-B", "3b"), (None, ""), ("R-7", "r7")],
)
def test_a_unit_number_is_the_same_however_it_is_written(number: str | None, key: str) -> None:
    assert unit_key(number) == key


@pytest.mark.row("U1")
def test_addresses_stand_in_the_order_people_expect() -> None:
    streets = ["1000 Pembroke St", "78 Pembroke St", "9 Aberdeen Ave", "78A Pembroke St"]
    assert sorted(streets, key=street_order) == [
        "9 Aberdeen Ave", "78 Pembroke St", "78A Pembroke St", "1000 Pembroke St",
    ]  # fmt: skip
    assert sorted(["r10", "r9", "r100"], key=padded) == ["r9", "r10", "r100"]


@pytest.mark.row("U8")
@pytest.mark.parametrize(
    ("capitals", "shown"),
    [
        ("40  GERRARD ST E", "40 Gerrard St E"),
        ("1625-1641  KINGSTON RD ", "1625-1641 Kingston Rd"),
        ("1  O'CONNOR DR ", "1 O'Connor Dr"),
        ("8  KING'S GDNS ", "8 King's Gdns"),
        ("3  MCRAE DR ", "3 McRae Dr"),
        ("7  ST CLAIR AVE W", "7 St Clair Ave W"),
        ("12 rue Sainte-Émilie", "12 rue Sainte-Émilie"),
    ],
)
def test_capitals_are_shown_as_people_write(capitals: str, shown: str) -> None:
    assert shown_street(capitals) == shown


@pytest.mark.row("U2")
@pytest.mark.parametrize(
    ("text", "country", "code"),
    [
        ("m5v2t6", "CA", "M5V 2T6"),
        ("M5V 2T6", "CA", "M5V 2T6"),
        ("M5V 2O6", "CA", None),
        ("D5V 2T6", "CA", None),
        ("M5V", "CA", None),
        ("10001", "US", "10001"),
        ("1000", "US", None),
        ("75 001", "FR", "75 001"),
    ],
)
def test_postal_codes_are_checked_for_each_country(text: str, country: str, code: str | None) -> None:
    assert postal_code(text, country) == code


@pytest.mark.row("U2")
def test_a_postal_code_lies_in_its_province() -> None:
    assert fits_province("M5V 2T6", "ON")
    assert not fits_province("V5K 0A1", "ON")
    assert fits_province("X0A 0H0", "NU")
    assert fits_province("X1A 1A1", "NT")
    assert fits_province("anything", "elsewhere")
    assert (postal_area("m5a "), postal_area("M53")) == ("M5A", None)


@pytest.mark.row("U1")
@given(some.text(max_size=80))
def test_comparing_is_settled_after_one_time_whatever_is_typed(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)
    assert plain(plain(text)) == plain(text)
    assert searchable(text).startswith(" ")
    assert searchable(text).endswith(" ")
    assert unit_key(unit_key(text)) == unit_key(text)
