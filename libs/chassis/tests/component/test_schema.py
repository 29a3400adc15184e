"""The chassis' tables: what the migration makes is what the code expects."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from parcels import service
from parcels.trade import Base
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.db import migrate, tables


async def test_migration_and_tables_do_not_drift(fresh_database: Any) -> None:
    database = await fresh_database("parcels", migrations=service.MIGRATIONS)

    def compare(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        for table in (*tables.metadata.sorted_tables, *Base.metadata.sorted_tables):
            table.to_metadata(both)
        return list(compare_metadata(context, both))

    both = type(tables.metadata)()
    engine = create_async_engine(database.url)
    async with engine.connect() as connection:
        found = await connection.run_sync(compare)
    await engine.dispose()
    assert [each for each in found if "alembic_version" not in str(each)] == []


async def test_constraints_and_indexes_are_named_as_declared(fresh_database: Any) -> None:
    database = await fresh_database("parcels", migrations=service.MIGRATIONS)
    connection = await database.connect()
    found = {
        row["name"]
        for row in await connection.fetch(
            "SELECT conname AS name FROM pg_constraint WHERE contype IN ('p', 'c', 'f') AND connamespace ="
            " 'public'::regnamespace UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
    }
    await connection.close()
    for table in tables.metadata.sorted_tables:
        expected = {str(index.name) for index in table.indexes} | {
            str(constraint.name) for constraint in table.constraints if constraint.name
        }
        assert expected <= found, table.name


async def test_migrations_do_not_wait_long_for_a_lock(
    fresh_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "200ms")
    database = await fresh_database()
    holder = await database.connect()
    transaction = holder.transaction()
    await transaction.start()
    # Somebody holds what the first migration wants to create.
    await holder.execute("CREATE TABLE outbox (id int)")
    with pytest.raises(Exception, match="lock timeout"):
        await migrate.upgrade(database.dsn, service.MIGRATIONS)
    await transaction.rollback()
    await holder.close()

    assert not await migrate.current(database.dsn, service.MIGRATIONS)
    await migrate.upgrade(database.dsn, service.MIGRATIONS)
    assert await migrate.current(database.dsn, service.MIGRATIONS)


async def test_an_outbox_row_is_withheld_with_a_reason_or_not_at_all(fresh_database: Any) -> None:
    database = await fresh_database("parcels", migrations=service.MIGRATIONS)
    connection = await database.connect()
    insert = (
        "INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, recorded_at, status,"
        " withheld_reason) VALUES (gen_random_uuid(), 'a', 1, 's', 't', '{}', now(), $1, $2)"
    )
    for status, reason in (("withheld", None), ("pending", "no consent"), ("lost", None)):
        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(insert, status, reason)
    await connection.close()
