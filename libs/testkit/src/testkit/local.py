"""The integration tests' stack as local processes: `partywall up` in a folder and on ports of its own."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import partywall
from contracts.border import Grants
from contracts.enrolment import Plan
from contracts.seats import Seat
from partywall.accounts import SignIn
from partywall.layout import Door
from partywall.parties import usual_plan
from partywall.seeding import load_inventories, seed, sign_in
from partywall.stack import Stack
from testkit.live import run_program
from testkit.ports import free_ports

SMALL_REGISTER = Path(partywall.__file__).parent / "registers" / "registrations.csv"


class LocalBack:
    """The stack of `partywall up`, with a small register of homes of our own."""

    def __init__(self, plan: Plan | None = None, *, more_ports: int = 0) -> None:
        """Prepare a stack of the parties of `plan`, or of the usual two, with ports for others that join."""
        planned = plan or usual_plan()
        # PostgreSQL runs as a user of its own and must be able to come through; its sockets need short paths.
        self.folder = Path(tempfile.mkdtemp(prefix="pw-"))
        self.folder.chmod(0o755)
        ports = free_ports(3 + sum(2 + 2 * len(party.seats) for party in planned.parties) + more_ports)
        self.stack = Stack.open(
            self.folder / "state", environment={"PARTYWALL_PORT_BASE": str(ports)}, plan=planned
        )

    def up(self) -> None:
        """Start everything, with staff and homes."""
        self.stack.up()
        self.equip()

    def equip(self) -> None:
        """Give the parties that are new their staff and homes."""
        seed(self.stack, load_homes=False)
        load_inventories(self.stack, SMALL_REGISTER, None)

    def down(self) -> None:
        """Stop everything and forget it."""
        self.stack.down()
        shutil.rmtree(self.folder, ignore_errors=True)

    def reopen(self) -> None:
        """See the stack as another command left it, after who takes part has changed."""
        base = str(self.stack.layout.base)
        self.stack = Stack.open(self.stack.layout.state, environment={"PARTYWALL_PORT_BASE": base})

    @property
    def seats(self) -> dict[str, Seat]:
        """The seats of the stack, by the names of their web processes."""
        layout = self.stack.layout
        short = [str(seat.service) for seat in layout.seats]
        return {
            str(seat.service) if short.count(seat.service) == 1 else str(seat): seat for seat in layout.seats
        }

    @property
    def grants(self) -> Grants:
        """What passes between them."""
        return self.stack.neighbourhood.grants

    def door(self, party: str) -> Door:
        """Return how a program reaches a party through Traefik."""
        return self.stack.layout.door(party)

    def account(self, party: str, role: str) -> SignIn:
        """Return the sign-in of a member of staff."""
        return sign_in(self.stack, party, role)

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
        environment = self.stack.programs.environment(self.stack.layout.part(service))
        return await run_program([sys.executable, "-c", program], given, environment)

    async def broker_bytes(self) -> bytes:
        """Return every byte in the broker's store."""
        store = self.stack.layout.nats_folder / "jetstream"
        return b"".join(path.read_bytes() for path in sorted(store.rglob("*")) if path.is_file())

    def database_address(self, service: str) -> dict[str, Any]:
        """Return where the database of `service` is."""
        part = self.stack.layout.part(service)
        return {
            "host": "127.0.0.1",
            "port": self.stack.layout.port(f"{part.party}/postgres"),
            "database": part.database,
        }
