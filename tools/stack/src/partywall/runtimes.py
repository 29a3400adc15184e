"""Runs a service's own runtime in the tools, so that what an operator does is checked and audited."""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.service import ServiceDefinition
from chassis.settings import WebSettings
from partywall.layout import PACKAGES, Part
from partywall.programs import Programs


def definition_of(part: Part) -> ServiceDefinition:
    """Return the definition of the part's service, as its command line uses it."""
    module = importlib.import_module(f"{PACKAGES[part.service or '']}.__main__")
    return next(value for value in vars(module).values() if isinstance(value, ServiceDefinition))


def settings_of(programs: Programs, part: Part) -> WebSettings:
    """Return the settings with which the stack starts `part`."""
    environment = programs.environment(part)
    values = {
        name.removeprefix(part.prefix).lower(): value
        for name, value in environment.items()
        if name.startswith(part.prefix)
    }
    return definition_of(part).settings_class(**values)  # type: ignore[arg-type]


@asynccontextmanager
async def runtime_of(programs: Programs, part: Part, operator: str) -> AsyncIterator[tuple[Runtime, Actor]]:
    """Hold the runtime of the part's service, and the system actor called `operator` of its party."""
    runtime = definition_of(part).build_runtime(settings_of(programs, part))
    try:
        yield runtime, Actor.system(operator, part.party or "")
    finally:
        await runtime.close()
