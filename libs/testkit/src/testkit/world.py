"""One service in this process with a database of its own; contract examples stand for the other services."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

import httpx
from fastapi import FastAPI

from chassis.actor import Actor
from chassis.bus.acting import act_on
from chassis.bus.listening import read_incoming
from chassis.bus.worker import Duties
from chassis.clock import FixedClock
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from contracts.envelope import write
from contracts.examples import PARTIES, example
from testkit.databases import FreshDatabase
from testkit.parties import neighbourhood
from testkit.tokens import KeySetServer


@dataclass
class ServiceWorld:
    """What tests do with a service, in short; each service's tests name the service in a subclass."""

    CREATE_APP: ClassVar[Callable[[Runtime], FastAPI]]
    DUTIES: ClassVar[Duties]
    API: ClassVar[str]
    """Where the addresses of its API begin."""
    STAFF: ClassVar[Actor]
    """The actor, and the name in tokens, unless a test names another."""

    runtime: Runtime
    clock: FixedClock
    database: FreshDatabase
    keys: KeySetServer
    versions: dict[uuid.UUID, int] = field(default_factory=dict)
    received: list[tuple[str, bytes]] = field(default_factory=list)

    @cached_property
    def app(self) -> FastAPI:
        """The application, made at the first HTTP request of a test: that takes a quarter of a second."""
        return type(self).CREATE_APP(self.runtime)

    @property
    def today(self) -> dt.date:
        """Today's date in the organisation's time zone."""
        return self.clock.now().astimezone(self.runtime.time_zone).date()

    def message(
        self, name: str, /, version: int | None = None, *, sender: str | None = None, **changes: Any
    ) -> tuple[str, bytes]:
        """Return the subject and bytes of another service's event, as the bus would deliver it.

        `sender` is the party that publishes it, the usual one unless it is named.
        """
        fact = example(name, **changes)
        aggregate = uuid.UUID(str(getattr(fact, fact.terms.aggregate)))
        newest = self.versions.get(aggregate, 0)
        number = version or newest + 1
        self.versions[aggregate] = max(number, newest)
        terms = fact.terms
        party = sender or PARTIES[terms.publisher]
        addressee = self.runtime.entity if terms.addressed else None
        data = write(
            fact,
            id=uuid.uuid4(),
            time=self.clock.now(),
            aggregate=aggregate,
            aggregate_version=number,
            source=f"/{party}/{terms.publisher}",
            addressee=addressee,
        )
        return terms.subject(party, addressee), data

    async def receive(
        self, name: str, /, version: int | None = None, *, sender: str | None = None, **changes: Any
    ) -> None:
        """Act on an event of another service, as the listener would; see `message` for `sender`."""
        subject, data = self.message(name, version, sender=sender, **changes)
        self.received.append((subject, data))
        await self.deliver(subject, data)

    async def deliver(self, subject: str, *messages: bytes) -> None:
        """Hand messages to their handler in a transaction of its own."""
        events = [read_incoming(subject, data, "test", 1) for data in messages]
        async with self.runtime.transaction(Actor.system("listener", self.runtime.entity)) as tx:
            await act_on(tx, self.DUTIES.listening, events)

    async def do(self, use_case: Any, command: Any, actor: Actor | None = None, **options: Any) -> Any:
        """Run a use case as somebody of the organisation."""
        return await perform(self.runtime, actor or self.STAFF, use_case, command, **options)

    async def see(self, query: Any, *args: Any, actor: Actor | None = None, **kwargs: Any) -> Any:
        """Run a query as somebody of the organisation."""
        return await ask(self.runtime, actor or self.STAFF, query, *args, **kwargs)

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """Read the service's own database."""
        connection = await self.database.connect()
        try:
            return [dict(row) for row in await connection.fetch(sql, *args)]
        finally:
            await connection.close()

    async def published(
        self, status: str | None = None, *, since: int = 0, to: str | None = None
    ) -> list[str]:
        """Return the names of the events in the outbox, in order; of one status, to one party, or all."""
        rows = await self.rows(
            "SELECT type, status, addressee FROM outbox WHERE position > $1 ORDER BY position", since
        )
        return [
            row["type"].split(".")[1]
            for row in rows
            if status in (None, row["status"]) and to in (None, row["addressee"])
        ]

    def api(
        self, *roles: str, entity: str | None = None, name: str | None = None, **headers: str
    ) -> httpx.AsyncClient:
        """Return a client of the API with the token of somebody who holds `roles`."""
        return self._http(
            base_url=f"{self._host}{self.API}",
            headers={"Authorization": f"Bearer {self._token(roles, entity, name)}", **headers},
        )

    def desk(
        self, *roles: str, entity: str | None = None, name: str | None = None, **claims: Any
    ) -> httpx.AsyncClient:
        """Return a browser of somebody who is signed in to the desk; `claims` are those of the token:
        `locale`, `subject`, `session`.
        """
        return self._http(
            base_url=self._host,
            cookies={"partywall_token": self._token(roles, entity, name, **claims)},
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    @property
    def _host(self) -> str:
        return f"http://{self.runtime.entity}.localhost"

    def _token(self, roles: tuple[str, ...], entity: str | None, name: str | None, **claims: Any) -> str:
        return self.keys.key(entity or self.runtime.entity).token(
            roles=roles, audience=[self.runtime.name], name=name or self.STAFF.name, **claims
        )

    def _http(self, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), **options)


def settings_of(service: str, entity: str, database: FreshDatabase, keys: KeySetServer) -> dict[str, Any]:
    """Return the settings of a service whose broker no test asks for: its database, its entity, its keys."""
    return {
        "database_url": database.url,
        "issuer": keys.issuer(entity),
        "jwks_url": keys.url(entity),
        "audience": service,
        "entity": entity,
        "public_url": f"http://{entity}.localhost",
        **neighbourhood("two-of-each").settings(),
        "csrf_secret": "a secret of at least thirty-two characters",
        "nats_url": "nats://127.0.0.1:1",
        "nats_user": service,
        "nats_password": "not-used-in-this-test",
        # A test that concerns undoing (X8) sets `runtime.undo_for`; elsewhere nothing is to wait.
        "undo_seconds": "0",
    }
