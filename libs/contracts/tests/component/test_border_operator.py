"""With a server for each organisation, whoever runs one of them gains nothing over the other (W1)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.aio.msg import Msg

from contracts.border.grants import stream_of
from contracts.catalogue import CATALOGUE
from contracts.examples import message
from contracts.words import Service

pytestmark = pytest.mark.row("W1")

Border = Any
Start = Callable[..., Border]

_ACCOUNT = re.compile(r"^  ([A-Z_]+): \{\n(    users: \[\n)?", re.MULTILINE)
REQUESTS = {"STREAM.INFO": b"", "STREAM.MSG.GET": b'{"seq":1}', "CONSUMER.LIST": b""}
_ALLOWED = re.compile(r"allow: \[[^]]*\]")


def with_spies(config: str) -> str:
    """Return a configuration without limits, and with a user in each account to use that."""
    before, accounts, after = config.partition("\naccounts: {\n")

    def let_in(found: re.Match[str]) -> str:
        account, opened = found[1], found[2]
        spy = f'      {{ user: "spy_{account}", password: "spy" }}\n'
        return f"  {account}: {{\n    users: [\n{spy}" + ("" if opened else "    ]\n")

    without_limits = _ALLOWED.sub('allow: [">"]', _ACCOUNT.sub(let_in, after))
    return before + accounts + without_limits


def joined_directly(config: str) -> str:
    """Return a configuration whose leaf node joins the organisation's own account."""
    return re.sub(r'account: "([A-Z]+)_AT_[A-Z]+"\n(\s+url:)', r'account: "\1"\n\2', config)


async def what_spies_learn(border: Border, spied: Service, operators: Service) -> tuple[list[bytes], int]:
    """Let the operator of a server try everything; return what was learnt and how many lies were kept.

    Nobody at home fetches meanwhile, so that nothing of the spied service's events should be under way.
    """
    await border.establish()
    server, stream = border.servers[operators], stream_of(spied)
    spies = re.findall(r'"(spy_[A-Z_]+)"', border.configs[operators])
    assert any("_AT_" in spy for spy in spies)
    assert any("GUEST_" in spy for spy in spies)

    seen: list[Msg] = []

    async def watch(found: Msg) -> None:
        seen.append(found)

    clients = [
        await nats.connect(f"nats://127.0.0.1:{server.port}", user=spy, password="spy", allow_reconnect=False)
        for spy in spies
    ]
    for client in clients:
        await client.subscribe(">", cb=watch)
        await client.flush()
    await asyncio.sleep(0.3)  # interest travels to the other server, if it is going to

    speaker = (await border.connect(str(spied))).client.jetstream()
    said = [model.terms for model in CATALOGUE.published_by(spied)]
    for terms in said:
        await speaker.publish(terms.subject, message(terms.name, id=uuid4()))

    forged: set[bytes] = set()
    away = [other for other in Service if border.servers[other] is not server]
    for client in clients:
        for terms in said:
            lie = message(terms.name, id=uuid4())
            forged.add(lie)
            await client.publish(terms.subject, lie)
        for api in ("$JS.API", "$JS.support.API", "$JS.property.API", "JS.SUPPORT.API", "JS.PROPERTY.API"):
            for request, body in (
                ("STREAM.INFO", b""),
                ("STREAM.MSG.GET", b'{"seq":1}'),
                ("CONSUMER.LIST", b""),
            ):
                await client.publish(f"{api}.{request}.{stream}", body, reply="_INBOX.spy")
            for other in away:  # a consumer granted to somebody at the spied organisation's own server
                await client.publish(f"{api}.CONSUMER.MSG.NEXT.{stream}.{other}", b"1", reply="_INBOX.spy")
        for other in away:
            await client.publish(f"$JS.ACK.{stream}.{other}.1.1.1.1.0", b"+ACK")
        await client.flush()
    await asyncio.sleep(0.5)

    assert forged & {found.data for found in seen}, "the spies did not watch at all"
    about = (f"evt.{spied}.".encode(), b'"state":')
    learnt = [m.data for m in seen if m.data not in forged and any(word in m.data for word in about)]
    admin = (await border.connect(f"{spied}_admin")).client.jetstream()
    kept = (await admin.stream_info(stream)).state.messages - len(said)
    for client in clients:
        await client.close()
    await border.close()
    return learnt, kept


@pytest.mark.parametrize(
    ("spied", "operators"),
    [(Service.SUPPORT, Service.UNITS), (Service.UNITS, Service.SUPPORT), (Service.TENANCY, Service.SUPPORT)],
    ids=str,
)
async def test_an_operator_neither_watches_nor_speaks_for_the_other(
    own_servers: Start, spied: Service, operators: Service
) -> None:
    border = own_servers({operators: with_spies})
    assert await what_spies_learn(border, spied, operators) == ([], 0)


async def test_the_spies_would_notice_accounts_that_are_joined_directly(own_servers: Start) -> None:
    border = own_servers({Service.UNITS: with_spies, Service.SUPPORT: joined_directly})
    learnt, kept = await what_spies_learn(border, Service.SUPPORT, Service.UNITS)
    assert learnt
    assert kept > 0
