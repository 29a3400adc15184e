"""The parts of a local stack, their ports, folders and addresses."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from contracts.enrolment import PlannedParty
from contracts.seats import Seat
from contracts.words import Service

DEFAULT_PORT_BASE = 8400
PACKAGES = {"units": "units_svc", "support": "support_svc", "tenancy": "tenancy_svc", "gateway": "gateway"}
GATEWAY = "gateway"
_TRAEFIK, _NATS, _MONITOR = 0, 3, 4
"""Ports that every stack has, after its base; each other part gets the lowest that is free."""


class BadPortBase(ValueError):
    """The port base can't be used."""


class NoSuchPart(LookupError):
    """The stack has no such part; the message has those it has."""


class Kind(StrEnum):
    """The sort of program that a part is."""

    POSTGRES = "postgres"
    NATS = "nats"
    TRAEFIK = "traefik"
    SERVE = "serve"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class Part:
    """One process of the stack, on the port base plus `offset`; `service` is a key of `PACKAGES`.

    Its name is "nats", "traefik", or that of a party with what it runs: "maple-homes/tenancy-worker".
    """

    name: str
    title: str
    kind: Kind
    offset: int
    party: str | None = None
    service: str | None = None
    more_offsets: tuple[int, ...] = ()

    @property
    def prefix(self) -> str:
        """Prefix of the environment variables that hold the part's settings."""
        return f"{(self.service or self.name).upper()}_"

    @property
    def database(self) -> str:
        """Name of the part's database at its party's server, and of the role that owns it."""
        return str(self.service)

    @property
    def seat(self) -> Seat | None:
        """The seat whose process it is, if it has to do with the border."""
        if self.party is None or self.service is None or self.service == GATEWAY:
            return None
        return Seat(self.party, Service(self.service))


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


def _parts(parties: Sequence[PlannedParty], present: Mapping[str, int]) -> Iterator[Part]:
    """Yield every part of a stack of these parties; those in `present` stay on the ports they have."""
    taken = {_TRAEFIK, _NATS, _MONITOR, *present.values()}
    free = (offset for offset in count() if offset not in taken)

    def part(party: str, what: str, title: str, kind: Kind, service: str | None = None) -> Part:
        name = f"{party}/{what}"
        offset = present[name] if name in present else next(free)
        return Part(name, title, kind, offset, party, service)

    ids = [party.id for party in parties]
    for id in ids:
        yield part(id, "postgres", f"PostgreSQL of {id}", Kind.POSTGRES)
    yield Part("nats", "NATS, the border", Kind.NATS, _NATS, more_offsets=(_MONITOR,))
    yield Part("traefik", "Traefik, a host for each party", Kind.TRAEFIK, _TRAEFIK)
    seats = sorted((seat for party in parties for seat in party.seats), key=_as_in_the_catalogue)
    for seat in seats:
        party, service = seat.party, str(seat.service)
        yield part(party, service, f"{service}-svc of {party}, pages and API", Kind.SERVE, service)
        yield part(party, f"{service}-worker", f"{service}-svc of {party}, worker", Kind.WORK, service)
    for id in ids:
        yield part(id, GATEWAY, f"gateway of {id}", Kind.SERVE, GATEWAY)


def _as_in_the_catalogue(seat: Seat) -> tuple[int, str]:
    return list(Service).index(seat.service), seat.party


@dataclass(frozen=True)
class Layout:
    """Where one stack is: its parties, a state folder, and a range of ports on 127.0.0.1.

    `ports_in_use` are the offsets of the parts that had one before.
    """

    state: Path
    base: int
    parties: tuple[PlannedParty, ...]
    ports_in_use: Mapping[str, int]

    def __post_init__(self) -> None:
        if not 1024 <= self.base <= 65535 - self.span:
            raise BadPortBase(
                f"PARTYWALL_PORT_BASE must be from 1024 to {65535 - self.span}, not {self.base}."
            )

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Every process of the stack."""
        return tuple(_parts(self.parties, self.ports_in_use))

    @cached_property
    def _by_name(self) -> Mapping[str, Part]:
        return {part.name: part for part in self.parts}

    @property
    def span(self) -> int:
        """How many ports from the base on the stack uses."""
        return 1 + max(offset for part in self.parts for offset in (part.offset, *part.more_offsets))

    @property
    def serving(self) -> tuple[Part, ...]:
        """The web processes: one for each database."""
        return tuple(part for part in self.parts if part.kind is Kind.SERVE)

    @property
    def seats(self) -> tuple[Seat, ...]:
        """The seats at the border, in the catalogue's order of services."""
        return tuple(part.seat for part in self.serving if part.seat is not None)

    def part(self, name: str) -> Part:
        """Return a part by its name; the party may be left out where one alone has such a part.

        Raises NoSuchPart.
        """
        if name in self._by_name:
            return self._by_name[name]
        meant = [part for part in self.parts if part.name.endswith(f"/{name}")]
        if len(meant) == 1:
            return meant[0]
        those = ", ".join(part.name for part in meant or self.parts)
        raise NoSuchPart(f"{name} is {'ambiguous' if meant else 'no part of this stack'}: {those}")

    def parts_of(self, party: str) -> tuple[Part, ...]:
        """Return the processes of one party."""
        return tuple(part for part in self.parts if part.party == party)

    def seat(self, name: str) -> Seat:
        """Return a seat by its name; the party may be left out where one alone runs such a service.

        Raises NoSuchPart.
        """
        seat = self.part(name).seat
        if seat is None:
            raise NoSuchPart(f"{name} has no account at the border: {', '.join(map(str, self.seats))}")
        return seat

    def of_seat(self, seat: Seat) -> Part:
        """Return the web process of a seat."""
        return self._by_name[str(seat)]

    def port(self, name: str) -> int:
        """Return the port that the part `name` listens on."""
        return self.base + self.part(name).offset

    def ports(self, part: Part) -> tuple[int, ...]:
        """Return every port of `part`."""
        return tuple(self.base + offset for offset in (part.offset, *part.more_offsets))

    @property
    def nats_monitor_port(self) -> int:
        """Port of the broker's monitor."""
        return self.base + _MONITOR

    @property
    def nats_url(self) -> str:
        """Address of the broker."""
        return f"nats://127.0.0.1:{self.port('nats')}"

    def host(self, party: str) -> str:
        """Return the host name of a party, with the public port."""
        return f"{party}.localhost:{self.base}"

    def public_url(self, party: str) -> str:
        """Return the address under which browsers and API clients reach a party."""
        return f"http://{self.host(party)}"

    def jwks_url(self, party: str) -> str:
        """Return where the services of a party fetch their gateway's public keys."""
        return f"http://127.0.0.1:{self.port(f'{party}/{GATEWAY}')}/.well-known/jwks.json"

    def door(self, party: str) -> Door:
        """Return how a program reaches a party through Traefik."""
        return Door(f"http://127.0.0.1:{self.base}", self.host(party))

    @property
    def logs(self) -> Path:
        """Folder with a log file for each part."""
        return self.state / "log"

    def log(self, name: str) -> Path:
        """Return the log file of the part `name`."""
        return self.logs / f"{self.part(name).name}.log"

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

    def postgres_data(self, party: str) -> Path:
        """Return the data folder of the PostgreSQL server of a party."""
        return self.state / f"postgres-{party}"


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
