"""A change can be undone until the others are informed of it (X8): the relay's side, on a real broker."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest
from delivery import world
from delivery.fixtures import Delivery, running

from chassis.bus.relay import Relay
from chassis.runtime import Runtime
from chassis.undo import AlreadySent, ChangedSince, UndoChange, undo_change

pytestmark = pytest.mark.row("X8", "W1")


async def take_back(runtime: Runtime, change: UUID | None) -> bool:
    """Undo a change; return whether it was undone."""
    assert change is not None
    try:
        async with runtime.transaction(world.SENDER) as tx:
            await undo_change(tx, UndoChange(change_id=change))
    except (AlreadySent, ChangedSince):
        return False
    return True


def relay_of(delivery: Delivery, **settings: Any) -> Relay:
    relay = Relay(delivery.publisher, delivery.broker, service="sender", **settings)
    delivery.sender.on_commit = relay.wake
    return relay


async def words(delivery: Delivery) -> list[str]:
    return [one["data"]["word"] for one in await world.messages(delivery.js)]


async def statuses(delivery: Delivery) -> list[str]:
    rows = await world.fetch(delivery.publisher, "SELECT status FROM outbox ORDER BY position")
    return [row["status"] for row in rows]


def all_in(delivery: Delivery, *expected: str) -> Any:
    async def reached() -> bool:
        return await statuses(delivery) == [*expected]

    return reached


async def test_a_delayed_message_is_sent_at_its_time_and_not_before(
    delivery: Delivery, eventually: Any
) -> None:
    relay = relay_of(delivery, poll=0.2)
    async with running(relay.run()):
        begun = time.monotonic()
        await world.send_next(delivery.sender, 1, "later", wait=1.5)
        await world.send_next(delivery.sender, 2, "now")
        await eventually(all_in(delivery, "delayed", "published"))
        await eventually(all_in(delivery, "published", "published"))
        assert 1.5 <= time.monotonic() - begun < 2.5
    assert await words(delivery) == ["now", "later"]
    assert await world.fetch(delivery.publisher, "SELECT 1 FROM undo_step") == []
    assert await world.fetch(delivery.publisher, "SELECT 1 FROM delayed_change") == []


async def test_the_relay_wakes_when_something_is_due_without_looking_more_often(
    delivery: Delivery, eventually: Any
) -> None:
    """A poll of a minute finds the message at its time: the relay sleeps until then."""
    await world.send_next(delivery.sender, 1, "later", wait=1)
    relay = relay_of(delivery, poll=60)
    async with running(relay.run()):
        begun = time.monotonic()
        await eventually(all_in(delivery, "published"))
        assert time.monotonic() - begun < 3


async def test_a_later_message_of_the_same_does_not_overtake(delivery: Delivery, eventually: Any) -> None:
    """One that can't wait takes the earlier ones along; then they can't be undone any more."""
    first, _ = await world.send_next(delivery.sender, 1, "first", wait=60)
    second, _ = await world.send_next(delivery.sender, 1, "second", wait=120)
    other, _ = await world.send_next(delivery.sender, 2, "other", wait=60)
    relay = relay_of(delivery)
    async with running(relay.run()):
        await world.send_next(delivery.sender, 3, "unrelated")
        await eventually(all_in(delivery, "delayed", "delayed", "delayed", "published"))
        await world.send_next(delivery.sender, 1, "third")
        expected = ("published", "published", "delayed", "published", "published")
        await eventually(all_in(delivery, *expected))
    assert await words(delivery) == ["unrelated", "first", "second", "third"]
    assert not await take_back(delivery.sender, first)
    assert not await take_back(delivery.sender, second)
    assert await take_back(delivery.sender, other)


async def test_what_is_undone_is_never_sent_and_its_number_is_used_again(
    delivery: Delivery, eventually: Any
) -> None:
    relay = relay_of(delivery, poll=0.1)
    async with running(relay.run()):
        await world.send_next(delivery.sender, 1, "kept")
        change, version = await world.send_next(delivery.sender, 1, "regretted", wait=1)
        assert await take_back(delivery.sender, change)
        assert await world.send_next(delivery.sender, 1, "instead", wait=0.2) == (ANY, version)
        await asyncio.sleep(1.2)
        await eventually(all_in(delivery, "published", "undone", "published"))
    assert await words(delivery) == ["kept", "instead"]
    found = await world.messages(delivery.js)
    assert world.out_of_order([(one["subject"], one["aggregateversion"]) for one in found]) == []


async def test_killed_and_restarted_relays_send_each_message_once_in_order(
    delivery: Delivery, eventually: Any
) -> None:
    """Two relays, one of which is always being ended; writers delay some, undo some, and can't wait with
    others.
    """
    undone: set[str] = set()
    chance = random.Random(8)  # noqa: S311 - a test's order, to be had again

    async def writer(number: int) -> None:
        for turn in range(25):
            wait = chance.choice([0, 0, 0.05, 0.2, 0.5])
            word = f"{number}-{turn}"
            change, _ = await world.send_next(delivery.sender, number, word, wait=wait)
            await asyncio.sleep(chance.uniform(0, 0.3))
            if change is not None and chance.random() < 0.6 and await take_back(delivery.sender, change):
                undone.add(word)

    writing = asyncio.ensure_future(asyncio.gather(*(writer(number) for number in range(8))))
    while not writing.done():
        async with running(*(relay_of(delivery, poll=0.1).run() for _ in range(2))):
            await asyncio.sleep(chance.uniform(0.1, 0.4))
    await writing
    async with running(relay_of(delivery, poll=0.1).run()):

        async def all_out() -> bool:
            return not {"pending", "delayed"} & set(await statuses(delivery))

        await eventually(all_out)
    found = await world.messages(delivery.js)
    sent = [one["data"]["word"] for one in found]
    assert undone
    assert not undone & set(sent)
    assert len(sent) == len(set(sent)) == 8 * 25 - len(undone)
    assert world.out_of_order([(one["subject"], one["aggregateversion"]) for one in found]) == []


async def test_either_it_was_sent_or_it_was_undone(delivery: Delivery, eventually: Any) -> None:
    """Undoing at the very moment at which the message is due: one of both happens, never both or neither."""
    relay = relay_of(delivery, poll=0.02)
    outcomes: dict[str, bool] = {}

    async def race(number: int) -> None:
        wait = 0.3 + number / 400
        change, _ = await world.send_next(delivery.sender, number, str(number), wait=wait)
        await asyncio.sleep(0.3)
        outcomes[str(number)] = await take_back(delivery.sender, change)

    async with running(relay.run()):
        await asyncio.gather(*(race(number) for number in range(40)))

        async def decided() -> bool:
            return set(await statuses(delivery)) <= {"published", "undone"}

        await eventually(decided)
    sent = set(await words(delivery))
    assert sent == {word for word, was_undone in outcomes.items() if not was_undone}
