"""Real PostgreSQL for tests: one server for the session, a database of its own for each test that asks."""

from __future__ import annotations

import asyncio
import importlib
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from partywall.postgres import THROWAWAY_SETTINGS, PostgresCluster
from testkit.ports import free_port

PACKAGES = {"units": "units_svc", "support": "support_svc", "tenancy": "tenancy_svc", "gateway": "gateway"}


@dataclass(frozen=True, slots=True)
class FreshDatabase:
    """A database that exists for one test; `user` owns it and may do nothing elsewhere."""

    host: str
    port: int
    name: str
    user: str
    password: str

    @property
    def dsn(self) -> str:
        """Address for asyncpg: `postgresql://…`."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"

    @property
    def url(self) -> str:
        """Address for SQLAlchemy and the services' settings: `postgresql+asyncpg://…`."""
        return f"postgresql+asyncpg://{self.user}:{self.password}@{self.host}:{self.port}/{self.name}"

    async def connect(self) -> asyncpg.Connection:
        """Open a connection as the database's own role; the caller closes it."""
        return await asyncpg.connect(self.dsn)


@dataclass(slots=True)
class PostgresForTests:
    """The session's server and the template databases made on it so far."""

    cluster: PostgresCluster
    _passwords: dict[str, str] = field(default_factory=dict)
    _templates: dict[str, str] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    @classmethod
    def start(cls, folder: Path) -> PostgresForTests:
        """Create a server under `folder` and return once it is ready."""
        cluster = PostgresCluster(
            data=folder / "pg",
            port=free_port(),
            superuser_password=secrets.token_hex(8),
            log=folder / "postgres.log",
            settings=THROWAWAY_SETTINGS,
            sync=False,
        )
        cluster.create()
        cluster.start()
        cluster.wait_until_ready()
        return cls(cluster)

    @property
    def host(self) -> str:
        """Host name of the server."""
        return "127.0.0.1"

    @property
    def port(self) -> int:
        """TCP port of the server."""
        return self.cluster.port

    @property
    def admin_dsn(self) -> str:
        """Address of the superuser's own database."""
        return self.cluster.dsn()

    def stop(self) -> None:
        """Stop the server without a checkpoint; its data is deleted."""
        self.cluster.stop(at_once=True)

    async def fresh(self, service: str | None, migrations: Path | str | None) -> FreshDatabase:
        """Create a database for `service`, cloned from a template that was migrated once in this session."""
        role = (service or "empty").replace("-", "_")
        async with self._lock:
            admin = await asyncpg.connect(self.admin_dsn)
            try:
                password = await self._role(admin, role)
                template = await self._template(admin, role, service, migrations)
                name = f"{role}_{secrets.token_hex(5)}"
                await admin.execute(f'CREATE DATABASE "{name}" OWNER "{role}" TEMPLATE "{template}"')
                await admin.execute(f'REVOKE CONNECT ON DATABASE "{name}" FROM PUBLIC')
            finally:
                await admin.close()
        return FreshDatabase(self.host, self.port, name, role, password)

    async def drop(self, database: FreshDatabase) -> None:
        """Drop `database` and end whatever is still connected to it."""
        admin = await asyncpg.connect(self.admin_dsn)
        try:
            await admin.execute(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')
        finally:
            await admin.close()

    async def _role(self, admin: asyncpg.Connection, role: str) -> str:
        if role not in self._passwords:
            password = secrets.token_hex(8)
            await admin.execute(f"CREATE ROLE \"{role}\" LOGIN PASSWORD '{password}'")
            self._passwords[role] = password
        return self._passwords[role]

    async def _template(
        self, admin: asyncpg.Connection, role: str, service: str | None, migrations: Path | str | None
    ) -> str:
        if service is None and migrations is None:
            return "template1"
        location = Path(migrations) if migrations is not None else migrations_of(service or "")
        key = str(location)
        if key not in self._templates:
            name = f"template_{role}_{secrets.token_hex(3)}"
            await admin.execute(f'CREATE DATABASE "{name}" OWNER "{role}"')
            template = FreshDatabase(self.host, self.port, name, role, self._passwords[role])
            # Imported here: the plugin is loaded for unit tests too, which must not wait for SQLAlchemy.
            from chassis.db.migrate import upgrade

            await upgrade(template.url, str(location))
            self._templates[key] = name
        return self._templates[key]


def migrations_of(service: str) -> Path:
    """Return the folder of Alembic migrations of `service` (units, support, tenancy or gateway)."""
    module = importlib.import_module(PACKAGES[service])
    if module.__file__ is None:
        raise ModuleNotFoundError(f"{PACKAGES[service]} has no file")
    return Path(module.__file__).parent / "migrations"
