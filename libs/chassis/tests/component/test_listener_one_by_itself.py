"""An event that comes by itself: acted on in one statement where its handler allows it (W1)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from delivery import world
from delivery.fixtures import Delivery, running
from delivery.hearing import acted, listener_of, noted, parked, publish, sent

from chassis.bus import Incoming, Listening
from chassis.ids import new_id
from chassis.tx import Tx

pytestmark = pytest.mark.row("W1")

CONCLUDING = """
    INSERT INTO effects (event, aggregate, version, word)
    SELECT :event, :aggregate, :version, :word WHERE :word <> 'nothing' RETURNING position
"""


def concluding() -> Listening:
    """Return a listener whose handler is one statement."""
    listening = Listening()

    @listening.on(world.WORD_SENT, concludes=True)
    async def act_on(tx: Tx, event: Incoming) -> None:
        word = event.parse(world.Word).word
        tx.touched("thing", event.aggregate, "noted")
        tx.publish(world.WordSent(UUID(event.aggregate), event.version, "echo"))
        if word == "culprit":
            raise RuntimeError
        named = {"event": event.id, "aggregate": event.aggregate, "version": event.version, "word": word}
        await tx.conclude(CONCLUDING, named)

    return listening


async def test_an_event_by_itself_is_acted_on_in_one_statement(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    listener = listener_of(delivery, concluding())
    async with running(listener.run()):
        await eventually(lambda: listener.acts_at_once)
        sessions: list[object] = []
        opened = Tx._open

        def open_session(tx: Tx) -> object:
            sessions.append(tx)
            return opened(tx)

        monkeypatch.setattr(Tx, "_open", open_session)
        for version in range(1, 12):
            await publish(delivery, sent(1, version))
            await eventually(acted(listener, version))
    # No transaction was opened: each statement committed by itself.
    assert sessions == []
    assert [version for version, _ in await noted(delivery, 1)] == list(range(1, 12))
    for table in ("inbox", "outbox", "audit"):
        assert len(await world.fetch(delivery.noted, f"SELECT 1 FROM {table}")) == 11  # noqa: S608 - constants


async def test_one_by_itself_that_comes_again_has_no_second_effect(
    delivery: Delivery, eventually: Any
) -> None:
    for listening in (concluding(), world.noting()):
        listener = listener_of(delivery, listening)
        async with running(listener.run()):
            await eventually(lambda one=listener: one.acts_at_once)
            fact = sent(1, 1, id=new_id())
            await publish(delivery, fact)
            await eventually(acted(listener, 1))
            await publish(delivery, fact)
            await publish(delivery, sent(2, 1))
            await eventually(acted(listener, 2))
    assert len(await world.effects(delivery.noted)) == 4


async def test_a_conclusion_without_a_row_means_there_was_nothing_to_do(
    delivery: Delivery, eventually: Any
) -> None:
    listener = listener_of(delivery, concluding())
    async with running(listener.run()):
        await eventually(lambda: listener.acts_at_once)
        await publish(delivery, sent(1, 1, "nothing"))
        await eventually(acted(listener, 1))
        await publish(delivery, sent(1, 2))
        await eventually(acted(listener, 2))
    assert [version for version, _ in await noted(delivery, 1)] == [2]
    assert len(await world.fetch(delivery.noted, "SELECT 1 FROM inbox")) == 2
    assert len(await world.fetch(delivery.noted, "SELECT 1 FROM outbox")) == 1


async def test_one_by_itself_that_fails_is_set_aside_and_those_behind_it_wait(
    delivery: Delivery, eventually: Any
) -> None:
    listener = listener_of(delivery, concluding())
    async with running(listener.run()):
        await eventually(lambda: listener.acts_at_once)
        await publish(delivery, sent(1, 1, "culprit"))

        async def set_aside() -> bool:
            return len(await parked(delivery)) == 1

        await eventually(set_aside)
        await publish(delivery, sent(1, 2))
        await publish(delivery, sent(2, 1))
        await eventually(acted(listener, 1))

        async def behind() -> bool:
            return len(await parked(delivery)) == 2

        await eventually(behind)
    assert await noted(delivery, 1) == []
    assert (await parked(delivery))[1] == ("waiting", 0, "behind")
