"""A support-svc of its own for each test: real database; neighbours are played by the contract examples."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import pytest_asyncio
from fastapi import FastAPI

from chassis.actor import Actor
from chassis.bus.acting import act_on
from chassis.bus.listening import read_incoming
from chassis.clock import FixedClock
from chassis.perform import ask, perform
from chassis.runtime import Runtime
from contracts.envelope import write
from contracts.examples import example
from support_svc.clients.commands import AddMember, CreateClient, add_member, create_client
from support_svc.consents.model import GivenHow
from support_svc.lookups.model import LookupList
from support_svc.lookups.queries import values_of
from support_svc.main import create_app
from support_svc.placements.asking import SecureUnit, secure_unit
from support_svc.placements.commands import StartPlacement, start_placement
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from support_svc.worker import DUTIES
from testkit.databases import FreshDatabase
from testkit.plugin import DatabaseFactory
from testkit.tokens import KeySetServer

CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")


@dataclass
class World:
    """One support-svc with its database, and short words for what tests do with it."""

    runtime: Runtime
    clock: FixedClock
    database: FreshDatabase
    keys: KeySetServer
    versions: dict[uuid.UUID, int] = field(default_factory=dict)
    heard: list[tuple[str, bytes]] = field(default_factory=list)

    @cached_property
    def app(self) -> FastAPI:
        """The application, put together when a test first comes by HTTP: it takes a quarter of a second."""
        return create_app(self.runtime)

    @property
    def today(self) -> dt.date:
        """The organisation's day."""
        return self.clock.now().astimezone(self.runtime.time_zone).date()

    async def hear(self, name: str, version: int | None = None, **changes: Any) -> None:
        """Let an event of a neighbour take effect, as its listener would."""
        fact = example(name, **changes)
        aggregate = uuid.UUID(str(getattr(fact, fact.terms.aggregate)))
        number = version or self.versions.get(aggregate, 0) + 1
        self.versions[aggregate] = max(number, self.versions.get(aggregate, 0))
        message = write(
            fact,
            id=uuid.uuid4(),
            time=self.clock.now(),
            aggregate=aggregate,
            aggregate_version=number,
            source=f"/{fact.terms.publisher}",
        )
        self.heard.append((fact.terms.subject, message))
        await self.deliver(fact.terms.subject, message)

    async def deliver(self, subject: str, *messages: bytes) -> None:
        """Hand messages to their handler in a transaction of its own."""
        events = [read_incoming(subject, message, "test", 1) for message in messages]
        async with self.runtime.transaction(Actor.system("listener", "support")) as tx:
            await act_on(tx, DUTIES.listening, events)

    async def fire(self, kind: str, key: str) -> None:
        """Let a timer fire, as the worker would."""
        handler = DUTIES.timers.handler(kind)
        assert handler is not None, kind
        async with self.runtime.transaction(Actor.system("timers", "support")) as tx:
            await handler(tx, key, {})

    async def do(self, use_case: Any, command: Any, actor: Actor = CASEWORKER, **options: Any) -> Any:
        """Run a use case as somebody of the support organisation."""
        return await perform(self.runtime, actor, use_case, command, **options)

    async def see(self, query: Any, *args: Any, actor: Actor = CASEWORKER, **kwargs: Any) -> Any:
        """Run a query as somebody of the support organisation."""
        return await ask(self.runtime, actor, query, *args, **kwargs)

    async def rows(self, sql: str, *args: Any) -> list[dict[str, Any]]:
        """Read the service's own database."""
        connection = await self.database.connect()
        try:
            return [dict(row) for row in await connection.fetch(sql, *args)]
        finally:
            await connection.close()

    async def told(self, status: str | None = None) -> list[str]:
        """The events in the outbox, in their order; of one status, or all."""
        rows = await self.rows("SELECT subject, status FROM outbox ORDER BY position")
        return [row["subject"].split(".")[2] for row in rows if status in (None, row["status"])]

    def api(
        self, *roles: str, entity: str = "support", name: str = "Robin Hale", **headers: str
    ) -> httpx.AsyncClient:
        """A client of the API with the token of somebody who holds `roles`."""
        token = self.keys.key(entity).token(roles=roles, audience=["support"], name=name)
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://support.localhost/api/support/v1",
            headers={"Authorization": f"Bearer {token}", **headers},
        )

    def desk(self, *roles: str, locale: str = "en", entity: str = "support") -> httpx.AsyncClient:
        """A browser of somebody who is signed in to the desk."""
        token = self.keys.key(entity).token(
            roles=roles, audience=["support"], name="Robin Hale", locale=locale
        )
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app),
            base_url="http://support.localhost",
            cookies={"partywall_token": token},
            headers={"Sec-Fetch-Site": "same-origin"},
        )

    async def value(self, list_: LookupList, code: str) -> uuid.UUID:
        """The id of a value of a list."""
        found = (await self.see(values_of, list_, actor=SUPERVISOR))[list_]
        return next(value.id for value in found if value.code == code)

    async def client(self, given: str = "Jordan", family: str = "Davis", **fields: Any) -> uuid.UUID:
        """Record a client."""
        command = CreateClient(given_name=given, family_name=family, checked=True, **fields)
        return await self.do(create_client, command)

    async def family(self) -> tuple[uuid.UUID, uuid.UUID]:
        """Record an adult and a child in one household; the adult is the head."""
        head = await self.client(
            "Zdenka",
            "Quillfeather",
            date_of_birth=dt.date(1990, 5, 1),
            phones=["416 555 0142"],
            emails=["zdenka@mail.example"],
            comments="Canary-note-7731",
        )
        child = await self.client("Milo", "Quillfeather", date_of_birth=dt.date(2015, 2, 3))
        await self.do(add_member, AddMember(client_id=head, member_id=child))
        return head, child

    async def placement(self, client: uuid.UUID, *members: uuid.UUID, **fields: Any) -> uuid.UUID:
        """Start a placement under the consent to be housed."""
        given = {
            "caseworker": CASEWORKER.subject,
            "housing_types": [await self.value(LookupList.HOUSING_TYPE, "apartment")],
            "search_started_on": self.today,
            "agrees_to_be_housed": GivenHow.VERBAL,
            **fields,
        }
        return await self.do(
            start_placement, StartPlacement(client_id=client, member_ids=list(members), **given)
        )

    async def home(self, **changes: Any) -> uuid.UUID:
        """Let the inventory publish a free home of the property entity, and return its unit."""
        unit = changes.pop("unit", None) or uuid.uuid4()
        given = {"managed_by": "property_entity", "occupancy": "available", "listing_version": 1, **changes}
        await self.hear("unit_published", unit=unit, **given)
        return unit

    async def ask_for(self, placement: uuid.UUID, unit: uuid.UUID, **fields: Any) -> uuid.UUID:
        """Secure a home for a placement, and return the request."""
        given = {"secured_on": self.today, "expected_move_in": self.today + dt.timedelta(days=14), **fields}
        started = await self.do(secure_unit, SecureUnit(placement_id=placement, unit=unit, **given))
        return started.request

    async def held(self, placement: uuid.UUID, unit: uuid.UUID, **fields: Any) -> uuid.UUID:
        """Secure a home and let the inventory hold it; return the request."""
        request = await self.ask_for(placement, unit, **fields)
        deadline = self.clock.now() + dt.timedelta(days=10)
        (home,) = await self.rows("SELECT managed_by FROM home WHERE unit = $1", unit)
        await self.hear("unit_secured", request=request, unit=unit, deadline=deadline, **home)
        return request

    async def referral(self, request: uuid.UUID) -> uuid.UUID:
        """The referral of a request."""
        return (await self.rows("SELECT referral FROM securing WHERE request = $1", request))[0]["referral"]


@pytest_asyncio.fixture
async def world(
    fresh_database: DatabaseFactory, key_sets: KeySetServer, fixed_clock: FixedClock
) -> AsyncIterator[World]:
    """A support-svc with an empty database; its clock stands still until a test moves it."""
    database = await fresh_database("support")
    key_sets.key("support")
    key_sets.registers.pop("support", None)
    settings = Settings(
        database_url=database.url,
        issuer=key_sets.issuer("support"),
        jwks_url=key_sets.url("support"),
        audience="support",
        entity="support",
        public_url="http://support.localhost",
        csrf_secret="a-secret-for-tests-that-is-long-enough",
        nats_url="nats://127.0.0.1:1",
        nats_user="support",
        nats_password="unused",
    )
    runtime = build_runtime(settings)
    runtime.clock = fixed_clock
    yield World(runtime, fixed_clock, database, key_sets)
    await runtime.close()
