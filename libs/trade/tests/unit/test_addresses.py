"""Addresses as they are compared, shown, ordered and checked (U2)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from trade.addresses import (
    address_key,
    comparable,
    fits_province,
    is_province,
    padded,
    postal_area,
    postal_code,
    provinces,
    searchable,
    shown_street,
    street_order,
    unit_key,
    words,
    words_sought,
)
from trade.letters import folded


@pytest.mark.row("U2", "U1")
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("260 Sherbourne Street East", "260  SHERBOURNE ST E"),
        ("12, rue de l’Église", "12 Rue de l'Eglise"),
        ("5 Sainte-Émilie Avenue", "5 STE EMILIE AVE"),
        ("100 Boulevard René-Lévesque Ouest", "100 blvd Rene-Levesque W"),
        ("3 Elm Circle", "3 Elm Crcl"),
        ("3 Elm Circuit", "3 ELM CRCT"),
        ("8 Saint-Clair Ave", "8 St Clair Avenue"),
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
    assert fits_province("M5V 2T6", "ON", "CA")
    assert not fits_province("V5K 0A1", "ON", "CA")
    assert fits_province("X0A 0H0", "NU", "CA")
    assert fits_province("X1A 1A1", "NT", "CA")
    assert not fits_province("X1A 1A1", "NU", "CA")
    assert fits_province("K1A 0B1", "ON", "CA")
    assert fits_province("K1A 0B1", "QC", "CA"), "offices of the federal government stand in Gatineau"
    assert fits_province("anything", "elsewhere", "CA")
    assert fits_province("75 001", "IDF", "FR")
    assert (postal_area("m5a "), postal_area("M53")) == ("M5A", None)


@pytest.mark.row("U2")
@pytest.mark.parametrize(
    ("code", "states"),
    [
        ("10001", {"NY"}),
        ("06390-0001", {"CT", "NY"}),
        ("00901", {"PR"}),
        ("20001", {"DC"}),
        ("31901", {"GA"}),
        ("39901", {"GA"}),
        ("73301", {"OK", "TX"}),  # a tax office in Austin, within the range of Oklahoma
        ("88510", {"TX"}),
        ("90210", {"CA"}),
        ("96799", {"AS"}),
        ("99501", {"AK"}),
        ("83414", {"ID", "WY"}),
        ("00001", set()),
    ],
)
def test_a_zip_code_lies_in_its_state(code: str, states: set[str]) -> None:
    assert {state for state in provinces("US") if fits_province(code, state, "US")} == states


@pytest.mark.row("U2")
def test_a_country_has_its_provinces_and_states() -> None:
    assert (is_province("ON", "CA"), is_province("ON", "US"), is_province("CA", "US")) == (True, False, True)
    assert is_province("IDF", "FR")
    assert (len(provinces("CA")), len(provinces("US")), provinces("FR")) == (13, 56, {})


@pytest.mark.row("U1")
@given(some.text(max_size=80))
def test_comparing_is_stable_after_one_time_whatever_is_typed(text: str) -> None:
    assert comparable(comparable(text)) == comparable(text)
    assert folded(folded(text)) == folded(text)
    assert words(" ".join(words(text))) == words(text) == searchable(text).split()
    assert searchable(text).startswith(" ")
    assert searchable(text).endswith(" ")
    assert unit_key(unit_key(text)) == unit_key(text)


@pytest.mark.row("U1", "U2")
def test_streets_in_another_script_are_compared_by_their_own_letters() -> None:
    streets = ["12 ᐊᕙᓗ", "12 ᓄᓇᕗᑦ", "12 ᐃᖃᓗᐃᑦ"]
    assert len({address_key(street=one, city="Iqaluit", province="NU", country="CA") for one in streets}) == 3
    assert comparable("12 ᐊᕙᓗ Street") == "12 ᐊᕙᓗ st"
    assert folded("Œuvre") == folded("œuvre") == "oeuvre"


@pytest.mark.row("U1", "P5")
def test_an_address_is_found_by_the_same_words_however_it_is_written() -> None:
    assert searchable("260  SHERBOURNE ST ", None, "M5A 1A1") == " 260 sherbourne st m5a 1a1 "
    assert words("260 Sherbourne Street, M5A1A1") == ["260", "sherbourne", "st", "m5a", "1a1"]
    assert words("王小 Tower") == ["王", "小", "tower"]


@pytest.mark.row("U1", "P5")
@given(
    some.lists(some.sampled_from(["Elm", "St", "Saint", "Crcl", "Circle", "Ch.", "O", "12", "M5A", "1A1"])),
    some.sampled_from([" ", "  ", ", ", "-"]),
)
def test_what_parts_the_words_of_an_address_does_not_matter(parts: list[str], between: str) -> None:
    assert words(between.join(parts)) == words(" ".join(parts).upper())
    assert searchable(*parts).split() == words(" ".join(parts))


@pytest.mark.row("U1", "P5")
@pytest.mark.parametrize(
    ("typed", "sought"),
    [
        ("12 Elm Street", ["12", "elm"]),
        ("St. Clair Ave W", ["clair", "w"]),
        ("12, rue de l’Église", ["12", "de", "leglise"]),
        ("Apt 3, 12 Elm Rd", ["3", "12", "elm"]),
        ("Elm elm ELM", ["elm"]),
        ("street", ["st"]),
        ("rue, ch.", ["rue", "ch"]),
        ("st rd " * 20 + "1 2 3 4 5 6 7 8 9 10", ["1", "2", "3", "4", "5", "6", "7", "8", "9"]),
        (" - ", []),
    ],
)
def test_the_type_of_a_street_narrows_no_search_unless_nothing_else_is_typed(
    typed: str, sought: list[str]
) -> None:
    assert words_sought(typed) == sought
