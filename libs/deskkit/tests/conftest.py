"""The gallery: a desk with every kind of page, signed in with real tokens of the test issuer."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
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
    from gallery_desk.pages import gallery_app  # noqa: PLC0415 (found through the path above)

    app = gallery_app(issuer=key_sets.key("support").issuer, jwks_url=key_sets.url("support"))
    clients: list[httpx.AsyncClient] = []

    async def open_client(
        *, locale: str = "en", signed_in: bool = True, lifetime: int = 600, session: str = "s1"
    ) -> httpx.AsyncClient:
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app, raise_app_exceptions=True),
            base_url="http://support.localhost",
        )
        if signed_in:
            token = token_for(
                entity="support",
                roles=["caseworker"],
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
