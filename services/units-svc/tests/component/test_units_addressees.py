"""Two support organisations and two property entities over a few homes, in any order: every fact reaches
exactly its addressees, compared with a plain model (N2, N3)."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

import pytest

from chassis.parties import NotTheSenders
from units_svc.holds.commands import CorrectManager, ReleaseHold, correct_manager, release_hold
from units_svc.holds.model import ManagerUnchanged
from units_svc.landlords.commands import EditLandlord, edit_landlord
from units_svc.landlords.model import ManagedBy, Relation
from units_svc.landlords.queries import landlord_record

SUPPORT = ("support", "harbour-support")
ENTITIES = ("property", "lakeside-homes")
THIRD, UNKNOWN = "third party", "not known"
OPEN = {"unit_published", "unit_withdrawn", "unit_availability_changed"}
STEPS = 70
Message = tuple[str, str, uuid.UUID]


@dataclass
class Asked:
    """A request as the model knows it. `manager` is an entity, THIRD or UNKNOWN."""

    id: uuid.UUID
    by: str
    home: int
    manager: str
    state: str
    former: set[str] = field(default_factory=set)

    @property
    def parties(self) -> list[str]:
        return [self.by, *([self.manager] if self.manager in ENTITIES else [])]


class Model:
    """What the parties must receive, by the rules in words: nothing of it is the service's own."""

    def __init__(self, managers: list[str]) -> None:
        self.managers = managers
        self.held: list[Asked | None] = [None for _ in managers]
        self.stays: list[list[str]] = [[] for _ in managers]
        self.asked: list[Asked] = []

    def ask(self, by: str, home: int) -> tuple[Asked, list[Message]]:
        free = self.held[home] is None and not self.stays[home]
        one = Asked(uuid.uuid4(), by, home, self.managers[home], "held" if free else "refused")
        self.asked.append(one)
        if not free:
            return one, [("unit_refused", by, one.id)]
        self.held[home] = one
        return one, [("unit_secured", party, one.id) for party in one.parties]

    def release(self, one: Asked) -> list[Message]:
        if one.state != "held":
            return []
        one.state = "released"
        self.held[one.home] = None
        return [("unit_released", party, one.id) for party in one.parties]

    def withdraw(self, sender: str, one: Asked) -> list[Message] | None:
        return self.release(one) if sender == one.by else None

    def speaks(self, manager: str) -> str | None:
        # The inventory's own property entity speaks for a home of which nobody knows who manages it.
        return {THIRD: None, UNKNOWN: "property"}.get(manager, manager)

    def close(self, sender: str, one: Asked) -> list[Message] | None:
        if sender in one.former:
            return []
        return self.release(one) if sender == self.speaks(one.manager) else None

    def let(self, sender: str, home: int, one: Asked | None) -> list[Message] | None:
        if sender != self.speaks(one.manager if one else self.managers[home]):
            return None
        if one is not None and one.state == "held":
            one.state = "tenancy"
            self.held[home] = None
        self.stays[home].append(sender)
        other = self.held[home]
        return self.release(other) if other else []

    def move_in(self, sender: str, one: Asked) -> list[Message] | None:
        if sender != one.by:
            return None
        if one.manager in ENTITIES or one.state in ("tenancy", "moved in"):
            return []
        if one.state == "held":
            self.held[one.home] = None
        one.state = "moved in"
        self.stays[one.home].append(one.manager)
        other = self.held[one.home]
        return self.release(other) if other else []

    def correct(self, home: int, manager: str) -> list[Message] | None:
        one, stays = self.held[home], self.stays[home]
        if (one is None or one.manager == manager) and all(stay == manager for stay in stays):
            return None
        self.stays[home] = [manager for _ in stays]
        if one is None or one.manager == manager:
            return []
        former, one.manager = one.manager, manager
        ended: list[Message] = []
        if former in ENTITIES:
            ended = [("unit_released", former, one.id)]
            one.former.add(former)
        one.former.discard(manager)
        return [*ended, *(("unit_secured", party, one.id) for party in one.parties)]


async def _new(world: Any, since: int) -> tuple[list[Message], int]:
    """Return what was addressed since a position, in order; open events must be those about homes."""
    rows = await world.rows(
        "SELECT position, type, subject, addressee, data->'data'->>'request' AS request FROM outbox"
        " WHERE position > $1 ORDER BY position",
        since,
    )
    found: list[Message] = []
    for row in rows:
        name, party = row["type"].split(".")[1], row["addressee"]
        assert (party is None) == (name in OPEN), row
        assert row["subject"] == f"evt.property.{row['type']}" + (f".{party}" if party else "")
        if party is not None:
            found.append((name, party, uuid.UUID(row["request"])))
    return found, max([since, *(row["position"] for row in rows)])


async def _move_landlord(world: Any, landlord: uuid.UUID, party: str) -> None:
    found = await world.see(landlord_record, landlord)
    values = {name: getattr(found, name) for name in EditLandlord.model_fields if hasattr(found, name)}
    await world.do(edit_landlord, EditLandlord(**{**values, "landlord_id": landlord, "party": party}))


class Play:
    """Does one thing after the other with the service, and returns what the model expects of it."""

    def __init__(self, world: Any, rng: random.Random, managers: list[str]) -> None:
        self.world, self.rng = world, rng
        self.managers = managers
        self.model = Model(managers)
        self.homes: list[uuid.UUID] = []
        self.landlords: list[uuid.UUID | None] = []
        self.refused = 0

    async def begin(self) -> None:
        """Add the homes."""
        for number, manager in enumerate(self.managers):
            own = manager in ENTITIES
            relation = Relation.PROPERTY_ENTITY if own else Relation.THIRD_PARTY
            landlord = None
            if manager != UNKNOWN:
                landlord = await self.world.landlord(relation, f"Landlord {number}", manager if own else None)
            self.landlords.append(landlord)
            self.homes.append(await self.world.unit(landlord_id=landlord))

    async def receive(self, name: str, expected: list[Message] | None, **given: Any) -> list[Message]:
        """Receive an event; None is expected of one that is another's to send."""
        if expected is not None:
            await self.world.receive(name, **given)
            return expected
        self.refused += 1
        with pytest.raises(NotTheSenders):
            await self.world.receive(name, **given)
        return []

    async def step(self) -> tuple[str, list[Message]]:
        """Do one thing at random; return what it was, and what must have been published."""
        home = self.rng.randrange(len(self.homes))
        known = [one for one in self.model.asked if one.home == home]
        action = self.rng.choice(("ask", *ACTIONS)) if known else "ask"
        if action == "ask":
            return f"ask for home {home}", await self.ask(home)
        one = self.model.held[home] or self.rng.choice(known)
        if self.rng.random() < 0.4:
            one = self.rng.choice(known)
        return f"{action} at home {home}: {one}", await getattr(self, action)(one)

    async def ask(self, home: int) -> list[Message]:
        by = self.rng.choice(SUPPORT)
        asked, expected = self.model.ask(by, home)
        await self.world.receive("unit_requested", unit=self.homes[home], request=asked.id, sender=by)
        return expected

    def _about(self, one: Asked, sender: str) -> dict[str, Any]:
        return {"unit": self.homes[one.home], "request": one.id, "sender": sender}

    async def ask_again(self, one: Asked) -> list[Message]:
        by = self.rng.choice(SUPPORT)
        return await self.receive("unit_requested", [] if by == one.by else None, **self._about(one, by))

    async def withdraw(self, one: Asked) -> list[Message]:
        by = self.rng.choice(SUPPORT)
        return await self.receive(
            "unit_request_withdrawn", self.model.withdraw(by, one), **self._about(one, by)
        )

    async def move_in(self, one: Asked) -> list[Message]:
        by = self.rng.choice(SUPPORT)
        return await self.receive("household_moved_in", self.model.move_in(by, one), **self._about(one, by))

    async def close(self, one: Asked) -> list[Message]:
        entity = self.rng.choice(ENTITIES)
        expected = self.model.close(entity, one)
        return await self.receive("application_closed", expected, **self._about(one, entity))

    async def let(self, one: Asked) -> list[Message]:
        entity = self.rng.choice(ENTITIES)
        of = self.rng.choice((one, None))
        expected = self.model.let(entity, one.home, of)
        given = {**self._about(one, entity), "request": of and of.id, "start": dt.date(2026, 3, 1)}
        return await self.receive("tenancy_started", expected, tenancy=uuid.uuid4(), **given)

    async def correct(self, one: Asked) -> list[Message]:
        manager = self.rng.choice((*ENTITIES, THIRD))
        expected = self.model.correct(one.home, manager)
        own = manager in ENTITIES
        command = CorrectManager(
            unit_id=self.homes[one.home],
            managed_by=ManagedBy.PROPERTY_ENTITY if own else ManagedBy.THIRD_PARTY,
            manager=manager if own else None,
            reason="The deed says so",
        )
        if expected is not None:
            await self.world.do(correct_manager, command)
            return expected
        with pytest.raises(ManagerUnchanged):
            await self.world.do(correct_manager, command)
        return []

    async def edit_landlord(self, one: Asked) -> list[Message]:
        landlord = self.landlords[one.home]
        if landlord is not None and self.managers[one.home] in ENTITIES:
            self.managers[one.home] = party = self.rng.choice(ENTITIES)
            await _move_landlord(self.world, landlord, party)
        return []

    async def end(self, one: Asked) -> list[Message]:
        if one.state != "held":
            return []
        version = await self.world.value("SELECT version FROM hold WHERE request_id = $1", one.id)
        command = ReleaseHold(request_id=one.id, version=version, remark="The boiler broke")
        await self.world.do(release_hold, command)
        return self.model.release(one)


ACTIONS = ("ask", "ask_again", "withdraw", "move_in", "close", "let", "correct", "edit_landlord", "end")


@pytest.mark.row("N2", "N3", "P6", "U9")
@pytest.mark.parametrize("seed", range(8))
async def test_every_fact_reaches_exactly_its_addressees(world: Any, seed: int) -> None:
    managers = ["property", "property", "lakeside-homes", "lakeside-homes", "lakeside-homes", THIRD, THIRD]
    managers.append(UNKNOWN)
    play = Play(world, random.Random(seed), managers)  # noqa: S311 - to be repeated
    await play.begin()
    _, since = await _new(world, 0)
    for number in range(STEPS):
        what, expected = await play.step()
        found, since = await _new(world, since)
        assert found == expected, f"step {number}: {what}"
    assert play.refused > 3, "the play has events that are others' to send"
    for party in SUPPORT:
        theirs = {str(one.id) for one in play.model.asked if one.by != party}
        rows = await world.rows("SELECT data FROM outbox WHERE addressee = $1 OR addressee IS NULL", party)
        assert not any(request in row["data"] for row in rows for request in theirs), "of another's request"
