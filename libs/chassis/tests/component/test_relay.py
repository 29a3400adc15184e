"""The relay against a real PostgreSQL and a real broker."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from delivery import world
from delivery.fixtures import Delivery, running

from chassis.bus.publishing import StreamPublisher
from chassis.bus.relay import Relay
from chassis.ids import new_id

pytestmark = pytest.mark.row("W1")


def relay_of(delivery: Delivery, **settings: Any) -> Relay:
    relay = Relay(delivery.publisher, delivery.broker, service="sender", **settings)
    delivery.sender.on_commit = relay.wake
    return relay


async def pending(delivery: Delivery) -> int:
    rows = await world.fetch(delivery.publisher, "SELECT count(*) FROM outbox WHERE status = 'pending'")
    return int(rows[0][0])


async def test_order_per_aggregate_under_sixteen_writers(delivery: Delivery, eventually: Any) -> None:
    relay = relay_of(delivery)

    async def writer(number: int) -> None:
        for turn in range(25):
            await world.send_next(delivery.sender, (number + turn) % 10)

    async with running(relay.run()):
        await asyncio.gather(*(writer(number) for number in range(16)))

        async def all_out() -> bool:
            return await pending(delivery) == 0

        await eventually(all_out)
    found = await world.messages(delivery.js)
    assert len(found) == len({one["id"] for one in found}) == 400
    assert world.out_of_order([(one["subject"], one["aggregateversion"]) for one in found]) == []


async def test_what_commits_late_with_a_lower_position_is_sent(delivery: Delivery, eventually: Any) -> None:
    """Positions are handed out before the commit: who remembers how far it read would skip this row."""
    relay = relay_of(delivery, poll=0.3)
    slow = await asyncpg.connect(delivery.publisher)
    transaction = slow.transaction()
    await transaction.start()
    late = world.WordSent(world.aggregate(1), 1, id=new_id())
    await slow.execute(
        "INSERT INTO outbox (id, aggregate, aggregate_version, subject, type, data, recorded_at)"
        " VALUES ($1, $2, 1, $3, $3, $4, now())",
        late.id,
        str(late.aggregate),
        late.subject,
        json.dumps(world.envelope(late, new_id())),
    )
    async with running(relay.run()):
        for version in range(1, 6):
            await world.send(delivery.sender, world.WordSent(world.aggregate(2), version))
        await eventually(lambda: relay.state.published == 5)
        await transaction.commit()
        await slow.close()
        await world.send(delivery.sender, world.WordSent(world.aggregate(2), 6))
        await eventually(lambda: relay.state.published == 7)

        async def all_published() -> bool:
            return await pending(delivery) == 0

        await eventually(all_published)
    assert len(await world.messages(delivery.js)) == 7


async def test_withheld_rows_are_never_sent(delivery: Delivery, eventually: Any) -> None:
    async with delivery.sender.transaction(world.SENDER) as tx:
        tx.withhold(world.WordSent(world.aggregate(1), 1, "secret"), "person-1", "no consent")
        tx.publish(world.WordSent(world.aggregate(2), 1))
    relay = relay_of(delivery)
    async with running(relay.run()):

        async def sent() -> bool:
            return await pending(delivery) == 0

        await eventually(sent)
    assert [one["subject"] for one in await world.messages(delivery.js)] == [str(world.aggregate(2))]
    rows = await world.fetch(delivery.publisher, "SELECT status, published_at FROM outbox ORDER BY position")
    assert [(row["status"], row["published_at"] is None) for row in rows] == [
        ("withheld", True),
        ("published", False),
    ]


async def test_messages_carry_the_event_as_it_was_written_and_its_trace(
    delivery: Delivery, eventually: Any
) -> None:
    await world.send(delivery.sender, world.WordSent(world.aggregate(1), 1, "où"))
    await world.fetch(
        delivery.publisher,
        "UPDATE outbox SET traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'",
    )
    async with running(relay_of(delivery).run()):

        async def sent() -> bool:
            return await pending(delivery) == 0

        await eventually(sent)
    row = (await world.fetch(delivery.publisher, "SELECT id, data FROM outbox"))[0]
    message = await delivery.js.get_msg(world.STREAM, 1)
    assert message.data is not None
    assert message.headers is not None
    assert json.loads(message.data) == json.loads(row["data"])
    assert message.headers["Nats-Msg-Id"] == str(row["id"])
    assert message.headers["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c")


async def test_a_thousand_events_cost_few_statements_and_one_batch(
    delivery: Delivery, eventually: Any
) -> None:
    await world.send(delivery.sender, *[world.WordSent(world.aggregate(n), 1) for n in range(5000)])
    relay = relay_of(delivery)
    before = await _transactions(delivery)
    async with running(relay.run()):

        async def sent() -> bool:
            return relay.state.published == 5000

        await eventually(sent, timeout=30)
        await eventually(lambda: relay.state.pending == 0)
    # Every statement of the relay is a transaction of its own, counted by the server when the connection has
    # ended.
    statements = 0

    async def counted() -> bool:
        nonlocal statements
        statements = await _transactions(delivery) - before
        return statements > 0

    await eventually(counted)
    assert statements <= 6 * 5
    assert relay.state.batches == 5
    assert relay.state.singles == 0


async def _transactions(delivery: Delivery) -> int:
    """Count the committed transactions of the sender's database, from a connection to another one."""
    await delivery.sender.database.close()
    await asyncio.sleep(0.1)
    name = delivery.publisher.rpartition("/")[2]
    rows = await world.fetch(
        delivery.noted, "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = $1", name
    )
    return int(rows[0][0])


async def test_a_duplicate_makes_a_batch_fall_back_to_single_messages(
    delivery: Delivery, eventually: Any
) -> None:
    """What a leader had sent when it died, before it could record that, is sent again and stored once."""
    facts = [world.WordSent(world.aggregate(n % 20), n // 20 + 1, id=new_id()) for n in range(200)]
    await world.send(delivery.sender, *facts)
    for fact in facts[:70]:
        await delivery.js.publish(
            fact.subject,
            json.dumps(world.envelope(fact, fact.id)).encode(),  # type: ignore[arg-type]
            headers={"Nats-Msg-Id": str(fact.id)},
        )
    relay = relay_of(delivery)
    async with running(relay.run()):

        async def sent() -> bool:
            return await pending(delivery) == 0

        await eventually(sent)
    found = await world.messages(delivery.js)
    assert len(found) == 200
    assert world.out_of_order([(one["subject"], one["aggregateversion"]) for one in found]) == []
    assert relay.state.singles == 200


@pytest.mark.parametrize("number", [5, 300])
async def test_when_the_stream_is_full_events_wait_and_nothing_is_lost(
    delivery: Delivery,
    eventually: Any,
    number: int,
) -> None:
    config = (await delivery.js.stream_info(world.STREAM)).config
    config.max_msgs = 3
    await delivery.js.update_stream(config)
    relay = relay_of(delivery, poll=0.2)
    await world.send(delivery.sender, *[world.WordSent(world.aggregate(1), n + 1) for n in range(number)])
    async with running(relay.run()):
        await eventually(lambda: (relay.state.problem or "").startswith("full"))
        assert await pending(delivery) >= number - 3
        config.max_msgs = -1
        await delivery.js.update_stream(config)

        async def sent() -> bool:
            return await pending(delivery) == 0 and relay.state.problem is None

        await eventually(sent)
    found = await world.messages(delivery.js)
    assert [one["aggregateversion"] for one in found] == list(range(1, number + 1))


async def test_a_subject_no_stream_takes_hinders_nobody_else(delivery: Delivery, eventually: Any) -> None:
    await world.send(
        delivery.sender,
        world.WordSent(world.aggregate(1), 1, type="nobody.listens.v1"),
        world.WordSent(world.aggregate(2), 1),
    )
    relay = Relay(delivery.publisher, delivery.broker, service="sender", patience=0.5, poll=0.2)
    async with running(relay.run()):

        async def other_sent() -> bool:
            return await pending(delivery) == 1

        await eventually(other_sent)
        assert (relay.state.problem or "").startswith("unanswered")


class Watched(StreamPublisher):
    """Notes who publishes at the same time as somebody else."""

    inside = 0
    most = 0

    async def publish(self, rows: Any) -> Any:
        """Publish, and count who does so at this moment."""
        Watched.inside += 1
        Watched.most = max(Watched.most, Watched.inside)
        try:
            return await super().publish(rows)
        finally:
            Watched.inside -= 1


async def test_two_leaders_never_publish_at_once_and_a_successor_begins_within_seconds(
    delivery: Delivery,
    eventually: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("chassis.bus.relay.StreamPublisher", Watched)
    relays = [Relay(delivery.publisher, delivery.broker, service="sender", poll=0.1) for _ in range(3)]
    written = 0
    async with running(*(relay.run() for relay in relays)):
        for _ in range(4):
            await eventually(lambda: sum(relay.state.leading for relay in relays) == 1)
            await world.send(delivery.sender, *[world.WordSent(uuid4(), 1) for _ in range(150)])
            written += 150
            await asyncio.sleep(0.02)
            admin = await asyncpg.connect(delivery.admin_dsn)
            await admin.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'sender relay'"
                " AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
            )
            await admin.close()

            async def sent() -> bool:
                return await pending(delivery) == 0

            await eventually(sent)
    found = await world.messages(delivery.js)
    assert len(found) == len({one["id"] for one in found}) == written
    assert Watched.most == 1
