"""A running stack as the integration tests see it, on either back end: local processes or containers.

A test inspects a service from inside that service's own environment (`inside`): a small
program runs beside the service with the service's settings, so that it can reach what the service can reach
and nothing else. Both back ends offer the same few things, and the tests don't know which one they are on.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

from contracts.border import Grants, Seat
from contracts.catalogue import CATALOGUE
from partywall.accounts import SignIn
from partywall.journey import Between, Journey, today
from partywall.layout import Door
from partywall.staff_api import StaffApi
from testkit.waiting import eventually

INSIDE = Path(__file__).with_name("inside.py")


class Back(Protocol):
    """What a back end offers: ways in, starting and stopping, and running a program beside a service."""

    @property
    def seats(self) -> Mapping[str, Seat]:
        """The seats at the border, by the names of their web processes: "units", or "maple-homes/units"."""

    @property
    def grants(self) -> Grants:
        """What passes between the seats."""

    def door(self, party: str) -> Door:
        """Return how a program reaches a party through Traefik."""

    def account(self, party: str, role: str) -> SignIn:
        """Return the sign-in of a member of a party's staff with `role`."""

    async def stop(self, name: str) -> None:
        """Stop one part in an orderly way."""

    async def start(self, name: str) -> None:
        """Start one part and wait until it is ready."""

    async def kill(self, name: str) -> None:
        """End one part as a crash would."""

    async def launch(self, name: str) -> None:
        """Start one part without waiting for it."""

    async def inside(self, service: str, program: str, given: Any) -> Any:
        """Run the Python text `program` with the settings of `service`; JSON by stdin and stdout."""

    async def broker_bytes(self) -> bytes:
        """Return every byte that the broker has on its disk."""

    def database_address(self, service: str) -> dict[str, Any]:
        """Return host, port and database of `service` as another service would have to address them."""


class Live:
    """What integration tests do with a running stack."""

    def __init__(self, back: Back) -> None:
        self.back = back
        self.door = back.door
        self.account = back.account

    # people

    @asynccontextmanager
    async def person(self, party: str, role: str) -> AsyncIterator[StaffApi]:
        """A member of staff at the API."""
        account = self.account(party, role)
        async with StaffApi(self.door(party), account.email, account.password) as api:
            yield api

    @asynccontextmanager
    async def journeys(
        self, given_name: str, number: int, between: Between | None = None
    ) -> AsyncIterator[list[Journey]]:
        """`number` households at the beginning of the main journey, served by the same people."""
        parties = between or Between()
        async with AsyncExitStack() as sessions:
            caseworker = await sessions.enter_async_context(self.person(parties.support, "caseworker"))
            manager = await sessions.enter_async_context(self.person(parties.landlord, "property_manager"))
            keeper = await sessions.enter_async_context(self.person(parties.inventory, "inventory_keeper"))
            stamp = dt.datetime.now(dt.UTC).strftime("%H%M%S%f")
            yield [
                Journey(
                    caseworker,
                    manager,
                    keeper,
                    given_name,
                    f"Household {stamp}-{at}",
                    parties,
                    patience=60.0,
                )
                for at in range(number)
            ]

    @asynccontextmanager
    async def journey(
        self, given_name: str, family_name: str, between: Between | None = None
    ) -> AsyncIterator[Journey]:
        """One household at the beginning of the main journey."""
        async with self.journeys(given_name, 1, between) as found:
            found[0].family_name = family_name
            yield found[0]

    @staticmethod
    def today() -> str:
        """Today in the organisations' time zone, ISO 8601."""
        return today().isoformat()

    # parts

    async def stop(self, *names: str) -> None:
        """Stop parts in an orderly way."""
        await asyncio.gather(*(self.back.stop(name) for name in names))

    async def start(self, *names: str) -> None:
        """Start parts and wait until they are ready."""
        await asyncio.gather(*(self.back.start(name) for name in names))

    async def kill(self, *names: str) -> None:
        """End parts with SIGKILL."""
        await asyncio.gather(*(self.back.kill(name) for name in names))

    async def launch(self, *names: str) -> None:
        """Start parts without waiting for them."""
        await asyncio.gather(*(self.back.launch(name) for name in names))

    # what the databases hold

    async def rows(self, service: str, sql: str, *params: object) -> list[dict[str, Any]]:
        """Return the rows of a statement run as the service's own role; parameters go as text."""
        given = {"sql": sql, "params": [str(value) for value in params]}
        found: list[dict[str, Any]] = await self._run(service, "rows", given)
        return found

    async def count(self, service: str, sql: str, *params: object) -> int:
        """Return the one number that `sql` gives as `n`."""
        return int((await self.rows(service, sql, *params))[0]["n"])

    async def now(self) -> str:
        """Return the time of the databases, ISO 8601."""
        first = next(iter(self.back.seats))
        return str((await self.rows(first, "SELECT now() AS at"))[0]["at"])

    async def everything_stored(self, service: str) -> str:
        """Return every row of every table of a service as text."""
        tables: dict[str, list[str]] = await self._run(service, "tables", {"leave_out": []})
        return "\n".join(row for rows in tables.values() for row in rows)

    async def business_rows(self) -> dict[str, dict[str, list[str]]]:
        """Return all rows of all services, sorted, except those that record reading and receiving."""
        leave_out = ["access_log", "inbox", "bus_position"]
        found = await asyncio.gather(
            *(self._run(name, "tables", {"leave_out": leave_out}) for name in self.back.seats)
        )
        return dict(zip(self.back.seats, found, strict=True))

    # what crosses

    async def everything_published(self) -> str:
        """Return everything that the broker stores of what crossed, as text."""
        return (await self.back.broker_bytes()).decode(errors="replace")

    async def all_acted_on(self, patience: float = 60.0) -> None:
        """Wait until every event has been sent, received and acted on; none may be parked."""

        async def nothing_waits() -> bool:
            found = await self._each("events")
            received = {self.back.seats[name]: set(events["received"]) for name, events in found.items()}
            grants = self.back.grants.all
            for service, events in found.items():
                assert not events["parked"], f"{service} has parked {events['parked']}"
                for event, subject, status in events["published"]:
                    assert status != "pending", f"{service} hasn't sent {subject} yet"
                    for listener in [grant.listener for grant in grants if subject in grant.subjects]:
                        assert event in received[listener], f"{listener} hasn't acted on {subject}"
            return True

        await eventually(nothing_waits, timeout=patience)

    async def publish_again(self, *, since: str, order: random.Random) -> None:
        """Send every event since `since` once more, shuffled, under new message ids."""
        seeds = {name: order.randrange(2**31) for name in self.back.seats}
        await asyncio.gather(
            *(
                self._run(name, "publish_again", {"since": since, "seed": seed})
                for name, seed in seeds.items()
            )
        )

    async def all_received(self, patience: float = 30.0) -> None:
        """Wait until no listener has an event left."""

        async def nothing_before_them() -> bool:
            lags = await self._each("lag", ask=self._own_consumers)
            assert not any(lags.values()), f"still to receive: {lags}"
            return True

        await eventually(nothing_before_them, timeout=patience)

    # what is refused

    async def broker_refuses(self, service: str, attempts: Sequence[tuple[str, str]]) -> dict[str, str]:
        """Try each (publish|subscribe|request, subject) as `service`; return how the server answered each."""
        found: dict[str, str] = await self._run(service, "trespass", {"attempts": attempts})
        return found

    async def database_refuses(self, service: str, other: str) -> str:
        """Connect to the database of `other` as `service`; return how that was refused, or "let in"."""
        return str(await self._run(service, "burgle", self.back.database_address(other)))

    async def _each(self, program: str, **given: Callable[[str], Any]) -> dict[str, Any]:
        found = await asyncio.gather(
            *(
                self._run(service, program, {name: of(service) for name, of in given.items()})
                for service in self.back.seats
            )
        )
        return dict(zip(self.back.seats, found, strict=True))

    async def _run(self, service: str, program: str, given: dict[str, Any]) -> Any:
        return await self.back.inside(service, INSIDE.read_text(), {"do": program, **given})

    def _own_consumers(self, service: str) -> list[str]:
        """Return the subjects at which the broker reports the positions of a service's consumers."""
        return [
            grant.imported(grant.info_subject)
            for grant in self.back.grants.given_to(self.back.seats[service])
        ]


def trespasses(own: Seat, other: Seat) -> list[tuple[str, str]]:
    """Return what one seat may not do as another: publish, subscribe, ask, pull, acknowledge."""
    attempts = [
        ("publish", model.terms.subject(other.party, addressee))
        for model in CATALOGUE.published_by(other.service)
        for addressee in (sorted({own.party, other.party}) if model.terms.addressed else [None])
    ]
    stream, foreign = other.stream, f"{other.stream}.{other.account}"
    asked = [f"STREAM.INFO.{stream}", f"DIRECT.GET.{stream}", f"STREAM.MSG.GET.{stream}", "STREAM.LIST"]
    asked += [f"CONSUMER.LIST.{stream}", f"CONSUMER.INFO.{foreign}", f"CONSUMER.MSG.NEXT.{foreign}"]
    attempts += [("subscribe", f"evt.{other.party}.>"), ("subscribe", ">"), ("subscribe", "_INBOX.>")]
    attempts += [("request", f"$JS.API.{api}") for api in asked]
    return [*attempts, ("publish", f"$JS.ACK.{foreign}.1.1.1.1.1")]


async def run_program(command: Sequence[str], given: Any, environment: dict[str, str] | None = None) -> Any:
    """Run a program that takes and answers JSON; raise with its output when it fails."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        async with asyncio.timeout(60):
            out, err = await process.communicate(json.dumps(given).encode())
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise AssertionError(f"a program beside the service failed:\n{err.decode(errors='replace')[-2000:]}")
    return json.loads(out)
