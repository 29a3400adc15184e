"""Roles and databases of one party's PostgreSQL server: one of each per deployable, closed to the others."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from partywall.layout import Kind, Part
from partywall.memory import Vault
from partywall.postgres import CONNECTIONS_OF_A_ROLE, ROLE_SETTINGS, PostgresCluster


def password_of(part: Part, vault: Vault) -> str:
    """Return the password of the role that owns the part's database."""
    return vault.secret(f"database-{part.party}-{part.database}")


async def establish_databases(cluster: PostgresCluster, parts: Sequence[Part], vault: Vault) -> list[Part]:
    """Create missing roles and databases of a party, with the vault's passwords.

    Returns those web processes in `parts` whose databases are new.
    """
    admin = await asyncpg.connect(cluster.dsn(), timeout=10)
    try:
        created = [
            part
            for part in parts
            if part.kind is Kind.SERVE and await _establish(admin, part.database, password_of(part, vault))
        ]
    finally:
        await admin.close()
    for part in created:
        await _close_to_others(cluster, part.database)
    return created


async def _establish(admin: asyncpg.Connection, name: str, password: str) -> bool:
    verb = "ALTER" if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name) else "CREATE"
    # The vault's passwords have only letters, digits, - and _.
    await admin.execute(
        f'{verb} ROLE "{name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE '
        f"CONNECTION LIMIT {CONNECTIONS_OF_A_ROLE} PASSWORD '{password}'"
    )
    for setting, value in ROLE_SETTINGS.items():
        await admin.execute(f"ALTER ROLE \"{name}\" SET {setting} = '{value}'")
    if await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        return False
    await admin.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    await admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    return True


async def _close_to_others(cluster: PostgresCluster, name: str) -> None:
    connection = await asyncpg.connect(cluster.dsn(name), timeout=10)
    try:
        await connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        await connection.execute(f'GRANT ALL ON SCHEMA public TO "{name}"')
    finally:
        await connection.close()
