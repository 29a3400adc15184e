"""The listener against a real PostgreSQL and a real broker."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from delivery import world
from delivery.fixtures import Delivery, running
from delivery.hearing import acted, listener_of, noted, owed, parked, publish, sent
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text

from chassis.bus import Incoming, Listening, acting, operating
from chassis.bus.parking import ATTEMPTS
from chassis.bus.pulling import Pull
from chassis.bus.retrying import Retrying
from chassis.clock import FixedClock
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx

pytestmark = pytest.mark.row("W1")


async def test_what_comes_is_acted_on_once_in_order_and_acknowledged(
    delivery: Delivery, eventually: Any
) -> None:
    await publish(delivery, *[sent(n % 7, n // 7 + 1) for n in range(700)])
    listener = listener_of(delivery)
    async with running(listener.run()):
        await eventually(acted(listener, 700))

        async def acknowledged() -> bool:
            return await owed(delivery) == 0

        await eventually(acknowledged)
    found = await world.effects(delivery.noted)
    assert len(found) == 700
    assert world.out_of_order([(row["aggregate"], row["version"]) for row in found]) == []


async def test_an_event_that_comes_again_has_no_second_effect(delivery: Delivery, eventually: Any) -> None:
    """Twice in one batch, in a later batch, and once more after a restart."""
    fact = sent(1, 1, id=new_id())
    await publish(delivery, fact, fact, sent(2, 1))
    listener = listener_of(delivery)
    async with running(listener.run()):
        await eventually(acted(listener, 2))
        await publish(delivery, fact, sent(2, 2))
        await eventually(acted(listener, 3))
    again = listener_of(delivery)
    async with running(again.run()):
        await publish(delivery, fact, sent(2, 3))
        await eventually(acted(again, 1))
    assert Counter(row["event"] for row in await world.effects(delivery.noted)).most_common(1)[0][1] == 1
    assert len(await world.effects(delivery.noted)) == 4


async def test_one_culprit_in_a_batch_stands_alone(delivery: Delivery, eventually: Any) -> None:
    await publish(delivery, *[sent(n, 1, "culprit" if n in {37, 301} else "good") for n in range(400)])
    listener = listener_of(delivery)
    async with running(listener.run()):
        await eventually(acted(listener, 398))

        async def acknowledged() -> bool:
            return await owed(delivery) == 0

        await eventually(acknowledged)
    assert [state for state, _, _ in await parked(delivery)] == ["waiting", "waiting"]
    assert len(await world.effects(delivery.noted)) == 398


async def test_those_behind_a_failed_event_wait_in_order_and_others_flow(
    delivery: Delivery, eventually: Any
) -> None:
    bearable = False
    listening = Listening()

    @listening.on(world.WORD_SENT)
    async def act_on(tx: Tx, event: Incoming) -> None:
        word = event.parse(world.Word).word
        if word == "culprit" and not bearable:
            raise RuntimeError
        await world.note(tx, event, word)

    await publish(delivery, sent(1, 1), sent(1, 2, "culprit"), sent(1, 3), sent(2, 1), sent(1, 4), sent(2, 2))
    listener = listener_of(delivery, listening)
    async with running(listener.run()):
        await eventually(acted(listener, 3))
        await publish(delivery, sent(1, 5), sent(2, 3))
        await eventually(acted(listener, 4))
        assert await noted(delivery, 1) == [(1, "-")]
        assert [version for version, _ in await noted(delivery, 2)] == [1, 2, 3]
        bearable = True

        async def caught_up() -> bool:
            return [version for version, _ in await noted(delivery, 1)] == [1, 2, 3, 4, 5]

        await eventually(caught_up)
        await publish(delivery, sent(1, 6))

        async def flowing() -> bool:
            return [version for version, _ in await noted(delivery, 1)][-1] == 6

        await eventually(flowing)
    assert {state for state, _, _ in await parked(delivery)} == {"replayed"}


async def test_an_event_is_tried_eight_times_with_growing_pauses_then_parked_with_its_reason(
    delivery: Delivery, eventually: Any, fixed_clock: FixedClock, capsys: pytest.CaptureFixture[str]
) -> None:
    delivery.noter.clock = fixed_clock
    listening = world.noting()
    await publish(delivery, sent(1, 1, "culprit"), sent(1, 2, "Ada Lovelace"))
    listener = listener_of(delivery, listening)
    async with running(listener.run()):

        async def both_set_aside() -> bool:
            return len(await parked(delivery)) == 2

        await eventually(both_set_aside)
    retrying = Retrying(delivery.noter, world.STREAM, listening, world.NOTER)
    waited = []
    for _ in range(ATTEMPTS - 1):
        start = fixed_clock.now()
        while True:
            before = (await parked(delivery))[0][1]
            await retrying.retry_due()
            if (await parked(delivery))[0][1] > before:
                break
            fixed_clock.at = (
                await world.fetch(
                    delivery.noted, "SELECT next_attempt_at AS at FROM parked ORDER BY sequence LIMIT 1"
                )
            )[0]["at"]
        waited.append((fixed_clock.now() - start).total_seconds())
    assert waited == [1, 2, 4, 8, 16, 32, 64]
    assert await parked(delivery) == [
        ("parked", ATTEMPTS, "failed: RuntimeError"),
        ("waiting", 0, "behind"),
    ]
    assert await retrying.retry_due() == 0
    assert await world.effects(delivery.noted) == []
    output = capsys.readouterr().out
    assert "event_parked" in output
    assert "Ada" not in output
    assert "can't bear" not in output


async def test_an_operator_replays_or_drops_and_it_is_audited(delivery: Delivery, eventually: Any) -> None:
    operator = world.NOTER
    first, second, unknown = await publish(
        delivery, sent(1, 1, "culprit"), sent(2, 1, "culprit"), sent(3, 1, type=world.SHOUT_SENT)
    )
    listening = world.noting()
    listener = listener_of(delivery, listening)
    async with running(listener.run()):

        async def three() -> bool:
            return len(await parked(delivery)) == 3

        await eventually(three)
    await world.fetch(delivery.noted, "UPDATE parked SET state = 'parked'")
    await publish(delivery, sent(1, 2), sent(2, 2))
    listed = await operating.list_parked(delivery.noter, operator)
    assert {event.id: event.reason for event in listed} == {
        first: "failed: RuntimeError",
        second: "failed: RuntimeError",
        unknown: "unknown_event",
    }
    tolerant = Listening()
    for type in (world.WORD_SENT, world.SHOUT_SENT):

        @tolerant.on(type)
        async def act_on(tx: Tx, event: Incoming) -> None:
            await world.note(tx, event, event.parse(world.Word).word)

    listener = listener_of(delivery, tolerant)
    async with running(listener.run()):

        async def five() -> bool:
            return len(await parked(delivery)) == 5

        await eventually(five)
        assert await world.effects(delivery.noted) == []
        await operating.replay(delivery.noter, operator, [first])
        await operating.drop(delivery.noter, operator, [second])
        await operating.replay(delivery.noter, operator, [unknown])

        async def caught_up() -> bool:
            return len(await world.effects(delivery.noted)) == 4

        await eventually(caught_up)
    assert await noted(delivery, 1) == [(1, "culprit"), (2, "-")]
    assert await noted(delivery, 2) == [(2, "-")]
    assert await operating.list_parked(delivery.noter, operator, waiting=True) == []
    with pytest.raises(NotFound):
        await operating.drop(delivery.noter, operator, [first])
    audited = await world.fetch(
        delivery.noted,
        "SELECT record_id, action, actor FROM audit WHERE record_kind = 'parked_event' ORDER BY id",
    )
    assert [(row["record_id"], row["action"], row["actor"]) for row in audited] == [
        (str(first), "replayed", "system:noter"),
        (str(second), "dropped", "system:noter"),
        (str(unknown), "replayed", "system:noter"),
    ]


async def test_unknown_and_unreadable_events_are_parked_at_once_and_block_nobody(
    delivery: Delivery, eventually: Any
) -> None:
    await delivery.js.publish(world.WORD_SUBJECT, b"\xff not json")
    await publish(delivery, sent(1, 1, type=world.SHOUT_SENT), sent(1, 2))
    await publish(delivery, sent(2, 1), data={"word": 7})
    await publish(delivery, sent(2, 2), sent(3, 1))
    listener = listener_of(delivery)
    async with running(listener.run()):
        await eventually(acted(listener, 2))

        async def acknowledged() -> bool:
            return await owed(delivery) == 0

        await eventually(acknowledged)
    # What isn't known holds nothing back; what should have been readable does, for it may matter to those
    # behind it.
    assert await noted(delivery, 1) == [(2, "-")]
    assert await noted(delivery, 3) == [(1, "-")]
    assert await parked(delivery) == [
        ("parked", 0, "unreadable: message: json_invalid"),
        ("parked", 0, "unknown_event"),
        ("parked", 1, "unreadable: data.word: string_type"),
        ("waiting", 0, "behind"),
    ]


@pytest.mark.row("X1", "N2")
@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "evil\0subject"},
        {"subject": "x" * 5000},
        {"subject": ""},
        {"aggregateversion": 2**31},
        {"aggregateversion": -1},
        {"aggregateversion": 1e400},
        {"time": "0000-01-01T00:00:00Z"},
        {"time": "not a time"},
        {"id": "\0"},
        {"type": "sender.word_sent.v1\0"},
        {"type": "sender.shout_sent.v1"},
        {"source": "/other/sender"},
        {"source": "/acme/noter"},
        {"source": None},
        {"addressee": "other"},
        {"addressee": "acme"},
        {"traceparent": "\0"},
        {"traceparent": "00-" + "f" * 60_000},
        {"dataschema": "\0" * 1000},
        {"data": {"word": "\0"}},
        {"data": {"word": "\ud800"}},
        {"data": None},
        {"ext\0ension": "\0"},
    ],
    ids=lambda changes: ascii(changes)[:40],
)
async def test_no_envelope_stops_a_listener(
    delivery: Delivery, eventually: Any, changes: dict[str, Any]
) -> None:
    await publish(delivery, sent(1, 1), **changes)
    await publish(delivery, sent(2, 1))
    listener = listener_of(delivery)
    async with running(listener.run()):

        async def good_one_arrived() -> None:
            assert await noted(delivery, 2) == [(1, "-")]
            assert await owed(delivery) == 0
            # It was acted on, or it is put aside where an operator sees it.
            assert len(await noted(delivery, 1)) + len(await parked(delivery)) == 1

        await eventually(good_one_arrived)
    if changes.keys() & {"aggregateversion", "subject", "id", "type", "time", "source", "addressee"}:
        # Refused for what it is, before any column could.
        assert (await parked(delivery))[0][2].startswith("unreadable: ")


@pytest.mark.row("X1")
@pytest.mark.parametrize("message", [b"", b"\0", b"null", b"[" * 60_000, b"\xff\xfe", b'{"id":1}'])
async def test_no_message_stops_a_listener(delivery: Delivery, eventually: Any, message: bytes) -> None:
    await delivery.js.publish(world.WORD_SUBJECT, message)
    await publish(delivery, sent(2, 1))
    listener = listener_of(delivery)
    async with running(listener.run()):

        async def both_dealt_with() -> None:
            assert await noted(delivery, 2) == [(1, "-")]
            assert len(await parked(delivery)) == 1
            assert await owed(delivery) == 0

        await eventually(both_dealt_with)


@pytest.mark.row("X1")
async def test_what_the_columns_refuse_is_put_aside_as_bytes(
    delivery: Delivery, eventually: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    # A rule of the database that the envelope's bounds know nothing of.
    await world.fetch(delivery.noted, "ALTER TABLE inbox ADD CONSTRAINT narrow CHECK (aggregate_version < 5)")
    await world.fetch(
        delivery.noted, "ALTER TABLE parked ADD CONSTRAINT narrow CHECK (aggregate_version < 5)"
    )
    await publish(delivery, sent(1, 7), sent(1, 2), sent(2, 1))
    listener = listener_of(delivery)
    async with running(listener.run()):

        async def flowing() -> None:
            assert await noted(delivery, 2) == [(1, "-")]
            assert await owed(delivery) == 0

        await eventually(flowing)
    rows = await world.fetch(delivery.noted, "SELECT reason, payload FROM parked")
    assert [row["reason"].split(",")[0] for row in rows] == [
        "failed: CheckViolationError (23514 inbox ck_inbox_narrow)"
        if "ck_inbox" in rows[0]["reason"]
        else "failed: CheckViolationError (23514 inbox narrow)"
    ]
    assert json.loads(rows[0]["payload"])["aggregateversion"] == 7
    assert "event_parked" in capsys.readouterr().out


@pytest.mark.row("X1")
async def test_a_flood_of_garbage_is_parked_and_logged_and_can_be_dropped_together(
    delivery: Delivery, eventually: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    flood = 1200
    for _ in range(flood):
        await delivery.broker.publish(world.WORD_SUBJECT, b"garbage")
    await delivery.broker.flush()
    await publish(delivery, sent(1, 1))
    listener = listener_of(delivery)
    async with running(listener.run()):

        async def dealt_with() -> None:
            assert await noted(delivery, 1) == [(1, "-")]
            assert await owed(delivery) == 0

        await eventually(dealt_with)
    assert len(await operating.list_parked(delivery.noter, world.NOTER)) == 200
    everything = await operating.list_parked(delivery.noter, world.NOTER, limit=None)
    assert len(everything) == flood
    assert capsys.readouterr().out.count("event_parked") == flood
    await operating.drop(delivery.noter, world.NOTER, [event.id for event in everything])
    assert await operating.list_parked(delivery.noter, world.NOTER, waiting=True) == []


async def test_what_a_dead_listener_had_in_hand_comes_before_anything_newer(
    delivery: Delivery, eventually: Any
) -> None:
    """Without care the broker hands out newer events first, and the old ones after ack_wait."""
    await publish(delivery, *[sent(1, n + 1) for n in range(20)])
    dead = Pull(delivery.broker, world.SOURCE, batch=10)
    await dead.open()
    await eventually(lambda: len(dead.buffer) == 10)
    dead.buffer.clear()  # so that closing gives nothing back: it died
    await dead.close()
    listener = listener_of(delivery)
    async with running(listener.run()):
        await eventually(acted(listener, 20))
    assert [version for version, _ in await noted(delivery, 1)] == list(range(1, 21))


async def test_deliveries_lost_on_the_way_are_waited_for(delivery: Delivery, eventually: Any) -> None:
    listener = listener_of(delivery)
    async with running(listener.run()):
        await publish(delivery, sent(1, 1))
        await eventually(acted(listener, 1))
        # Somebody takes a message away from under the listener, as a broken connection would.
        thief = Pull(delivery.broker, world.SOURCE, batch=3)
        await thief.open()
        await asyncio.sleep(0.05)
        for n in range(2, 12):
            await publish(delivery, sent(1, n))
        thief.buffer.clear()
        await thief.close()
        await eventually(acted(listener, 11))
    assert [version for version, _ in await noted(delivery, 1)] == list(range(1, 12))


async def test_a_listener_that_is_stopped_hands_back_what_it_held(
    delivery: Delivery, eventually: Any
) -> None:
    slow = Listening()

    @slow.on(world.WORD_SENT)
    async def act_on(tx: Tx, event: Incoming) -> None:
        await world.note(tx, event, "-")
        await tx.execute(text("SELECT pg_sleep(120)"))

    await publish(delivery, *[sent(1, n + 1) for n in range(5)])
    async with running(listener_of(delivery, slow).run()):

        async def at_it() -> bool:
            info = await delivery.js.consumer_info(world.STREAM, world.CONSUMER)
            return info.num_ack_pending == 5

        await eventually(at_it)
        await asyncio.sleep(0.2)
    listener = listener_of(delivery)
    async with running(listener.run()):
        await eventually(acted(listener, 5), timeout=30)  # and not first when the slow one has slept enough
    assert [version for version, _ in await noted(delivery, 1)] == [1, 2, 3, 4, 5]


async def test_a_batch_that_takes_longer_than_the_broker_waits_is_acted_on_once(
    delivery: Delivery, eventually: Any
) -> None:
    slow = Listening()

    @slow.on_many(world.WORD_SENT)
    async def act_on(tx: Tx, events: Sequence[Incoming]) -> None:
        await tx.execute(text("SELECT pg_sleep(7)"))
        for event in events:
            await world.note(tx, event, "-")

    # Long enough that a busy machine, too, sends its signs of life within the time.
    await world.create_consumer(delivery.js, ack_wait=3)
    await publish(delivery, sent(1, 1), sent(1, 2))
    listener = listener_of(delivery, slow)
    async with running(listener.run()):
        await eventually(acted(listener, 2))
        info = await delivery.js.consumer_info(world.STREAM, world.CONSUMER)
    assert info.delivered.consumer_seq == 2, "each was delivered once"
    assert len(await world.effects(delivery.noted)) == 2


async def test_two_listeners_of_a_source_take_turns(delivery: Delivery, eventually: Any) -> None:
    listeners = [listener_of(delivery) for _ in range(2)]
    async with running(*(listener.run() for listener in listeners)):
        await publish(delivery, *[sent(n % 3, n // 3 + 1) for n in range(60)])
        await eventually(lambda: sum(listener.state.acted_on for listener in listeners) == 60)
        assert sorted(listener.state.leading for listener in listeners) == [False, True]
    found = await world.effects(delivery.noted)
    assert world.out_of_order([(row["aggregate"], row["version"]) for row in found]) == []


async def test_what_a_handler_publishes_and_touches_is_part_of_its_transaction(
    delivery: Delivery, eventually: Any
) -> None:
    listening = Listening()

    @listening.on(world.WORD_SENT)
    async def act_on(tx: Tx, event: Incoming) -> None:
        tx.publish(world.WordSent(UUID(event.aggregate), event.version, "echo"))
        tx.touched("thing", event.aggregate, "echoed")
        if event.parse(world.Word).word == "culprit":
            raise RuntimeError

    await publish(delivery, sent(1, 1), sent(2, 1, "culprit"), sent(3, 1))
    listener = listener_of(delivery, listening)
    async with running(listener.run()):
        await eventually(acted(listener, 2))
    outbox = await world.fetch(delivery.noted, "SELECT aggregate FROM outbox ORDER BY position")
    assert [row["aggregate"] for row in outbox] == [str(world.aggregate(1)), str(world.aggregate(3))]
    audit = await world.fetch(delivery.noted, "SELECT actor, use_case, record_id FROM audit ORDER BY id")
    assert [tuple(row) for row in audit] == [
        ("system:listener:EVT_acme_sender", f"messaging.{world.WORD_SENT}", str(world.aggregate(n)))
        for n in (1, 3)
    ]


async def test_a_handler_runs_inside_the_trace_of_who_published(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acting, "_tracer", TracerProvider().get_tracer("test"))
    seen = []
    listening = Listening()

    @listening.on(world.WORD_SENT)
    async def act_on(tx: Tx, event: Incoming) -> None:
        seen.append(f"{trace.get_current_span().get_span_context().trace_id:032x}")
        await world.note(tx, event, "-")

    await publish(delivery, sent(1, 1), traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    listener = listener_of(delivery, listening)
    async with running(listener.run()):
        await eventually(acted(listener, 1))
    assert seen == ["0af7651916cd43dd8448eb211c80319c"]
