"""Processes that outlive the command that started them: started, recognised later, ended."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from partywall.memory import read_json, write_json
from partywall.nursery import Child
from partywall.system_user import OWN_IDENTITY, Identity

# Children of this process are recorded, so that they are reaped when they end and not reported as leaked.
_children: dict[int, subprocess.Popen[bytes]] = {}


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    folder: Path = Path("/"),
    identity: Identity = OWN_IDENTITY,
) -> int:
    """Start `command` in a session of its own, its output appended to `log`, and return its process id."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch(mode=0o600)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env=dict(environment),
            start_new_session=True,
            **identity.popen_options(),
        )
    _children[process.pid] = process
    return process.pid


def spawn_together(children: Sequence[Child]) -> list[int]:
    """Start services that share most of their code, and return their process ids in the same order.

    They aren't children of this process: the process that started them has ended.
    """
    nursery = subprocess.run(
        [sys.executable, "-m", "partywall.nursery"],
        check=False,
        input=json.dumps(children).encode(),
        capture_output=True,
        cwd="/",
    )
    if nursery.returncode != 0:
        raise RuntimeError(f"services could not be started:\n{nursery.stderr.decode(errors='replace')}")
    return [int(line) for line in nursery.stdout.split()]


def alive(pid: int) -> bool:
    """Return whether `pid` runs; a child that ended is reaped."""
    child = _children.get(pid)
    if child is not None and child.poll() is not None:
        del _children[pid]
        return False
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def end(pid: int, timeout: float = 15.0, *, signal_number: int = signal.SIGTERM) -> bool:
    """Send `signal_number` and wait; return False when `pid` had to be killed after `timeout` seconds."""
    try:
        process = psutil.Process(pid)
        process.send_signal(signal_number)
        try:
            process.wait(timeout)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(5)
            return False
    except psutil.NoSuchProcess:
        return True
    finally:
        alive(pid)
    return True


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of `log`, or an empty text when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 64_000))
        found = file.read().decode(errors="replace").splitlines()
    return "\n".join(found[-lines:])


@dataclass(frozen=True, slots=True)
class Running:
    """A process as it was recorded: its id, and when the system started it."""

    pid: int
    started: float


@dataclass(frozen=True, slots=True)
class PidFile:
    """The record of one part's process, recognised by its id and start time."""

    path: Path

    def write(self, pid: int) -> None:
        """Record `pid`; nothing is recorded when it has ended already."""
        try:
            write_json(self.path, {"pid": pid, "started": psutil.Process(pid).create_time()})
        except psutil.NoSuchProcess:
            self.remove()

    def running(self) -> Running | None:
        """Return the recorded process while it runs."""
        content: dict[str, Any] = read_json(self.path)
        if "pid" not in content:
            return None
        pid, started = int(content["pid"]), float(content["started"])
        try:
            same = abs(psutil.Process(pid).create_time() - started) < 0.05
        except psutil.NoSuchProcess:
            return None
        return Running(pid, started) if same and alive(pid) else None

    def remove(self) -> None:
        """Delete the record."""
        self.path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class PortHolder:
    """The process that listens on a port; `pid` is None when the system doesn't show it."""

    port: int
    pid: int | None
    program: str


def holder_of(port: int) -> PortHolder | None:
    """Return the process that listens on `port` of 127.0.0.1, or None when it is free."""
    try:
        connections = psutil.net_connections(kind="tcp")
    except psutil.AccessDenied:
        connections = []
    for connection in connections:
        if connection.status == psutil.CONN_LISTEN and connection.laddr[1:2] == (port,):
            return PortHolder(port, connection.pid, _program(connection.pid))
    return PortHolder(port, None, "a program of another user") if _refuses_binding(port) else None


def _program(pid: int | None) -> str:
    if pid is None:
        return "a program of another user"
    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:
        return "a program of another user"


def _refuses_binding(port: int) -> bool:

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
