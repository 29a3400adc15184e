"""`work`: the worker process of a service."""

from __future__ import annotations

from chassis.bus import worker
from chassis.commands.standing import require_ready_database
from chassis.service import ServiceDefinition
from chassis.settings import WebSettings


async def work(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Publish committed events, act on received ones and fire timers, until SIGTERM."""
    runtime = definition.build_runtime(settings)
    require_ready_database(definition, runtime)
    try:
        await worker.work(runtime, definition.worker_duties())
    finally:
        await runtime.close()
    return 0
