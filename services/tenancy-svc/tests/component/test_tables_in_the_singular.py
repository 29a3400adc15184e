"""The rows and numbers of the last release stay when the tables get their new names."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest

from chassis.db.migrate import upgrade
from testkit.databases import migrations_of

RELEASED = "4a46df6a2d4f"
NOW = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
OPENED = """INSERT INTO {table} (id, version, origin, unit, adults, children, status, received_at)
    VALUES ($1, 1, 'direct', $2, 1, 0, 'received', $3) RETURNING number"""
REFERRED = "INSERT INTO counterparts (referral, application_id, told) VALUES ($1, $2, 3)"
NAMED = """INSERT INTO people (id, application_id, position, part, given_name, family_name, by_referral)
    VALUES ($1, $2, 0, 'tenant', 'Robin', 'Sample', false)"""


@pytest.mark.row("T1", "T2")
async def test_rows_and_numbers_of_the_last_release_stay(fresh_database: Any) -> None:
    database = await fresh_database()
    migrations = str(migrations_of("tenancy"))
    await upgrade(database.url, migrations, RELEASED)
    connection = await database.connect()
    application, referral = uuid.uuid4(), uuid.uuid4()
    try:
        opened = OPENED.format(table="applications")
        number = await connection.fetchval(opened, application, uuid.uuid4(), NOW)
        await connection.execute(NAMED, uuid.uuid4(), application)
        await connection.execute(REFERRED, referral, application)
        await upgrade(database.url, migrations)
        opened = OPENED.format(table="application")
        assert await connection.fetchval(opened, uuid.uuid4(), uuid.uuid4(), NOW) == number + 1
        person = "SELECT family_name FROM person WHERE application_id = $1"
        assert await connection.fetchval(person, application) == "Sample"
        published = "SELECT published FROM counterpart WHERE referral = $1"
        assert await connection.fetchval(published, referral) == 3
        gone = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relname ~ 'applications|people|leases|signings|homes|choices|counterparts'"
        )
    finally:
        await connection.close()
    assert gone == []
