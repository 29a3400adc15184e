"""A listener of the test's own source, and what it did."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from chassis.bus import Listening
from chassis.bus.listener import Listener
from chassis.ids import new_id
from delivery import world
from delivery.fixtures import Delivery


def listener_of(
    delivery: Delivery, listening: Listening | None = None, *, observe_every: float = 0.05, **settings: Any
) -> Listener:
    """Return a listener to the test's source that looks again soon."""
    return Listener(
        delivery.noter,
        delivery.broker,
        world.SOURCE,
        listening or world.noting(),
        retry_every=0.1,
        observe_every=observe_every,
        **settings,
    )


async def publish(delivery: Delivery, *facts: world.WordSent, **changes: Any) -> list[UUID]:
    """Put facts into the stream as the relay would, without an outbox."""
    ids = []
    for fact in facts:
        event = fact.id or new_id()
        ids.append(event)
        await delivery.js.publish(fact.subject, json.dumps(world.envelope(fact, event, **changes)).encode())
    return ids


def sent(number: int, version: int, word: str = "-", **more: Any) -> world.WordSent:
    """Return a fact about a numbered subject."""
    return world.WordSent(world.aggregate(number), version, word, **more)


async def noted(delivery: Delivery, number: int) -> list[tuple[int, str]]:
    """Return versions and words noted of a numbered subject, in order."""
    return [
        (row["version"], row["word"])
        for row in await world.effects(delivery.noted)
        if row["aggregate"] == str(world.aggregate(number))
    ]


async def parked(delivery: Delivery) -> list[tuple[str, int, str]]:
    """Return state, attempts and reason of what is set aside, in order."""
    rows = await world.fetch(delivery.noted, "SELECT state, attempts, reason FROM parked ORDER BY sequence")
    return [(row["state"], row["attempts"], row["reason"]) for row in rows]


async def owed(delivery: Delivery) -> int:
    """Return how many messages the broker still has for the listener."""
    info = await delivery.js.consumer_info(world.STREAM, world.CONSUMER)
    return info.num_ack_pending + info.num_pending


def acted(listener: Listener, number: int) -> Any:
    """Return the question whether so many events have been acted on."""
    return lambda: listener.state.acted_on >= number
