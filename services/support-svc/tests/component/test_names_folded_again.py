"""The migration folds stored names again, also those in scripts that folded to nothing (C3)."""

import uuid

import pytest

from chassis.db.migrate import read_former_ids, upgrade
from testkit.databases import migrations_of

INSERT = """INSERT INTO client
    (id, given_name, family_name, name_search, disability, state, created_at, version)
    VALUES ($1, $2, $3, $4, 'unknown', 'active', now(), 1)"""
BEFORE = {
    ("小明", "王"): "",
    ("Louis", "St-Jean"): " louis st jean",
    ("Johannes", "van der Berg"): " johannes van der berg",
    ("Ines", "Marrow"): " ines marrow",
}


@pytest.mark.row("C3")
async def test_stored_names_are_folded_again(fresh_database):
    database = await fresh_database()
    migrations = str(migrations_of("support"))
    await upgrade(database.url, migrations, read_former_ids(migrations_of("support"))["0010"])
    connection = await database.connect()
    try:
        for (given, family), folded in BEFORE.items():
            await connection.execute(INSERT, uuid.uuid4(), given, family, folded)
        await upgrade(database.url, migrations)
        rows = await connection.fetch("SELECT family_name, name_search FROM client")
        found = {row["family_name"]: row["name_search"].split() for row in rows}
        words = {row["word"] for row in await connection.fetch("SELECT word FROM client_name")}
    finally:
        await connection.close()
    assert found["王"] == ["小", "明", "xiao", "ming", "xiaoming", "王", "wang"]
    assert "saintjean" in found["St-Jean"]
    assert "vanderberg" in found["van der Berg"]
    assert found["Marrow"] == ["ines", "marrow"]
    assert {"王", "xiaoming", "saintjean", "vanderberg"} <= words
