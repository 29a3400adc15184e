"""Whatever happens in whatever order, each fact is for the party that a plain model names (N2, N3)."""

from __future__ import annotations

import random
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

SUPPORT = ("support", "harbour-support")
INVENTORIES = ("property", "city-inventory")
ROBIN = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
TERMS = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [ROBIN]}
MEETING = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
PURPOSES = ("signing", "start", "notices")

Fact = tuple[str, str, str]
"""Name of an event, the party that it is for, and whether it is pending or withheld."""


@dataclass
class Supporter:
    """What the model knows of an organisation that supports a household."""

    referral: uuid.UUID
    choices: dict[str, str] = field(default_factory=dict)
    withdrawn: bool = False

    def status(self, purpose: str | None) -> str:
        """Whether a fact is sent to it."""
        agreed = purpose is None or self.choices.get(purpose) == "share"
        return "pending" if agreed and not self.withdrawn else "withheld"


@dataclass
class Household:
    """One household in the model: its home's inventory, who supports it, and how far it is."""

    world: Any
    api: Any
    rng: random.Random
    facts: list[Fact]
    inventory: str
    parties: list[str]
    reference: uuid.UUID
    application: Any = None
    unit: Any = None
    lease: str = ""
    signing: str = ""
    supporters: dict[str, Supporter] = field(default_factory=dict)

    async def post(self, path: str, body: Any = None) -> Any:
        answer = await self.api.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def for_support(self, name: str, purpose: str | None) -> None:
        """Expect a fact for each supporter, in the order of their ids."""
        for party in sorted(self.supporters):
            self.facts.append((name, party, self.supporters[party].status(purpose)))

    async def refer(self, party: str) -> Any:
        application, _, self.unit = await self.world.referral(
            sender=party, inventory=self.inventory, unit=self.unit, referral=self.reference,
            name={"given": "Robin", "family": "Sample"},
        )  # fmt: skip
        self.facts.append(("application_opened", party, "pending"))
        return application

    async def begin(self) -> None:
        first = await self.refer(self.parties[0])
        self.application = first
        if len(self.parties) == 1:
            self.supporters = {self.parties[0]: Supporter(self.reference)}
            return
        (hold,) = await self.world.rows("SELECT request FROM hold WHERE unit = $1", self.unit)
        await self.world.receive(
            "unit_released", sender=self.inventory, unit=self.unit, reason="deadline_passed", **hold
        )
        self.application = await self.refer(self.parties[1])
        await self.post(f"/applications/{first}/joining", {"application": str(self.application)})
        self.facts.append(("application_closed", self.inventory, "pending"))
        self.supporters = {party: Supporter(self.reference) for party in self.parties}

    async def choose(self) -> None:
        party = self.rng.choice(sorted(self.supporters))
        given = {purpose: self.rng.choice(("share", "do_not_share")) for purpose in PURPOSES}
        body = {"party": party, "given_on": "2026-03-02", **given}
        await self.post(f"/applications/{self.application}/choices", body)
        self.supporters[party].choices = given

    async def take_back(self) -> None:
        party = self.rng.choice(sorted(self.supporters))
        agreed = [each for each, answer in self.supporters[party].choices.items() if answer == "share"]
        if agreed:
            purpose = self.rng.choice(agreed)
            path = f"/applications/{self.application}/choices/{purpose}/withdrawal"
            await self.post(path, {"party": party, "withdrawn_on": "2026-03-02"})
            self.supporters[party].choices[purpose] = "taken back"

    async def give_up(self) -> None:
        party = self.rng.choice(sorted(self.supporters))
        await self.world.receive("tenancy_referral_withdrawn", sender=party, referral=self.reference)
        self.supporters[party].withdrawn = True

    async def accept(self) -> None:
        await self.post(f"/applications/{self.application}/acceptance")
        drawn_up = {"application_id": str(self.application), **TERMS}
        self.lease = (await self.post("/leases", drawn_up))["id"]

    async def decline(self) -> None:
        await self.post(f"/applications/{self.application}/decline", {"reason": "legal_age_rule"})
        self.for_support("application_declined", None)
        self.facts.append(("application_closed", self.inventory, "pending"))

    async def arrange(self) -> None:
        self.signing = (await self.post(f"/leases/{self.lease}/signings", MEETING))["id"]
        self.for_support("signing_scheduled", "signing")

    async def cancel(self) -> None:
        await self.post(f"/signings/{self.signing}/cancellation")
        self.for_support("signing_cancelled", "signing")

    async def sign(self) -> None:
        await self.post(f"/signings/{self.signing}/rights-explained")
        await self.world.attest(self.api, self.signing)
        await self.post(f"/signings/{self.signing}/signature", {"tenants_agreed": True})
        self.for_support("signing_moved", "signing")
        self.facts.append(("tenancy_started", self.inventory, "pending"))
        self.for_support("signing_held", "signing")
        self.for_support("referred_tenancy_started", "start")

    def way(self) -> list[Callable[[], Awaitable[None]]]:
        """What happens to it, in order: what has to, with what may happen strewn in."""
        steps: list[Callable[[], Awaitable[None]]]
        steps = [self.decline] if self.rng.random() < 0.25 else [self.accept, self.arrange]
        if len(steps) > 1:
            steps += [*self.rng.choice(([], [self.cancel, self.arrange])), self.sign]
        for _ in range(self.rng.randint(2, 6)):
            anything = self.rng.choices((self.choose, self.take_back, self.give_up), (6, 2, 1))[0]
            steps.insert(self.rng.randint(0, len(steps)), anything)
        return [self.begin, *steps]


@pytest.mark.row("N2", "N3", "W5", "W13")
@pytest.mark.parametrize("seed", range(6))
async def test_each_fact_is_for_whom_a_plain_model_names(world: Any, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 -- for a test
    facts: list[Fact] = []
    # References are equal where two organisations may use the same, and never within one.
    shared = [uuid.uuid4() for _ in range(6)]
    async with world.api("property_manager") as api:
        households = [
            Household(
                world, api, rng, facts, rng.choice(INVENTORIES),
                rng.sample(SUPPORT, rng.randint(1, 2)), reference,
            )
            for reference in shared
        ]  # fmt: skip
        households += [
            Household(world, api, rng, facts, rng.choice(INVENTORIES), [other], one.reference)
            for one in households
            for other in SUPPORT
            if other not in one.parties
        ]
        ways = [household.way() for household in households]
        while ways := [way for way in ways if way]:
            await rng.choice(ways).pop(0)()
        rows = await world.rows("SELECT type, addressee, status, subject FROM outbox ORDER BY position")
        found = [(row["type"].split(".")[1], row["addressee"], row["status"]) for row in rows]
        assert found == facts
        assert all(row["subject"].endswith(f".v1.{row['addressee']}") for row in rows)
        for household in households:
            statements = (await api.get(f"/applications/{household.application}/disclosures")).json()
            assert {each["party"] for each in statements} == set(household.supporters)
    assert {party for _, party, _ in facts} == {*SUPPORT, *INVENTORIES}
