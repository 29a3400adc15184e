"""A NATS server with the border that the catalogue describes, and tests that play the neighbours on it."""

from __future__ import annotations

import datetime as dt
import signal
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import nats
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from contracts.border import Address, admin_user, establish, nats_config, streams_for, users
from contracts.catalogue import CATALOGUE
from contracts.envelope import CONTENT_TYPE, Envelope, read, write
from contracts.event import Event
from contracts.examples import example
from partywall.processes import end
from testkit.broker import run_nats
from testkit.ports import free_port

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class BorderNats:
    """A NATS server with the accounts, grants, streams and consumers of the border.

    Tests stand for the other services: they publish as them, and read what was published to them.
    """

    url: str
    passwords: dict[str, str]
    _pid: int
    _versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def start(cls, folder: Path) -> BorderNats:
        """Create a server under `folder` and return once JetStream is ready; it has no streams yet."""
        port, monitor = free_port(), free_port()
        passwords = {user: uuid.uuid4().hex for user in users()}
        config = folder / "nats.conf"
        config.write_text(
            nats_config(
                listen=Address("127.0.0.1", port),
                monitor=Address("127.0.0.1", monitor),
                store_dir=str(folder / "jetstream"),
                passwords=passwords,
            )
        )
        pid = run_nats(config, folder, monitor)
        return cls(f"nats://127.0.0.1:{port}", passwords, pid)

    def stop(self) -> None:
        """End the server."""
        end(self._pid, signal_number=signal.SIGKILL)

    async def connect(self, user: str, **options: Any) -> Client:
        """Open a connection as `user` (units, units_admin, support, …); the caller closes it."""
        wanted = {"inbox_prefix": f"_INBOX.{user}".encode(), "max_reconnect_attempts": 3, **options}
        return await nats.connect(self.url, user=user, password=self.passwords[user], **wanted)

    async def start_over(self) -> None:
        """Remove all streams and set them up again, empty, with the consumers the catalogue lists."""
        self._versions.clear()
        for service in CATALOGUE.services:
            admin = await self.connect(admin_user(service))
            try:
                for stream in streams_for(service):
                    try:
                        await admin.jetstream().delete_stream(stream.name)
                    except NotFoundError:
                        continue
                await establish(service, admin)
            finally:
                await admin.close()

    async def publish(
        self, event: Event | str, *, version: int | None = None, **changes: Any
    ) -> Envelope[Event]:
        """Publish `event` as the service the catalogue names, and return it as it was sent.

        A name such as "unit_secured" stands for its example with `changes`. `version` counts up for each
        aggregate unless it is given.
        """
        fact = example(event, **changes) if isinstance(event, str) else event
        aggregate = uuid.UUID(str(getattr(fact, fact.terms.aggregate)))
        counted = f"{fact.terms.publisher}/{aggregate}"
        if version is None:
            version = self._versions[counted] + 1
        self._versions[counted] = max(version, self._versions[counted])
        identity = uuid.uuid4()
        message = write(
            fact,
            id=identity,
            time=dt.datetime.now(dt.UTC),
            aggregate=aggregate,
            aggregate_version=version,
            source=f"/{fact.terms.publisher}",
        )
        await self.send(fact.terms.subject, message, identity=str(identity))
        return read(type(fact), message)

    async def send(self, subject: str, message: bytes, *, identity: str) -> None:
        """Publish any bytes on `subject` as its owner; the broker deduplicates by `identity`."""
        connection = await self.connect(subject.split(".")[1])
        try:
            headers = {"Nats-Msg-Id": identity, "Content-Type": CONTENT_TYPE}
            await connection.jetstream().publish(subject, message, headers=headers)
        finally:
            await connection.close()

    async def published(self, model: type[E]) -> list[Envelope[E]]:
        """Return every event of `model` that its publisher's stream holds, oldest first."""
        found = await self.raw(model.terms.publisher)
        return [read(model, data) for subject, data in found if subject == model.terms.subject]

    async def raw(self, service: str) -> list[tuple[str, bytes]]:
        """Return subject and bytes of everything `service` has published, oldest first."""
        connection = await self.connect(admin_user(service))
        try:
            stream = connection.jetstream()
            found: list[tuple[str, bytes]] = []
            for spec in streams_for(service):
                state = (await stream.stream_info(spec.name)).state
                for sequence in range(max(state.first_seq, 1), state.last_seq + 1):
                    message = await stream.get_msg(spec.name, sequence)
                    found.append((message.subject or "", message.data or b""))
            return found
        finally:
            await connection.close()

    async def waiting(self, publisher: str, listener: str) -> int:
        """Return how many events of `publisher` its consumer for `listener` has not yet seen acknowledged."""
        connection = await self.connect(admin_user(publisher))
        try:
            (spec,) = streams_for(publisher)
            info = await connection.jetstream().consumer_info(spec.name, listener)
            return (info.num_pending or 0) + (info.num_ack_pending or 0)
        finally:
            await connection.close()

    def environment(self, service: str) -> dict[str, str]:
        """Return the settings of `service` (without prefix, lower case) that concern the broker."""
        return {
            "nats_url": self.url,
            "nats_user": service,
            "nats_password": self.passwords[service],
            "nats_admin_user": admin_user(service),
            "nats_admin_password": self.passwords[admin_user(service)],
        }
