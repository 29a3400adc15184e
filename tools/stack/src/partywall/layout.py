"""The parts of a local stack, their ports, folders and addresses."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import httpx

DEFAULT_PORT_BASE = 8400
PORTS_USED = 13
ENTITIES = ("property", "support")
SERVICES = ("units", "support", "tenancy")
PACKAGES = {"units": "units_svc", "support": "support_svc", "tenancy": "tenancy_svc", "gateway": "gateway"}
ENTITY_OF = {"units": "property", "tenancy": "property", "support": "support"}
DATABASES = {
    "property": ("units", "tenancy", "gateway_property"),
    "support": ("support", "gateway_support"),
}


class BadPortBase(ValueError):
    """The port base can't be used."""


class Kind(StrEnum):
    """The sort of program that a part is."""

    POSTGRES = "postgres"
    NATS = "nats"
    TRAEFIK = "traefik"
    SERVE = "serve"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack, on the port base plus `offset`; `service` is a key of `PACKAGES`."""

    name: str
    title: str
    kind: Kind
    offset: int
    entity: str | None = None
    service: str | None = None
    more_offsets: tuple[int, ...] = ()

    @property
    def prefix(self) -> str:
        """Prefix of the environment variables that hold the part's settings."""
        return f"{(self.service or self.name).upper()}_"

    @property
    def database(self) -> str:
        """Name of the part's database and of the role that owns it."""
        return f"gateway_{self.entity}" if self.service == "gateway" else str(self.service)


PARTS: tuple[Part, ...] = (
    Part("postgres-property", "PostgreSQL of the property entity", Kind.POSTGRES, 1, "property"),
    Part("postgres-support", "PostgreSQL of the support organisation", Kind.POSTGRES, 2, "support"),
    Part("nats", "NATS, the border", Kind.NATS, 3, more_offsets=(4,)),
    Part("traefik", "Traefik, a host for each entity", Kind.TRAEFIK, 0),
    Part("gateway-property", "gateway of the property entity", Kind.SERVE, 11, "property", "gateway"),
    Part("gateway-support", "gateway of the support organisation", Kind.SERVE, 12, "support", "gateway"),
    Part("units", "units-svc, pages and API", Kind.SERVE, 5, "property", "units"),
    Part("units-worker", "units-svc, worker", Kind.WORK, 6, "property", "units"),
    Part("support", "support-svc, pages and API", Kind.SERVE, 7, "support", "support"),
    Part("support-worker", "support-svc, worker", Kind.WORK, 8, "support", "support"),
    Part("tenancy", "tenancy-svc, pages and API", Kind.SERVE, 9, "property", "tenancy"),
    Part("tenancy-worker", "tenancy-svc, worker", Kind.WORK, 10, "property", "tenancy"),
)
SERVING = tuple(part for part in PARTS if part.kind is Kind.SERVE)
BY_NAME: Mapping[str, Part] = {part.name: part for part in PARTS}


@dataclass(frozen=True, slots=True)
class Door:
    """How to reach one entity: where to connect, and the host to request there.

    Names under .localhost are not looked up, so the machine's resolver doesn't matter.
    """

    address: str
    host: str
    certificates: ssl.SSLContext | None = None

    def client(self, **options: Any) -> httpx.AsyncClient:
        """Return a client for the entity's pages and API; the caller closes it."""
        name = self.host.partition(":")[0]
        options.setdefault("timeout", 30.0)
        return httpx.AsyncClient(
            base_url=self.address,
            headers={"Host": self.host, **options.pop("headers", {})},
            transport=_Named(name, self.certificates),
            **options,
        )


class _Named(httpx.AsyncHTTPTransport):
    """Requests the certificate of the host, not of the address that is connected to."""

    def __init__(self, name: str, certificates: ssl.SSLContext | None) -> None:
        super().__init__(verify=certificates or True)
        self._name = name

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request with the host's name in the TLS handshake."""
        request.extensions = {**request.extensions, "sni_hostname": self._name}
        return await super().handle_async_request(request)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where one stack is: a state folder and a range of ports on 127.0.0.1."""

    state: Path
    base: int

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= 65535 - PORTS_USED:
            raise BadPortBase(
                f"PARTYWALL_PORT_BASE must be from 1024 to {65535 - PORTS_USED}, not {self.base}."
            )

    def port(self, name: str) -> int:
        """Return the port that the part `name` listens on."""
        return self.base + BY_NAME[name].offset

    def ports(self, part: Part) -> tuple[int, ...]:
        """Return every port of `part`."""
        return tuple(self.base + offset for offset in (part.offset, *part.more_offsets))

    @property
    def nats_monitor_port(self) -> int:
        """Port of the broker's monitor."""
        return self.base + 4

    @property
    def nats_url(self) -> str:
        """Address of the broker."""
        return f"nats://127.0.0.1:{self.port('nats')}"

    def host(self, entity: str) -> str:
        """Return the host name of `entity`, with the public port."""
        return f"{entity}.localhost:{self.base}"

    def public_url(self, entity: str) -> str:
        """Return the address under which browsers and API clients reach `entity`."""
        return f"http://{self.host(entity)}"

    def jwks_url(self, entity: str) -> str:
        """Return where the services of `entity` fetch their gateway's public keys."""
        return f"http://127.0.0.1:{self.port(f'gateway-{entity}')}/.well-known/jwks.json"

    def door(self, entity: str) -> Door:
        """Return how a program reaches `entity` through Traefik."""
        return Door(f"http://127.0.0.1:{self.base}", self.host(entity))

    @property
    def logs(self) -> Path:
        """Folder with a log file for each part."""
        return self.state / "log"

    def log(self, name: str) -> Path:
        """Return the log file of the part `name`."""
        return self.logs / f"{name}.log"

    @property
    def run(self) -> Path:
        """Folder with a file for each started process."""
        return self.state / "run"

    @property
    def nats_folder(self) -> Path:
        """Folder of the broker: configuration and store."""
        return self.state / "nats"

    @property
    def traefik_folder(self) -> Path:
        """Folder of Traefik's configuration."""
        return self.state / "traefik"

    def postgres_data(self, entity: str) -> Path:
        """Return the data folder of the PostgreSQL server of `entity`."""
        return self.state / f"postgres-{entity}"


def project_root() -> Path:
    """Return the folder of the project from which this tool was installed, or else the current folder."""
    root = Path(__file__).resolve().parents[4]
    return root if (root / "services").is_dir() else Path.cwd()


def state_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Return the state folder: `PARTYWALL_STATE`, or `.partywall` in the project."""
    chosen = (os.environ if environment is None else environment).get("PARTYWALL_STATE")
    return Path(chosen).expanduser().resolve() if chosen else project_root() / ".partywall"


def port_base(text: str) -> int:
    """Read a port base. Raises BadPortBase for anything but a number."""
    try:
        return int(text)
    except ValueError:
        raise BadPortBase(f"PARTYWALL_PORT_BASE must be a number, not {text!r}.") from None
