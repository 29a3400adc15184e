"""What the catalogue grants arrives, durably and in order; all else is refused by the server (W1)."""

from __future__ import annotations

import json
from itertools import permutations, product
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.js.errors import APIError

from contracts.border import Source, account_of, sources_for, wake_subject
from contracts.border.grants import stream_of
from contracts.catalogue import CATALOGUE, Catalogue
from contracts.examples import message
from contracts.words import Service

pytestmark = pytest.mark.row("W1")

Border = Any
PAIRS = list(permutations(Service, 2))
IDS = [f"{one}-{other}" for one, other in PAIRS]


async def publish_everything(border: Border, service: Service) -> list[str]:
    """Publish one of each event of a service; return their subjects in that order."""
    js = (await border.connect(str(service))).client.jetstream()
    subjects = [model.terms.subject for model in CATALOGUE.published_by(service)]
    for subject in subjects:
        name = CATALOGUE.terms(subject).name
        acknowledged = await js.publish(subject, message(name, id=uuid4()))
        assert acknowledged.stream == stream_of(service)
    return subjects


async def receive(border: Border, source: Source, listener: Service, expected: int) -> list[str]:
    """Take and acknowledge all that is there as a listener does; return the subjects."""
    js = (await border.connect(str(listener))).client.jetstream(prefix=source.api_prefix)
    waiting = await js.pull_subscribe_bind(consumer=source.consumer, stream=source.stream)
    received: list[str] = []
    while True:
        try:
            batch = await waiting.fetch(100, timeout=20 if len(received) < expected else 0.2)
        except TimeoutError:
            return received
        for item in batch:
            await item.ack_sync(timeout=20)
        received += [item.subject for item in batch]


def source_of(publisher: Service, listener: Service) -> Source:
    """Return what a listener binds to for one publisher."""
    (found,) = [source for source in sources_for(listener) if source.publisher == publisher]
    return found


@pytest.mark.parametrize(("publisher", "listener"), PAIRS, ids=IDS)
async def test_exactly_what_the_catalogue_lists_arrives(
    generated_border: Border, publisher: Service, listener: Service
) -> None:
    said = await publish_everything(generated_border, publisher)
    granted = [subject for subject in said if listener in CATALOGUE.terms(subject).listeners]
    received = await receive(
        generated_border, source_of(publisher, listener), listener, expected=len(granted)
    )
    assert received == granted  # complete, in order, and nothing besides


async def test_what_was_said_before_the_listener_existed_arrives(border_servers: Border) -> None:
    await border_servers.start_over()
    alone = Catalogue([])
    await border_servers.establish(catalogue=alone)
    # The publisher is there with its stream, and nobody was granted anything yet.
    support_only = Catalogue(CATALOGUE.published_by(Service.SUPPORT))
    await border_servers.establish(catalogue=support_only)
    admin = (await border_servers.connect("support_admin")).client.jetstream()
    await admin.delete_consumer("EVT_SUPPORT", "tenancy")
    said = await publish_everything(border_servers, Service.SUPPORT)
    await border_servers.establish()
    granted = [subject for subject in said if Service.TENANCY in CATALOGUE.terms(subject).listeners]
    source = source_of(Service.SUPPORT, Service.TENANCY)
    assert await receive(border_servers, source, Service.TENANCY, len(granted)) == granted
    await border_servers.close()


async def test_what_was_said_while_the_listener_was_away_arrives_once(generated_border: Border) -> None:
    source = source_of(Service.UNITS, Service.SUPPORT)
    for _ in range(2):
        said = await publish_everything(generated_border, Service.UNITS)
        # What is for others only, such as entry to homes, isn't among it.
        granted = [subject for subject in said if subject in source.subjects]
        assert len(granted) < len(said)
        assert await receive(generated_border, source, Service.SUPPORT, len(granted)) == granted


async def messages_kept(border: Border, service: Service) -> int:
    """Return how many messages a service's stream holds, as its admin sees it."""
    admin = (await border.connect(f"{service}_admin")).client.jetstream()
    count: int = (await admin.stream_info(stream_of(service))).state.messages
    return count


@pytest.mark.parametrize(("publisher", "forger"), PAIRS, ids=IDS)
async def test_nobody_can_speak_for_another(
    generated_border: Border, publisher: Service, forger: Service
) -> None:
    speaker = await generated_border.connect(str(forger))
    admin = await generated_border.connect(f"{forger}_admin")
    for model in CATALOGUE.published_by(publisher):
        forged = message(model.terms.name, id=uuid4())
        assert await speaker.refuses_publish(model.terms.subject, forged)
        assert await admin.refuses_publish(model.terms.subject, forged)
    assert await messages_kept(generated_border, publisher) == 0


@pytest.mark.parametrize("service", list(Service))
async def test_a_service_says_only_what_the_catalogue_knows(
    generated_border: Border, service: Service
) -> None:
    speaker = await generated_border.connect(str(service))
    for subject in (f"evt.{service}.rumour.v1", f"evt.{service}.>", "evt.anybody.said.v1", f"note.{service}"):
        assert await speaker.refuses_publish(subject)
    assert await messages_kept(generated_border, service) == 0


@pytest.mark.parametrize("service", list(Service))
async def test_nobody_reads_a_subject_directly(generated_border: Border, service: Service) -> None:
    for user in (str(service), f"{service}_admin"):
        connection = await generated_border.connect(user)
        other_users = [str(other) for other in Service if other != service]
        for subject in (
            ">",
            "evt.>",
            "evt.units.unit_secured.v1",
            f"evt.{service}.>",
            "$JS.>",
            "$SYS.>",
            "_INBOX.>",
            *(f"_INBOX.{other}.>" for other in other_users),
            *(wake_subject(other) for other in other_users),
        ):
            assert await connection.refuses_subscribe(subject), f"{user} may read {subject}"


async def test_a_wake_ping_reaches_its_own_relay_and_nobody_else(generated_border: Border) -> None:
    for service in Service:
        connection = await generated_border.connect(str(service))
        heard = await connection.client.subscribe(wake_subject(service))
        await connection.client.publish(wake_subject(service), b"")
        assert (await heard.next_msg(timeout=20)).subject == wake_subject(service)
        for other in Service:
            if other != service:
                assert await connection.refuses_publish(wake_subject(other))


FOREIGN_REQUESTS = {
    "stream info": ("STREAM.INFO.{stream}", {}),
    "stream names": ("STREAM.NAMES", {}),
    "account info": ("INFO", {}),
    "message get": ("STREAM.MSG.GET.{stream}", {"seq": 1}),
    "direct get": ("DIRECT.GET.{stream}", {"seq": 1}),
    "purge": ("STREAM.PURGE.{stream}", {}),
    "delete of the stream": ("STREAM.DELETE.{stream}", {}),
    "delete of its own consumer": ("CONSUMER.DELETE.{stream}.{listener}", {}),
    "another listener's consumer": ("CONSUMER.MSG.NEXT.{stream}.{other}", {"batch": 1}),
    "another listener's consumer info": ("CONSUMER.INFO.{stream}.{other}", {}),
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


@pytest.mark.parametrize("what", FOREIGN_REQUESTS)
async def test_a_listener_can_ask_for_nothing_but_its_next_messages(
    generated_border: Border, what: str
) -> None:
    request, body = FOREIGN_REQUESTS[what]
    await publish_everything(generated_border, Service.UNITS)
    for publisher, listener in PAIRS:
        (other,) = [service for service in Service if service not in (publisher, listener)]
        names = {"stream": stream_of(publisher), "listener": str(listener), "other": str(other)}
        data = json.dumps(body)
        for name, value in names.items():
            data = data.replace(f"{{{name}}}", value)
        connection = await generated_border.connect(str(listener))
        prefixes = ("$JS.API", f"JS.{account_of(publisher)}.API", f"$JS.{publisher}.API", "$JS.property.API")
        for prefix in prefixes:
            subject = f"{prefix}.{request.format(**names)}"
            assert await connection.refuses_publish(subject, data.encode()), subject
        # Nor is there a way round the user's permissions: the account itself was never given more.
        admin = await generated_border.connect(f"{listener}_admin")
        answer = await admin.answer(f"$JS.API.{request.format(**names)}", data.encode(), wait=0.05)
        assert answer is None or b"evt." not in answer
    info = (
        await (await generated_border.connect("units_admin")).client.jetstream().consumers_info("EVT_UNITS")
    )
    assert {consumer.name for consumer in info} == {"support", "tenancy"}


async def test_nobody_acknowledges_for_another(generated_border: Border) -> None:
    await publish_everything(generated_border, Service.UNITS)
    source = source_of(Service.UNITS, Service.TENANCY)
    listener = await generated_border.connect("tenancy")
    js = listener.client.jetstream(prefix=source.api_prefix)
    waiting = await js.pull_subscribe_bind(consumer=source.consumer, stream=source.stream)
    taken = await waiting.fetch(3, timeout=20)
    for user in ("support", "support_admin", "units", "units_admin"):
        thief = await generated_border.connect(user)
        assert await thief.refuses_publish(taken[0].reply, b"+ACK"), user
    info = await waiting.consumer_info()
    assert (info.ack_floor.stream_seq, info.num_ack_pending) == (0, 3)


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("units", "wrong"),
        ("units", ""),
        ("support_admin", "wrong"),
        ("nobody", "wrong"),
        ("", ""),
        ("sys", "sys"),
        ("support", 'pw "units" $1/@:é'),
    ],
)
async def test_a_wrong_sign_in_is_refused(generated_border: Border, user: str, password: str) -> None:
    for service in Service:
        with pytest.raises((nats.errors.Error, OSError), match=r"(?i)authorization|refused|no servers"):
            await generated_border.connect(user, at=service, password=password)


async def test_an_admin_sets_up_and_never_speaks_nor_listens_to_others(generated_border: Border) -> None:
    await publish_everything(generated_border, Service.UNITS)
    for service, publisher in product(Service, Service):
        if service == publisher:
            continue
        admin = await generated_border.connect(f"{service}_admin")
        source = source_of(publisher, service)
        subject = f"{source.api_prefix}.CONSUMER.MSG.NEXT.{source.stream}.{source.consumer}"
        assert await admin.refuses_publish(subject, b'{"batch":1}')


async def test_an_acknowledged_event_is_on_the_disk(generated_border: Border) -> None:
    for server in {id(server): server for server in generated_border.servers.values()}.values():
        assert server.asked("varz")["jetstream"]["config"]["sync_always"] is True


async def test_a_stream_keeps_what_it_was_told(generated_border: Border) -> None:
    await publish_everything(generated_border, Service.SUPPORT)
    js = (await generated_border.connect("support_admin")).client.jetstream()
    with pytest.raises(APIError):
        await js.purge_stream("EVT_SUPPORT")
    with pytest.raises(APIError):
        await js.delete_msg("EVT_SUPPORT", 1)
    assert await messages_kept(generated_border, Service.SUPPORT) == len(
        CATALOGUE.published_by(Service.SUPPORT)
    )


async def test_an_event_that_is_too_large_is_refused_by_the_server(generated_border: Border) -> None:
    connection = await generated_border.connect("units")
    with pytest.raises(nats.errors.MaxPayloadError):
        await connection.client.publish("evt.units.unit_published.v1", b"x" * 70_000)


async def test_batches_are_kept_whole(generated_border: Border) -> None:
    connection = await generated_border.connect("units")
    subject, batch = "evt.units.unit_withdrawn.v1", str(uuid4())
    for number in (1, 2):
        headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)}
        await connection.client.publish(subject, message("unit_withdrawn", id=uuid4()), headers=headers)
    assert await messages_kept(generated_border, Service.UNITS) == 0  # not before it is committed
    headers = {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": "3", "Nats-Batch-Commit": "1"}
    answer = await connection.client.request(
        subject, message("unit_withdrawn", id=uuid4()), headers=headers, timeout=20
    )
    assert json.loads(answer.data)["count"] == 3
    assert await messages_kept(generated_border, Service.UNITS) == 3
