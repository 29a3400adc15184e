"""10,000 random journeys, all pairs at once: every fact reaches exactly its addressees, byte for byte (N2).

Who must receive what is said once more in `STEPS`, which knows nothing of catalogue, grants and filters.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import defaultdict
from functools import cache
from typing import Any
from uuid import UUID

import pytest

from contracts.border import Grant, Grants, Seat, jetstream
from contracts.examples import message
from contracts.words import Service
from testkit.parties import plan

pytestmark = pytest.mark.row("N2")

Border = Any
JOURNEYS = 10_000
BATCH = 500
GRANTS = Grants(plan("two-of-each").seats)

ROLES = {
    "support": [Seat(party, Service.SUPPORT) for party in ("harbour-support", "support")],
    "property": [Seat(party, Service.TENANCY) for party in ("lakeside-homes", "property")],
    "inventory": [Seat(party, Service.UNITS) for party in ("city-inventory", "property")],
}
STEPS = (
    ("unit_published", "inventory", None),
    ("unit_requested", "support", "inventory"),
    ("unit_refused", "inventory", "support"),
    ("unit_secured", "inventory", "support"),
    ("unit_secured", "inventory", "property"),
    ("unit_availability_changed", "inventory", None),
    ("tenancy_referred", "support", "property"),
    ("application_opened", "property", "support"),
    ("unit_hold_ending", "inventory", "support"),
    ("unit_hold_ending", "inventory", "property"),
    ("signing_scheduled", "property", "support"),
    ("signing_attendance", "support", "property"),
    ("signing_held", "property", "support"),
    ("tenancy_started", "property", "inventory"),
    ("referred_tenancy_started", "property", "support"),
    ("entry_requested", "inventory", "property"),
    ("entry_answered", "property", "inventory"),
    ("household_moved_out", "support", "inventory"),
    ("unit_withdrawn", "inventory", None),
)
"""What happens, who publishes it, and to whom alone; None: to all support and property parties."""

PLACEHOLDER = UUID(int=0)


@cache
def template(name: str, publisher: Seat, addressee: str | None) -> tuple[str, bytes]:
    """Return the subject and the bytes of an event, with a placeholder for its id."""
    service = str(publisher.service)
    subject = f"evt.{publisher.party}.{service}.{name}.v1{f'.{addressee}' if addressee else ''}"
    return subject, message(name, id=PLACEHOLDER, party=publisher.party, addressee=addressee)


class Digest:
    """The number of events, and a digest of their subjects and bytes in order."""

    def __init__(self) -> None:
        self.number = 0
        self._hash = hashlib.sha256()

    def add(self, subject: str, data: bytes) -> None:
        """Add the next event."""
        self.number += 1
        self._hash.update(f"{subject} {len(data)} ".encode() + data)

    def __repr__(self) -> str:
        return f"{self.number} {self._hash.hexdigest()}"


Ways = defaultdict[tuple[Seat, Seat], Digest]


def journeys(seed: int) -> tuple[dict[Seat, list[tuple[str, bytes, str]]], Ways]:
    """Return what each seat publishes in what order, and what each must receive of each.

    A journey is that of three parties; most end early, and all of them are mixed.
    """
    chance = random.Random(seed)  # noqa: S311 - a failure must come again
    begun = [
        ({role: chance.choice(seats) for role, seats in ROLES.items()}, iter(STEPS[: chance.randint(1, 19)]))
        for _ in range(JOURNEYS)
    ]
    published: dict[Seat, list[tuple[str, bytes, str]]] = defaultdict(list)
    wanted: Ways = defaultdict(Digest)
    while begun:
        at = chance.randrange(len(begun))
        who, steps = begun[at]
        step = next(steps, None)
        if step is None:
            begun[at] = begun[-1]
            begun.pop()
            continue
        name, sender, to = step
        subject, text = template(name, who[sender], who[to].party if to else None)
        identity = str(UUID(int=chance.getrandbits(128)))
        data = text.replace(str(PLACEHOLDER).encode(), identity.encode())
        published[who[sender]].append((subject, data, identity))
        for receiver in [who[to]] if to else [*ROLES["support"], *ROLES["property"]]:
            wanted[who[sender], receiver].add(subject, data)
    return published, wanted


async def publish(border: Border, seat: Seat, events: list[tuple[str, bytes, str]]) -> None:
    """Publish in batches, each of which is stored whole."""
    client = (await border.connect(seat.account)).client
    for first in range(0, len(events), BATCH):
        batch = events[first : first + BATCH]
        for number, (subject, data, identity) in enumerate(batch, 1):
            headers = {
                "Nats-Msg-Id": identity,
                "Nats-Batch-Id": batch[0][2],
                "Nats-Batch-Sequence": str(number),
            }
            if number < len(batch):
                await client.publish(subject, data, headers=headers)
            else:
                headers["Nats-Batch-Commit"] = "1"
                answer = await client.request(subject, data, headers=headers, timeout=60)
                assert f'"count":{len(batch)}'.encode() in answer.data, answer.data


async def receive(border: Border, grant: Grant, expected: int) -> Digest:
    """Receive all that a listener is given; return when nothing has come for a while after the last one."""
    client = (await border.connect(grant.listener.account)).client
    js = jetstream(client, prefix=grant.api_prefix)
    waiting = await js.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
    found = Digest()
    while True:
        try:
            batch = await waiting.fetch(BATCH, timeout=60 if found.number < expected else 0.5)
        except TimeoutError:
            return found
        for item in batch:
            found.add(item.subject, item.data)
            await item.ack()
        await client.flush()


async def test_every_fact_reaches_exactly_its_addressees(own_server: Border) -> None:
    await own_server.establish()
    published, wanted = journeys(seed=20261128)
    assert {seat for seats in ROLES.values() for seat in seats} == set(GRANTS.seats) == set(published)
    # Each way that there is has been used, and no other.
    assert set(wanted) == {(grant.publisher, grant.listener) for grant in GRANTS.all}
    async with asyncio.TaskGroup() as group:
        for seat, events in published.items():
            group.create_task(publish(own_server, seat, events))
        receiving = {
            (grant.publisher, grant.listener): group.create_task(
                receive(own_server, grant, wanted[grant.publisher, grant.listener].number)
            )
            for grant in GRANTS.all
        }
    received = {way: repr(task.result()) for way, task in receiving.items()}
    assert received == {way: repr(digest) for way, digest in wanted.items()}
    await own_server.close()
