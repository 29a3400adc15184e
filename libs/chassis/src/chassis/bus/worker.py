"""The worker of a service: relay, listeners and timers in one process."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field

import structlog
from nats.aio.client import Client

from chassis.border import Granted
from chassis.bus.connecting import require_durable, service_connection
from chassis.bus.events import events_of
from chassis.bus.health import Health, serving
from chassis.bus.listener import Listener
from chassis.bus.listening import Listening
from chassis.bus.relay import Relay
from chassis.bus.retention import retaining
from chassis.bus.supervising import Supervisor, together
from chassis.bus.timer_runner import TimerRunner
from chassis.bus.timers import Timers
from chassis.bus.waking import Waker, answer_pings
from chassis.ending import end
from chassis.errors import Hindrance
from chassis.feature import Feature
from chassis.runtime import Runtime
from chassis.settings import ServiceSettings

_log = structlog.get_logger(__name__)

_DURABLE_FOR = 10.0
_SOURCES_EVERY = 2.0


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What a worker does beside publishing: act on events, and fire timers."""

    listening: Listening = field(default_factory=Listening)
    timers: Timers = field(default_factory=Timers)


def duties_of(features: Sequence[Feature]) -> Duties:
    """Return the duties of the worker of a service with these features."""
    events = events_of(features)
    return Duties(listening=events.listening, timers=events.timers)


class Discontinuous(Hindrance):
    """A database and a stream don't continue each other; the message says which, and how to repair it."""


class RegisterOutdated(Hindrance):
    """A newer register of parties can't be relied on: the service goes on with the one it has."""


class Worker:
    """One worker process: its duties and their state. `run()` does them until it is cancelled.

    It listens to whoever `runtime.border` names at the moment: a party that joins or leaves needs no restart.
    """

    def __init__(self, runtime: Runtime, duties: Duties) -> None:
        if not isinstance(runtime.settings, ServiceSettings):
            raise TypeError(f"{runtime.name} has no account at the broker")
        self._settings = runtime.settings
        self._runtime = runtime
        self._duties = duties
        self._timers = TimerRunner(runtime, duties.timers, kinds=duties.timers.kinds(long=False))
        self._long = TimerRunner(runtime, duties.timers, kinds=duties.timers.kinds(long=True), poll=0.25)
        self._supervisor = Supervisor(runtime.name)
        self._broker: Client | None = None
        self._relay: Relay | None = None
        self._listeners: dict[str, Listener] = {}
        self._durable_until = 0.0
        self.health = Health(
            {"database": runtime.database.ready, "broker": self._connected, "durability": self._durable}
            | {"relay": self._relaying, "listeners": self._listening, "timers": self._timers_on_time}
            | {"duties": self._supervisor.check, "continuity": self._continuous, "parties": self._registered}
            | dict(runtime.checks),
            self.facts,
        )

    async def run(self) -> None:
        """Do all duties, whatever is away; returns only by cancellation."""
        await together(
            self._supervisor.for_ever("timers", self._timers.run),
            self._supervisor.for_ever("long timers", self._long.run),
            self._supervisor.for_ever("bus", self._bus),
        )

    async def _bus(self) -> None:
        settings = self._settings
        async with service_connection(settings, f"{self._runtime.name} worker") as broker:
            self._broker = broker
            relay = Relay(
                self._runtime.database.dsn,
                broker,
                service=self._runtime.name,
                stream=None if self._runtime.border is None else self._runtime.border.stream,
                clock=self._runtime.clock,
            )
            self._relay = relay
            self._runtime.on_commit = relay.wake
            await answer_pings(broker, self._runtime.name, relay.wake)
            await together(
                self._supervisor.for_ever("relay", relay.run),
                self._supervisor.for_ever("listeners", lambda: self._listen(broker)),
                self._supervisor.for_ever("retention", lambda: self._retain(broker)),
            )

    async def _listen(self, broker: Client) -> None:
        """Listen to every source there is, and follow the changes of the register of parties.

        A source whose grant has changed is listened to with the new one. Raises what a listener's task ends
        with: none ends by itself.
        """
        running: dict[Granted, asyncio.Task[None]] = {}
        try:
            while True:
                sources = self._sources()
                for left in running.keys() - set(sources):
                    await end(running.pop(left))
                    self._listeners.pop(left.stream, None)
                    _log.info("source_left", source=left.stream)
                for new in sources:
                    if new not in running:
                        running[new] = asyncio.create_task(self._listen_to(broker, new))
                await self._until_one_ends(running.values())
        finally:
            self._listeners.clear()
            await end(*running.values())

    async def _until_one_ends(self, tasks: Collection[asyncio.Task[None]]) -> None:
        """Wait until it's time to look at the sources again. Raises what one of the tasks ended with."""
        pause = asyncio.create_task(asyncio.sleep(_SOURCES_EVERY))
        try:
            await asyncio.wait([pause, *tasks], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end(pause)
        for task in tasks:
            if task.done():
                task.result()
                raise RuntimeError("a listener has ended by itself")

    async def _retain(self, broker: Client) -> None:
        if self._runtime.border is None:
            await asyncio.Event().wait()
        else:
            await retaining(self._runtime, broker, self._runtime.border)

    def _sources(self) -> Sequence[Granted]:
        return () if self._runtime.border is None else self._runtime.border.sources

    async def _listen_to(self, broker: Client, source: Granted) -> None:
        listener = Listener(self._runtime, broker, source, self._duties.listening)
        self._listeners[source.stream] = listener
        await self._supervisor.for_ever(f"listener {source.stream}", listener.run)

    async def _connected(self) -> None:
        if self._broker is None or not self._broker.is_connected:
            raise ConnectionError("the broker is away")

    async def _durable(self) -> None:
        if time.monotonic() < self._durable_until:
            return
        if self._broker is None:
            raise ConnectionError("the broker is away")
        await require_durable(self._broker)
        self._durable_until = time.monotonic() + _DURABLE_FOR

    async def _relaying(self) -> None:
        if self._relay is None:
            raise ConnectionError("not started")
        if self._relay.state.problem is not None:
            raise ConnectionError(self._relay.state.problem)

    async def _listening(self) -> None:
        problems = [
            f"{name}: {one.state.problem}" for name, one in self._listeners.items() if one.state.problem
        ]
        if problems:
            raise ConnectionError("; ".join(problems))

    async def _continuous(self) -> None:
        found = [one.state.broken for one in self._listeners.values()]
        if self._relay is not None:
            found.append(self._relay.state.broken)
        broken = [each for each in found if each]
        if broken:
            raise Discontinuous("; ".join(broken))

    async def _registered(self) -> None:
        if self._runtime.parties.problem is not None:
            raise RegisterOutdated(self._runtime.parties.problem)

    async def _timers_on_time(self) -> None:
        for runner in (self._timers, self._long):
            if runner.state.problem is not None:
                raise ConnectionError(runner.state.problem)

    def facts(self) -> Mapping[str, object]:
        """Return the state of the duties in figures, for /readyz and the doctor."""
        return {
            "relay": None if self._relay is None else asdict(self._relay.state),
            "listeners": {name: asdict(one.state) for name, one in self._listeners.items()},
            "timers": asdict(self._timers.state),
            "long_timers": asdict(self._long.state),
            "failing_duties": dict(self._supervisor.failing),
        }


async def work(
    runtime: Runtime, duties: Duties, *, stop: asyncio.Event | None = None, health: bool = True
) -> None:
    """Run the worker of a service until SIGTERM, SIGINT or `stop`; what it was working on is given back.

    `/livez`, `/readyz` and `/metrics` are on `WORKER_PORT`, unless `health` is False (a worker embedded in
    the web process, whose own health port answers for both).
    """
    worker = Worker(runtime, duties)
    ended = stop or _signalled()
    async with AsyncExitStack() as open_things:
        if health:
            host, port = runtime.settings.http_host, runtime.settings.worker_port
            await open_things.enter_async_context(serving(worker.health, host, port))
        else:
            runtime.checks.update(
                {name: worker.health.checks[name] for name in ("broker", "durability", "duties")}
            )
        _log.info(
            "worker_started",
            service=runtime.name,
            events=len(duties.listening),
            timers=list(duties.timers),
        )
        await together(worker.run(), _until(ended))
    _log.info("worker_stopped", service=runtime.name)


@asynccontextmanager
async def embedded(runtime: Runtime, duties: Duties) -> AsyncIterator[None]:
    """Run the worker inside another process, for the length of the block (`EMBED_WORKER`)."""
    stop = asyncio.Event()
    task = asyncio.create_task(work(runtime, duties, stop=stop, health=False))
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def pinging(runtime: Runtime) -> AsyncIterator[None]:
    """Wake the worker's relay after each commit of this process, for the length of the block.

    When the broker is away, the relay's poll finds the rows.
    """
    settings = runtime.settings
    if not isinstance(settings, ServiceSettings):
        raise TypeError(f"{runtime.name} has no account at the broker")

    supervisor = Supervisor(runtime.name)

    async def ping() -> None:
        async with service_connection(settings, f"{runtime.name} web") as broker:
            waker = Waker(broker, runtime.name)
            runtime.on_commit = waker.wake
            await waker.run()

    task = asyncio.create_task(supervisor.for_ever("waker", ping))
    try:
        yield
    finally:
        await end(task)


def _signalled() -> asyncio.Event:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    return ended


async def _until(ended: asyncio.Event) -> None:
    await ended.wait()
