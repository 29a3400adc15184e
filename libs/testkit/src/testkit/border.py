"""A NATS server with the border that the catalogue describes, and tests that play the neighbours on it."""

from __future__ import annotations

import datetime as dt
import signal
import uuid
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import nats
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from contracts.border import Address, Grants, Seat, establish, jetstream, nats_config
from contracts.envelope import CONTENT_TYPE, Envelope, read, write
from contracts.event import Event
from contracts.examples import PARTIES, example
from contracts.words import Service
from partywall.processes import end
from testkit.broker import run_nats
from testkit.parties import Neighbourhood
from testkit.ports import free_port

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class BorderNats:
    """A NATS server with the accounts, grants, streams and consumers of the border.

    Tests stand for the other services: they publish as them, and read what was published to them.
    """

    url: str
    passwords: dict[str, str]
    neighbourhood: Neighbourhood
    _pid: int
    _versions: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    @classmethod
    def start(cls, folder: Path, neighbourhood: Neighbourhood) -> BorderNats:
        """Create a server under `folder` and return once JetStream is ready; it has no streams yet."""
        port, monitor = free_port(), free_port()
        grants = neighbourhood.grants()
        passwords = {user: uuid.uuid4().hex for user in grants.users}
        config = folder / "nats.conf"
        config.write_text(
            nats_config(
                grants,
                listen=Address("127.0.0.1", port),
                monitor=Address("127.0.0.1", monitor),
                store_dir=str(folder / "jetstream"),
                passwords=passwords,
            )
        )
        pid = run_nats(config, folder, monitor)
        return cls(f"nats://127.0.0.1:{port}", passwords, neighbourhood, pid)

    @property
    def grants(self) -> Grants:
        """The grants between the seats of the neighbourhood."""
        return self.neighbourhood.grants()

    def seat(self, service: str, party: str | None = None) -> Seat:
        """Return the seat of a service, at the usual party unless it is named."""
        return Seat(party or PARTIES[Service(service)], Service(service))

    def stop(self) -> None:
        """End the server."""
        end(self._pid, signal_number=signal.SIGKILL)

    async def connect(self, user: str, **options: Any) -> Client:
        """Open a connection as `user` (property_units, property_units_admin, …); the caller closes it."""
        wanted = {"inbox_prefix": f"_INBOX.{user}".encode(), "max_reconnect_attempts": 3, **options}
        return await nats.connect(self.url, user=user, password=self.passwords[user], **wanted)

    async def start_over(self) -> None:
        """Remove all streams and set them up again, empty, with the consumers the catalogue lists."""
        self._versions.clear()
        grants = self.grants
        for seat in grants.seats:
            admin = await self.connect(seat.admin)
            try:
                with suppress(NotFoundError):
                    await jetstream(admin).delete_stream(seat.stream)
                await establish(seat, grants, admin)
            finally:
                await admin.close()

    async def publish(
        self,
        event: Event | str,
        *,
        version: int | None = None,
        sender: str | None = None,
        to: str | None = None,
        **changes: Any,
    ) -> Envelope[Event]:
        """Publish `event` as the service the catalogue names, and return it as it was sent.

        A name such as "unit_secured" stands for its example with `changes`. `version` counts up for each
        aggregate unless it is given. `sender` and `to` are parties, the usual ones unless they are named: an
        addressed event goes to the usual party of its first listener.
        """
        fact = example(event, **changes) if isinstance(event, str) else event
        aggregate = uuid.UUID(str(getattr(fact, fact.terms.aggregate)))
        terms = fact.terms
        seat = self.seat(terms.publisher, sender)
        addressee = (to or PARTIES[terms.listeners[0]]) if terms.addressed else None
        counted = f"{seat}/{aggregate}"
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
            source=seat.source,
            addressee=addressee,
        )
        await self.send(terms.subject(seat.party, addressee), message, identity=str(identity))
        return read(type(fact), message)

    async def send(self, subject: str, message: bytes, *, identity: str) -> None:
        """Publish any bytes on `subject` as its owner; the broker deduplicates by `identity`."""
        _, party, service, *_ = subject.split(".")
        connection = await self.connect(self.seat(service, party).account)
        try:
            headers = {"Nats-Msg-Id": identity, "Content-Type": CONTENT_TYPE}
            await jetstream(connection).publish(subject, message, headers=headers)
        finally:
            await connection.close()

    async def published(self, model: type[E], party: str | None = None) -> list[Envelope[E]]:
        """Return every event of `model` that its publisher's stream holds, oldest first."""
        found = await self.raw(model.terms.publisher, party)
        return [read(model, data) for subject, data in found if f".{model.terms.key}" in subject]

    async def raw(self, service: str, party: str | None = None) -> list[tuple[str, bytes]]:
        """Return subject and bytes of everything a seat has published, oldest first."""
        seat = self.seat(service, party)
        connection = await self.connect(seat.admin)
        try:
            stream = jetstream(connection)
            found: list[tuple[str, bytes]] = []
            state = (await stream.stream_info(seat.stream)).state
            for sequence in range(max(state.first_seq, 1), state.last_seq + 1):
                try:
                    message = await stream.get_msg(seat.stream, sequence)
                except NotFoundError:  # acknowledged long ago, and removed
                    continue
                found.append((message.subject or "", message.data or b""))
            return found
        finally:
            await connection.close()

    async def waiting(self, publisher: str, listener: str) -> int:
        """Return how many events of `publisher` its consumer for `listener` has not yet seen acknowledged."""
        seat = self.seat(publisher)
        connection = await self.connect(seat.admin)
        try:
            info = await jetstream(connection).consumer_info(seat.stream, self.seat(listener).account)
            return (info.num_pending or 0) + (info.num_ack_pending or 0)
        finally:
            await connection.close()

    def environment(self, service: str, party: str | None = None) -> dict[str, str]:
        """Return the settings of a seat (without prefix, lower case) that concern the broker and parties."""
        seat = self.seat(service, party)
        return {
            **self.neighbourhood.settings(),
            "nats_url": self.url,
            "nats_user": seat.account,
            "nats_password": self.passwords[seat.account],
            "nats_admin_user": seat.admin,
            "nats_admin_password": self.passwords[seat.admin],
        }
