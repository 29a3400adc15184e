"""The local stack as a whole: started in parallel, found again by later commands, stopped."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from contracts.border import stream_for
from contracts.enrolment import Plan
from contracts.seats import Seat
from partywall import traefik
from partywall.databases import establish_databases
from partywall.layout import PACKAGES, Kind, Layout, Part
from partywall.memory import (
    Done,
    StateUnusable,
    Vault,
    layout_of,
    remember_layout,
    require_this_version,
)
from partywall.parties import Neighbourhood
from partywall.processes import PidFile, Running, holder_of, spawn, spawn_together, tail
from partywall.processes import end as end_process
from partywall.programs import Programs

ROOM_NEEDED = 500 * 1024**2
_LOADED = "configuration"
RELOAD_SECONDS = 15.0
"""Longest time for the broker to read its configuration again."""
Report = Callable[[str, float], None]
"""Called with a finished step and the seconds it took."""


class PartFailed(RuntimeError):
    """A part did not start or become ready; the message has the end of its log."""


class PortTaken(RuntimeError):
    """A port of the stack is used by another program; the message names both and says what to do."""


class Busy(RuntimeError):
    """Another command is starting or stopping this stack."""


def _silent(step: str, seconds: float) -> None:
    """Report nothing."""


@dataclass(slots=True)
class Stack:
    """One local stack. Any process may call its methods: what is running is read from the state folder."""

    layout: Layout
    vault: Vault
    programs: Programs
    report: Report = _silent
    ready_timeout: float = 60.0

    @classmethod
    def open(
        cls,
        state: Path,
        *,
        environment: Mapping[str, str] | None = None,
        extra: Mapping[str, str] | None = None,
        report: Report = _silent,
        plan: Plan | None = None,
    ) -> Stack:
        """Open the stack in `state`; `extra` are settings of services that replace generated ones.

        `plan` is for a stack that has no register of parties yet; the usual two take part without it.
        """
        neighbourhood = Neighbourhood(state, plan)
        layout = layout_of(state, neighbourhood.parties, environment)
        vault = Vault.open(state)
        return cls(layout, vault, Programs(layout, vault, neighbourhood, extra or {}), report)

    @property
    def neighbourhood(self) -> Neighbourhood:
        """The parties, and the key that signs their register."""
        return self.programs.neighbourhood

    def move_to(self, layout: Layout) -> None:
        """Continue with other parties, whose ports are remembered."""
        self.layout = self.programs.layout = layout
        remember_layout(layout)

    # what runs

    def running(self, part: Part) -> Running | None:
        """Return the process of `part`, or None when it isn't running."""
        return self._pid_file(part).running()

    def missing(self) -> list[Part]:
        """Return the parts that aren't running."""
        return [part for part in self.layout.parts if self.running(part) is None]

    def anything_runs(self) -> bool:
        """Return whether any part runs."""
        return len(self.missing()) < len(self.layout.parts)

    @property
    def sign_ins(self) -> Path:
        """File with the demo sign-ins, mode 0600."""
        return self.layout.state / "sign-ins.json"

    @property
    def set_up(self) -> Done:
        """The set-up work that is done."""
        return Done(self.layout.state / "set-up.json")

    @property
    def _border_set_up(self) -> Done:
        """What is set up at the broker; it is lost with the broker's store."""
        return Done(self.layout.nats_folder / "set-up.json")

    def _pid_file(self, part: Part) -> PidFile:
        return PidFile(self.layout.run / f"{part.name}.json")

    # up

    def up(self) -> list[Part]:
        """Start what isn't running and set up what is new; return the started parts, all of them ready.

        Raises `StateUnusable`, `PortTaken`, `PartFailed` or `Busy`; what was started by then keeps running,
        and the next `up` continues from there.
        """
        with self.alone():
            return self.start_missing()

    def start_missing(self) -> list[Part]:
        """Do what `up` does, while this command has the folder for itself."""
        starting = self.missing()
        self.require_free_ports(starting)
        remember_layout(self.layout)
        infrastructure = [part for part in starting if part.kind in (Kind.POSTGRES, Kind.NATS, Kind.TRAEFIK)]
        services = [part for part in starting if part not in infrastructure]
        self.follow_parties()
        self.in_parallel(self._bring_up, infrastructure)
        self.set_up_what_is_new()
        self._launch_together(services)
        self.in_parallel(self._await, services)
        # Parts that were running may have been left unready by a failed start.
        self.in_parallel(self._wait_until_ready, [part for part in self.layout.parts if part not in starting])
        return starting

    def start(self, name: str) -> int:
        """Start one part that was stopped or killed, wait until it is ready, and return its process id."""
        part = self.layout.part(name)
        self._bring_up(part)
        running = self.running(part)
        if running is None:
            raise PartFailed(f"{part.title} ended at once.\n{tail(self.layout.log(part.name))}")
        return running.pid

    def launch(self, name: str) -> None:
        """Start one part without waiting for it to be ready."""
        self._launch(self.layout.part(name))

    def _bring_up(self, part: Part) -> None:
        began = time.monotonic()
        self._launch(part)
        self._await(part, began)

    def _await(self, part: Part, began: float | None = None) -> None:
        began = began or time.monotonic()
        self._wait_until_ready(part)
        if part.kind is Kind.POSTGRES:
            party = part.party or ""
            cluster = self.programs.postgres(party)
            made = asyncio.run(establish_databases(cluster, self.layout.parts_of(party), self.vault))
            self.set_up.forget(*(f"migrate {new.name}" for new in made))
        self.report(f"{part.title} is ready", time.monotonic() - began)

    def _launch(self, part: Part) -> None:
        if part.kind is Kind.POSTGRES:
            cluster = self.programs.postgres(part.party or "")
            for folder in cluster.create():
                self.report(f"{folder} can now be traversed by PostgreSQL's user (o+x)", 0.0)
            pid = cluster.pid() or cluster.start()
        else:
            self.programs.prepare(part)
            pid = spawn(
                self.programs.command(part),
                log=self.layout.log(part.name),
                environment=self.programs.environment(part),
                folder=self.layout.state,
            )
            if part.kind is Kind.NATS:
                config = (self.layout.nats_folder / "nats.conf").read_text()
                self._border_set_up.mark(_LOADED, _fingerprint(f"{pid} {config}"))
        self._pid_file(part).write(pid)

    def _launch_together(self, parts: Sequence[Part]) -> None:
        """Start services from one process that has loaded what they share."""
        if not parts:
            return
        children = [self.programs.child(part) for part in parts]
        for part, pid in zip(parts, spawn_together(children), strict=True):
            self._pid_file(part).write(pid)

    def _wait_until_ready(self, part: Part) -> None:
        deadline = time.monotonic() + self.ready_timeout
        while (reason := self.programs.not_ready(part)) is not None:
            running = self.running(part)
            if running is None or time.monotonic() > deadline:
                what = "ended while starting" if running is None else f"is not ready: {reason}"
                log = self.layout.log(part.name)
                again = "" if running is None else "\nTo start it again: partywall down, then make up"
                raise PartFailed(f"{part.title} {what}\n{tail(log)}\n(the whole log: {log}){again}")
            time.sleep(0.05)

    # set-up

    def set_up_what_is_new(self) -> None:
        """Migrate databases and set up the border where the input has changed."""
        migrations = _fingerprints_of_migrations(self.layout.serving)
        grants = self.programs.neighbourhood.grants
        borders = {seat: _fingerprint(repr(stream_for(seat, grants))) for seat in self.layout.seats}
        border = self._border_set_up
        to_migrate = [
            part for part, now in migrations.items() if not self.set_up.is_done(f"migrate {part.name}", now)
        ]
        to_grant = [seat for seat, now in borders.items() if not border.is_done(f"border {seat}", now)]
        if to_migrate or to_grant:
            asyncio.run(self._set_up(to_migrate, to_grant))
        for part in to_migrate:
            self.set_up.mark(f"migrate {part.name}", migrations[part])
        for seat in to_grant:
            border.mark(f"border {seat}", borders[seat])

    async def _set_up(self, to_migrate: Sequence[Part], to_grant: Sequence[Seat]) -> None:
        # Imported here: a start without set-up loads no service.
        from partywall.setting_up import establish_border, migrate_database  # noqa: PLC0415

        for part in to_migrate:
            await migrate_database(self.programs, self.report, part)
        for seat in to_grant:
            await establish_border(self.programs, self.report, self.layout.of_seat(seat))

    def follow_parties(self) -> None:
        """Give a running broker and a running Traefik the parties and the catalogue as they are now."""
        if self.running(self.layout.part("traefik")) is not None:
            traefik.write_configuration(self.layout)
        broker = self.running(self.layout.part("nats"))
        if broker is None:
            return
        wanted = _fingerprint(f"{broker.pid} {self.programs.write_nats_config()}")
        if self._border_set_up.is_done(_LOADED, wanted):
            return
        began = time.monotonic()
        # Twice: nats-server 2.15.1 starts the imports of an account that a reload adds at the next reload.
        for _ in range(2):
            self._reload(broker.pid)
        self._border_set_up.mark(_LOADED, wanted)
        self.report("the broker has the grants of these parties", time.monotonic() - began)

    def _reload(self, broker: int) -> None:
        """Have the broker read its configuration again, which disconnects nobody. Raises PartFailed."""
        until, loaded = time.monotonic() + RELOAD_SECONDS, self._config_loaded_at()
        os.kill(broker, signal.SIGHUP)
        while self._config_loaded_at() == loaded:
            if time.monotonic() > until:
                words = tail(self.layout.log("nats"))
                raise PartFailed(f"NATS doesn't accept its new configuration.\n{words}")
            time.sleep(0.02)

    def _config_loaded_at(self) -> str:
        found = httpx.get(f"http://127.0.0.1:{self.layout.nats_monitor_port}/varz", timeout=5).json()
        return str(found["config_load_time"])

    # down

    def down(self) -> list[Part]:
        """Stop everything and return the parts that were running; all state remains for the next `up`."""
        if not self.layout.state.exists():
            return []
        with self._locked():
            running = [part for part in self.layout.parts if self.running(part) is not None]
            for kinds in ((Kind.WORK, Kind.SERVE, Kind.TRAEFIK), (Kind.NATS, Kind.POSTGRES)):
                self.in_parallel(self.end, [part for part in running if part.kind in kinds])
            self._stop_strays()
        return running

    def _stop_strays(self) -> None:
        """Stop what runs under a name that no part has any more, databases last."""
        known = {self._pid_file(part).path for part in self.layout.parts}
        strays = [path for path in self.layout.run.rglob("*.json") if path not in known]
        for path in sorted(strays, key=lambda path: "postgres" in path.name):
            if (running := PidFile(path).running()) is not None:
                end_process(running.pid, 25.0, signal_number=signal.SIGINT)
                self.report(f"{path.stem} stopped", 0.0)
            path.unlink()

    def stop(self, name: str) -> None:
        """Stop one part in an orderly way."""
        self.end(self.layout.part(name))

    def kill(self, name: str) -> None:
        """End one part with SIGKILL, as a crash would."""
        running = self.running(self.layout.part(name))
        if running is not None:
            end_process(running.pid, signal_number=signal.SIGKILL)

    def end(self, part: Part) -> None:
        """Stop a part in an orderly way, if it runs."""
        began = time.monotonic()
        running = self.running(part)
        if running is None:
            return
        asked = signal.SIGINT if part.kind is Kind.POSTGRES else signal.SIGTERM
        orderly = end_process(running.pid, 25.0, signal_number=asked)
        self._pid_file(part).remove()
        step = f"{part.title} stopped" if orderly else f"{part.title} did not stop by itself and was killed"
        self.report(step, time.monotonic() - began)

    # the state folder

    def _prepare_folder(self) -> None:
        state = self.layout.state
        try:
            state.mkdir(parents=True, exist_ok=True)
            for folder in (self.layout.run, self.layout.logs):
                folder.mkdir(exist_ok=True)
            probe = state / ".probe"
            probe.touch()
            probe.unlink()
        except PermissionError as error:
            raise StateUnusable(
                f"{state} can't be written by {_whoami()} ({error.strerror}). "
                "Remove it as the user who owns it, or set PARTYWALL_STATE to a folder of your own."
            ) from error
        free = shutil.disk_usage(state).free
        if free < ROOM_NEEDED:
            raise StateUnusable(
                f"The disk of {state} has {free // 1024**2} MB left; {ROOM_NEEDED // 1024**2} MB are needed. "
                "Free some space, or set PARTYWALL_STATE to a folder on another disk."
            )

    def require_free_ports(self, parts: Sequence[Part]) -> None:
        """Check that no other program has a port of these parts. Raises PortTaken."""
        for part in parts:
            for port in self.layout.ports(part):
                holder = holder_of(port)
                if holder is None or (part.kind is Kind.POSTGRES and self._is_our_postgres(part, holder.pid)):
                    continue
                who = f"{holder.program} (process {holder.pid})" if holder.pid else holder.program
                raise PortTaken(
                    f"Port {port} is needed for {part.title} but is taken by {who}. Stop it or use others: "
                    f"PARTYWALL_PORT_BASE={self.layout.base + 100} make up"
                )

    def _is_our_postgres(self, part: Part, pid: int | None) -> bool:
        return pid is not None and self.programs.postgres(part.party or "").pid() == pid

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have the folder, and the register in it, for this command alone.

        Raises `StateUnusable` or `Busy`.
        """
        require_this_version(self.layout.state)
        self._prepare_folder()
        with self._locked():
            self.neighbourhood.settings()
            yield

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.layout.state / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                lock.seek(0)
                raise Busy(
                    f"Another command (process {lock.read().strip()}) is working on this stack."
                ) from error
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            yield

    def in_parallel(self, work: Callable[..., None], items: Sequence[object]) -> None:
        """Do `work` for all items in parallel; the first failure is raised after all have ended."""
        if not items:
            return
        with ThreadPoolExecutor(max_workers=len(items)) as pool:
            futures = [pool.submit(work, item) for item in items]
        for future in futures:
            future.result()


def _package(part: Part) -> Path:
    spec = importlib.util.find_spec(PACKAGES[part.service or ""])
    if spec is None or spec.origin is None:
        raise PartFailed(f"{part.title} is not installed; run `make install`.")
    return Path(spec.origin).parent


def _fingerprint_of_folder(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _fingerprints_of_migrations(parts: Sequence[Part]) -> dict[Part, str]:
    by_package = {
        part.service: _fingerprint_of_folder(_package(part) / "migrations")
        for part in {part.service: part for part in parts}.values()
    }
    return {part: by_package[part.service] for part in parts}


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _whoami() -> str:
    return f"user {os.geteuid()}"
