"""A fact of a home is declared once: its three lists agree, and what follows from them follows (U3)."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from contracts.units import UnitPublishedV1
from units_svc.inventory.facts import (
    FACTS,
    LISTED,
    PUBLISHED,
    EnteredFacts,
    FactName,
    KnownFacts,
    building_facts,
    known_facts,
    published_facts,
)
from units_svc.inventory.model import Building, Unit
from units_svc.inventory.queries import UnitRecord, UnitRow
from units_svc.inventory.table import CSV_HEADER


@pytest.mark.row("U3")
def test_the_lists_of_facts_name_the_same_facts() -> None:
    names = {fact.name for fact in FACTS}
    assert names == {field.name for field in fields(KnownFacts)} == set(get_args(FactName))
    for fact in FACTS:
        column = (Building if fact.shown.building else Unit).__table__.columns[fact.column]
        assert column.type.python_type is fact.type, fact.name
        assert column.nullable is fact.optional, fact.name


@pytest.mark.row("U1", "U3")
def test_every_fact_is_in_the_record_and_every_listed_one_in_the_list_and_its_file() -> None:
    assert {fact.name for fact in FACTS} <= {field.name for field in fields(UnitRecord)}
    assert set(LISTED) <= {field.name for field in fields(UnitRow)} & set(CSV_HEADER)


@pytest.mark.row("U3", "W1")
def test_every_published_fact_is_a_field_of_the_event() -> None:
    for fact in PUBLISHED:
        assert fact.name in UnitPublishedV1.model_fields, fact.name
    known = KnownFacts(2, 640, 3, 1971, 12, None, True)
    assert published_facts(known) == {
        "bedrooms": 2,
        "area_square_feet": 640,
        "floor": 3,
        "building_floors": 12,
        "year_built": 1971,
        "accessible": False,
        "shareable": True,
    }


@pytest.mark.row("U3")
def test_facts_of_the_building_are_stored_with_the_building() -> None:
    entered = EnteredFacts(bedrooms=0, floor=2, building_floors=4, year_built=1971)
    assert building_facts(entered) == {"floors": 4, "year_built": 1971}
    unit, building = Unit(bedrooms=0, floor=2, shareable=False), Building(floors=4, year_built=1971)
    assert known_facts(unit, building) == KnownFacts(0, None, 2, 1971, 4, None, False)
