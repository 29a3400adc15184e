"""The parcels service on a database of its own."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))

from parcels import service

from chassis.actor import Actor
from chassis.runtime import Runtime
from testkit.parties import neighbourhood


@pytest.fixture
def porter() -> Actor:
    """Somebody who may do everything with parcels."""
    return Actor("porter-1", "property", frozenset({"porter"}), name="Pat Porter")


@pytest_asyncio.fixture
async def parcels_settings(fresh_database: Any, key_sets: Any) -> service.ParcelSettings:
    """Settings of a parcels service of the property entity on a fresh database."""
    database = await fresh_database("parcels", migrations=service.MIGRATIONS)
    return service.ParcelSettings(
        database_url=database.dsn,
        issuer=key_sets.key("property").issuer,
        jwks_url=key_sets.url("property"),
        audience="parcels",
        entity="property",
        **neighbourhood().settings(),
        public_url="http://parcels.localhost",
        csrf_secret="0123456789abcdef0123456789abcdef",
    )


@pytest_asyncio.fixture
async def runtime(parcels_settings: service.ParcelSettings) -> AsyncIterator[Runtime]:
    """The parts of a parcels service."""
    runtime = service.build_runtime(parcels_settings)
    yield runtime
    await runtime.close()


@pytest_asyncio.fixture
async def api(runtime: Runtime) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the parcels API, without a token of its own."""
    transport = httpx.ASGITransport(service.create_app(runtime), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://parcels.localhost") as client:
        yield client


@pytest.fixture
def bearer(token_for: Callable[..., str]) -> Callable[..., dict[str, str]]:
    """Return headers with a token: `bearer("porter")`."""

    def headers(*roles: str, **more: Any) -> dict[str, str]:
        token = token_for(**({"entity": "property", "roles": roles, "audience": "parcels"} | more))
        return {"Authorization": f"Bearer {token}"}

    return headers


@pytest.fixture
def rows(runtime: Runtime) -> Callable[..., Any]:
    """Run any SQL beside the service: `await rows("SELECT …", …)`."""

    async def fetch(sql: str, *values: Any) -> list[Any]:
        async with (await runtime.database.raw()).acquire() as connection:
            return list(await connection.fetch(sql, *values))

    return fetch
