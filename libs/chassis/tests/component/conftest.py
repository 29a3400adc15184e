"""The sender, the noter and the broker between them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest_asyncio
from delivery import world
from delivery.fixtures import Delivery

from contracts.border import jetstream

Making = Callable[..., Awaitable[Any]]


@pytest_asyncio.fixture
async def delivery(
    fresh_database: Making, plain_nats_server: Any, postgres_server: Any
) -> AsyncIterator[Delivery]:
    """A world in which nothing has been sent yet."""
    async with AsyncExitStack() as closing:
        runtimes = []
        for name in ("sender", "noter"):
            database = await fresh_database()
            await world.create_tables(database.dsn)
            runtime = world.build_runtime(name, database.dsn, plain_nats_server.url)
            closing.push_async_callback(runtime.close)
            runtimes.append(runtime)
        broker = await plain_nats_server.connect()
        closing.push_async_callback(broker.close)
        js = jetstream(broker)
        await world.create_stream(js)
        closing.push_async_callback(js.delete_stream, world.STREAM)
        yield Delivery(runtimes[0], runtimes[1], broker, js, plain_nats_server, postgres_server.admin_dsn)
