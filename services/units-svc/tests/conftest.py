"""A units-svc of its own for each test: real database, neighbours played by the contract examples."""

from __future__ import annotations

import datetime as dt
import itertools
import os
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from chassis.actor import Actor
from chassis.clock import Clock, FixedClock
from contracts.envelope import Envelope, read
from contracts.event import Event
from deskkit.testing import Page, parse_page
from testkit.databases import FreshDatabase
from testkit.plugin import DatabaseFactory
from testkit.tokens import KeySetServer
from testkit.world import ServiceWorld, settings_of
from units_svc.inventory.commands import AddUnit, add_unit
from units_svc.inventory.queries import unit_record
from units_svc.landlords.commands import AddLandlord, EditLandlord, add_landlord, edit_landlord
from units_svc.landlords.model import LandlordKind, Relation
from units_svc.landlords.queries import landlord_record
from units_svc.main import API_PREFIX, create_app
from units_svc.settings import UnitsSettings
from units_svc.wiring import build_runtime
from units_svc.worker import DUTIES

KEEPER = Actor("staff-1", "property", frozenset({"inventory_keeper"}), "Kim Okafor")
ADMINISTRATOR = Actor("staff-2", "property", frozenset({"property_administrator"}), "Ada Pike")
MANAGER = Actor("staff-3", "property", frozenset({"property_manager"}), "Dana Roy")
DATA = Path(__file__).parent / "data"
_HOUSE_NUMBERS = itertools.count(10_001)


class World(ServiceWorld):
    """A units-svc."""

    CREATE_APP = staticmethod(create_app)
    DUTIES = DUTIES
    API = API_PREFIX
    STAFF = KEEPER

    async def due(self) -> list[str]:
        """Fire every timer that is due, as the worker would, and return their kinds in order."""
        rows = await self.rows(
            "SELECT kind, key FROM timers WHERE due_at <= $1 ORDER BY due_at", self.clock.now()
        )
        for row in rows:
            async with self.runtime.transaction(Actor.system("timers", "property")) as tx:
                connection = await tx.session.connection()
                taken = await connection.exec_driver_sql(
                    "DELETE FROM timers WHERE kind = $1 AND key = $2 RETURNING payload",
                    (row["kind"], row["key"]),
                )
                found = taken.first()
                handler = DUTIES.timers.handler(row["kind"])
                if found is not None and handler is not None:
                    await handler(tx, row["key"], found[0])
        return [row["kind"] for row in rows]

    async def value(self, sql: str, *args: Any) -> Any:
        """Read one value of the service's own database."""
        connection = await self.database.connect()
        try:
            return await connection.fetchval(sql, *args)
        finally:
            await connection.close()

    async def last_published(self, model: type[Event]) -> Envelope[Any]:
        """Return the newest event of a model in the outbox, read as a listener reads it."""
        rows = await self.rows(
            "SELECT data FROM outbox WHERE type = $1 ORDER BY position DESC LIMIT 1", model.terms.key
        )
        return read(model, rows[0]["data"])

    def environment(self) -> dict[str, str]:
        """Return what a process of its own needs to run as this service."""
        given = settings_of("units", "property", self.database, self.keys)
        return {**os.environ, **{f"UNITS_{name.upper()}": value for name, value in given.items()}}

    async def landlord(
        self,
        relation: Relation = Relation.THIRD_PARTY,
        name: str = "Maple Homes",
        party: str | None = None,
    ) -> uuid.UUID:
        """Add a landlord and return the id."""
        given = {"kind": LandlordKind.ORGANISATION, "name": name, "relation": relation, "party": party}
        found: uuid.UUID = await self.do(add_landlord, AddLandlord(**given))
        return found

    async def unit(self, **changes: Any) -> uuid.UUID:
        """Add a home and return its id; every one has an address of its own unless it's given."""
        given: dict[str, Any] = {
            "street": f"{next(_HOUSE_NUMBERS)} Example Street",
            "unit_number": "304",
            "city": "Toronto",
            "province": "ON",
            "postal_code": "M5A 1A1",
            "region": "toronto-east-york",
            "housing_type": "apartment",
            "status": "good",
            "status_observed_on": self.clock.now().date(),
            "bedrooms": 2,
            "rent": "1350.00",
            **changes,
        }
        found: uuid.UUID = await self.do(add_unit, AddUnit(**given))
        return found

    async def home_of(self, party: str | None, relation: Relation = Relation.PROPERTY_ENTITY) -> uuid.UUID:
        """Add a home that a party manages, under a landlord of its own, and return its id."""
        return await self.unit(landlord_id=await self.landlord(relation, f"Landlord {uuid.uuid4()}", party))

    async def edit_landlord(self, unit: uuid.UUID, **changes: Any) -> None:
        """Change the landlord of a home; what isn't given stays."""
        landlord = (await self.see(unit_record, unit)).landlord_id
        found = await self.see(landlord_record, landlord)
        given = {name: getattr(found, name) for name in EditLandlord.model_fields if hasattr(found, name)}
        await self.do(edit_landlord, EditLandlord(**{**given, "landlord_id": landlord, **changes}))

    async def asked_for(self, unit: uuid.UUID, sender: str = "support") -> uuid.UUID:
        """Receive an organisation's request for a home, and return the request."""
        request = uuid.uuid4()
        soon = dt.date(2026, 3, 10)
        await self.receive("unit_requested", unit=unit, request=request, sender=sender, expected_move_in=soon)
        return request

    async def addressed(self, since: int = 0) -> list[tuple[str, str]]:
        """Return event and addressee of each addressed message behind a position, in order."""
        rows = await self.rows(
            "SELECT type, addressee FROM outbox WHERE addressee IS NOT NULL AND position > $1"
            " ORDER BY position",
            since,
        )
        return [(row["type"].split(".")[1], row["addressee"]) for row in rows]

    async def position(self) -> int:
        """Return the position of the last message in the outbox."""
        return int(await self.value("SELECT coalesce(max(position), 0) FROM outbox"))

    async def occupancy(self, unit: uuid.UUID) -> str:
        """Return a home's occupancy as it is stored."""
        return str(await self.value("SELECT occupancy FROM unit WHERE id = $1", unit))


def make_world(database: FreshDatabase, clock: Any, keys: KeySetServer, **settings: Any) -> World:
    """Put a units-svc together on a database."""
    given = {**settings_of("units", "property", database, keys), **settings}
    runtime = build_runtime(UnitsSettings(**given), clock)
    return World(runtime, clock, database, keys)


@pytest_asyncio.fixture
async def world(
    fresh_database: DatabaseFactory, fixed_clock: FixedClock, key_sets: KeySetServer
) -> AsyncIterator[World]:
    """A units-svc that stands at 2026-03-02 10:00 in Toronto."""
    world = make_world(await fresh_database("units"), fixed_clock, key_sets)
    yield world
    await world.runtime.close()


@pytest.fixture
def make_units(key_sets: KeySetServer) -> Callable[..., World]:
    """`make_units(database, clock, **settings)`: a units-svc on a database; its runtime is the caller's to
    close."""

    def make(database: FreshDatabase, clock: Clock, **settings: Any) -> World:
        return make_world(database, clock, key_sets, **settings)

    return make


@pytest.fixture
def data() -> Path:
    """The folder of the tests' own files."""
    return DATA


class Visitor:
    """A person at the inventory desk: every page is parsed as HTML5 and held to the house rules."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self.world = world
        self.client = client

    async def see(self, path: str, *, status: int = 200) -> Page:
        """Open a page."""
        answer = await self.client.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code} {answer.text[:500]}"
        return parse_page(answer.text)

    async def send(
        self,
        path: str,
        values: dict[str, Any],
        *,
        action: str | None = None,
        files: Any = None,
        status: int = 303,
    ) -> Page | str:
        """Fill in the form of a page and send it: the address it leads to, or the page that says what is
        wrong."""
        page = await self.see(path)
        target = action or page.form().get("action") or path
        fields: dict[str, Any] = {**page.fields(target), **values}
        answer = await self.client.post(target, data=fields, files=files)
        assert answer.status_code == status, f"{target}: {answer.status_code} {answer.text[:3000]}"
        return answer.headers["location"] if status == 303 else parse_page(answer.text)


@pytest_asyncio.fixture
async def visitor(world: World) -> AsyncIterator[Any]:
    """`visitor("inventory_keeper", locale="fr")`: somebody signed in to the inventory desk."""
    clients: list[httpx.AsyncClient] = []

    def enter(*roles: str, locale: str = "en") -> Visitor:
        client = world.desk(*(roles or ["inventory_keeper"]), locale=locale, session="s1")
        clients.append(client)
        return Visitor(world, client)

    yield enter
    for client in clients:
        await client.aclose()
