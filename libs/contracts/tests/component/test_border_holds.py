"""What the register and the catalogue grant arrives, durably and in order; the server refuses all else (W1).

Two parties of each kind: what a seat gains of another is tried for every pair, those of the same kind too.
"""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.js.errors import APIError

from contracts.border import Grant, Grants, Seat, jetstream, wake_subject
from contracts.catalogue import CATALOGUE
from contracts.event import Terms
from contracts.examples import message
from contracts.words import Service
from testkit.parties import plan

pytestmark = pytest.mark.row("W1", "N2")

Border = Any
GRANTS = Grants(plan("two-of-each").seats)
SEATS = GRANTS.seats
PARTIES = [party.id for party in plan("two-of-each").parties]
PAIRS = list(permutations(SEATS, 2))
IDS = [f"{one}-{other}" for one, other in PAIRS]
CROSSING = {(grant.publisher, grant.listener): grant for grant in GRANTS.all}

UNITS = Seat("property", Service.UNITS)
TENANCY = Seat("property", Service.TENANCY)
LAKESIDE = Seat("lakeside-homes", Service.TENANCY)
SUPPORT = Seat("support", Service.SUPPORT)
HARBOUR = Seat("harbour-support", Service.SUPPORT)

Published = tuple[str, Terms, str | None]
"""A subject, the event's terms, and the party that it is addressed to."""


def messages_of(seat: Seat) -> list[tuple[Published, bytes]]:
    """Return one of each open event of a seat, and of each addressed one as many as there are parties."""
    return [
        (
            (terms.subject(seat.party, to), terms, to),
            message(terms.name, id=uuid4(), party=seat.party, addressee=to),
        )
        for terms in (model.terms for model in CATALOGUE.published_by(seat.service))
        for to in (PARTIES if terms.addressed else [None])
    ]


def meant_for(listener: Seat, published: list[Published]) -> list[str]:
    """Return the subjects that a listener must receive: of its kind, and open or addressed to its party."""
    return [
        subject
        for subject, terms, to in published
        if listener.service in terms.listeners and to in (None, listener.party)
    ]


async def publish_everything(border: Border, seat: Seat) -> list[Published]:
    """Publish one of each event of a seat to everybody who may be addressed; return them in that order."""
    js = jetstream((await border.connect(seat.account)).client)
    published = []
    for one, data in messages_of(seat):
        acknowledged = await js.publish(one[0], data)
        assert acknowledged.stream == seat.stream
        published.append(one)
    return published


async def receive(border: Border, grant: Grant, expected: int) -> list[str]:
    """Take and acknowledge all that is there as a listener does; return the subjects."""
    js = jetstream((await border.connect(grant.listener.account)).client, prefix=grant.api_prefix)
    waiting = await js.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
    received: list[str] = []
    while True:
        try:
            batch = await waiting.fetch(100, timeout=20 if len(received) < expected else 0.2)
        except TimeoutError:
            return received
        for item in batch:
            await item.ack_sync(timeout=20)
        received += [item.subject for item in batch]


@pytest.mark.parametrize("publisher", SEATS, ids=str)
async def test_exactly_what_is_meant_for_each_listener_arrives(
    generated_border: Border, publisher: Seat
) -> None:
    published = await publish_everything(generated_border, publisher)
    for listener in SEATS:
        wanted = meant_for(listener, published)
        grant = CROSSING.get((publisher, listener))
        assert (grant is not None) == bool(wanted)
        if grant is not None:
            # Complete, in order, and nothing besides.
            assert await receive(generated_border, grant, expected=len(wanted)) == wanted


async def test_what_was_published_before_the_listener_existed_arrives(border_servers: Border) -> None:
    await border_servers.start_over()
    # The publisher has its stream, and nobody was granted anything yet.
    await border_servers.establish(Grants((SUPPORT,)))
    published = await publish_everything(border_servers, SUPPORT)
    await border_servers.establish()
    wanted = meant_for(LAKESIDE, published)
    assert await receive(border_servers, CROSSING[SUPPORT, LAKESIDE], len(wanted)) == wanted
    await border_servers.close()


async def test_what_was_published_while_the_listener_was_away_arrives_once(generated_border: Border) -> None:
    for _ in range(2):
        published = await publish_everything(generated_border, UNITS)
        wanted = meant_for(HARBOUR, published)
        # What is for other parties and other services isn't among it.
        assert len(wanted) < len(published)
        assert await receive(generated_border, CROSSING[UNITS, HARBOUR], len(wanted)) == wanted


async def messages_kept(border: Border, seat: Seat) -> int:
    """Return how many messages a seat's stream holds, as its admin sees it."""
    admin = jetstream((await border.connect(seat.admin)).client)
    count: int = (await admin.stream_info(seat.stream)).state.messages
    return count


@pytest.mark.parametrize("forger", SEATS, ids=str)
async def test_nobody_can_publish_as_another(generated_border: Border, forger: Seat) -> None:
    speaker = await generated_border.connect(forger.account)
    admin = await generated_border.connect(forger.admin)
    for publisher in SEATS:
        if publisher == forger:
            continue
        for (subject, _, _), forged in messages_of(publisher):
            assert await speaker.refuses_publish(subject, forged)
            assert await admin.refuses_publish(subject, forged)
        assert await messages_kept(generated_border, publisher) == 0


@pytest.mark.parametrize("seat", SEATS, ids=str)
async def test_a_seat_publishes_only_what_the_catalogue_knows(generated_border: Border, seat: Seat) -> None:
    speaker = await generated_border.connect(seat.account)
    own = f"evt.{seat.party}.{seat.service}"
    addressed = next(m.terms for m in CATALOGUE.published_by(seat.service) if m.terms.addressed)
    for subject in (
        f"{own}.rumour.v1",
        f"{own}.>",
        "evt.anybody.units.said.v1",
        f"evt.anybody.{addressed.key}.property",
        f"evt.{seat.party}.{addressed.key}",
        f"evt.{seat.party}.{addressed.key}.support.more",
        f"note.{seat.service}",
    ):
        assert await speaker.refuses_publish(subject)
    if seat.service is Service.UNITS:
        assert await speaker.refuses_publish(f"{own}.unit_published.v1.support")
    assert await messages_kept(generated_border, seat) == 0


@pytest.mark.parametrize("seat", SEATS, ids=str)
async def test_nobody_reads_a_subject_directly(generated_border: Border, seat: Seat) -> None:
    others = [other for other in SEATS if other != seat]
    for user in (seat.account, seat.admin):
        connection = await generated_border.connect(user)
        for subject in (
            ">",
            "evt.>",
            f"evt.{seat.party}.>",
            f"evt.*.*.*.*.{seat.party}",
            f"evt.{seat.party}.units.unit_secured.v1.{seat.party}",
            "$JS.>",
            "$SYS.>",
            "_INBOX.>",
            *(f"evt.{other.party}.{other.service}.>" for other in SEATS),
            *(f"_INBOX.{other.account}.>" for other in others),
            *(f"_INBOX.{other.admin}.>" for other in others),
            *(wake_subject(service) for service in Service if service != seat.service),
        ):
            assert await connection.refuses_subscribe(subject), f"{user} may read {subject}"


async def test_a_wake_ping_reaches_its_own_relay_and_nobody_else(generated_border: Border) -> None:
    received = {}
    for seat in SEATS:
        connection = await generated_border.connect(seat.account)
        received[seat] = connection, await connection.client.subscribe(wake_subject(seat.service))
        await connection.client.flush()
    for seat, (connection, waiting) in received.items():
        await connection.client.publish(wake_subject(seat.service), str(seat).encode())
        # The same subject is another one in each account: the other party's tenancy-svc isn't woken.
        assert (await waiting.next_msg(timeout=20)).data == str(seat).encode()
        for service in Service:
            if service != seat.service:
                assert await connection.refuses_publish(wake_subject(service))
    for connection, waiting in received.values():
        await connection.client.flush()
        assert waiting.pending_msgs == 0


FOREIGN_REQUESTS = {
    "stream info": ("STREAM.INFO.{stream}", {}),
    "stream names": ("STREAM.NAMES", {}),
    "account info": ("INFO", {}),
    "message get": ("STREAM.MSG.GET.{stream}", {"seq": 1}),
    "direct get": ("DIRECT.GET.{stream}", {"seq": 1}),
    "purge": ("STREAM.PURGE.{stream}", {}),
    "delete of the stream": ("STREAM.DELETE.{stream}", {}),
    "delete of its own consumer": ("CONSUMER.DELETE.{stream}.{listener}", {}),
    "list of consumers": ("CONSUMER.LIST.{stream}", {}),
    "a wider consumer": (
        "CONSUMER.DURABLE.CREATE.{stream}.{listener}",
        {"stream_name": "{stream}", "config": {"durable_name": "{listener}", "ack_policy": "explicit"}},
    ),
    "a consumer of its own": (
        "CONSUMER.CREATE.{stream}.spy",
        {"stream_name": "{stream}", "config": {"name": "spy", "ack_policy": "none"}},
    ),
}


PREFIXES = (
    "$JS.API",
    "JS.{publisher.account}.API",
    "$JS.{publisher.party}.API",
    "$JS.property.API",
    "$JS.support.API",
)


@pytest.mark.parametrize("what", FOREIGN_REQUESTS)
async def test_a_listener_can_ask_for_nothing_but_its_next_messages(
    generated_border: Border, what: str
) -> None:
    request, body = FOREIGN_REQUESTS[what]
    for publisher in (UNITS, SUPPORT, LAKESIDE):
        await publish_everything(generated_border, publisher)
    for listener in SEATS:
        connection = await generated_border.connect(listener.account)
        admin = await generated_border.connect(listener.admin)
        for publisher in SEATS:
            if publisher == listener:
                continue
            names = {"stream": publisher.stream, "listener": listener.account}
            data = json.dumps(body)
            for name, value in names.items():
                data = data.replace(f"{{{name}}}", value)
            for prefix in PREFIXES:
                subject = f"{prefix.format(publisher=publisher)}.{request.format(**names)}"
                assert await connection.refuses_publish(subject, data.encode()), subject
            # Nor is there a way round the user's permissions: the account itself was never given more.
            answer = await admin.answer(f"$JS.API.{request.format(**names)}", data.encode(), wait=0.05)
            assert answer is None or b"evt." not in answer
    for publisher in SEATS:
        admin = jetstream((await generated_border.connect(publisher.admin)).client)
        consumers = {info.name for info in await admin.consumers_info(publisher.stream)}
        assert consumers == {grant.consumer for grant in GRANTS.all if grant.publisher == publisher}


@pytest.mark.parametrize("thief", SEATS, ids=str)
async def test_nobody_pulls_reads_or_acknowledges_through_another_s_consumer(
    generated_border: Border, thief: Seat
) -> None:
    """Every consumer there is but its own: those of its own kind, of its own party, and of its own stream.

    Of its own stream it reads how far each consumer is, to know what may be removed.
    """
    for publisher in SEATS:
        await publish_everything(generated_border, publisher)
    user = await generated_border.connect(thief.account)
    admin = await generated_border.connect(thief.admin)
    for grant in GRANTS.all:
        requests = [grant.next_subject, grant.info_subject, *grant.requests[:2]]
        ack = grant.ack_subject.replace(">", "1.1.1.1.0")
        if grant.listener == thief:
            # Its own grant has these names in its account, and no others.
            requests = requests[:2]
        elif grant.publisher == thief:
            requests.remove(grant.info_subject)
        if grant.listener != thief:
            assert await user.refuses_publish(ack, b"+ACK"), ack
        for subject in requests:
            assert await user.refuses_publish(subject, b'{"batch":1}'), subject
        assert await admin.refuses_publish(ack, b"+ACK"), ack
        for subject in grant.requests[:2]:
            assert await admin.refuses_publish(subject, b'{"batch":1}'), subject
    for publisher in SEATS:
        owner = jetstream((await generated_border.connect(publisher.admin)).client)
        for info in await owner.consumers_info(publisher.stream):
            assert (info.delivered.stream_seq, info.ack_floor.stream_seq) == (0, 0), info.name


@pytest.mark.parametrize(
    ("publisher", "listener"),
    [pair for pair in PAIRS if pair not in CROSSING],
    ids=str,
)
async def test_between_seats_of_one_kind_there_is_nothing(
    generated_border: Border, publisher: Seat, listener: Seat
) -> None:
    none = Grant(publisher, listener, (), ())
    connection = await generated_border.connect(listener.account)
    requests = [*none.requests[:2], none.ack_subject.replace(">", "1.1.1.1.0")]
    for subject in (*requests, none.next_subject, none.info_subject):
        assert await connection.refuses_publish(subject, b'{"batch":1}'), subject
    assert [grant for grant in GRANTS.all if {grant.publisher, grant.listener} == {publisher, listener}] == []


async def test_nobody_acknowledges_for_another(generated_border: Border) -> None:
    await publish_everything(generated_border, UNITS)
    grant = CROSSING[UNITS, TENANCY]
    listener = await generated_border.connect(TENANCY.account)
    js = jetstream(listener.client, prefix=grant.api_prefix)
    waiting = await js.pull_subscribe_bind(consumer=grant.consumer, stream=grant.stream)
    taken = await waiting.fetch(3, timeout=20)
    for seat in (SUPPORT, LAKESIDE, UNITS):
        for user in (seat.account, seat.admin):
            thief = await generated_border.connect(user)
            assert await thief.refuses_publish(taken[0].reply, b"+ACK"), user
    info = await waiting.consumer_info()
    assert (info.ack_floor.stream_seq, info.num_ack_pending) == (0, 3)


@pytest.mark.parametrize(
    ("user", "password"),
    [
        (UNITS.account, "wrong"),
        (UNITS.account, ""),
        (SUPPORT.admin, "wrong"),
        ("nobody", "wrong"),
        ("", ""),
        ("sys", "sys"),
        (SUPPORT.account, f'pw "{UNITS.account}" $1/@:é'),
        (HARBOUR.account, f'pw "{SUPPORT.account}" $1/@:é'),
    ],
)
async def test_a_wrong_sign_in_is_refused(generated_border: Border, user: str, password: str) -> None:
    for seat in SEATS:
        with pytest.raises((nats.errors.Error, OSError), match=r"(?i)authorization|refused|no servers"):
            await generated_border.connect(user, at=seat, password=password)


async def test_an_acknowledged_event_is_on_the_disk(generated_border: Border) -> None:
    for server in {id(server): server for server in generated_border.servers.values()}.values():
        assert server.asked("varz")["jetstream"]["config"]["sync_always"] is True


async def test_a_stream_keeps_what_it_was_given(generated_border: Border) -> None:
    """Its owner alone removes what was acknowledged long ago; nobody changes or drops a single message."""
    published = await publish_everything(generated_border, SUPPORT)
    js = jetstream((await generated_border.connect(SUPPORT.admin)).client)
    for other in SEATS:
        if other != SUPPORT:
            user = await generated_border.connect(other.account)
            assert await user.refuses_publish(f"$JS.API.STREAM.PURGE.{SUPPORT.stream}", b"{}")
    with pytest.raises(APIError):
        await js.delete_msg(SUPPORT.stream, 1)
    assert await messages_kept(generated_border, SUPPORT) == len(published)


async def test_an_event_that_is_too_large_is_refused_by_the_server(generated_border: Border) -> None:
    connection = await generated_border.connect(UNITS.account)
    with pytest.raises(nats.errors.MaxPayloadError):
        await connection.client.publish("evt.property.units.unit_published.v1", b"x" * 70_000)


async def test_batches_are_kept_whole(generated_border: Border) -> None:
    connection = await generated_border.connect(UNITS.account)
    subject, batch = "evt.property.units.unit_withdrawn.v1", str(uuid4())
    for number in (1, 2):
        headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
        await connection.client.publish(subject, message("unit_withdrawn", id=uuid4()), headers=headers)
    assert await messages_kept(generated_border, UNITS) == 0  # not before it is committed
    headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": "3", "Nats-Batch-Commit": "1"}
    answer = await connection.client.request(
        subject, message("unit_withdrawn", id=uuid4()), headers=headers, timeout=20
    )
    assert json.loads(answer.data)["count"] == 3
    assert await messages_kept(generated_border, UNITS) == 3
