"""The gallery: a desk with every kind of page, signed in with real tokens of the test issuer."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent / "gallery"))

Client = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest_asyncio.fixture
async def gallery(key_sets: Any, token_for: Any) -> AsyncIterator[Client]:
    """`await gallery(locale="fr")`: a browser-like client signed in to the gallery.

    `signed_in=False` for nobody.
    """
    async with _clients_of(key_sets, token_for) as open_client:
        yield open_client


@pytest_asyncio.fixture
async def gallery_with_records(fresh_database: Any, key_sets: Any, token_for: Any) -> AsyncIterator[Client]:
    """Like `gallery`, on a database of its own that records visits to homes."""
    from gallery_desk.visits import MIGRATIONS  # noqa: PLC0415 (found through the path above)

    database = await fresh_database("gallery", migrations=MIGRATIONS)
    async with _clients_of(key_sets, token_for, database_url=database.dsn) as open_client:
        yield open_client


@asynccontextmanager
async def _clients_of(key_sets: Any, token_for: Any, **settings: str) -> AsyncIterator[Client]:
    from gallery_desk.pages import gallery_app  # noqa: PLC0415 (found through the path above)

    app = gallery_app(issuer=key_sets.key("support").issuer, jwks_url=key_sets.url("support"), **settings)
    clients: list[httpx.AsyncClient] = []

    async def open_client(
        *,
        locale: str = "en",
        signed_in: bool = True,
        lifetime: int = 600,
        session: str = "s1",
        role: str = "caseworker",
    ) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=True),
            base_url="http://support.localhost",
        )
        if signed_in:
            token = token_for(
                entity="support",
                roles=[role],
                name="Caseworker",
                locale=locale,
                session=session,
                lifetime=lifetime,
            )
            client.cookies.set("partywall_token", token)
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        await client.aclose()
    await app.state.runtime.close()
