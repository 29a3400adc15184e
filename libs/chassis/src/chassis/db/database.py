"""Connections to the service's PostgreSQL: a pool for SQLAlchemy, and one for single statements."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chassis.db.acting import ActingConnection

# Nothing a person waits for may hang: locks, statements and idle transactions all time out.
SERVER_SETTINGS = {
    "lock_timeout": "5s",
    "statement_timeout": "20s",
    "idle_in_transaction_session_timeout": "30s",
}


CLOSING_SECONDS = 5


async def _keep(_: Any) -> None:
    """Do nothing: single statements leave no session state, and a reset costs a round trip."""


def _refuse_closed(connection: Any, record: Any, proxy: Any) -> None:
    """Have the pool replace a connection that the server has closed; unlike a ping, this costs nothing."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class Database:
    """The pools of one process. `url` is `postgresql://user:password@host:port/name`.

    With `by_person` every transaction and statement says on whose behalf it runs (`chassis.db.acting`).
    """

    def __init__(
        self, url: str, *, pool: int = 8, application: str = "partywall", by_person: bool = False
    ) -> None:
        self.by_person = by_person
        self.url: URL = make_url(url).set(drivername="postgresql+asyncpg")
        settings = SERVER_SETTINGS | {"application_name": application}
        connect: dict[str, Any] = {"server_settings": settings, "timeout": 5}
        if by_person:
            connect["connection_class"] = ActingConnection
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=10,
            connect_args=connect,
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self.reading: AsyncEngine = self.engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._size = pool
        self._settings = settings
        self._raw: asyncpg.Pool[Any] | None = None
        self._opening = asyncio.Lock()

    @property
    def dsn(self) -> str:
        """The address in libpq's form, with the password: never log it."""
        return self.url.set(drivername="postgresql").render_as_string(hide_password=False)

    async def raw(self) -> asyncpg.Pool[Any]:
        """Return the pool of asyncpg connections, opened on first use."""
        if self._raw is None:
            async with self._opening:
                if self._raw is None:
                    self._raw = await asyncpg.create_pool(
                        self.dsn,
                        min_size=0,
                        max_size=self._size,
                        server_settings=self._settings,
                        timeout=5,
                        reset=_keep,
                    )
        return self._raw

    async def ready(self) -> None:
        """Check that the database answers; raises what is wrong otherwise."""
        async with (await self.raw()).acquire(timeout=2) as connection:
            await connection.fetchval("SELECT 1", timeout=2)

    async def close(self) -> None:
        """Close both pools."""
        if self._raw is not None:
            raw, self._raw = self._raw, None
            try:
                async with asyncio.timeout(CLOSING_SECONDS):
                    await raw.close()
            except TimeoutError:
                raw.terminate()
        await self.engine.dispose()
