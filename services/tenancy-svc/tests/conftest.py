"""A tenancy-svc of its own for each test: real database, neighbours played by the contract examples."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import httpx
import pytest
import pytest_asyncio

from chassis.actor import Actor
from chassis.clock import FixedClock
from deskkit.testing.pages import Page, fields_of, parse_page
from tenancy_svc.main import API_PREFIX, create_app
from tenancy_svc.settings import TenancySettings
from tenancy_svc.wiring import build_runtime
from tenancy_svc.worker import DUTIES
from testkit.databases import FreshDatabase
from testkit.plugin import DatabaseFactory
from testkit.tokens import KeySetServer
from testkit.world import ServiceWorld, settings_of

MANAGER = Actor("staff-1", "property", frozenset({"property_manager"}), "Dana Roy")
ADMINISTRATOR = Actor("staff-2", "property", frozenset({"property_administrator"}), "Ada Pike")
SECOND_ADMINISTRATOR = Actor("staff-3", "property", frozenset({"property_administrator"}), "Bo Lund")


class World(ServiceWorld):
    """A tenancy-svc."""

    PARTY: ClassVar = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}

    CREATE_APP = staticmethod(create_app)
    DUTIES = DUTIES
    API = API_PREFIX
    STAFF = MANAGER

    async def home(self, *, inventory: str | None = None, **changes: Any) -> uuid.UUID:
        """Let an inventory publish a free home of the property entity in Ontario and return its unit."""
        unit = changes.pop("unit", None) or uuid.uuid4()
        given = {"occupancy": "available", "listing_version": 1, **self.managed(changes), **changes}
        await self.receive("unit_published", sender=inventory, unit=unit, **given)
        return unit

    def managed(self, changes: dict[str, Any]) -> dict[str, Any]:
        """Take out of changes who manages a home, and return it whole: this party unless they say else."""
        managed_by = changes.pop("managed_by", "property_entity")
        own = self.runtime.entity if managed_by == "property_entity" else None
        return {"managed_by": managed_by, "manager": changes.pop("manager", own)}

    async def ready_to_sign(
        self, unit: uuid.UUID, *, start_on: str = "2026-04-01", meeting: str = "2026-03-05T14:00:00-05:00"
    ) -> str:
        """Open a direct application for the home and prepare its lease up to the signatures."""
        async with self.api("property_manager") as api:

            async def post(path: str, body: Any = None) -> Any:
                answer = await api.post(path, json=body)
                assert answer.is_success, answer.text
                return answer.json() if answer.content else None

            opened = await post("/applications", {"unit": str(unit), "adults": 1, "people": [self.PARTY]})
            await post(f"/applications/{opened['id']}/acceptance")
            terms = {"start_on": start_on, "rent": {"amount": "900.00"}, "parties": [self.PARTY]}
            lease = await post("/leases", {"application_id": opened["id"], **terms})
            arrangement = {"starts_at": meeting, "place": "the_unit", "landlord_name": "Dana Roy"}
            signing = (await post(f"/leases/{lease['id']}/signings", arrangement))["id"]
            await post(f"/signings/{signing}/rights-explained")
            await self.attest(api, signing)
            return str(signing)

    async def attest(self, api: httpx.AsyncClient, signing: Any) -> None:
        """Let everybody attest who still has to, each by reference."""
        for party in (await api.get(f"/signings/{signing}")).json()["attested"]:
            if party["attestation"] is None:
                body = {"side": party["side"], "party": party["party"]}
                answer = await api.post(f"/signings/{signing}/attestations", json=body)
                assert answer.status_code == 204, answer.text

    def meet(self, moment: str = "2026-03-05T14:00:00-05:00") -> None:
        """Let the time come that a signing is arranged for."""
        self.clock.at = max(self.clock.at, dt.datetime.fromisoformat(moment).astimezone(dt.UTC))

    async def referral(
        self, *, sender: str = "support", inventory: str | None = None, **changes: Any
    ) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
        """Publish a home, hold it, refer a household; return application, referral and unit."""
        unit = changes.pop("unit", None) or await self.home(inventory=inventory)
        referral, request = changes.pop("referral", None) or uuid.uuid4(), uuid.uuid4()
        deadline = changes.pop("deadline", self.clock.now() + dt.timedelta(days=10))
        held = {"request": request, "unit": unit, "deadline": deadline, **self.managed(changes)}
        await self.receive("unit_secured", sender=inventory, **held)
        referred = {"referral": referral, "request": request, "unit": unit, **changes}
        await self.receive("tenancy_referred", sender=sender, **referred)
        rows = await self.rows(
            "SELECT application_id FROM counterpart WHERE party = $1 AND referral = $2", sender, referral
        )
        return rows[0]["application_id"], referral, unit


@pytest_asyncio.fixture
async def world(
    fresh_database: DatabaseFactory, fixed_clock: FixedClock, key_sets: KeySetServer
) -> AsyncIterator[World]:
    """A tenancy-svc that stands at 2026-03-02 10:00 in Toronto."""
    made: list[World] = []
    database = await fresh_database("tenancy")
    world = make_world(database, fixed_clock, key_sets)
    made.append(world)
    yield world
    await world.runtime.close()


def make_world(database: FreshDatabase, clock: FixedClock, keys: KeySetServer, **settings: Any) -> World:
    """Put a tenancy-svc together on a database."""
    given = {
        **settings_of("tenancy", "property", database, keys),
        **settings,
    }
    runtime = build_runtime(TenancySettings(**given), clock)
    return World(runtime, clock, database, keys)


@pytest.fixture
def another_world(fresh_database: DatabaseFactory, key_sets: KeySetServer) -> Callable[[FixedClock], Any]:
    """Make further tenancy-svcs, each with its own database and clock."""

    async def make(clock: FixedClock) -> World:
        return make_world(await fresh_database("tenancy"), clock, key_sets)

    return make


@dataclass
class Visitor:
    """Somebody at the property desk: reads pages, fills in the forms that are on them, follows redirects."""

    http: httpx.AsyncClient
    page: Page | None = None
    path: str = ""

    async def go(self, path: str, *, status: int = 200) -> Page:
        """Open a page of the desk and check it."""
        return self._shown(await self.http.get(path, follow_redirects=True), status)

    async def send(self, action: str, *, status: int = 200, index: int = 0, **values: str) -> Page:
        """Fill in the form whose action ends with `action` and send it; `__` in a name stands for a
        hyphen.
        """
        assert self.page is not None
        forms = [
            form
            for form in self.page.root.iter("form")
            if form.get("method") == "post" and (form.get("action") or "").split("?")[0].endswith(action)
        ]
        assert forms, f"no form to {action} on {self.path}"
        fields = dict(fields_of(forms[index]))
        fields.update({name.replace("__", "-"): value for name, value in values.items()})
        target = forms[index].get("action") or ""
        return self._shown(await self.http.post(target, data=fields, follow_redirects=True), status)

    def _shown(self, answer: httpx.Response, status: int) -> Page:
        self.path = answer.url.path
        assert answer.status_code == status, f"{answer.status_code} {self.path}: {answer.text[:3000]}"
        self.page = parse_page(answer.text)
        return self.page


@pytest.fixture
def visitor(world: World) -> Callable[..., Visitor]:
    """Sign somebody in to the property desk: `visitor("property_manager", locale="fr")`."""

    def sign_in(*roles: str, locale: str = "en", name: str = "Dana Roy") -> Visitor:
        return Visitor(world.desk(*roles, locale=locale, name=name, session=f"session-{name}"))

    return sign_in


@pytest.fixture
def world_on(
    fresh_database: DatabaseFactory, fixed_clock: FixedClock, key_sets: KeySetServer
) -> Callable[..., Any]:
    """Put a tenancy-svc together with further settings by keyword."""

    async def make(**settings: Any) -> World:
        return make_world(await fresh_database("tenancy"), fixed_clock, key_sets, **settings)

    return make
