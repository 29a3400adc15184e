"""Roles and databases of one PostgreSQL server: one of each per deployable, inaccessible to the others."""

from __future__ import annotations

import asyncpg

from partywall.layout import DATABASES
from partywall.memory import Vault
from partywall.postgres import CONNECTIONS_OF_A_ROLE, ROLE_SETTINGS, PostgresCluster


async def establish_databases(cluster: PostgresCluster, entity: str, vault: Vault) -> list[str]:
    """Create missing roles and databases of `entity`, with the vault's passwords; return the new ones."""
    admin = await asyncpg.connect(cluster.dsn(), timeout=10)
    try:
        created = [name for name in DATABASES[entity] if await _establish(admin, name, vault)]
    finally:
        await admin.close()
    for name in created:
        await _close_to_others(cluster, name)
    return created


async def _establish(admin: asyncpg.Connection, name: str, vault: Vault) -> bool:
    verb = "ALTER" if await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name) else "CREATE"
    # The vault's passwords have only letters, digits, - and _.
    await admin.execute(
        f'{verb} ROLE "{name}" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE '
        f"CONNECTION LIMIT {CONNECTIONS_OF_A_ROLE} PASSWORD '{vault.secret(f'database-{name}')}'"
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
