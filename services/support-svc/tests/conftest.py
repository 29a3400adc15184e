"""A support-svc of its own for each test: real database; neighbours are played by the contract examples."""

import datetime as dt
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from chassis.actor import Actor
from chassis.clock import FixedClock
from chassis.feature import LookupList
from support_svc.clients.commands import AddMember, CreateClient, add_member, create_client
from support_svc.consents.model import GivenHow
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.queries import values_of
from support_svc.main import create_app
from support_svc.placements.commands import StartPlacement, start_placement
from support_svc.programs.commands import add_program
from support_svc.programs.model import AddProgram
from support_svc.programs.queries import programs
from support_svc.securing.commands import SecureUnit, secure_unit
from support_svc.settings import Settings
from support_svc.wiring import build_runtime
from support_svc.worker import DUTIES
from testkit.plugin import DatabaseFactory
from testkit.tokens import KeySetServer
from testkit.world import ServiceWorld, settings_of

CASEWORKER = Actor("staff-7", "support", frozenset({"caseworker"}), "Robin Hale")
SUPERVISOR = Actor("staff-8", "support", frozenset({"supervisor"}), "Sam Okafor")
ADMINISTRATOR = Actor("staff-9", "support", frozenset({"support_administrator"}), "Alex Wren")


class World(ServiceWorld):
    """A support-svc."""

    CREATE_APP = staticmethod(create_app)
    DUTIES = DUTIES
    API = "/api/support/v1"
    STAFF = CASEWORKER

    async def fire(self, kind: str, key: str) -> None:
        """Let a timer fire, as the worker would."""
        handler = DUTIES.timers.handler(kind)
        assert handler is not None, kind
        async with self.runtime.transaction(Actor.system("timers", "support")) as tx:
            await handler(tx, key, {})

    async def value(self, list_: LookupList, code: str) -> uuid.UUID:
        """The id of a value of a list."""
        found = (await self.see(values_of, list_, actor=SUPERVISOR))[list_]
        return next(value.id for value in found if value.code == code)

    async def program(self, name: str = "Street outreach", **fields: Any) -> uuid.UUID:
        """The id of a program of this English name; with `fields` one that is added with them."""
        if fields:
            command = AddProgram(name_en=name, name_fr=name, **fields)
            return await self.do(add_program, command, actor=ADMINISTRATOR)
        found = await self.see(programs, actor=SUPERVISOR)
        return next(one.id for one in found if one.label_en == name)

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
            "housing_types": [await self.value(HOUSING_TYPE, "apartment")],
            "search_started_on": self.today,
            "agrees_to_be_housed": GivenHow.VERBAL,
            **fields,
        }
        return await self.do(
            start_placement, StartPlacement(client_id=client, member_ids=list(members), **given)
        )

    def message(self, name: str, /, version: int | None = None, **changes: Any) -> tuple[str, bytes]:
        """Return an event of another service; a home that no property entity manages names none."""
        if changes.get("managed_by") in ("third_party", "not_known"):
            changes.setdefault("manager", None)
        return super().message(name, version, **changes)

    async def home(self, **changes: Any) -> uuid.UUID:
        """Let the inventory publish a free home of the property entity, and return its unit."""
        unit = changes.pop("unit", None) or uuid.uuid4()
        given = {"managed_by": "property_entity", "occupancy": "available", "listing_version": 1, **changes}
        await self.receive("unit_published", unit=unit, **given)
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
        (home,) = await self.rows("SELECT managed_by, manager, inventory FROM home WHERE unit = $1", unit)
        secured = {"request": request, "unit": unit, "deadline": deadline, "sender": home.pop("inventory")}
        await self.receive("unit_secured", **secured, **home)
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
    settings = Settings(**settings_of("support", "support", database, key_sets))
    runtime = build_runtime(settings, fixed_clock)
    yield World(runtime, fixed_clock, database, key_sets)
    await runtime.close()
