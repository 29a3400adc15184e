"""Real nats-servers with the border of two parties of each kind: one that all share, or one for each side."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import nats
import pytest
from nats.aio.client import Client

from contracts.border import (
    Address,
    Certificates,
    Grants,
    Host,
    Seat,
    establish,
    inbox_of,
    jetstream,
    leaf_config,
    leaf_users,
    nats_config,
)
from contracts.words import Service
from testkit.parties import plan
from testkit.ports import free_port

BINARY = Path(sys.executable).with_name("nats-server")
GRANTS = Grants(plan("two-of-each").seats)
SEATS = GRANTS.seats
SEAT_OF = {user: seat for seat in SEATS for user in (seat.account, seat.admin)}


def password_of(user: str) -> str:
    """Return the password this test run gives a user; with characters that need care in URLs and files."""
    return f'pw "{user}" $1/@:é'


@dataclass
class Server:
    """One running nats-server."""

    port: int
    monitor: int
    config: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, name: str, text: Callable[[Address, Address], str]) -> Server:
        """Write a configuration for two free ports, and return once the server is healthy."""
        listen, monitor = Address("127.0.0.1", free_port()), Address("127.0.0.1", free_port())
        config = folder / f"{name}.conf"
        config.write_text(text(listen, monitor))
        log = (folder / f"{name}.log").open("wb")
        process = subprocess.Popen([BINARY, "-c", config], stdout=log, stderr=log)
        server = cls(listen.port, monitor.port, config, process)
        server._await_health(folder / f"{name}.log")
        return server

    def _await_health(self, log: Path) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urlopen(f"http://127.0.0.1:{self.monitor}/healthz", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.02)
        pytest.fail(f"nats-server did not start:\n{log.read_text()[-2000:]}")

    def asked(self, page: str) -> dict[str, object]:
        """Return a page of the monitor."""
        with urlopen(f"http://127.0.0.1:{self.monitor}/{page}", timeout=30) as answer:
            found: dict[str, object] = json.load(answer)
        return found

    async def regrant(self, grants: Grants) -> None:
        """Let a server that all seats share have other grants, without restarting it."""
        listen, monitor = Address("127.0.0.1", self.port), Address("127.0.0.1", self.monitor)
        text = config_of(grants, self.config.parent, listen, monitor)
        # Twice: nats-server 2.15.1 starts the imports of an account that a reload adds at the next reload.
        await self.reload(text)
        await self.reload(text)

    async def reload(self, text: str) -> None:
        """Give the server another configuration without restarting it; returns once it is in force."""
        before = self.asked("varz")["config_load_time"]
        self.config.write_text(text)
        self.process.send_signal(signal.SIGHUP)
        for _ in range(3000):
            if self.asked("varz")["config_load_time"] != before:
                return
            await asyncio.sleep(0.01)
        pytest.fail("the server did not take the configuration")

    def stop(self) -> None:
        """End the server at once."""
        self.process.kill()
        self.process.wait()


@dataclass
class Connection:
    """A connection that remembers what the server refused."""

    client: Client
    refusals: list[str] = field(default_factory=list)

    async def refuses_publish(self, subject: str, data: bytes = b"{}", within: float = 20) -> bool:
        """Publish, with a way to answer, and tell whether the server refused it."""
        return await self._refused(
            lambda: self.client.publish(subject, data, reply=self.client.new_inbox()), subject, within
        )

    async def refuses_subscribe(self, subject: str) -> bool:
        """Subscribe and tell whether the server refused it."""

        async def subscribe() -> None:
            await self.client.subscribe(subject)

        return await self._refused(subscribe, subject, within=20)

    async def _refused(self, act: Callable[[], Awaitable[None]], subject: str, within: float) -> bool:
        self.refusals.clear()
        await act()
        await self.client.flush()
        # The refusal comes on its own; what isn't refused within this time is counted as let through.
        # A request to a domain ($JS.<domain>.API) is refused under the name it has there ($JS.API).
        named = subject.lower().rpartition(".api.")[2]
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if any("permissions violation" in said and named in said for said in self.refusals):
                return True
            await asyncio.sleep(0.002)
        return False

    async def answer(self, subject: str, data: bytes = b"{}", wait: float = 0.4) -> bytes | None:
        """Return the first answer to a request, or None when none comes in time or nobody is there."""
        try:
            return (await self.client.request(subject, data, timeout=wait)).data
        except (TimeoutError, nats.errors.NoRespondersError):
            return None


@dataclass
class Border:
    """The border as a test uses it, whichever way it is deployed."""

    name: str
    servers: dict[Seat, Server]
    configs: dict[Seat, str]
    crossing: int = 0
    """Connections between the servers, where there are several."""
    authority: ssl.SSLContext | None = None
    """Whom clients trust, where the servers ask for TLS."""
    _open: list[Client] = field(default_factory=list)

    async def connect(self, user: str, at: Seat | None = None, password: str | None = None) -> Connection:
        """Sign in as a user at the server of its seat, or at another's."""
        server = self.servers[SEAT_OF[user] if at is None else at]
        refusals: list[str] = []

        async def remember(error: Exception) -> None:
            refusals.append(re.sub(r"\s+", " ", str(error)).lower())

        client = await nats.connect(
            f"nats://127.0.0.1:{server.port}",
            user=user,
            password=password_of(user) if password is None else password,
            inbox_prefix=inbox_of(user).encode(),
            error_cb=remember,
            allow_reconnect=False,
            connect_timeout=20,
            tls=self.authority,
        )
        self._open.append(client)
        return Connection(client, refusals)

    async def establish(self, grants: Grants = GRANTS) -> None:
        """Set up every seat's stream and consumers as its admin."""
        for seat in grants.seats:
            admin = await self.connect(seat.admin)
            await establish(seat, grants, admin.client)
            await admin.client.close()

    def is_joined(self) -> bool:
        """Tell whether the servers have all their connections to each other."""
        return all(server.asked("leafz")["leafnodes"] == self.crossing for server in self.servers.values())

    async def start_over(self) -> None:
        """Remove every stream, as the admins; a message that a test left would be another's surprise."""
        for seat in SEATS:
            client = (await self.connect(seat.admin)).client
            admin = jetstream(client)
            for stream in await admin.streams_info():
                await admin.delete_stream(str(stream.config.name))
            await client.close()

    async def close(self) -> None:
        """Close what tests opened."""
        for client in self._open:
            await client.close()
        self._open.clear()

    def stop(self) -> None:
        """End the servers."""
        for server in {id(server): server for server in self.servers.values()}.values():
            server.stop()


def config_of(grants: Grants, folder: Path, listen: Address, monitor: Address) -> str:
    """Return the configuration of the server that all seats share, whose store is in `folder`."""
    return nats_config(
        grants,
        listen=listen,
        monitor=monitor,
        store_dir=f"{folder}/js",
        passwords={user: password_of(user) for user in grants.users},
    )


def one_server(folder: Path, grants: Grants = GRANTS) -> Border:
    """Start the server that all seats share."""
    texts: list[str] = []

    def text(listen: Address, monitor: Address) -> str:
        texts.append(config_of(grants, folder, listen, monitor))
        return texts[-1]

    server = Server.start(folder, "shared", text)
    return Border("one server", dict.fromkeys(SEATS, server), dict.fromkeys(SEATS, texts[0]))


def two_servers(
    folder: Path,
    changes: Mapping[Seat, Callable[[str], str]] | None = None,
    certificates: Certificates | None = None,
) -> Border:
    """Start a server for the support organisations and one for all others, joined by leaf nodes.

    `changes` alter the generated configuration of the server that has a seat's account.
    """
    support = tuple(seat for seat in SEATS if seat.service is Service.SUPPORT)
    hosts = [
        Host("property", tuple(seat for seat in SEATS if seat not in support), "127.0.0.1", free_port()),
        Host("support", support, "127.0.0.1", free_port()),
    ]
    crossing = leaf_users(hosts[0], hosts[1:], GRANTS)
    passwords = {user: password_of(user) for user in (*GRANTS.users, *crossing)}
    servers: dict[Seat, Server] = {}
    configs: dict[Seat, str] = {}
    for host in hosts:

        def text(listen: Address, monitor: Address, host: Host = host) -> str:
            change = next((c for seat, c in (changes or {}).items() if seat in host.seats), str)
            found = change(
                leaf_config(
                    host,
                    [other for other in hosts if other is not host],
                    GRANTS,
                    listen=listen,
                    monitor=monitor,
                    leaf_listen=Address("127.0.0.1", host.leaf_port),
                    store_dir=f"{folder}/{host.name}",
                    passwords=passwords,
                    certificates=certificates,
                )
            )
            configs.update(dict.fromkeys(host.seats, found))
            return found

        servers.update(dict.fromkeys(host.seats, Server.start(folder, host.name, text)))
    border = Border("two servers", servers, configs, len(crossing))
    while not border.is_joined():
        time.sleep(0.05)
    return border


KINDS = {"one server": one_server, "two servers": two_servers}


@pytest.fixture(scope="session", params=list(KINDS))
def border_servers(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Border]:
    """The border's servers, in each way of deploying them."""
    found = KINDS[request.param](tmp_path_factory.mktemp("border"))
    yield found
    found.stop()


@pytest.fixture
async def generated_border(border_servers: Border) -> AsyncIterator[Border]:
    """The border with empty streams and fresh consumers."""
    await border_servers.start_over()
    await border_servers.establish()
    yield border_servers
    await border_servers.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Border]:
    """A shared server for one test alone, for what changes the server."""
    found = one_server(tmp_path)
    yield found
    found.stop()


@pytest.fixture
def own_server_of(tmp_path: Path) -> Iterator[Callable[[Grants], Border]]:
    """Start a shared server with certain grants for one test alone."""
    started: list[Border] = []

    def start(grants: Grants) -> Border:
        started.append(one_server(tmp_path, grants))
        return started[-1]

    yield start
    for found in started:
        found.stop()


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[Callable[..., Border]]:
    """Start the two servers for one test alone, with their configurations changed if need be."""
    started: list[Border] = []

    def start(
        changes: Mapping[Seat, Callable[[str], str]] | None = None,
        certificates: Certificates | None = None,
    ) -> Border:
        started.append(two_servers(tmp_path, changes, certificates))
        return started[-1]

    yield start
    for found in started:
        found.stop()
