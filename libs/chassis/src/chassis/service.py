"""The command line of a service: `python -m <svc> serve | work | migrate | border | check`."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
import uvloop
from fastapi import FastAPI

from chassis import telemetry
from chassis.bus import worker
from chassis.bus.connecting import require_durable
from chassis.bus.listening import Granted, Listening
from chassis.bus.timers import Timers
from chassis.db import migrate
from chassis.forgetting import forgetting
from chassis.http.auth import TokenVerifier
from chassis.http.health import readiness
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings, SettingsIncomplete, WebSettings, read

GRACE_SECONDS = 20


class MigrationsPending(Exception):
    """The database doesn't stand at the newest migration: run `migrate` first."""


@dataclass(frozen=True, kw_only=True)
class ServiceDefinition:
    """What a service is made of.

    `migrations` is Alembic's script location (a path, or `units_svc:migrations`). `listeners` holds the
    handlers of foreign events, `sources` the grants through which they come, `timers` the handlers of its
    timers.
    `border(settings)` sets up the service's streams and their consumers at the broker, as the admin of its
    account.
    """

    name: str
    settings_class: type[WebSettings]
    build_runtime: Callable[[Any], Runtime]
    create_app: Callable[[Runtime], FastAPI]
    migrations: str
    listeners: Listening = field(default_factory=Listening)
    sources: Sequence[Granted] = ()
    timers: Timers = field(default_factory=Timers)
    border: Callable[[Any], Awaitable[None]] | None = None


class _Server(uvicorn.Server):
    """Ends like any program when it's told to; uvicorn's own kills the process once it has finished, which
    would lose the last spans and report a failure.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let SIGTERM and SIGINT end the serving, for as long as it lasts."""
        loop = asyncio.get_running_loop()
        ends = (signal.SIGTERM, signal.SIGINT)
        for number in ends:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in ends:
                loop.remove_signal_handler(number)


def run(definition: ServiceDefinition, arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit with its status: 2 when the settings are
    incomplete."""
    parser = argparse.ArgumentParser(prog=definition.name)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=command.__doc__, description=command.__doc__)
    chosen = parser.parse_args(arguments).command
    try:
        settings = read(definition.settings_class)
    except SettingsIncomplete as incomplete:
        for line in incomplete.problems:
            sys.stderr.write(f"{definition.name}: {line}\n")
        sys.exit(2)
    telemetry.configure(definition.name, settings.entity, settings.otlp_endpoint)
    sys.exit(uvloop.run(_COMMANDS[chosen](definition, settings)))


async def serve(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Answer requests until SIGTERM; then finish those that are under way."""
    runtime = definition.build_runtime(settings)
    require_migrations(definition, runtime)
    runtime.companions.append(lambda: forgetting(runtime))
    if isinstance(settings, ServiceSettings):
        runtime.companions.append(lambda: _bus_beside(definition, runtime))
    server = _Server(
        uvicorn.Config(
            definition.create_app(runtime),
            host=settings.http_host,
            port=settings.http_port,
            http="httptools",
            # A failing start ends the process; by default it would be taken for an application without one.
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
            proxy_headers=True,
            forwarded_allow_ips=sorted(settings.trusted_proxies),
        )
    )
    await server.serve()
    return 0 if server.started else 1


async def work(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Send what was committed, act on what was received, fire timers, until SIGTERM."""
    runtime = definition.build_runtime(settings)
    require_migrations(definition, runtime)
    try:
        await worker.work(runtime, definition.listeners, definition.timers, definition.sources)
    finally:
        await runtime.close()
    return 0


async def bring_up_to_date(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Bring the database up to the newest migration."""
    await migrate.upgrade(settings.database_url.get_secret_value(), definition.migrations)
    return 0


async def set_up_border(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Set up this service's streams and the consumers it grants to others."""
    if definition.border is not None:
        await definition.border(settings)
    return 0


async def check(definition: ServiceDefinition, settings: WebSettings) -> int:
    """Say in one line each whether settings, database, migrations, keys and broker are as they must be."""
    runtime = definition.build_runtime(settings)
    require_migrations(definition, runtime)
    verifier = TokenVerifier(settings.issuer, settings.audience, settings.entity, settings.jwks_url)
    runtime.checks["keys"] = verifier.check
    if isinstance(settings, ServiceSettings):
        monitor = settings.nats_monitor_url
        runtime.checks["broker"] = lambda: require_durable(monitor)
    try:
        found = {"settings": "ok", **await readiness(runtime)}
    finally:
        await verifier.close()
        await runtime.close()
    for name, state in found.items():
        sys.stdout.write(f"{name:<12}{state}\n")
    return 0 if all(state == "ok" for state in found.values()) else 1


def require_migrations(definition: ServiceDefinition, runtime: Runtime) -> None:
    """Let the runtime be ready only while its database stands at the newest migration."""
    url = runtime.settings.database_url.get_secret_value()
    current = False

    async def migrations() -> None:
        nonlocal current
        # Migrations only go forward under a running process: what was found once stays so.
        current = current or await migrate.current(url, definition.migrations)
        if not current:
            raise MigrationsPending

    runtime.checks["migrations"] = migrations


@asynccontextmanager
async def _bus_beside(definition: ServiceDefinition, runtime: Runtime) -> AsyncIterator[None]:
    beside = (
        worker.embedded(runtime, definition.listeners, definition.timers, definition.sources)
        if runtime.settings.embed_worker
        else worker.pinging(runtime)
    )
    async with beside:
        yield


_COMMANDS: dict[str, Callable[[ServiceDefinition, Any], Any]] = {
    "serve": serve,
    "work": work,
    "migrate": bring_up_to_date,
    "border": set_up_border,
    "check": check,
}
