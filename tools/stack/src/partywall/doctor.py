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

from partywall.crossings import backlog
from partywall.lag import lags
from partywall.layout import GATEWAY, PACKAGES
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
    for check in (_python, _programs, _user, _folder, _secrets, _parties, _room, _ports):
        yield from check(stack)
    if not stack.anything_runs():
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
    keys = sorted(stack.neighbourhood.keys.folder.glob("*.key"))
    for path in (stack.vault.path, stack.layout.nats_folder / "nats.conf", stack.sign_ins, *keys):
        if path.exists():
            private = stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
            mend = "" if private else f"chmod 600 {path}"
            yield Finding(
                f"{path.name} is readable by its owner only" if private else f"{path} is readable by others",
                mend,
            )


def _parties(stack: Stack) -> Iterator[Finding]:
    plan = stack.neighbourhood.plan
    suspended = f", {len(plan.suspended)} of them suspended" if plan.suspended else ""
    yield Finding(f"{len(plan.parties)} parties take part{suspended}")


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
    for part in stack.layout.parts:
        if stack.running(part) is None:
            yield Finding(f"{part.title} isn't running", f"make up (its log: {stack.layout.log(part.name)})")
            continue
        problem = stack.programs.not_ready(part)
        mend = "" if problem is None else f"read {stack.layout.log(part.name)}"
        if problem is not None and "continuity" in problem and "run heal" in problem:
            mend = "partywall heal (docs/runbooks/restored-or-lost.md)"
        yield Finding(f"{part.title} is ready" if problem is None else f"{part.title}: {problem}", mend)


def _databases(stack: Stack) -> Iterator[Finding]:
    for seat in stack.layout.seats:
        try:
            waiting = asyncio.run(backlog(stack, seat))
        except asyncpg.UndefinedTableError:
            yield Finding(f"database of {seat} has no tables", "make up")
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            log = stack.layout.log(f"{seat.party}/postgres")
            yield Finding(f"database of {seat}: {error}", f"make up (log: {log})")
        else:
            mend = f"partywall parked, then partywall replay {seat} --all" if waiting.parked else ""
            yield Finding(f"{seat}: {waiting.pending} to publish, {waiting.parked} parked", mend)


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
    wanted = len(stack.neighbourhood.grants.all)
    try:
        found = len(asyncio.run(lags(stack)))
    except (OSError, TimeoutError, nats.errors.Error) as error:
        yield Finding(f"the broker refuses: {error or type(error).__name__}", "partywall down, then make up")
        return
    mend = "" if found == wanted else f"remove {stack.layout.nats_folder / 'set-up.json'}, then make up"
    yield Finding(f"{found} of {wanted} granted consumers exist at the broker", mend)


def _routes(stack: Stack) -> Iterator[Finding]:
    layout = stack.layout
    crossed: list[str] = []
    for party in layout.parties:
        reached = _answers(stack, party.id, "/sign-in") == httpx.codes.OK
        logs = f"{layout.log('traefik')} and {layout.log(f'{party.id}/{GATEWAY}')}"
        yield Finding(
            f"{layout.public_url(party.id)} {'answers' if reached else 'does not answer'}",
            "" if reached else f"read {logs}",
        )
        foreign = PACKAGES.keys() - {GATEWAY, *(str(seat.service) for seat in party.seats)}
        crossed += [
            f"{service}-svc at {party.id}"
            for service in sorted(foreign)
            if _answers(stack, party.id, f"/api/{service}/v1/openapi.json")
            not in (httpx.codes.NOT_FOUND, None)
        ]
    yield Finding(
        f"exposed: {', '.join(crossed)}" if crossed else "no host has a route to another's services",
        f"remove {layout.traefik_folder}, then partywall down and make up" if crossed else "",
    )


def _answers(stack: Stack, party: str, path: str) -> int | None:
    try:
        host = {"Host": stack.layout.host(party)}
        return httpx.get(f"http://127.0.0.1:{stack.layout.base}{path}", headers=host, timeout=3).status_code
    except httpx.TransportError:
        return None
