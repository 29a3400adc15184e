"""The worker as a whole: it starts, reports its health, and stops without losing anything."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import nats
import pytest
from delivery import world
from delivery.fixtures import Delivery, running
from delivery.hearing import owed, publish, sent

from chassis.bus import supervising
from chassis.bus.connecting import NotDurable, require_durable
from chassis.bus.listener import Listener
from chassis.bus.relay import Relay
from chassis.bus.waking import Waker, answer_pings
from chassis.bus.worker import Duties, Worker, embedded, pinging, work
from chassis.parties import Alone
from partywall.processes import end
from testkit.broker import ANSWERS_FOR_STATE, run_nats
from testkit.ports import free_port

DUTIES = Duties(listening=world.noting())


async def test_a_worker_relays_listens_and_reports_its_health(delivery: Delivery, eventually: Any) -> None:
    port = free_port()
    object.__setattr__(delivery.noter.settings, "worker_port", port)
    stop = asyncio.Event()
    worker = work(delivery.noter, DUTIES, stop=stop)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        async with embedded(delivery.sender, Duties()), running(worker) as tasks:
            await world.send(delivery.sender, *[world.WordSent(world.aggregate(n), 1) for n in range(5)])

            async def noted() -> bool:
                return len(await world.effects(delivery.noted)) == 5

            await eventually(noted)

            async def ready() -> None:
                answer = await client.get("/readyz")
                assert answer.status_code == 200, answer.text

            await eventually(ready)
            report = (await client.get("/readyz")).json()
            assert report["checks"]["durability"] == "ok"
            assert report["listeners"][world.STREAM]["acted_on"] == 5
            assert (await client.get("/livez")).status_code == 200
            assert (await client.get("/nothing")).status_code == 404
            metrics = (await client.get("/metrics")).text
            assert 'inbox_acted_on_events_total{service="noter",source="EVT_acme_sender"}' in metrics

            # The relay counts what waits now and then only; while events travel it may have counted some.
            async def nothing_waits() -> None:
                assert 'outbox_pending_events{service="sender"} 0.0' in (await client.get("/metrics")).text

            await eventually(nothing_waits)
            stop.set()
            async with asyncio.timeout(30):
                await tasks[0]
        with pytest.raises(httpx.ConnectError):
            await client.get("/livez")


async def test_readiness_is_refused_unless_the_broker_syncs_before_it_acknowledges(
    delivery: Delivery, tmp_path: Any, eventually: Any
) -> None:
    await require_durable(delivery.broker)
    for answering, complaint in ((ANSWERS_FOR_STATE, "set sync_interval to always"), ("", "doesn't say")):
        port, monitor = free_port(), free_port()
        config = tmp_path / "careless.conf"
        config.write_text(
            f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor}"\n{answering}'
            f'jetstream {{ store_dir: "{tmp_path}" }}\n'
        )
        pid = run_nats(config, tmp_path, monitor)
        try:
            careless = await nats.connect(f"nats://127.0.0.1:{port}", allow_reconnect=False)
            with pytest.raises(NotDurable, match=complaint):
                await require_durable(careless)
            await careless.close()
        finally:
            end(pid, signal_number=signal.SIGKILL)


async def test_a_worker_without_broker_still_lives_and_says_what_is_missing(
    delivery: Delivery, eventually: Any
) -> None:
    runtime = world.build_runtime("noter", delivery.noted, f"nats://127.0.0.1:{free_port()}")
    worker = Worker(runtime, DUTIES)
    expected = {
        "database": "ok",
        "broker": "the broker is away",
        "durability": "the broker is away",
        "relay": "not started",
        "listeners": "ok",
        "timers": "ok",
        "duties": "ok",
        "continuity": "ok",
        "parties": "ok",
    }
    async with running(worker.run()):

        async def none_ready() -> None:
            passed, report = await worker.health.ready()
            assert (passed, report["checks"]) == (False, expected)

        await eventually(none_ready)
    await runtime.close()


async def test_many_commits_elsewhere_become_few_pings(delivery: Delivery, eventually: Any) -> None:
    woken = 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    await answer_pings(delivery.broker, "sender", wake)
    waker = Waker(delivery.broker, "sender")
    async with running(waker.run()):
        for _ in range(1000):
            waker.wake()
        await eventually(lambda: woken > 0)
        await asyncio.sleep(0.05)
        assert woken <= 2


async def test_the_web_process_wakes_the_relay_of_the_worker(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events are out long before the relay would look by itself: the ping crossed processes."""
    monkeypatch.setattr("chassis.bus.worker.Relay", partial(Relay, poll=300.0))
    web = world.build_runtime("sender", delivery.publisher, delivery.server.url)
    stop = asyncio.Event()
    worker = work(delivery.sender, Duties(), stop=stop, health=False)
    before = web.on_commit
    async with pinging(web), running(worker):
        await eventually(lambda: web.on_commit is not before)
        for n in range(3):
            await asyncio.sleep(0.3)
            await world.send(web, world.WordSent(world.aggregate(n), 1))

            async def out(expected: int = n + 1) -> bool:
                return (await delivery.js.stream_info(world.STREAM)).state.messages == expected

            await eventually(out)
        stop.set()
    await web.close()


@pytest.mark.row("X1")
async def test_a_duty_that_keeps_failing_makes_the_process_unready(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervising, "_LONGEST_PAUSE", 0.1)
    monkeypatch.setattr(supervising, "_WELL_AFTER", 0.3)
    worker = Worker(delivery.noter, DUTIES)
    await world.fetch(delivery.noted, "ALTER TABLE timers RENAME TO timers_away")
    async with running(worker.run()):

        async def seen() -> None:
            passed, report = await worker.health.ready()
            assert not passed
            assert "timers failed" in str(report["checks"])
            assert "UndefinedTableError" in str(report["checks"])

        await eventually(seen)
        await world.fetch(delivery.noted, "ALTER TABLE timers_away RENAME TO timers")

        async def well_again() -> None:
            passed, report = await worker.health.ready()
            assert passed, report

        await eventually(well_again)


@pytest.mark.row("N5")
async def test_a_worker_follows_the_register_while_it_runs(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who joins is listened to without a restart, who leaves no longer is, a changed grant is taken in."""
    monkeypatch.setattr("chassis.bus.worker._SOURCES_EVERY", 0.05)
    worker = Worker(delivery.noter, DUTIES)
    border = delivery.noter.border
    assert isinstance(border, world.FixedBorder)
    border.sources = []
    await publish(delivery, sent(1, 1))
    async with running(worker.run()):

        async def listens(number: int) -> None:
            assert len(worker.facts()["listeners"]) == number  # type: ignore[arg-type]

        await eventually(lambda: worker.facts()["relay"])
        await asyncio.sleep(0.3)
        await listens(0)
        assert await world.effects(delivery.noted) == []

        border.sources = [world.SOURCE]

        async def noted_so_far(number: int) -> None:
            assert len(await world.effects(delivery.noted)) == number

        await eventually(partial(noted_so_far, 1))

        border.sources = []
        await eventually(partial(listens, 0))
        await publish(delivery, sent(2, 1))
        await asyncio.sleep(0.3)
        await noted_so_far(1)
        assert await owed(delivery) == 1

        # A grant without a way to the stream, then the right one again.
        border.sources = [replace(world.SOURCE, api_prefix="$JS.nobody.API")]

        async def away() -> None:
            assert "is away" in str((await worker.health.ready())[1]["checks"]["listeners"])  # type: ignore[index]

        await eventually(away)
        border.sources = [world.SOURCE]
        await eventually(partial(noted_so_far, 2))
        await listens(1)


@pytest.mark.row("N5")
async def test_a_listener_that_ends_is_noticed_and_begun_again(
    delivery: Delivery, eventually: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = 0

    def breaking(*arguments: Any, **options: Any) -> Listener:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise LookupError("no listener today")
        return Listener(*arguments, **options)

    monkeypatch.setattr("chassis.bus.worker.Listener", breaking)
    worker = Worker(delivery.noter, DUTIES)
    await publish(delivery, sent(1, 1))
    async with running(worker.run()):

        async def noted_once() -> None:
            assert len(await world.effects(delivery.noted)) == 1

        await eventually(noted_once)
        failed = worker.facts()["failing_duties"]
        assert failed == {"listeners": (1, "LookupError")}


@pytest.mark.row("N1")
async def test_a_register_that_is_refused_is_named_by_readiness(delivery: Delivery) -> None:
    worker = Worker(delivery.noter, DUTIES)
    delivery.noter.parties = Alone()
    delivery.noter.parties.problem = "the signature doesn't fit"
    _, report = await worker.health.ready()
    assert report["checks"]["parties"] == "the signature doesn't fit"  # type: ignore[index]
