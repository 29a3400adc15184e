"""`partywall doctor`: one line for each check, with what to do about a problem."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
import httpx
import nats.errors
from rich.console import Console

from contracts.border import streams_for
from partywall.crossings import backlog
from partywall.lag import lags
from partywall.layout import ENTITIES, ENTITY_OF, PARTS, SERVICES
from partywall.nats_server import installed_program
from partywall.postgres import BINARIES
from partywall.processes import holder_of
from partywall.stack import ROOM_NEEDED, Stack
from partywall.system_user import POSTGRES_USER


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check. `mend` is what to do; empty when nothing is wrong."""

    what: str
    mend: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing is wrong."""
        return not self.mend


def examine(stack: Stack) -> Iterator[Finding]:
    """Yield a finding for each check; some are only made on a running stack."""
    for check in (_python, _programs, _user, _folder, _secrets, _room, _ports):
        yield from check(stack)
    stopped = stack.missing()
    if len(stopped) == len(PARTS):
        yield Finding("the stack is stopped", "start it: make up")
        return
    for check in (_processes, _databases, _durability, _streams, _routes):
        yield from check(stack)


def show(stack: Stack, console: Console) -> bool:
    """Print every finding; return whether all is well."""
    well = True
    for finding in examine(stack):
        mark = "[green]✓[/green]" if finding.well else "[red]✗[/red]"
        console.print(f"{mark} {finding.what}" + ("" if finding.well else f" [bold]→ {finding.mend}[/bold]"))
        well = well and finding.well
    return well


def _python(stack: Stack) -> Iterator[Finding]:
    version = ".".join(str(number) for number in sys.version_info[:3])
    mend = "" if sys.version_info >= (3, 11) else "install Python 3.11 or newer and run: make up"
    yield Finding(f"Python {version}", mend)


def _programs(stack: Stack) -> Iterator[Finding]:
    for name in ("nats-server", "traefik"):
        try:
            installed_program(name)
        except FileNotFoundError:
            yield Finding(f"{name} is not installed", "make install")
        else:
            yield Finding(f"{name} is installed")
    installed = os.access(BINARIES / "postgres", os.X_OK)
    yield Finding(
        "PostgreSQL is installed" if installed else f"no PostgreSQL in {BINARIES}",
        "" if installed else "make install",
    )


def _user(stack: Stack) -> Iterator[Finding]:
    if os.geteuid() != 0:
        return
    try:
        pwd.getpwnam(POSTGRES_USER)
    except KeyError:
        yield Finding(f"PostgreSQL's user {POSTGRES_USER} doesn't exist yet", "make up creates it")
    else:
        yield Finding(f"PostgreSQL runs as {POSTGRES_USER}, because it can't run as root")


def _folder(stack: Stack) -> Iterator[Finding]:
    state = stack.layout.state
    usable = os.access(state if state.exists() else state.parent, os.W_OK | os.X_OK)
    mend = "" if usable else "set PARTYWALL_STATE to a folder of your own"
    yield Finding(f"state in {state}" + ("" if usable else " can't be written"), mend)


def _secrets(stack: Stack) -> Iterator[Finding]:
    for path in (stack.vault.path, stack.layout.nats_folder / "nats.conf", stack.sign_ins):
        if path.exists():
            private = stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
            mend = "" if private else f"chmod 600 {path}"
            yield Finding(
                f"{path.name} is readable by its owner only" if private else f"{path} is readable by others",
                mend,
            )


def _room(stack: Stack) -> Iterator[Finding]:
    state = stack.layout.state
    free = shutil.disk_usage(state if state.exists() else state.parent).free
    mend = "" if free >= ROOM_NEEDED else f"free {ROOM_NEEDED // 1024**2} MB, or set PARTYWALL_STATE"
    yield Finding(f"{free // 1024**3} GB free on the disk", mend)


def _ports(stack: Stack) -> Iterator[Finding]:
    well = True
    for part in stack.missing():
        for port in stack.layout.ports(part):
            holder = holder_of(port)
            if holder is not None:
                well = False
                who = f"{holder.program} (process {holder.pid or '?'})"
                yield Finding(
                    f"port {port}, for {part.title}, is taken by {who}",
                    f"stop it, or: PARTYWALL_PORT_BASE={stack.layout.base + 100} make up",
                )
    if well:
        yield Finding(f"the ports from {stack.layout.base} are free or used by this stack")


def _processes(stack: Stack) -> Iterator[Finding]:
    for part in PARTS:
        if stack.running(part) is None:
            yield Finding(f"{part.title} isn't running", f"make up (its log: {stack.layout.log(part.name)})")
            continue
        problem = stack.programs.not_ready(part)
        mend = "" if problem is None else f"read {stack.layout.log(part.name)}"
        if problem is not None and "continuity" in problem and "run heal" in problem:
            mend = "partywall heal (docs/runbooks/restored-or-lost.md)"
        yield Finding(f"{part.title} is ready" if problem is None else f"{part.title}: {problem}", mend)


def _databases(stack: Stack) -> Iterator[Finding]:
    for service in SERVICES:
        try:
            waiting = asyncio.run(backlog(stack, service))
        except asyncpg.UndefinedTableError:
            yield Finding(f"database {service} has no tables", "make up")
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            server = f"postgres-{ENTITY_OF[service]}"
            yield Finding(f"database {service}: {error}", f"make up (log: {stack.layout.log(server)})")
        else:
            mend = f"partywall parked, then partywall replay {service} --all" if waiting.parked else ""
            yield Finding(f"{service}: {waiting.pending} to publish, {waiting.parked} parked", mend)


def _durability(stack: Stack) -> Iterator[Finding]:
    try:
        found = httpx.get(f"http://127.0.0.1:{stack.layout.nats_monitor_port}/jsz", timeout=2).json()
    except httpx.TransportError:
        yield Finding("the broker's monitor doesn't answer", "make up")
        return
    always = bool(found.get("config", {}).get("sync_always"))
    mend = "" if always else "partywall down, then make up (this writes the configuration again)"
    yield Finding(
        "the broker syncs to disk before it acknowledges"
        if always
        else "the broker acknowledges before it syncs",
        mend,
    )


def _streams(stack: Stack) -> Iterator[Finding]:
    wanted = sum(len(stream.consumers) for service in SERVICES for stream in streams_for(service))
    try:
        found = len(asyncio.run(lags(stack)))
    except (OSError, TimeoutError, nats.errors.Error) as error:
        yield Finding(f"the broker refuses: {error or type(error).__name__}", "partywall down, then make up")
        return
    mend = "" if found == wanted else f"remove {stack.layout.nats_folder / 'set-up.json'}, then make up"
    yield Finding(f"{found} of {wanted} granted consumers exist at the broker", mend)


def _routes(stack: Stack) -> Iterator[Finding]:
    for entity in ENTITIES:
        reached = _answers(stack, entity, "/sign-in") == httpx.codes.OK
        mend = (
            ""
            if reached
            else f"read {stack.layout.log('traefik')} and {stack.layout.log(f'gateway-{entity}')}"
        )
        yield Finding(
            f"{stack.layout.public_url(entity)} {'answers' if reached else 'does not answer'}", mend
        )
    crossed = _answers(stack, "property", "/api/support/v1/openapi.json")
    closed = crossed in (httpx.codes.NOT_FOUND, None)
    mend = "" if closed else f"remove {stack.layout.traefik_folder}, then partywall down and make up"
    yield Finding(
        "the property host has no route to support-svc" if closed else "support-svc is exposed", mend
    )


def _answers(stack: Stack, entity: str, path: str) -> int | None:
    try:
        host = {"Host": stack.layout.host(entity)}
        return httpx.get(f"http://127.0.0.1:{stack.layout.base}{path}", headers=host, timeout=3).status_code
    except httpx.TransportError:
        return None
