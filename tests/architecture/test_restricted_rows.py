"""Every table from which a path leads to a client hides the rows of restricted clients (C8)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from chassis.db import tables as chassis_tables
from chassis.feature import load_models
from support_svc.features import FEATURES
from support_svc.tables import Base

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "services/support-svc/src/support_svc"
NAMING = {"client_id", "placement_id"}
EXEMPT = {
    "restriction": "the rule reads it, and supervisors see that it exists; no query but the rule shows whom",
    "restriction_person": "names colleagues",
    "correction": "names any kind of record by its id, and is read for a record that was seen",
}
"""Tables without a policy, each with the reason."""
READ_BY_TEXT = {
    "audit": {"history/queries.py", "history/records.py", "placements/timeline.py"},
    "access_log": {"history/queries.py", "placements/timeline.py", "view_log/queries.py"},
    "outbox": {"placements/timeline.py"},
}
"""Tables of the chassis that name records by text, and who reads them: each asks for the record first."""


def paths_to_clients(metadata: sa.MetaData) -> dict[str, set[str]]:
    """Return the columns by which each table leads to a client, however many tables lie between.

    Those that name a client or a placement, or else all that refer to a table that leads to one.
    """
    found = {table.name: NAMING & set(table.columns.keys()) for table in metadata.tables.values()}
    found = {name: columns for name, columns in found.items() if columns} | {"client": {"id"}}
    while True:
        further: dict[str, set[str]] = {}
        for table in metadata.tables.values():
            for key in table.foreign_keys:
                if key.column.table.name in found and table.name not in found:
                    further.setdefault(table.name, set()).add(key.parent.name)
        if not further:
            return found
        found |= further


async def unprotected(metadata: sa.MetaData, connection) -> list[str]:
    """Return a sentence for each table that shows rows of restricted clients."""
    forced = {
        row["relname"]
        for row in await connection.fetch("SELECT relname FROM pg_class WHERE relforcerowsecurity")
    }
    rules: dict[str, str] = {}
    for row in await connection.fetch("SELECT tablename, permissive, qual FROM pg_policies"):
        if row["permissive"] == "RESTRICTIVE":
            rules[row["tablename"]] = rules.get(row["tablename"], "") + row["qual"]
    found = []
    for name, columns in paths_to_clients(metadata).items():
        followed = {one for one in columns if re.search(rf"\b{one}\b", rules.get(name, ""))}
        required = columns & NAMING or set() if followed else columns
        if name not in EXEMPT and (name not in forced or not followed or required - followed):
            found.append(f"{name}: no policy follows {', '.join(sorted(columns - followed or columns))}")
    return found


async def test_every_table_about_a_client_hides_the_restricted(fresh_database):
    load_models(FEATURES)
    database = await fresh_database("support")
    connection = await database.connect()
    try:
        assert await unprotected(Base.metadata, connection) == []
    finally:
        await connection.close()
    assert set(EXEMPT) <= set(Base.metadata.tables)
    assert len(paths_to_clients(Base.metadata)) > 15


@pytest.mark.parametrize(
    "planted",
    [
        sa.Table("planted", sa.MetaData(), sa.Column("client_id", sa.Uuid())),
        sa.Table("planted", sa.MetaData(), sa.Column("placement_id", sa.Uuid())),
    ],
    ids=["client", "placement"],
)
async def test_a_table_that_forgets_it_is_found(fresh_database, planted):
    database = await fresh_database("support")
    connection = await database.connect()
    try:
        column = next(iter(planted.columns))
        await connection.execute(f"CREATE TABLE planted ({column.name} uuid)")
        found = await unprotected(planted.metadata, connection)
        assert f"planted: no policy follows {column.name}" in found
        await connection.execute("SELECT hide_restricted('planted')")
        assert [one for one in await unprotected(planted.metadata, connection) if "planted" in one] == []
    finally:
        await connection.close()


@pytest.mark.parametrize("name", READ_BY_TEXT)
def test_who_reads_a_table_that_names_records_by_text_was_looked_at(name):
    assert name in chassis_tables.metadata.tables
    reading = re.compile(rf"(?:\bFROM {name}\b|\bJOIN {name}\b|\bimport .*\b{name}\b|\b{name}\.c\.)")
    readers = {
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if "migrations" not in path.parts and reading.search(path.read_text(encoding="utf-8"))
    }
    assert readers == READ_BY_TEXT[name]
