"""What the tests of delivery hold in their hands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from nats.aio.client import Client
from nats.js import JetStreamContext

from chassis.runtime import Runtime


@dataclass
class Delivery:
    """Both services, each on a database of its own, a clean stream, and a connection of the test's own."""

    sender: Runtime
    noter: Runtime
    broker: Client
    js: JetStreamContext
    server: Any
    admin_dsn: str

    @property
    def publisher(self) -> str:
        """Address of the sender's database."""
        return self.sender.database.dsn

    @property
    def noted(self) -> str:
        """Address of the noter's database."""
        return self.noter.database.dsn


@asynccontextmanager
async def running(*work: Coroutine[Any, Any, None]) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Let things run for the length of the block; what one of them raises by itself is raised at the end."""
    tasks = [asyncio.create_task(one) for one in work]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, Exception):
                raise result
