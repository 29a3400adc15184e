"""A bare NATS server with JetStream, for tests that know nothing of the trade."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from pathlib import Path

import nats
from nats.aio.client import Client

from partywall.nats_server import NatsServer
from partywall.processes import end
from testkit.ports import free_port

ANSWERS_FOR_STATE = """
system_account: SYS
no_auth_user: anybody
accounts {
  SYS { exports [ { service: "$SYS.REQ.SERVER.PING.VARZ" } ] }
  PLAIN {
    jetstream: enabled
    users [ { user: anybody, password: "" } ]
    imports [ { service: { account: SYS, subject: "$SYS.REQ.SERVER.PING.VARZ" }, to: "broker.state" } ]
  }
}
"""
"""A single account, open to anybody, that may ask for the server's state."""


@dataclass(slots=True)
class PlainNats:
    """A NATS server with JetStream and a single account without passwords."""

    url: str
    _pid: int

    @classmethod
    def start(cls, folder: Path) -> PlainNats:
        """Create a server under `folder` and return once JetStream is ready."""
        port, monitor = free_port(), free_port()
        config = folder / "nats.conf"
        config.write_text(
            f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor}"\nserver_name: plain\n'
            f"{ANSWERS_FOR_STATE}"
            f'jetstream {{ store_dir: "{folder}/jetstream", max_file_store: 4GB, sync_interval: always }}\n'
        )
        return cls(f"nats://127.0.0.1:{port}", run_nats(config, folder, monitor))

    async def connect(self) -> Client:
        """Open a connection; the caller closes it."""
        return await nats.connect(self.url)

    def stop(self) -> None:
        """End the server."""
        end(self._pid, signal_number=signal.SIGKILL)


def run_nats(config: Path, folder: Path, monitor_port: int) -> int:
    """Start a server on `config` and return its process id once JetStream is ready."""
    server = NatsServer(config=config, log=folder / "nats.log", monitor_port=monitor_port)
    pid = server.start()
    server.wait_until_ready(pid)
    return pid
