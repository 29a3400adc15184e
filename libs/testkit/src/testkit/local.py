"""The integration tests' stack as local processes: `partywall up` in a folder and on ports of its own."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import partywall
from partywall.accounts import SignIn
from partywall.layout import BY_NAME, DATABASES, PORTS_USED, Door
from partywall.seeding import load_register, seed, sign_in
from partywall.stack import Stack
from testkit.live import run_program
from testkit.ports import free_ports

SMALL_REGISTER = Path(partywall.__file__).parent / "registers" / "registrations.csv"


class LocalBack:
    """The stack of `partywall up`, with a small register of homes of our own."""

    def __init__(self) -> None:
        # PostgreSQL runs as a user of its own and must be able to come through; its sockets need short paths.
        self.folder = Path(tempfile.mkdtemp(prefix="pw-"))
        self.folder.chmod(0o755)
        self.stack = Stack.open(
            self.folder / "state", environment={"PARTYWALL_PORT_BASE": str(free_ports(PORTS_USED))}
        )

    def up(self) -> None:
        """Start everything, with staff and homes."""
        self.stack.up()
        seed(self.stack, load_homes=False)
        asyncio.run(load_register(self.stack, SMALL_REGISTER, None))

    def down(self) -> None:
        """Stop everything and forget it."""
        self.stack.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def door(self, entity: str) -> Door:
        """Return how a program reaches `entity` through Traefik."""
        return self.stack.layout.door(entity)

    def account(self, entity: str, role: str) -> SignIn:
        """Return the sign-in of a member of staff."""
        return sign_in(self.stack, entity, role)

    async def stop(self, name: str) -> None:
        """Stop one part in an orderly way."""
        await asyncio.to_thread(self.stack.stop, name)

    async def start(self, name: str) -> None:
        """Start one part and wait until it is ready."""
        await asyncio.to_thread(self.stack.start, name)

    async def kill(self, name: str) -> None:
        """End one part with SIGKILL."""
        await asyncio.to_thread(self.stack.kill, name)

    async def launch(self, name: str) -> None:
        """Start one part without waiting for it."""
        await asyncio.to_thread(self.stack.launch, name)

    async def inside(self, service: str, program: str, given: Any) -> Any:
        """Run a program with the service's own environment."""
        environment = self.stack.programs.environment(BY_NAME[service])
        return await run_program([sys.executable, "-c", program], given, environment)

    async def broker_bytes(self) -> bytes:
        """Return every byte in the broker's store."""
        store = self.stack.layout.nats_folder / "jetstream"
        return b"".join(path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file())

    def database_address(self, service: str) -> dict[str, Any]:
        """Return where the database of `service` is."""
        entity = next(entity for entity, names in DATABASES.items() if service in names)
        return {
            "host": "127.0.0.1",
            "port": self.stack.layout.port(f"postgres-{entity}"),
            "database": service,
        }
