"""Variants of records: all that their table allows, and the database as it was afterwards."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
from sqlalchemy import Boolean, CheckConstraint, Column, Date, Enum, MetaData, String, Table, Uuid
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from testkit.states import States, reads

NOW = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)
ID = UUID(int=1)
metadata = MetaData()
STAY = Table(
    "stay",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("state", Enum("open", "ended", "mistaken", name="state", native_enum=False), nullable=False),
    Column("ended_on", Date),
    Column("reason", String),
    Column("shared", Boolean, nullable=False),
    CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended"),
)


@pytest.fixture
async def states(fresh_database):
    database = await fresh_database()
    connection = await database.connect()
    await connection.execute(str(CreateTable(STAY).compile(dialect=postgresql.dialect())))
    await connection.execute("INSERT INTO stay VALUES ($1, 'ended', DATE '2026-02-01', 'moved', false)", ID)
    yield States(metadata, connection, NOW, spoken={("stay", "reason"): ["health"]})
    await connection.close()


async def test_every_state_is_put_in_force_once_and_taken_back(states):
    before = await states.connection.fetch("SELECT * FROM stay")
    variants = await states.variants(["stay"], {ID})
    assert [str(one) for one in variants] == [
        "stay: state = open",
        "stay: state = mistaken",
        "stay: ended_on = nothing",
        "stay: ended_on = 2026-02-23",
        "stay: ended_on = 2026-03-09",
        "stay: reason = nothing",
        "stay: reason = health",
        "stay: shared = True",
        "stay: ended_on = nothing, reason = nothing",
    ]
    for variant in variants:
        async with states.having(variant) as taken:
            row = await states.connection.fetchrow("SELECT * FROM stay")
            changed = {name for name in row.keys() if row[name] != before[0][name]}  # noqa: SIM118
            assert bool(changed) == taken
            assert changed <= set(variant.columns)
        assert await states.connection.fetch("SELECT * FROM stay") == before
    assert [str(one) for one in states.refused] == [
        "stay: state = open",
        "stay: state = mistaken",
        "stay: ended_on = nothing",
    ]
    assert states.never(["stay"]) == {
        "stay.state = open",
        "stay.state = mistaken",
        "stay.ended_on = nothing",
    }


async def test_what_belongs_to_its_row_is_not_changed_but_must_have_been_written(states):
    states.as_written = frozenset({("stay", "state")})
    assert not any("state" in one.columns for one in await states.variants(["stay"], set()))
    assert "stay.state = open" in states.never(["stay"])


def test_the_columns_that_a_statement_names_are_read():
    statement = "SELECT stay.id, stay.ended_on FROM stay WHERE stay.id = $1"
    assert reads([statement, "SELECT 1"], metadata) == {"stay": frozenset({"id", "ended_on"})}
