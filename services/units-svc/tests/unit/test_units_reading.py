"""Reading rows by a mapping: whatever a cell says, a row is either right or named wrong (U8)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from importing.model import FileUnreadable, UnknownMapping
from units_svc.imports.mapping import MAPPINGS
from units_svc.imports.model import STAGED
from units_svc.imports.reading import KnownValues, RowReader

TODAY = dt.date(2026, 3, 2)
KNOWN = KnownValues(
    housing_types={"apartment", "studio"},
    statuses={"good", "not_inspected"},
    features={"elevator", "balcony"},
    regions={"north-york"},
)
HEADER = [
    "address",
    "unit",
    "city",
    "province",
    "housing_type",
    "rent",
    "status_observed_on",
    "accessible",
    "region",
]


def reader(header: list[str] | None = None) -> RowReader:
    """Return a reader of the template's columns."""
    return RowReader(MAPPINGS.named("unit-list"), header or HEADER, KNOWN, TODAY)


def row(**cells: str) -> list[str]:
    """Return a right row with some cells changed."""
    given_ = {
        "address": "1 Example St",
        "city": "Toronto",
        "province": "ON",
        "housing_type": "apartment",
        **cells,
    }
    return [given_.get(name, "") for name in HEADER]


@pytest.mark.row("U8")
@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1350", "1350"),
        ("$1,350.50", "1350.50"),
        ("1 350,50 $", "1350.50"),
        ("0", "0"),
        ("1\u202f200", "1200"),
    ],
)
def test_amounts_are_read_in_both_ways_of_writing(written: str, amount: str) -> None:
    read: Any = reader().read(2, row(rent=written))
    assert read["rent_amount"] == Decimal(amount)


@pytest.mark.row("U8", "U3")
def test_a_condition_from_the_future_is_wrong() -> None:
    (problem,) = reader().read(9, row(status_observed_on="2026-03-03"))
    assert (problem.line, problem.column, problem.rule) == (9, "status_observed_on", "day_in_future")  # type: ignore[union-attr]
    read: Any = reader().read(9, row(status_observed_on="28/02/2026"))
    assert read["status_observed_on"] == dt.date(2026, 2, 28)


@pytest.mark.row("U8")
def test_every_wrong_cell_of_a_row_is_named() -> None:
    problems: Any = reader().read(
        3, row(city="", province="Otario", rent="-1", accessible="perhaps", region="moon")
    )
    assert {problem.column for problem in problems} == {"city", "province", "rent", "accessible", "region"}


@pytest.mark.row("U8")
@settings(max_examples=300)
@given(some.lists(some.text(max_size=60), min_size=len(HEADER), max_size=len(HEADER) + 2))
def test_no_cell_of_any_kind_breaks_the_reader(cells: list[str]) -> None:
    found = reader().read(2, cells)
    if isinstance(found, dict):
        assert set(STAGED) - set(found) == {"import_id", "cells"}
    else:
        assert all(problem.rule and problem.message for problem in found)


@pytest.mark.row("U8")
@given(some.integers(), some.booleans())
def test_a_row_is_read_the_same_as_long_as_its_cells_do(line: int, spaced: bool) -> None:
    one: Any = reader().read(line, row(rent="900"))
    other: Any = reader().read(2, row(rent=" 900 " if spaced else "900", address="1  Example  St"))
    assert one["fingerprint"] == other["fingerprint"]
    changed: Any = reader().read(2, row(rent="901"))
    assert changed["fingerprint"] != one["fingerprint"]


@pytest.mark.row("U8")
def test_columns_are_found_by_name_however_they_are_spaced_and_missing_ones_are_named() -> None:
    assert reader([" ADDRESS ", "City", "province", "Housing_Type"]).columns.missing() == []
    assert reader(["city"]).columns.missing() == [
        "address / street / adresse / rue",
        "province",
        "housing_type / type_de_logement / type_logement",
    ]


@pytest.mark.row("U8")
def test_columns_that_stand_twice_are_named_if_they_are_read() -> None:
    assert reader().columns.doubled() == []
    assert reader([*HEADER, "Our notes", "our notes"]).columns.doubled() == []
    assert reader([*HEADER, " Rent", "UNIT"]).columns.doubled() == ["rent", "unit"]
    assert reader([*HEADER, "street"]).columns.doubled() == [], "another name of the address is no double"


@pytest.mark.row("U8", "U2")
@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ({"province": "NY", "postal_code": "10001"}, None),
        ({"province": "NY", "postal_code": "90210"}, "postal_code_of_another_province"),
        ({"province": "ON", "postal_code": "10001"}, "not_a_province"),
    ],
    ids=str,
)
def test_a_home_in_the_united_states_lies_in_a_state_of_its_zip_code(
    cells: dict[str, str], rule: str | None
) -> None:
    canadian = MAPPINGS.named("unit-list")
    mapping = canadian.model_copy(update={"constants": {**canadian.constants, "country": "US"}})
    american = RowReader(mapping, [*HEADER, "postal_code"], KNOWN, TODAY)
    read = american.read(2, [*row(province=cells["province"]), cells["postal_code"]])
    found = {problem.rule for problem in read} if isinstance(read, list) else {None}
    assert rule in found


@pytest.mark.row("U8")
def test_ready_mappings_are_whole_and_an_unknown_one_is_refused() -> None:
    assert set(MAPPINGS.by_name) == {"toronto-rentsafe", "unit-list"}
    with pytest.raises(UnknownMapping):
        MAPPINGS.named("nobody")


@pytest.mark.row("U8")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('rows = "building"', "a building row needs"),
        ("[features.x]\ncolumn='c'", "exactly one of"),
        ("colour = 'red'", "colour"),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_place(change: str, words: str) -> None:
    base = 'name="x"\ntitle_en="x"\ntitle_fr="x"\nsource="x"\n'
    constants = "\n".join(
        f'{n}="x"' for n in ("street", "city", "province", "country", "housing_type", "status", "occupancy")
    )
    top, table = (change, "") if not change.startswith("[") else ("", change)
    with pytest.raises(FileUnreadable) as refused:
        MAPPINGS.parse(f"{base}{top}\n[constants]\n{constants}\n[fields]\n{table}\n", form="toml")
    assert words in str(refused.value)
