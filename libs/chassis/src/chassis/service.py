"""The command line of a service: `python -m <svc> serve | work | migrate | border | check`."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import uvicorn
from fastapi import FastAPI

from chassis.db import migrate
from chassis.runtime import Runtime
from chassis.settings import SettingsIncomplete, WebSettings, read

Border = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True, kw_only=True)
class ServiceDefinition:
    """What a service is made of.

    `migrations` is Alembic's script location (`units_svc:migrations`). `work(runtime)` runs relay,
    listeners and timers until it's cancelled; it is made from `listeners` and `timers` when those are
    given. `border(settings)` sets up the service's streams and consumers at the broker.
    """

    name: str
    settings_class: type[WebSettings]
    build_runtime: Callable[[Any], Runtime]
    create_app: Callable[[Runtime], FastAPI]
    migrations: str
    listeners: Sequence[Any] = ()
    timers: Any = None
    border: Border | None = None


def run(definition: ServiceDefinition, arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit with its status."""
    parser = argparse.ArgumentParser(prog=definition.name)
    parser.add_argument("command", choices=["serve", "work", "migrate", "border", "check"])
    chosen = parser.parse_args(arguments)
    try:
        settings = read(definition.settings_class)
    except SettingsIncomplete as incomplete:
        for line in incomplete.problems:
            sys.stderr.write(f"{definition.name}: {line}\n")
        sys.exit(2)
    sys.exit(_COMMANDS[chosen.command](definition, settings))


def _serve(definition: ServiceDefinition, settings: WebSettings) -> int:
    runtime = definition.build_runtime(settings)
    uvicorn.run(
        definition.create_app(runtime),
        host=settings.http_host,
        port=settings.http_port,
        access_log=False,
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=20,
        server_header=False,
    )
    return 0


def _work(definition: ServiceDefinition, settings: WebSettings) -> int:
    raise NotImplementedError


def _migrate(definition: ServiceDefinition, settings: WebSettings) -> int:
    migrate.upgrade_now(settings.database_url.get_secret_value(), definition.migrations)
    return 0


def _border(definition: ServiceDefinition, settings: WebSettings) -> int:
    if definition.border is None:
        return 0
    asyncio.run(_awaited(definition.border(settings)))
    return 0


async def _awaited(work: Awaitable[None]) -> None:
    await work


def _check(definition: ServiceDefinition, settings: WebSettings) -> int:
    raise NotImplementedError


_COMMANDS: dict[str, Callable[[ServiceDefinition, WebSettings], int]] = {
    "serve": _serve,
    "work": _work,
    "migrate": _migrate,
    "border": _border,
    "check": _check,
}
