"""`work`: the worker process of a service."""

from __future__ import annotations

from chassis.bus import worker
from chassis.commands.standing import require_standing
from chassis.service import ServiceDefinition
from chassis.settings import WebSettings


async def work(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Send what was committed, act on what was received, fire timers, until SIGTERM."""
    runtime = definition.build_runtime(settings)
    require_standing(definition, runtime)
    try:
        await worker.work(runtime, definition.worker_duties())
    finally:
        await runtime.close()
    return 0
