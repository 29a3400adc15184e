"""A gateway on a database of its own, and people to sign in with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest_asyncio
from fastapi import FastAPI

from gateway.command_line import Person, seed
from gateway.main import create_app
from gateway.organisation import organisation_of
from gateway.settings import GatewaySettings
from gateway.wiring import build_runtime
from testkit.parties import neighbourhood

PASSWORD = "four words without sense"


@dataclass
class RunningGateway:
    """A gateway, its runtime, and browsers for it."""

    app: FastAPI
    runtime: Any
    settings: GatewaySettings

    async def connect(self) -> Any:
        """A connection of its own to the database of the gateway."""
        return await asyncpg.connect(self.settings.database_url.get_secret_value().replace("+asyncpg", ""))

    def browser(self, **options: Any) -> httpx.AsyncClient:
        """A client with cookies of its own that behaves like a browser on the gateway's own pages."""
        headers = {"Sec-Fetch-Site": "same-origin", **options.pop("headers", {})}
        transport = httpx.ASGITransport(app=self.app, client=options.pop("peer", ("203.0.113.5", 40000)))
        return httpx.AsyncClient(
            transport=transport, base_url=self.settings.public_url, headers=headers, **options
        )


Gateways = Callable[..., Awaitable[RunningGateway]]


@pytest_asyncio.fixture
async def gateways(fresh_database: Any) -> AsyncIterator[Gateways]:
    """`await gateways("support", clock=…, **settings)`: a gateway with one person for each role."""
    running: list[RunningGateway] = []

    async def start(entity: str = "support", *, clock: Any = None, **options: Any) -> RunningGateway:
        database = await fresh_database("gateway")
        public_url = f"http://{entity}.localhost"
        values: dict[str, Any] = {
            "database_url": database.url,
            "issuer": public_url,
            "jwks_url": f"{public_url}/.well-known/jwks.json",
            "audience": "gateway",
            "entity": entity,
            "public_url": public_url,
            "csrf_secret": f"csrf-secret-of-the-{entity}-gateway-tests",
            **neighbourhood("two-of-each").settings(),
            **options,
        }
        provider_client = values.pop("provider_client", None)
        settings = GatewaySettings(**values)
        runtime = build_runtime(settings)
        if clock is not None:
            runtime.clock = clock
        await seed(
            runtime,
            [
                Person.model_validate(
                    {
                        "email": f"{role}@{entity}.example",
                        "name": role.replace("_", " ").capitalize(),
                        "roles": [role],
                        "password": PASSWORD,
                        "works_for_no_other": True,
                    }
                )
                for role in organisation_of(runtime).roles
            ],
        )
        gateway = RunningGateway(create_app(runtime, provider_client=provider_client), runtime, settings)
        running.append(gateway)
        return gateway

    yield start
    for gateway in running:
        await gateway.runtime.close()
