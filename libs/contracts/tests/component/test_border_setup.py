"""The set-up can be repeated, follows the catalogue as it grows and shrinks, and disturbs nobody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.js import JetStreamContext
from nats.js.errors import APIError

from contracts.border import Address, establish, nats_config, sources_for, streams_for, users
from contracts.border.config import password_variable
from contracts.catalogue import CATALOGUE, Catalogue
from contracts.examples import message
from contracts.words import Service

pytestmark = pytest.mark.row("W1")

Border = Any
HASH_OF_PARTYWALL = "$2b$04$WrRUbt3nnRWhp15Hud17.uPsQiFV0LifhKth0yr4OscCk9S7qy/AG"
JOURNEY_START = Catalogue(
    model for model in CATALOGUE.models if model.terms.name in ("unit_published", "unit_requested")
)


async def test_a_second_set_up_changes_nothing(own_server: Border) -> None:
    for service in Service:
        admin = (await own_server.connect(f"{service}_admin")).client
        first = await establish(service, admin)
        stream = streams_for(service)[0].name
        assert first.made[0] == stream
        assert set(first.made[1:]) == {f"{stream}/{to}" for to in CATALOGUE.listeners_of(service)}
        again = await establish(service, admin)
        assert (again.made, again.updated, again.removed) == ((), (), ())
    await own_server.close()


async def test_a_catalogue_that_grows_and_shrinks_is_followed(own_server: Border) -> None:
    admin = (await own_server.connect("units_admin")).client
    await establish("units", admin, JOURNEY_START)
    speaker = (await own_server.connect("units")).client.jetstream()
    await speaker.publish("evt.units.unit_published.v1", message("unit_published", id=uuid4()))
    (source,) = [source for source in sources_for("support") if source.publisher == "units"]
    listener = (await own_server.connect("support")).client.jetstream(prefix=source.api_prefix)
    waiting = await listener.pull_subscribe_bind(consumer=source.consumer, stream=source.stream)
    (first,) = await waiting.fetch(1, timeout=20)
    await first.ack_sync()

    grown = await establish("units", admin)
    assert grown.updated == ("EVT_UNITS/support", "EVT_UNITS/tenancy")
    await speaker.publish("evt.units.unit_secured.v1", message("unit_secured", id=uuid4()))
    (second,) = await waiting.fetch(1, timeout=20)  # the consumer kept its place: nothing comes twice
    assert second.subject == "evt.units.unit_secured.v1"

    nobody = Catalogue(
        [model for model in CATALOGUE.models if model.terms.publisher != "units"]
        + [model for model in JOURNEY_START.models if model.terms.publisher == "units"]
    )
    shrunk = await establish("units", admin, nobody)
    assert shrunk.updated == ("EVT_UNITS/support", "EVT_UNITS/tenancy")
    js = admin.jetstream()
    assert (await js.consumer_info("EVT_UNITS", "support")).config.filter_subjects == [
        "evt.units.unit_published.v1"
    ]
    await own_server.close()


async def test_a_consumer_the_catalogue_does_not_list_is_removed(own_server: Border) -> None:
    admin = (await own_server.connect("units_admin")).client
    await establish("units", admin)
    js = admin.jetstream()
    await js.add_consumer("EVT_UNITS", durable_name="curious", filter_subject="evt.units.unit_secured.v1")
    changes = await establish("units", admin)
    assert changes.removed == ("EVT_UNITS/curious",)
    assert {info.name for info in await js.consumers_info("EVT_UNITS")} == {"support", "tenancy"}
    await own_server.close()


async def test_a_stream_that_was_weakened_is_put_right(own_server: Border) -> None:
    admin = (await own_server.connect("support_admin")).client
    await establish("support", admin)
    js = admin.jetstream()
    weakened = streams_for("support")[0].config()
    weakened.max_bytes = 10_000
    await js.update_stream(weakened)
    assert (await establish("support", admin)).updated == ("EVT_SUPPORT",)
    assert (await js.stream_info("EVT_SUPPORT")).config.max_bytes == streams_for("support")[0].max_bytes
    await own_server.close()


async def _outcome(speaker: JetStreamContext) -> str:
    try:
        await speaker.publish("evt.units.unit_secured.v1", message("unit_secured", id=uuid4()))
    except APIError as error:
        return str(error.description)
    return "kept"


async def test_a_full_stream_refuses_the_new_and_keeps_the_old(own_server: Border) -> None:
    admin = (await own_server.connect("units_admin")).client
    await establish("units", admin)
    full = streams_for("units")[0].config()
    full.max_bytes = 4_000
    await admin.jetstream().update_stream(full)
    speaker = (await own_server.connect("units")).client.jetstream()
    outcomes = [await _outcome(speaker) for _ in range(20)]
    refused = outcomes.count("maximum bytes exceeded")
    assert refused
    assert outcomes == ["kept"] * (20 - refused) + ["maximum bytes exceeded"] * refused
    state = (await admin.jetstream().stream_info("EVT_UNITS")).state
    assert state.first_seq == 1
    assert state.messages == 20 - refused
    await own_server.close()


async def test_a_reload_adds_a_grant_without_disconnecting_anybody(own_server: Border) -> None:
    server = own_server.servers[Service.UNITS]
    whole = own_server.configs[Service.UNITS]
    fewer = Catalogue(model for model in CATALOGUE.models if model.terms.name != "unit_secured")
    passwords = {user: f'pw "{user}" $1/@:é' for user in users()}
    store = server.config.parent / "js"
    listen, monitor = Address("127.0.0.1", server.port), Address("127.0.0.1", server.monitor)
    narrowed = nats_config(
        listen=listen, monitor=monitor, store_dir=str(store), passwords=passwords, catalogue=fewer
    )
    assert narrowed != whole
    speaker = await own_server.connect("units")
    bystander = await own_server.connect("support")
    assert not await _lets_through(speaker, whole, narrowed, server)
    assert await _lets_through(speaker, narrowed, whole, server)
    assert bystander.client.is_connected
    assert speaker.client.is_connected
    await own_server.close()


async def _lets_through(speaker: Any, before: str, after: str, server: Any) -> bool:
    """Reload from one configuration to another; tell whether a unit can be said to be secured afterwards."""
    assert server.config.read_text() == before
    await server.reload(after)
    return not await speaker.refuses_publish("evt.units.unit_secured.v1", within=0.5)


@pytest.mark.parametrize("lacking", [{}, dict.fromkeys(users(), ""), {"units": "x"}])
def test_there_are_no_default_passwords(lacking: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="has no password"):
        nats_config(
            listen=Address("127.0.0.1", 1),
            monitor=Address("127.0.0.1", 2),
            store_dir="/data",
            passwords=lacking,
        )


def test_without_passwords_the_file_holds_no_secret() -> None:
    text = nats_config(listen=Address("0.0.0.0", 4222), monitor=Address("127.0.0.1", 8222), store_dir="/data")  # noqa: S104
    secrets: list[str] = [line.split(":")[1].strip() for line in text.splitlines() if "password" in line]
    assert secrets == [f"${password_variable(user)}" for user in users()]


async def test_a_password_may_be_given_as_its_hash(own_server: Border) -> None:
    server = own_server.servers[Service.UNITS]
    listen, monitor = Address("127.0.0.1", server.port), Address("127.0.0.1", server.monitor)
    store = str(server.config.parent / "js")
    hashed = dict.fromkeys(users(), HASH_OF_PARTYWALL)
    await server.reload(nats_config(listen=listen, monitor=monitor, store_dir=store, passwords=hashed))
    assert (await own_server.connect("units", password="partywall")).client.is_connected
    with pytest.raises((nats.errors.Error, OSError)):
        await own_server.connect("units", password=HASH_OF_PARTYWALL)
    await own_server.close()
