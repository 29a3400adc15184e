"""Timers against a real PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from delivery import world
from delivery.fixtures import Delivery, running

from chassis.bus import Timers
from chassis.bus.parking import ATTEMPTS
from chassis.bus.timer_runner import TimerRunner
from chassis.bus.worker import Duties, Worker
from chassis.clock import FixedClock
from chassis.tx import Tx


def ringing(fired: list[tuple[str, Mapping[str, Any]]]) -> Timers:
    timers = Timers()

    @timers.on("alarm")
    async def alarm(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
        if payload.get("word") == "culprit":
            raise RuntimeError
        fired.append((key, payload))
        tx.touched("alarm", key, "rang")
        if payload.get("again"):
            tx.schedule("alarm", key, tx.now + timedelta(hours=1), {"word": "second"})

    return timers


async def schedule(delivery: Delivery, key: str, after: float, **payload: Any) -> None:
    async with delivery.noter.transaction(world.NOTER) as tx:
        tx.schedule("alarm", key, tx.now + timedelta(seconds=after), payload)


async def standing(delivery: Delivery) -> list[str]:
    return [row["key"] for row in await world.fetch(delivery.noted, "SELECT key FROM timers ORDER BY key")]


async def test_a_timer_fires_when_it_is_due_and_late_rather_than_never(
    delivery: Delivery, fixed_clock: FixedClock
) -> None:
    delivery.noter.clock = fixed_clock
    fired: list[Any] = []
    runner = TimerRunner(delivery.noter, ringing(fired))
    await schedule(delivery, "soon", 10, word="x")
    await schedule(delivery, "later", 3600)
    await runner.fire_due()
    assert fired == []
    fixed_clock.advance(timedelta(seconds=10))
    await runner.fire_due()
    assert fired == [("soon", {"word": "x"})]
    fixed_clock.advance(timedelta(days=30))
    await TimerRunner(delivery.noter, ringing(fired)).fire_due()
    assert [key for key, _ in fired] == ["soon", "later"]
    assert await standing(delivery) == []
    audit = await world.fetch(delivery.noted, "SELECT use_case, record_id FROM audit ORDER BY id")
    assert [tuple(row) for row in audit] == [("timers.alarm", "soon"), ("timers.alarm", "later")]


async def test_a_handler_may_schedule_its_own_timer_again(
    delivery: Delivery, fixed_clock: FixedClock
) -> None:
    delivery.noter.clock = fixed_clock
    fired: list[Any] = []
    runner = TimerRunner(delivery.noter, ringing(fired))
    await schedule(delivery, "daily", 0, again=True)
    await runner.fire_due()
    await runner.fire_due()
    assert len(fired) == 1
    fixed_clock.advance(timedelta(hours=1))
    await runner.fire_due()
    assert [payload.get("word") for _, payload in fired] == [None, "second"]


async def test_a_timer_that_fails_is_tried_eight_times_and_then_parked(
    delivery: Delivery, fixed_clock: FixedClock
) -> None:
    delivery.noter.clock = fixed_clock
    fired: list[Any] = []
    runner = TimerRunner(delivery.noter, ringing(fired))
    await schedule(delivery, "bad", 0, word="culprit")
    await schedule(delivery, "good", 0)
    pauses = []
    for _ in range(ATTEMPTS):
        await runner.fire_due()
        row = (await world.fetch(delivery.noted, "SELECT * FROM timers"))[0]
        pauses.append((row["due_at"] - fixed_clock.now()).total_seconds())
        fixed_clock.at = row["due_at"]
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128]
    assert (row["attempts"], row["last_error"]) == (ATTEMPTS, "failed: RuntimeError")
    assert row["parked_at"] is not None
    assert [key for key, _ in fired] == ["good"]
    fixed_clock.advance(timedelta(days=1))
    await runner.fire_due()
    await schedule(delivery, "bad", 0, word="fine")
    await runner.fire_due()
    assert [key for key, _ in fired] == ["good", "bad"]


async def test_two_workers_fire_each_timer_once(delivery: Delivery, eventually: Any) -> None:
    fired: list[Any] = []
    runners = [TimerRunner(delivery.noter, ringing(fired), poll=0.01, batch=7) for _ in range(2)]
    await asyncio.gather(*(schedule(delivery, f"timer-{n}", 0) for n in range(60)))
    async with running(*(runner.run() for runner in runners)):
        await eventually(lambda: len(fired) >= 60)
        await asyncio.sleep(0.1)
    assert sorted(key for key, _ in fired) == sorted(f"timer-{n}" for n in range(60))
    assert sum(runner.state.fired for runner in runners) == 60


async def test_timers_without_a_handler_stay_and_are_reported(
    delivery: Delivery, capsys: pytest.CaptureFixture[str], eventually: Any
) -> None:
    await schedule(delivery, "lonely", 0)
    async with running(TimerRunner(delivery.noter, Timers()).run()):
        await eventually(lambda: "timers_without_handler" in capsys.readouterr().out)
    assert await standing(delivery) == ["lonely"]


async def test_a_timer_that_works_long_keeps_no_other_waiting(delivery: Delivery, eventually: Any) -> None:
    fired: list[Any] = []
    timers, hangs, goes_on = ringing(fired), asyncio.Event(), asyncio.Event()

    @timers.on("import", long=True)
    async def work_long(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
        hangs.set()
        await goes_on.wait()

    async with delivery.noter.transaction(world.NOTER) as tx:
        tx.schedule("import", "large", tx.now - timedelta(hours=1))
    worker = Worker(delivery.noter, Duties(timers=timers))

    def rung() -> None:
        assert [key for key, _ in fired] == ["deadline"]

    def over() -> None:
        assert worker.facts()["long_timers"] == {"fired": 1, "problem": None}

    async with running(worker.run()):
        async with asyncio.timeout(10):
            await hangs.wait()
        await schedule(delivery, "deadline", -1)
        await eventually(rung)
        goes_on.set()
        await eventually(over)
