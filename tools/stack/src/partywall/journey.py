"""The main journey through the public API, step by step, for `partywall demo` and the integration tests.

Each step is a method, so that a test can stop, kill or repeat something between any two. A step that waits
for the other side is named `until_…`, and returns as soon as its answer has been acted on.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from partywall.staff_api import ApiRefused, StaffApi

T = TypeVar("T")
ZONE = ZoneInfo("America/Toronto")
STEPS = (
    "record_the_client",
    "start_the_placement",
    "search_a_home",
    "secure_the_unit",
    "until_housing_is_secured",
    "until_the_application_is_open",
    "until_property_knows_the_home",
    "record_the_tenants_choices",
    "accept_the_application",
    "draw_up_the_lease",
    "schedule_the_signing",
    "until_support_sees_the_signing",
    "answer_attending",
    "until_property_sees_the_answer",
    "sign",
    "until_support_sees_the_tenancy",
    "move_in",
    "until_the_home_is_occupied",
)
"""The whole journey, in order."""


class StillWaiting(AssertionError):
    """What the other side should have published didn't arrive in time; the message has the present state."""


def today() -> dt.date:
    """Return the date in both organisations' time zone."""
    return dt.datetime.now(ZONE).date()


@dataclass(frozen=True, slots=True)
class Between:
    """The parties of a journey: who supports the household, who manages the home, who lists it."""

    support: str = "support"
    landlord: str = "property"
    inventory: str = "property"


@dataclass
class Journey:
    """One household's journey from a search to a move-in, with what it has reached so far."""

    caseworker: StaffApi
    manager: StaffApi
    keeper: StaffApi
    given_name: str
    family_name: str
    between: Between = Between()
    patience: float = 30.0
    """Seconds to wait for the other side."""
    shares_contact: bool = True
    """Whether the client agrees that name and contact are disclosed to the property entity (C6)."""
    unit: str = ""
    address: str = ""
    client: str = ""
    placement: str = ""
    request: str = ""
    application: str = ""
    lease: str = ""
    signing: str = ""
    waited: dict[str, float] = field(default_factory=dict)
    """Seconds that each `until_…` step took."""

    async def run(self, report: Callable[[str], None] = lambda _: None) -> None:
        """Go through the whole journey; `report` is called with one line for each step."""
        for step in STEPS:
            report(await self.take(step))

    async def take(self, step: str) -> str:
        """Take one step of `STEPS` and return a line about what was done."""
        action: Callable[[], Awaitable[str]] = getattr(self, step)
        return await action()

    async def record_the_client(self) -> str:
        """support: record the client, with a telephone number."""
        body = {
            "given_name": self.given_name,
            "family_name": self.family_name,
            "estimated_age": 41,
            "phones": ["416 555 0142"],
            "checked": True,
        }
        self.client = (await self.caseworker.post("/api/support/v1/clients", body))["id"]
        return f"{self.between.support}: recorded {self.given_name} {self.family_name}"

    async def start_the_placement(self) -> str:
        """support: Start Housing Placement, with the consents the journey needs (P2, C6)."""
        types = await self.caseworker.get("/api/support/v1/lookups/housing_type")
        body = {
            "client_id": self.client,
            "caseworker": await self.caseworker.subject(),
            "housing_types": [value["id"] for value in types if value["published_as"]],
            "search_started_on": today().isoformat(),
            "agrees_to_be_housed": "written",
            "agrees_to_share_contact": "written" if self.shares_contact else None,
        }
        self.placement = (await self.caseworker.post("/api/support/v1/placements", body))["id"]
        return f"{self.between.support}: started the housing placement, with the client's consents"

    async def search_a_home(self) -> str:
        """support: New Housing Search on its own copy (P5); takes the landlord's first home."""
        if not self.unit:
            path = f"/api/support/v1/placements/{self.placement}/homes"
            found = await self._until(lambda: self._homes(path), "a home that can be secured")
            self.unit, self.address = found[0]["unit"], found[0]["address"]
        return f"{self.between.support}: found {self.address or self.unit}"

    async def _homes(self, path: str) -> Any:
        wanted = {"managed_by": "property_entity", "inventory": self.between.inventory}
        found: list[Any] = []
        after: dict[str, str] = {}
        while not found:
            page = await self.caseworker.get(path, **wanted, **after, include_unknown="true")
            found = [home for home in page["items"] if home["manager"] == self.between.landlord]
            if page["next"] is None:
                break
            after = {"after": page["next"]}
        return found

    async def secure_the_unit(self) -> str:
        """support: Secure Unit (P6): asks units-svc across the wall."""
        body = {
            "unit": self.unit,
            "inventory": self.between.inventory,
            "secured_on": today().isoformat(),
            "expected_move_in": today().isoformat(),
        }
        path = f"/api/support/v1/placements/{self.placement}/secure-unit"
        self.request = (await self.caseworker.post(path, body))["request"]
        return f"{self.between.support}: asked for the home"

    async def placement_record(self) -> Any:
        """Return the placement as the caseworker sees it."""
        return await self.caseworker.get(f"/api/support/v1/placements/{self.placement}")

    async def until_housing_is_secured(self) -> str:
        """support: wait until the inventory's answer has made it Housing Secured."""
        await self._until(self._secured, "Housing Secured")
        return f"{self.between.support}: Housing Secured"

    async def _secured(self) -> bool:
        return bool((await self.placement_record())["status"] == "housing_secured")

    async def until_answered(self) -> Any:
        """support: wait until the inventory has answered in any way; return the placement."""
        return await self._until(self._answer, "the inventory's answer")

    async def _answer(self) -> Any:
        record = await self.placement_record()
        return record if record["request"] and record["request"]["state"] != "asked" else None

    async def until_the_application_is_open(self) -> str:
        """tenancy: wait until the referral has arrived as an application (T1)."""
        line = await self._until(self._application, "the application")
        self.application = line["id"]
        named = f" of {line['name']}" if line["name"] else " without a name"
        return f"{self.between.landlord}: the referral has arrived as an application{named}"

    async def _application(self) -> Any:
        page = await self.manager.get("/api/tenancy/v1/applications", status="received", limit=200)
        for line in page["items"]:
            record = await self.manager.get(f"/api/tenancy/v1/applications/{line['id']}")
            if record["unit"] == self.unit:
                return line
        return None

    async def until_property_knows_the_home(self) -> str:
        """tenancy: wait until its own copy has the home; a new stack is still receiving them."""
        await self._until(self._home_known, "the home in the property entity's copy")
        return f"{self.between.landlord}: has the home as the inventory lists it"

    async def _home_known(self) -> bool:
        record = await self.manager.get(f"/api/tenancy/v1/applications/{self.application}")
        return record["home"] is not None

    async def record_the_tenants_choices(self) -> str:
        """tenancy: record what the tenant lets the property entity disclose (W5)."""
        path = f"/api/tenancy/v1/applications/{self.application}"
        body = {
            "party": self.between.support,
            "given_on": today().isoformat(),
            "signing": "share",
            "start": "share",
            "notices": "do_not_share",
        }
        await self.manager.post(f"{path}/choices", body)
        return f"{self.between.landlord}: recorded what the tenant lets it disclose"

    async def accept_the_application(self) -> str:
        """tenancy: accept."""
        await self.manager.post(f"/api/tenancy/v1/applications/{self.application}/acceptance")
        return f"{self.between.landlord}: accepted the application"

    async def draw_up_the_lease(self) -> str:
        """tenancy: draw up the lease from the template of the home's province (T2, T4)."""
        tenant = {"part": "tenant", "given_name": self.given_name, "family_name": self.family_name}
        body = {
            "application_id": self.application,
            "start_on": today().isoformat(),
            "rent": {"amount": "1250.00", "currency": "CAD"},
            "due_day": 1,
            "parties": [tenant],
        }
        self.lease = (await self.manager.post("/api/tenancy/v1/leases", body))["id"]
        return f"{self.between.landlord}: drew up the lease"

    async def schedule_the_signing(self) -> str:
        """tenancy: arrange the signing, in an hour (T5)."""
        begins = dt.datetime.now(ZONE) + dt.timedelta(hours=1)
        body = {
            "starts_at": begins.isoformat(timespec="minutes"),
            "place": "property_office",
            "landlord_name": "Demo Property Manager",
        }
        self.signing = (await self.manager.post(f"/api/tenancy/v1/leases/{self.lease}/signings", body))["id"]
        return f"{self.between.landlord}: arranged the signing"

    async def until_support_sees_the_signing(self) -> str:
        """support: wait until the signing is on the caseworker's list (W4)."""
        await self._until(self._signing_seen, "the signing")
        return f"{self.between.support}: sees the signing"

    async def _signing_seen(self) -> Any:
        found = await self.caseworker.get(f"/api/support/v1/placements/{self.placement}/signings")
        return [signing for signing in found if signing["signing"] == self.signing]

    async def answer_attending(self) -> str:
        """support: answer that the case manager attends."""
        path = f"/api/support/v1/signings/{self.signing}/answer"
        await self.caseworker.post(path, {"attendance": "attending"})
        return f"{self.between.support}: answered attending"

    async def until_property_sees_the_answer(self) -> str:
        """tenancy: wait until the answer has arrived."""
        await self._until(self._answered, "the answer to the signing")
        return f"{self.between.landlord}: sees that an advocate attends"

    async def _answered(self) -> bool:
        record = await self.manager.get(f"/api/tenancy/v1/signings/{self.signing}")
        answers = [one["answer"] for one in record["invites"] if one["party"] == self.between.support]
        return any(answer and answer["attendance"] == "attending" for answer in answers)

    async def sign(self) -> str:
        """tenancy: explain rights, attest on both sides that no service is a condition, sign (T5)."""
        path = f"/api/tenancy/v1/signings/{self.signing}"
        await self.manager.post(f"{path}/rights-explained")
        for one in (await self.manager.get(path))["attested"]:
            party = {"side": one["side"], "party": one["party"]}
            await self.manager.post(f"{path}/attestations", party)
        # The signing is arranged for tomorrow, and the tenant agrees to sign today.
        await self.manager.post(f"{path}/signature", {"tenants_agreed": True})
        return f"{self.between.landlord}: signed; the tenancy starts"

    async def until_support_sees_the_tenancy(self) -> str:
        """support: wait until the start of the tenancy has arrived."""
        await self._until(self._let, "the start of the tenancy")
        return f"{self.between.support}: sees that the tenancy has started"

    async def _let(self) -> bool:
        request = (await self.placement_record())["request"]
        return bool(request and request["state"] == "let")

    async def move_in(self) -> str:
        """support: Move In (P7), with the first follow-up in three months."""
        body = {"moved_in_on": today().isoformat(), "next_months": 3}
        await self.caseworker.post(f"/api/support/v1/placements/{self.placement}/move-in", body)
        record = await self.placement_record()
        if record["status"] != "moved_in":
            raise StillWaiting(f"moved in, but the placement is {record['status']}")
        return f"{self.between.support}: moved in; the first follow-up is on {record['next_follow_up']}"

    async def until_the_home_is_occupied(self) -> str:
        """units: wait until the inventory shows the home as occupied, and support's copy as well (U4)."""
        await self._until(self._occupied, "the home as occupied")
        return f"{self.between.inventory}: the home is occupied, and published so"

    async def _occupied(self) -> bool:
        unit = await self.keeper.get(f"/api/units/v1/units/{self.unit}")
        copy = await self.caseworker.get(f"/api/support/v1/homes/{self.unit}")
        return all(home["occupancy"] == "occupied_by_client" for home in (unit, copy))

    async def _until(self, look: Callable[[], Awaitable[T]], what: str) -> T:
        """Repeat `look` until it returns something; not found and unreachable count as not yet."""
        began = time.monotonic()
        last: object = None
        while True:
            try:
                found = await look()
                if found:
                    self.waited[what] = time.monotonic() - began
                    return found
                last = found
            except ApiRefused as refused:
                if refused.status not in (404, 502, 503, 504):
                    raise
                last = refused
            if time.monotonic() - began > self.patience:
                raise StillWaiting(f"no sign of {what} within {self.patience:g} s: {last!r}")
            await asyncio.sleep(0.05)
