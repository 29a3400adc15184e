"""`serve`: the web process of a service."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn

from chassis.bus import worker
from chassis.commands.standing import require_ready_database
from chassis.forgetting import forgetting
from chassis.http.connections import BoundedConnection
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition
from chassis.settings import ServiceSettings, WebSettings

GRACE_SECONDS = 20


class _Server(uvicorn.Server):
    """Ends normally on a signal.

    uvicorn's own server sends itself the signal again once it has finished, which would lose the last spans
    and report a failure.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Have SIGTERM and SIGINT stop the server, for the length of the block."""
        loop = asyncio.get_running_loop()
        ends = (signal.SIGTERM, signal.SIGINT)
        for number in ends:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in ends:
                loop.remove_signal_handler(number)


async def serve(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Answer requests until SIGTERM, then finish those in progress."""
    runtime = definition.build_runtime(settings)
    require_ready_database(definition, runtime)
    runtime.companions.append(lambda: forgetting(runtime))
    if isinstance(settings, ServiceSettings):
        runtime.companions.append(lambda: _bus_beside(definition, runtime))
    server = _Server(
        uvicorn.Config(
            definition.create_app(runtime),
            host=settings.http_host,
            port=settings.http_port,
            http=BoundedConnection,
            # A failing start ends the process; by default uvicorn would assume an application without
            # lifespan.
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=True,
            forwarded_allow_ips=sorted(settings.trusted_proxies),
        )
    )
    # What exists by now lasts as long as the process: nobody need look through it for garbage again.
    gc.collect()
    gc.freeze()
    await server.serve()
    return 0 if server.started else 1


@asynccontextmanager
async def _bus_beside(definition: ServiceDefinition, runtime: Runtime) -> AsyncIterator[None]:
    beside = (
        worker.embedded(runtime, definition.worker_duties())
        if runtime.settings.embed_worker
        else worker.pinging(runtime)
    )
    async with beside:
        yield
