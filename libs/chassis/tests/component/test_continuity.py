"""A broker's store that was lost and a database that was restored are noticed, and healed from each other."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from delivery import world
from delivery.fixtures import Delivery, running
from delivery.hearing import listener_of, noted, owed, publish, sent

from chassis.bus import healing, parking
from chassis.bus.arrivals import arrived
from chassis.bus.pulling import Delivery as Delivered
from chassis.bus.relay import Relay
from chassis.bus.worker import Duties, Worker

pytestmark = pytest.mark.row("X1", "W1")


class Backup:
    """A copy of a database as it stood, which can take its stead."""

    def __init__(self, delivery: Delivery, dsn: str) -> None:
        self._admin = delivery.admin_dsn
        self._name = dsn.rsplit("/", 1)[1].split("?", maxsplit=1)[0]
        self._copy = f"{self._name}_backup"

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self._admin)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    async def take(self) -> None:
        """Copy the database as it is now."""
        await self._run(self._end_of(self._name), f'CREATE DATABASE "{self._copy}" TEMPLATE "{self._name}"')

    async def restore(self) -> None:
        """Put the copy where the database was."""
        await self._run(
            self._end_of(self._name),
            f'DROP DATABASE "{self._name}"',
            f'CREATE DATABASE "{self._name}" TEMPLATE "{self._copy}"',
            f'DROP DATABASE "{self._copy}"',
        )

    def _end_of(self, name: str) -> str:
        sessions = "FROM pg_stat_activity WHERE datname"
        return f"SELECT pg_terminate_backend(pid) {sessions} = '{name}'"


def relay_of(delivery: Delivery) -> Relay:
    relay = Relay(delivery.publisher, delivery.broker, service="sender", poll=0.1, stream=world.STREAM)
    delivery.sender.on_commit = relay.wake
    return relay


async def published(delivery: Delivery, eventually: Any, *facts: world.WordSent) -> None:
    """Commit facts and wait until they are published."""
    relay = relay_of(delivery)
    async with running(relay.run()):
        await world.send(delivery.sender, *facts)

        async def all_out() -> None:
            waiting = await world.fetch(delivery.publisher, "SELECT 1 FROM outbox WHERE status = 'pending'")
            assert (waiting, relay.state.published) == ([], len(facts))

        await eventually(all_out)


async def received(delivery: Delivery, eventually: Any, number: int) -> None:
    """Listen until so many effects are recorded."""
    listener = listener_of(delivery)
    async with running(listener.run()):

        async def all_in() -> None:
            assert len(await world.effects(delivery.noted)) == number
            assert await owed(delivery) == 0

        await eventually(all_in)


async def heal(delivery: Delivery) -> healing.Healed:
    return await healing.heal(delivery.sender, world.NOTER, delivery.broker, world.STREAM)


async def test_a_stream_that_was_lost_is_noticed_and_filled_again_from_the_outbox(
    delivery: Delivery, eventually: Any
) -> None:
    await published(delivery, eventually, *[sent(number, 1) for number in range(5)])
    await received(delivery, eventually, 5)
    await delivery.js.delete_stream(world.STREAM)
    await world.create_stream(delivery.js)

    relay = relay_of(delivery)
    async with running(relay.run()):
        await world.send(delivery.sender, sent(1, 2))

        async def noticed() -> None:
            assert relay.state.broken is not None
            assert "was recreated" in relay.state.broken

        await eventually(noticed)
        assert await world.messages(delivery.js) == []  # nothing is sent before somebody looked at it

        healed = await heal(delivery)
        assert (healed.published_again, healed.taken_back) == (5, [])

        async def filled() -> None:
            assert len(await world.messages(delivery.js)) == 6
            assert relay.state.broken is None

        await eventually(filled)
    await received(delivery, eventually, 6)
    assert await noted(delivery, 1) == [(1, "-"), (2, "-")]
    assert await heal(delivery) == healing.Healed()


async def test_a_stream_that_is_lost_under_a_running_relay_is_noticed(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.bus.relay._MEASURED_EVERY", 0.1)
    relay = relay_of(delivery)
    async with running(relay.run()):
        await world.send(delivery.sender, sent(1, 1))

        async def remembered() -> None:
            rows = await world.fetch(delivery.publisher, "SELECT sequence FROM bus_position")
            assert [row["sequence"] for row in rows] == [1]

        await eventually(remembered)
        await delivery.js.delete_stream(world.STREAM)
        await world.create_stream(delivery.js)

        async def noticed() -> None:
            assert relay.state.broken is not None

        await eventually(noticed)


async def test_a_publishers_database_that_was_restored_is_noticed_and_its_outbox_taken_back(
    delivery: Delivery, eventually: Any
) -> None:
    await published(delivery, eventually, sent(1, 1))
    backup = Backup(delivery, delivery.publisher)
    await delivery.sender.close()
    await backup.take()
    await published(delivery, eventually, sent(1, 2), sent(2, 1))
    await delivery.sender.close()
    await backup.restore()

    relay = relay_of(delivery)
    async with running(relay.run()):
        await world.send(delivery.sender, sent(1, 2, "another"))

        async def noticed() -> None:
            assert relay.state.broken is not None
            assert "it was restored" in relay.state.broken

        await eventually(noticed)
        assert len(await world.messages(delivery.js)) == 3

        healed = await heal(delivery)
        assert [(event.aggregate, event.version) for event in healed.taken_back] == [
            (world.aggregate(1), 2),
            (world.aggregate(2), 1),
        ]
        assert any("2 events of the lost database" in line for line in healing.in_words("sender", healed, []))

        async def goes_on() -> None:
            assert len(await world.messages(delivery.js)) == 4
            # An event is at the broker before its row is marked: the relay may be stopped in between.
            rows = await world.fetch(delivery.publisher, "SELECT status FROM outbox")
            assert [row["status"] for row in rows] == ["published"] * 4

        await eventually(goes_on)


async def test_a_crash_between_sending_and_writing_it_down_is_no_restored_database(
    delivery: Delivery, eventually: Any
) -> None:
    await published(delivery, eventually, sent(1, 1))
    await published(delivery, eventually, *[sent(2, version) for version in range(1, 150)])
    # As a crash leaves it: the broker has them, the outbox doesn't know yet.
    await world.fetch(delivery.publisher, "UPDATE outbox SET status = 'pending', published_at = NULL")
    relay = relay_of(delivery)
    async with running(relay.run()):

        async def written_down() -> None:
            assert (
                await world.fetch(delivery.publisher, "SELECT 1 FROM outbox WHERE status = 'pending'") == []
            )

        await eventually(written_down)
        assert relay.state.broken is None
    assert len(await world.messages(delivery.js)) == 150


async def test_a_listeners_database_that_was_restored_is_noticed_and_served_again(
    delivery: Delivery, eventually: Any
) -> None:
    await publish(delivery, sent(1, 1), sent(2, 1))
    await received(delivery, eventually, 2)
    backup = Backup(delivery, delivery.noted)
    await delivery.noter.close()
    await backup.take()
    await publish(delivery, sent(1, 2), sent(3, 1))
    await received(delivery, eventually, 4)
    await delivery.noter.close()
    await backup.restore()
    await publish(delivery, sent(1, 3))

    listener = listener_of(delivery)
    async with running(listener.run()):

        async def noticed() -> None:
            assert listener.state.broken is not None
            assert "have them delivered again" in listener.state.broken

        await eventually(noticed)
        # Acting on the newer ones would leave a gap that nobody sees.
        assert len(await world.effects(delivery.noted)) == 2
        assert await healing.behind(delivery.noter, delivery.broker, [world.SOURCE]) == [world.SOURCE]

        await delivery.js.delete_consumer(world.STREAM, world.CONSUMER)
        await world.create_consumer(delivery.js)

        async def caught_up() -> None:
            assert await noted(delivery, 1) == [(1, "-"), (2, "-"), (3, "-")]
            assert len(await world.effects(delivery.noted)) == 5
            assert listener.state.broken is None

        await eventually(caught_up)
    assert await healing.behind(delivery.noter, delivery.broker, [world.SOURCE]) == []


async def test_events_that_come_twice_are_no_restored_database(delivery: Delivery, eventually: Any) -> None:
    fact = sent(1, 1)
    (event,) = await publish(delivery, fact)
    await received(delivery, eventually, 1)
    await publish(delivery, world.WordSent(fact.aggregate, 1, id=event))
    # This one ends before it looks at how the consumer stands.
    repeated = listener_of(delivery, observe_every=600.0)
    async with running(repeated.run()):

        async def acknowledged() -> bool:
            return await owed(delivery) == 0

        await eventually(acknowledged)
    listener = listener_of(delivery)
    async with running(listener.run()):
        await publish(delivery, sent(1, 2))

        async def goes_on() -> None:
            assert len(await world.effects(delivery.noted)) == 2

        await eventually(goes_on)
        assert listener.state.broken is None


@asynccontextmanager
async def hindered(delivery: Delivery, event: UUID) -> AsyncIterator[None]:
    """Let whoever receives this event wait: another transaction is about to receive it too."""
    connection = await asyncpg.connect(delivery.noted)
    try:
        await connection.execute("BEGIN")
        await connection.execute(
            "INSERT INTO inbox (source, id, subject, aggregate, aggregate_version, received_at)"
            " VALUES ($1, $2, '', '', 1, now())",
            world.STREAM,
            event,
        )
        yield
    finally:
        await connection.close()


@pytest.mark.row("N2")
async def test_events_for_others_are_no_restored_database(delivery: Delivery, eventually: Any) -> None:
    """The server counts what a consumer's filter leaves out as acknowledged, and nobody received it."""
    await delivery.js.delete_consumer(world.STREAM, world.CONSUMER)
    await world.create_consumer(delivery.js, only=f"{world.WORD_SUBJECT}.{world.PARTY}")
    first, second = uuid4(), uuid4()
    # This one ends before it writes down how the consumer stands, and before the second event is received.
    ending = listener_of(delivery, observe_every=600.0)
    async with hindered(delivery, second), running(ending.run()):

        async def owes(number: int, acknowledged: tuple[int, int]) -> None:
            state = await delivery.js.consumer_info(world.STREAM, world.CONSUMER)
            floor = state.ack_floor
            assert (state.num_ack_pending, (floor.stream_seq, floor.consumer_seq)) == (number, acknowledged)

        async with hindered(delivery, first):
            await publish(delivery, sent(1, 1, to=world.PARTY, id=first))
            await eventually(lambda: owes(1, (0, 0)))
            await publish(delivery, sent(2, 1, to="somebody-else"), sent(1, 2, to=world.PARTY, id=second))
            await eventually(lambda: owes(2, (0, 0)))
        await eventually(lambda: owes(1, (2, 1)))
    listener = listener_of(delivery)
    async with running(listener.run()):

        async def goes_on() -> None:
            assert await noted(delivery, 1) == [(1, "-"), (2, "-")]

        await eventually(goes_on)
        assert listener.state.broken is None


@pytest.mark.parametrize("together", [True, False])
async def test_the_last_delivery_of_an_event_stays_known_in_whatever_order_they_are_acted_on(
    delivery: Delivery, together: bool
) -> None:
    fact = sent(1, 1, to=world.PARTY, id=uuid4())
    data = json.dumps(world.envelope(fact, fact.id or uuid4())).encode()
    deliveries = [Delivered(fact.subject, data, "", sequence=1, turn=turn, times=turn) for turn in (2, 1)]
    both = [arrived(one, world.SOURCE, world.PARTY) for one in deliveries]
    for arrivals in [both, both[::-1]] if together else [[one] for one in both]:
        async with delivery.noter.transaction(world.NOTER) as tx:
            await parking.receive(tx, world.STREAM, arrivals)
        rows = await world.fetch(delivery.noted, "SELECT sequence, turn FROM inbox")
        assert [tuple(row) for row in rows] == [(1, 2)]


async def test_readiness_names_what_is_broken_and_what_mends_it(delivery: Delivery, eventually: Any) -> None:
    await published(delivery, eventually, sent(1, 1))
    await delivery.js.delete_stream(world.STREAM)
    await world.create_stream(delivery.js)
    worker = Worker(delivery.sender, Duties())
    async with running(worker.run()):

        async def unready() -> None:
            passed, report = await worker.health.ready()
            assert not passed
            assert "run heal" in str(report["checks"]["continuity"])  # type: ignore[index]

        await eventually(unready)
