"""The integration tests' stack in containers: docker-compose.yml under a project name of its own."""

from __future__ import annotations

import asyncio
import io
import json
import secrets
import shutil
import ssl
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import partywall
from contracts.border import Grants
from contracts.seats import Seat
from partywall.accounts import SignIn
from partywall.layout import Door, project_root
from partywall.parties import usual_plan
from partywall.seeding import demo_staff, import_register
from partywall.staff_api import StaffApi
from testkit.live import run_program
from testkit.ports import free_port

SMALL_REGISTER = Path(partywall.__file__).parent / "registers" / "registrations.csv"
JOBS = ("migrate-", "border-")
_READY_SECONDS = 600.0


class ContainersFailed(RuntimeError):
    """Docker did not do what it was asked; the message holds its last words."""


def engine_answers() -> bool:
    """Return whether a Docker engine with Compose v2 answers."""
    if shutil.which("docker") is None:
        return False
    checks = (["docker", "info"], ["docker", "compose", "version"])
    return all(subprocess.run(check, capture_output=True, check=False).returncode == 0 for check in checks)


class ContainerBack:
    """The stack of `docker compose up`, with a small register of homes of our own."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pw-"))
        self.root = project_root()
        self.project = f"partywall-{secrets.token_hex(4)}"
        self.port = free_port()
        self.plan = usual_plan()
        self.accounts = demo_staff(self.plan.parties)
        self.took: dict[str, float] = {}
        """Seconds that each stage of `up` took."""

    def up(self) -> None:
        """Build what isn't built, start everything, and give it staff and homes."""
        self._write_environment()
        self._timed("base images", lambda: self._run([str(self.root / "deploy/images/standin/build")]))
        self._timed("images", lambda: self._compose("build", "--quiet"))
        self._timed("start", self._start_everything)
        self._timed("staff", self._add_staff)
        self._timed("homes", lambda: asyncio.run(self._load_homes()))

    def down(self) -> None:
        """Remove everything that belongs to this project, volumes included."""
        self._compose("down", "--volumes", "--timeout", "5")
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def seats(self) -> dict[str, Seat]:
        """The seats at the border, by the names of their containers."""
        return {str(seat.service): seat for seat in self.plan.seats}

    @property
    def grants(self) -> Grants:
        """What passes between them."""
        return Grants(self.plan.seats)

    def door(self, party: str) -> Door:
        """Return how a program reaches a party through Traefik."""
        trusted = ssl.create_default_context(cafile=str(self.folder / ".partywall/certificates/ca.crt"))
        return Door(f"https://127.0.0.1:{self.port}", f"{party}.localhost:{self.port}", trusted)

    def account(self, party: str, role: str) -> SignIn:
        """Return the sign-in of a member of staff."""
        return next(found for found in self.accounts if found.party == party and role in found.roles)

    async def stop(self, name: str) -> None:
        """Stop one container in an orderly way."""
        await self._docker("stop", "--time", "30", self._container(name))

    async def start(self, name: str) -> None:
        """Start one container and wait until it is healthy."""
        await self.launch(name)
        deadline = time.monotonic() + 120
        while (
            await self._docker("inspect", "-f", "{{.State.Health.Status}}", self._container(name))
            != "healthy"
        ):
            if time.monotonic() > deadline:
                raise ContainersFailed(await self._docker("logs", "--tail", "30", self._container(name)))
            await asyncio.sleep(0.5)

    async def kill(self, name: str) -> None:
        """End one container with SIGKILL."""
        await self._docker("kill", self._container(name))

    async def launch(self, name: str) -> None:
        """Start one container without waiting for it."""
        await self._docker("start", self._container(name))

    async def inside(self, service: str, program: str, given: Any) -> Any:
        """Run a program in the service's container, with what the service can reach."""
        command = ["docker", "exec", "-i", self._container(service), "python", "-c", program]
        return await run_program(command, given)

    async def broker_bytes(self) -> bytes:
        """Return every byte in the broker's store."""
        copied = await asyncio.to_thread(
            subprocess.run,
            ["docker", "cp", f"{self._container('nats')}:/data", "-"],
            capture_output=True,
            check=True,
        )
        with tarfile.open(fileobj=io.BytesIO(copied.stdout)) as store:
            opened = (store.extractfile(member) for member in store.getmembers() if member.isfile())
            return b"".join(file.read() for file in opened if file is not None)

    def database_address(self, service: str) -> dict[str, Any]:
        """Return where the database of `service` is, as its own network names it."""
        return {"host": f"postgres-{self.seats[service].party}", "port": 5432, "database": service}

    def _container(self, name: str) -> str:
        return f"{self.project}-{name}-1"

    def _write_environment(self) -> None:
        """Write the settings that must differ from those of other stacks; make-env adds the rest."""
        third = secrets.randbelow(150) + 90
        settings = {
            "PARTYWALL_HTTPS_PORT": str(self.port),
            "PARTYWALL_HTTP_PORT": str(free_port()),
            # Long enough to be a wait on every journey, short enough for a test.
            "UNDO_SECONDS": "1",
        }
        for entity, low in (("PROPERTY", 0), ("SUPPORT", 32)):
            net = f"10.213.{third}"
            settings[f"{entity}_WEB_SUBNET"] = f"{net}.{low}/27"
            settings[f"{entity}_WEB_RANGE"] = f"{net}.{low + 16}/28"
            settings[f"{entity}_TRAEFIK_ADDRESS"] = f"{net}.{low + 2}"
        path = self.folder / ".env"
        path.touch(mode=0o600)
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        self._run([str(self.root / "deploy/make-env"), str(self.folder)])

    def _start_everything(self) -> None:
        self._compose("up", "--detach", "--no-build")
        deadline = time.monotonic() + _READY_SECONDS
        while waiting := self._not_ready():
            if time.monotonic() > deadline:
                raise ContainersFailed(
                    f"not ready: {waiting}\n{self._compose('logs', '--tail', '20', *waiting)}"
                )
            time.sleep(1)

    def _not_ready(self) -> list[str]:
        lines = self._compose("ps", "--all", "--format", "json").splitlines()
        found = [json.loads(line) for line in lines if line.strip()]
        for part in found:
            if part["Service"].startswith(JOBS) and part["State"] == "exited" and part["ExitCode"] != 0:
                raise ContainersFailed(f"{part['Service']}:\n{self._compose('logs', part['Service'])}")
        return [
            part["Service"]
            for part in found
            if not part["Service"].startswith(JOBS) and part.get("Health") != "healthy"
        ]

    def _add_staff(self) -> None:
        for party in self.plan.parties:
            people = [
                {
                    "email": one.email,
                    "name": one.name,
                    "roles": list(one.roles),
                    "password": one.password,
                    "works_for_no_other": True,
                }
                for one in self.accounts
                if one.party == party.id
            ]
            lines = "".join(f"{json.dumps(person)}\n" for person in people)
            seed = ["exec", "-T", f"gateway-{party.id}", "/opt/service/run", "seed"]
            self._compose(*seed, given=lines)

    async def _load_homes(self) -> None:
        keeper = self.account("property", "inventory_keeper")
        async with StaffApi(self.door("property"), keeper.email, keeper.password) as api:
            await import_register(api, SMALL_REGISTER, None)

    def _timed(self, stage: str, act: Any) -> None:
        began = time.monotonic()
        act()
        self.took[stage] = round(time.monotonic() - began, 1)

    def _compose(self, *arguments: str, given: str | None = None) -> str:
        command = ["docker", "compose", "--project-name", self.project, "--project-directory", str(self.root)]
        command += ["--env-file", str(self.folder / ".env"), *arguments]
        return self._run(command, given)

    def _run(self, command: Sequence[str], given: str | None = None) -> str:
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, check=False, cwd=self.root
        )
        if done.returncode != 0:
            raise ContainersFailed(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
        return done.stdout

    async def _docker(self, *arguments: str) -> str:
        return (await asyncio.to_thread(self._run, ["docker", *arguments])).strip()
