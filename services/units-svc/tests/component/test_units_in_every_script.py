"""Names in other scripts are distinguished; a search that means nothing finds nothing (U1, U6)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from chassis.db.migrate import read_former_ids, upgrade
from testkit.databases import migrations_of
from units_svc.inventory.queries import unit_list
from units_svc.inventory.searching import UnitFilter
from units_svc.landlords.queries import landlord_list

pytestmark = pytest.mark.row("U1", "U6")


@pytest.mark.parametrize("typed", ["%", "--", "☃"])
async def test_what_means_nothing_finds_nothing(world: Any, typed: str) -> None:
    await world.unit()
    assert (await world.see(unit_list, UnitFilter(text=""))).items
    assert (await world.see(unit_list, UnitFilter(text=typed))).items == []
    assert (await world.see(landlord_list, words=typed)).items == []


async def test_landlords_of_before_are_folded_again(fresh_database: Any) -> None:
    database = await fresh_database()
    migrations = str(migrations_of("units"))
    await upgrade(database.url, migrations, read_former_ids(migrations_of("units"))["0010"])
    connection = await database.connect()
    try:
        await connection.execute(
            "INSERT INTO landlord (id, kind, name, name_key, relation, active, version)"
            " VALUES ($1, 'organisation', 'ᓄᓇᕗᑦ Œuvres', 'oeuvres', 'third_party', true, 1)",
            uuid.uuid4(),
        )
        await upgrade(database.url, migrations)
        assert await connection.fetchval("SELECT name_key FROM landlord") == "ᓄᓇᕗᑦ oeuvres"
    finally:
        await connection.close()
