"""Homes of a list are added and amended as single ones are: the same rows either way (U2, U8)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from chassis.actor import Actor
from importing.steps import ReceiveFile
from units_svc.holds.use import RecordUse, UseBegan, record_use
from units_svc.imports.commands import carry_through, receive_file
from units_svc.imports.mapping import MAPPINGS
from units_svc.inventory.rents import ChangeRent, change_rent
from units_svc.landlords.model import Relation

KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
BARE = {"city": "Toronto", "province": "ON", "housing_type": "apartment", "status": "good"}
FULL = BARE | {
    "building_name": "Example Court", "unit_number": "Apt 12", "postal_code": "M5A 1A1", "latitude": "43.65",
    "longitude": "-79.36", "region": "toronto-east-york", "features": "intercom;elevator",
    "accessible": "yes", "shareable": "yes", "area_square_feet": "640", "year_built": "1974",
    "bedrooms": "2", "floor": "3",
    "building_floors": "12", "rent": "1350.50", "rent_currency": "CAD", "comments": "Near the park",
}  # fmt: skip
OWN = {"unit": ("id", "building_id", "address_order", "source", "source_ref", "written_in", "version"),
    "building": ("id", "street", "address_key", "search_text", "source", "source_ref"),
    "status_observation": ("id", "unit_id"), "rent": ("id", "unit_id"),
    "occupancy_change": ("id", "unit_id", "cause", "cause_id"),
    "occupation": ("id", "unit_id", "reference")}  # fmt: skip
"""Columns of each table that no two homes share, or that say where a home comes from."""


async def _list(world: Any, rows: list[dict[str, str]]) -> None:
    table = io.StringIO()
    writer = csv.DictWriter(table, sorted({name for row in rows for name in row}))
    writer.writeheader()
    writer.writerows(rows)
    file = io.BytesIO(table.getvalue().encode())
    received = ReceiveFile(MAPPINGS.named("unit-list"), file, "homes.csv", at_once=True)
    import_id = await world.do(receive_file, received)
    found = await carry_through(world.runtime, KEEPER, import_id)
    assert (found.state, found.wrong_rows) == ("done", 0)


async def _written(world: Any, street: str) -> dict[str, list[dict[str, Any]]]:
    """Return what is written of the homes of a street, without what is each one's own."""
    found = {}
    for table, own in OWN.items():
        its = {"unit": "t.id", "building": "u.id"}.get(table, "t.unit_id")
        join = "t.id = u.building_id" if table == "building" else f"u.id = {its}"
        rows = await world.rows(
            f"SELECT t.* FROM {table} t JOIN unit u ON {join} JOIN building b ON b.id = u.building_id"  # noqa: S608
            " WHERE b.street = $1",
            street,
        )
        found[table] = [{name: value for name, value in dict(row).items() if name not in own} for row in rows]
    return found


def _form(row: dict[str, str]) -> dict[str, Any]:
    """Return a row as the form takes it."""
    values: dict[str, Any] = {"region": None, **row}
    for name in ("accessible", "shareable"):
        if name in values:
            values[name] = values[name] == "yes"
    if "features" in values:
        values["features"] = values["features"].split(";")
    return values


@pytest.mark.row("U2", "U3", "U8")
@pytest.mark.parametrize("row", [BARE | {"region": "toronto-east-york"}, FULL], ids=["bare", "full"])
async def test_a_home_of_a_list_is_the_same_as_one_that_is_typed_in(world: Any, row: dict[str, str]) -> None:
    given = {"rent": None, "bedrooms": None, "postal_code": None, "unit_number": None, **_form(row)}
    await world.unit(street="10 Typed Street", **given)
    await _list(world, [{"address": "10 Listed Street", **row}])
    typed, listed = await _written(world, "10 Typed Street"), await _written(world, "10 Listed Street")
    assert listed == typed
    assert [len(rows) for rows in typed.values()] == [1, 1, 1, int("rent" in row), 1, 0]


@pytest.mark.row("U4", "U6", "U8")
@pytest.mark.parametrize("kind", list(UseBegan))
async def test_a_home_that_is_not_free_has_the_use_that_staff_would_record(
    world: Any, kind: UseBegan
) -> None:
    landlord = await world.landlord(Relation.MANAGING_AGENT, "Maple Homes")
    home = await world.unit(street="10 Typed Street", landlord_id=landlord)
    day = world.clock.now().date()
    await world.do(record_use, RecordUse(unit_id=home, kind=kind, began_on=day, free_from=day + timedelta(9)))
    row = {
        "address": "10 Listed Street",
        **BARE,
        "landlord": "maple homes",
        "landlord_relation": "managing_agent",
    }
    word = {UseBegan.OTHER_HOUSEHOLD: "occupied_by_other", UseBegan.OUT_OF_USE: "temporarily_unavailable"}[
        kind
    ]
    await _list(world, [{**row, "occupancy": word, "available_from": (day + timedelta(9)).isoformat()}])
    typed, listed = await _written(world, "10 Typed Street"), await _written(world, "10 Listed Street")
    assert listed["occupation"] == typed["occupation"]
    assert [one["managed_by"] for one in listed["occupation"]] == ["property_entity"]
    occupancy = "notice_given" if kind is UseBegan.OTHER_HOUSEHOLD else word
    for written in (typed, listed):
        for table in ("unit", "occupancy_change"):
            dated = [one for one in written[table] if one["available_from"]]
            follows = [(one["occupancy"], one["available_from"]) for one in dated]
            assert follows == [(occupancy, day + timedelta(9))], table
    assert await world.value("SELECT count(*) FROM landlord") == 1


@pytest.mark.row("U3", "U8")
async def test_a_home_added_to_a_known_building_repeats_what_is_known_of_that(world: Any) -> None:
    await _list(world, [{"address": "10 Listed Street", **FULL}])
    await _list(world, [{"address": "10 Listed St", **BARE, "unit_number": "13"}])
    copies = "SELECT DISTINCT region, year_built, city_key FROM unit"
    assert [tuple(row.values()) for row in await world.rows(copies)] == [
        ("toronto-east-york", 1974, "toronto")
    ]


@pytest.mark.row("U3", "U8")
async def test_a_rent_stated_for_a_past_day_does_not_replace_a_later_one(world: Any) -> None:
    day: date = world.clock.now().date()
    row = {
        "address": "10 Listed Street",
        **BARE,
        "rent": "1000",
        "rent_from": (day - timedelta(10)).isoformat(),
    }
    await _list(world, [row])
    home = await world.value("SELECT id FROM unit")
    await world.do(change_rent, ChangeRent(unit_id=home, amount="1100", begins_on=day))
    await _list(world, [{**row, "bedrooms": "3"}])
    assert tuple((await world.rows("SELECT rent_amount, bedrooms FROM unit"))[0].values()) == (1100, 3)
    assert await world.value("SELECT count(*) FROM rent") == 2
    await _list(world, [{**row, "rent": "1200", "rent_from": (day + timedelta(5)).isoformat()}])
    assert await world.value("SELECT rent_amount FROM unit") == 1100
    timers = await world.rows("SELECT key, due_at FROM timers WHERE kind = 'rent_begins'")
    later = await world.value("SELECT id::text FROM rent WHERE amount = 1200")
    assert [row["key"] for row in timers] == [later]
