"""The set-up can be repeated, follows catalogue and register as they change, and disturbs nobody."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.errors import APIError

from contracts.border import Address, Grant, Grants, Seat, establish, jetstream, nats_config, stream_for
from contracts.border.config import password_variable
from contracts.catalogue import CATALOGUE, Catalogue
from contracts.examples import message
from contracts.words import Service
from testkit.parties import plan
from testkit.waiting import eventually

pytestmark = pytest.mark.row("W1")

Border = Any
HASH_OF_PARTYWALL = "$2b$04$WrRUbt3nnRWhp15Hud17.uPsQiFV0LifhKth0yr4OscCk9S7qy/AG"
JOURNEY_START = Catalogue(
    model for model in CATALOGUE.models if model.terms.name in ("unit_published", "unit_requested")
)
PAIR = Grants(plan("pair").seats)
FIVE = Grants(plan("two-of-each").seats)
UNITS = Seat("property", Service.UNITS)
TENANCY = Seat("property", Service.TENANCY)
SUPPORT = Seat("support", Service.SUPPORT)
HARBOUR = Seat("harbour-support", Service.SUPPORT)
LAKESIDE = Seat("lakeside-homes", Service.TENANCY)
PUBLISHED = "evt.property.units.unit_published.v1"
SECURED = "evt.property.units.unit_secured.v1"


def between(publisher: Seat, listener: Seat) -> Grant:
    """Return the grant of one seat to another."""
    (found,) = [grant for grant in FIVE.given_to(listener) if grant.publisher == publisher]
    return found


async def test_a_second_set_up_changes_nothing(own_server: Border) -> None:
    for seat in FIVE.seats:
        admin = (await own_server.connect(seat.admin)).client
        first = await establish(seat, FIVE, admin)
        assert first.made[0] == seat.stream
        listeners = {to for to in FIVE.seats if CATALOGUE.crossing(seat.service, to.service)}
        assert set(first.made[1:]) == {f"{seat.stream}/{to.account}" for to in listeners}
        again = await establish(seat, FIVE, admin)
        assert (again.made, again.updated, again.removed) == ((), (), ())
    await own_server.close()


async def test_a_catalogue_that_grows_and_shrinks_is_followed(own_server: Border) -> None:
    admin = (await own_server.connect(UNITS.admin)).client
    await establish(UNITS, Grants(PAIR.seats, catalogue=JOURNEY_START), admin)
    speaker = jetstream((await own_server.connect(UNITS.account)).client)
    await speaker.publish(PUBLISHED, message("unit_published", id=uuid4()))
    grant = between(UNITS, SUPPORT)
    listener = jetstream((await own_server.connect(SUPPORT.account)).client, prefix=grant.api_prefix)
    waiting = await listener.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
    (first,) = await waiting.fetch(1, timeout=20)
    await first.ack_sync()

    grown = await establish(UNITS, PAIR, admin)
    both = (f"{UNITS.stream}/{TENANCY.account}", f"{UNITS.stream}/{SUPPORT.account}")
    assert grown.updated == both
    await speaker.publish(f"{SECURED}.support", message("unit_secured", id=uuid4()))
    (second,) = await waiting.fetch(1, timeout=20)  # the consumer kept its position: nothing comes twice
    assert second.subject == f"{SECURED}.support"

    fewer = Catalogue(
        [model for model in CATALOGUE.models if model.terms.publisher != "units"]
        + [model for model in JOURNEY_START.models if model.terms.publisher == "units"]
    )
    shrunk = await establish(UNITS, Grants(PAIR.seats, catalogue=fewer), admin)
    assert shrunk.updated == both
    config = (await jetstream(admin).consumer_info(UNITS.stream, SUPPORT.account)).config
    assert config.filter_subjects == [PUBLISHED]
    await own_server.close()


async def test_a_consumer_that_nobody_was_granted_is_removed(own_server: Border) -> None:
    admin = (await own_server.connect(UNITS.admin)).client
    await establish(UNITS, PAIR, admin)
    js = jetstream(admin)
    await js.add_consumer(UNITS.stream, durable_name="curious", filter_subject=f"{SECURED}.support")
    changes = await establish(UNITS, PAIR, admin)
    assert changes.removed == (f"{UNITS.stream}/curious",)
    left = {info.name for info in await js.consumers_info(UNITS.stream)}
    assert left == {SUPPORT.account, TENANCY.account}
    await own_server.close()


async def test_a_stream_that_was_weakened_is_put_right(own_server: Border) -> None:
    admin = (await own_server.connect(SUPPORT.admin)).client
    await establish(SUPPORT, PAIR, admin)
    js = jetstream(admin)
    spec = stream_for(SUPPORT, PAIR)
    weakened = spec.config()
    weakened.max_bytes = 10_000
    await js.update_stream(weakened)
    assert (await establish(SUPPORT, PAIR, admin)).updated == (SUPPORT.stream,)
    assert (await js.stream_info(SUPPORT.stream)).config.max_bytes == spec.max_bytes
    await own_server.close()


async def _outcome(speaker: JetStreamContext) -> str:
    try:
        await speaker.publish(f"{SECURED}.support", message("unit_secured", id=uuid4()))
    except APIError as error:
        return str(error.description)
    return "stored"


async def test_a_full_stream_refuses_the_new_and_keeps_the_old(own_server: Border) -> None:
    admin = (await own_server.connect(UNITS.admin)).client
    await establish(UNITS, PAIR, admin)
    full = stream_for(UNITS, PAIR).config()
    full.max_bytes = 4_000
    await jetstream(admin).update_stream(full)
    speaker = jetstream((await own_server.connect(UNITS.account)).client)
    outcomes = [await _outcome(speaker) for _ in range(20)]
    refused = outcomes.count("maximum bytes exceeded")
    assert refused
    assert outcomes == ["stored"] * (20 - refused) + ["maximum bytes exceeded"] * refused
    state = (await jetstream(admin).stream_info(UNITS.stream)).state
    assert state.first_seq == 1
    assert state.messages == 20 - refused
    await own_server.close()


async def test_a_reload_adds_a_grant_without_disconnecting_anybody(own_server: Border) -> None:
    server = own_server.servers[UNITS]
    fewer = Catalogue(model for model in CATALOGUE.models if model.terms.name != "unit_secured")
    speaker = await own_server.connect(UNITS.account)
    bystander = await own_server.connect(SUPPORT.account)
    for grants, allowed in ((Grants(FIVE.seats, catalogue=fewer), False), (FIVE, True)):
        await server.regrant(grants)
        refused = await speaker.refuses_publish(f"{SECURED}.support", within=0.5)
        assert refused is not allowed
    assert bystander.client.is_connected
    assert speaker.client.is_connected
    await own_server.close()


class Flow:
    """Somebody who publishes all the time, and somebody who receives it."""

    def __init__(self, border: Border, publisher: Seat, listener: Seat) -> None:
        self.border, self.publisher, self.grant = border, publisher, between(publisher, listener)
        self.sent: list[bytes] = []
        self.received: list[bytes] = []
        self.connections: list[Any] = []
        self.stopped = False

    async def publish(self) -> None:
        """Publish one event after the other until `stopped`."""
        connection = await self.border.connect(self.publisher.account)
        self.connections.append(connection)
        js = jetstream(connection.client)
        while not self.stopped:
            data = message("unit_published", id=uuid4())
            await js.publish(PUBLISHED, data, timeout=20)
            self.sent.append(data)

    async def receive(self) -> None:
        """Receive until cancelled.

        What is being answered at the very moment of a reload may go unanswered: who gets nothing for a while
        asks again.
        """
        connection = await self.border.connect(self.grant.listener.account)
        self.connections.append(connection)
        js = jetstream(connection.client, prefix=self.grant.api_prefix)
        waiting = await js.pull_subscribe_bind(consumer=self.grant.consumer, stream=self.grant.stream)
        while True:
            with suppress(TimeoutError):
                for item in await waiting.fetch(1, timeout=1):
                    self.received.append(item.data)
                    await item.ack_sync(timeout=5)

    async def goes_on(self) -> None:
        """Check that something that was published from now on is received."""
        already = len(self.sent)

        async def received_more() -> bool:
            return len(self.received) > already + 1

        await eventually(received_more, timeout=30)


@pytest.mark.row("N5")
async def test_parties_join_and_leave_while_the_others_go_on(own_server_of: Any) -> None:
    border = own_server_of(PAIR)
    server = border.servers[UNITS]
    await border.establish(PAIR)
    flow = Flow(border, UNITS, SUPPORT)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(flow.publish()), group.create_task(flow.receive())]
        await flow.goes_on()

        await server.regrant(FIVE)
        await flow.goes_on()
        await border.establish(FIVE)
        await flow.goes_on()
        # Who joined receives what the others published before, and is received itself.
        assert await _first(border, between(UNITS, HARBOUR)) == flow.sent[0]
        own = message("unit_requested", id=uuid4(), party=HARBOUR.party)
        speaker = jetstream((await border.connect(HARBOUR.account)).client)
        await speaker.publish("evt.harbour-support.support.unit_requested.v1.property", own)
        assert await _first(border, between(HARBOUR, UNITS)) == own

        await server.regrant(PAIR)
        await border.establish(PAIR)
        await flow.goes_on()
        # Who left has no account, and nobody has a consumer for it.
        with pytest.raises((nats.errors.Error, OSError)):
            await border.connect(HARBOUR.account)
        js = jetstream((await border.connect(UNITS.admin)).client)
        consumers = {info.name for info in await js.consumers_info(UNITS.stream)}
        assert consumers == {SUPPORT.account, TENANCY.account}
        flow.stopped = True
        await tasks[0]

        async def complete() -> None:
            assert set(flow.received) == set(flow.sent)

        await eventually(complete, timeout=60)
        tasks[1].cancel()
    assert [each.client.is_connected for each in flow.connections] == [True, True]
    assert [each.client.stats["reconnects"] for each in flow.connections] == [0, 0]
    await border.close()


async def _first(border: Border, grant: Grant) -> bytes:
    """Take the first message that a listener has; return its bytes."""
    js = jetstream((await border.connect(grant.listener.account)).client, prefix=grant.api_prefix)
    waiting = await js.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
    (item,) = await waiting.fetch(1, timeout=20)
    await item.ack_sync(timeout=20)
    data: bytes = item.data
    return data


@pytest.mark.row("N5")
async def test_a_suspended_party_gets_nothing_and_loses_nothing(own_server: Border) -> None:
    server = own_server.servers[UNITS]
    await own_server.establish()
    bystander = await own_server.connect(SUPPORT.account)
    connection = await own_server.connect(HARBOUR.account)
    speaker = jetstream((await own_server.connect(UNITS.account)).client)

    suspended = Grants(FIVE.seats, frozenset({HARBOUR.party}))
    await server.regrant(suspended)
    # Whoever sets up meanwhile leaves the consumers of the suspended party as they are.
    for seat in FIVE.seats:
        changes = await establish(seat, suspended, (await own_server.connect(seat.admin)).client)
        assert (changes.made, changes.updated, changes.removed) == ((), (), ())
    waiting = message("unit_secured", id=uuid4(), addressee=HARBOUR.party)
    await speaker.publish(f"{SECURED}.{HARBOUR.party}", waiting)
    for grant in FIVE.given_to(HARBOUR):
        for subject in (*grant.requests[:2], grant.ack_subject.replace(">", "1.1.1.1.0")):
            assert await connection.refuses_publish(subject, b'{"batch":1}'), subject
    # What it publishes itself is stored in its own stream, and nobody can ask for it.
    own = message("unit_requested", id=uuid4(), party=HARBOUR.party)
    await jetstream(connection.client).publish("evt.harbour-support.support.unit_requested.v1.property", own)
    listener = await own_server.connect(UNITS.account)
    for subject in between(HARBOUR, UNITS).requests[:2]:
        assert await listener.refuses_publish(subject, b'{"batch":1}'), subject

    await server.regrant(FIVE)
    assert await _first(own_server, between(UNITS, HARBOUR)) == waiting
    assert await _first(own_server, between(HARBOUR, UNITS)) == own
    assert bystander.client.is_connected
    assert connection.client.is_connected
    await own_server.close()


@pytest.mark.parametrize("lacking", [{}, dict.fromkeys(PAIR.users, ""), {UNITS.account: "x"}])
def test_there_are_no_default_passwords(lacking: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="has no password"):
        nats_config(
            PAIR,
            listen=Address("127.0.0.1", 1),
            monitor=Address("127.0.0.1", 2),
            store_dir="/data",
            passwords=lacking,
        )


def test_without_passwords_the_file_holds_no_secret() -> None:
    listen, monitor = Address("127.0.0.1", 4222), Address("127.0.0.1", 8222)
    text = nats_config(FIVE, listen=listen, monitor=monitor, store_dir="/data")
    secrets: list[str] = [line.split(":")[1].strip() for line in text.splitlines() if "password" in line]
    assert secrets == [f"${password_variable(user)}" for user in FIVE.users]
    assert len(set(secrets)) == len(secrets)


async def test_a_password_may_be_given_as_its_hash(own_server: Border) -> None:
    server = own_server.servers[UNITS]
    listen, monitor = Address("127.0.0.1", server.port), Address("127.0.0.1", server.monitor)
    store = str(server.config.parent / "js")
    hashed = dict.fromkeys(FIVE.users, HASH_OF_PARTYWALL)
    await server.reload(nats_config(FIVE, listen=listen, monitor=monitor, store_dir=store, passwords=hashed))
    assert (await own_server.connect(UNITS.account, password="partywall")).client.is_connected
    with pytest.raises((nats.errors.Error, OSError)):
        await own_server.connect(UNITS.account, password=HASH_OF_PARTYWALL)
    await own_server.close()
