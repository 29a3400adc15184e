"""Migrations: Alembic over asyncpg, one process at a time, with a short lock time-out.

A service's `migrations/env.py` is `from chassis.db.migrate import environment; environment(Base.metadata)`.
"""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from chassis.db import tables
from chassis.db.acting import SETTING, SYSTEM
from chassis.db.undo import EVERYWHERE

LOCK_TIMEOUT = "5s"
# Any number, the same in every release: two processes that migrate one database take turns.
_TURN = 7_203_418_551
# What the chassis records by itself isn't undone, but for timers.
_NOT_REMEMBERED = {"alembic_version", *tables.metadata.tables} - {tables.timers.name}


def configuration(script_location: str) -> Config:
    """Return Alembic's configuration for `script_location` (`units_svc:migrations`, or a path)."""
    config = Config()
    config.set_main_option("script_location", script_location.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


async def upgrade(url: str, script_location: str, revision: str = "head") -> None:
    """Bring the database at `url` up to `revision`, all in one transaction."""
    config = configuration(script_location)

    def run(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)

    await _connected(url, run)


async def current(url: str, script_location: str) -> bool:
    """Return whether the database at `url` is at the newest migration."""
    head = set(ScriptDirectory.from_config(configuration(script_location)).get_heads())
    found: set[str] = set()

    def look(connection: Connection) -> None:
        found.update(MigrationContext.configure(connection).get_current_heads())

    await _connected(url, look)
    return found == head


async def _connected(url: str, run: object) -> None:
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        poolclass=sa.NullPool,
        connect_args={"server_settings": {"lock_timeout": LOCK_TIMEOUT}, "timeout": 5},
    )
    try:
        async with engine.begin() as connection:
            await connection.run_sync(run)  # type: ignore[arg-type]
    finally:
        await engine.dispose()


def read_former_ids(folder: Path) -> dict[str, str]:
    """Return the former ids of migrations, each with its present one, from `former_ids.toml`."""
    file = folder / "former_ids.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}


_KNOWN_AS = sa.text("UPDATE alembic_version SET version_num = :now WHERE version_num = :formerly")


def environment(*models: sa.MetaData, former_ids: Mapping[str, str] | None = None) -> None:
    """Run the migrations on the connection that `upgrade` holds: all that a `migrations/env.py` has to call.

    A database whose version is one of `former_ids` gets the present id of the same migration.
    """
    connection: Connection | None = context.config.attributes.get("connection")
    if connection is None:
        raise RuntimeError("run migrations through `python -m <service> migrate`")
    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": _TURN})
    connection.execute(sa.text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
    # A migration changes the rows of everybody, also where the owner of a table is subject to its policies.
    connection.execute(sa.text(f"SET LOCAL {SETTING} = '{SYSTEM}'"))
    if former_ids and sa.inspect(connection).has_table("alembic_version"):
        renamed = [{"formerly": formerly, "now": now} for formerly, now in former_ids.items()]
        connection.execute(_KNOWN_AS, renamed)
    context.configure(
        connection=connection,
        target_metadata=[*models, tables.metadata],
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        # Also a table that a later migration has added: a change to it can be undone like any other.
        if connection.scalar(sa.text("SELECT to_regproc('remember_everywhere') IS NOT NULL")):
            connection.execute(sa.text(EVERYWHERE), {"but": [*_NOT_REMEMBERED]})


def upgrade_now(url: str, script_location: str, revision: str = "head") -> None:
    """Run `upgrade` for callers without an event loop."""
    asyncio.run(upgrade(url, script_location, revision))
