"""The command line of a service: `python -m <svc> COMMAND`; `--help` lists the commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

import uvloop

from chassis import telemetry
from chassis.runtime import Runtime
from chassis.settings import SettingsIncomplete, WebSettings, read

if TYPE_CHECKING:
    from fastapi import FastAPI

    from chassis.bus.healing import Follow
    from chassis.bus.worker import Duties
    from chassis.erasing import ErasedBefore
    from chassis.usecase import UseCase


@dataclass(frozen=True, kw_only=True)
class ServiceDefinition:
    """What a service is made of.

    What only some of its processes need is named as `module:object` and loaded by those: `web` makes the
    application from a runtime, `duties` are those of its worker, `follow` is called with the events that
    `heal` took back from its stream, `erase_again` is the use case that
    erases somebody again, after a restore. `migrations` is Alembic's script location (a path, or
    `units_svc:migrations`).
    """

    name: str
    settings_class: type[WebSettings]
    build_runtime: Callable[[Any], Runtime]
    web: str
    migrations: str
    duties: str | None = None
    follow: str | None = None
    erase_again: str | None = None

    def create_app(self, runtime: Runtime) -> FastAPI:
        """Return the web application."""
        app: FastAPI = resolve_name(self.web)(runtime)
        return app

    def worker_duties(self) -> Duties:
        """Return the duties of the worker. Raises LookupError for a service without a worker."""
        if self.duties is None:
            raise LookupError(f"{self.name} has no worker")
        duties: Duties = resolve_name(self.duties)
        return duties

    def follow_up(self) -> Follow | None:
        """Return what is called with the events that were taken back, or None."""
        follow: Follow | None = None if self.follow is None else resolve_name(self.follow)
        return follow

    def erasing_again(self) -> UseCase[ErasedBefore, bool]:
        """Return the use case that erases somebody again. Raises LookupError if the service erases nobody."""
        if self.erase_again is None:
            raise LookupError(f"{self.name} erases nobody")
        again: UseCase[ErasedBefore, bool] = resolve_name(self.erase_again)
        return again


_COMMANDS = {
    "serve": (
        "chassis.commands.serving:serve",
        "Answer requests until SIGTERM, then finish those in progress.",
    ),
    "work": (
        "chassis.commands.working:work",
        "Publish committed events, act on received ones and fire timers, until SIGTERM.",
    ),
    "migrate": ("chassis.commands.upkeep:migrate", "Upgrade the database to the newest migration."),
    "border": (
        "chassis.commands.upkeep:border",
        "Set up this service's streams and the consumers it grants to others.",
    ),
    "check": (
        "chassis.commands.upkeep:check",
        "Check settings, database, migrations, keys and broker, and print a line for each.",
    ),
    "heal": (
        "chassis.commands.healing:heal",
        "Repair database and stream after a loss, and list what a person has to decide.",
    ),
    "redeliver": (
        "chassis.commands.healing:redeliver",
        "Deliver this service's events to one listener again, from the first; it skips those it has.",
    ),
    "erasures": (
        "chassis.commands.erasing:erasures",
        "Print who was erased, by ids that nothing else has: to be stored outside of the backups.",
    ),
    "erase-again": (
        "chassis.commands.erasing:erase_again",
        "Erase again whom a restored database has back, from the lines that `erasures` printed.",
    ),
}


def run(definition: ServiceDefinition, arguments: Sequence[str] | None = None) -> None:
    """Run the command that the arguments name, and exit with its status; 2: the settings are incomplete."""
    parser = argparse.ArgumentParser(prog=definition.name)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (_, purpose) in _COMMANDS.items():
        added = commands.add_parser(name, help=purpose, description=purpose)
        if name == "redeliver":
            added.add_argument("listener", help="who will receive them again, such as maple-homes/tenancy")
        if name == "erase-again":
            added.add_argument("file", help="the lines that `erasures` printed; - reads them from the input")
    given = vars(parser.parse_args(arguments))
    chosen, _ = _COMMANDS[given.pop("command")]
    try:
        settings = read(definition.settings_class)
    except SettingsIncomplete as incomplete:
        for line in incomplete.problems:
            sys.stderr.write(f"{definition.name}: {line}\n")
        sys.exit(2)
    telemetry.configure(definition.name, settings.entity, settings.otlp_endpoint)
    sys.exit(uvloop.run(resolve_name(chosen)(definition, settings, **given)))
