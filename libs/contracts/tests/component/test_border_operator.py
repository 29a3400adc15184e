"""With a server for each side, whoever runs one of them gains nothing over the other (W1)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import nats
import pytest
from nats.aio.msg import Msg

from contracts.border import Seat, jetstream
from contracts.catalogue import CATALOGUE
from contracts.examples import message
from contracts.words import Service
from testkit.parties import plan

pytestmark = pytest.mark.row("W1")

Border = Any
Start = Callable[..., Border]
SEATS = plan("two-of-each").seats
PARTIES = [party.id for party in plan("two-of-each").parties]
UNITS = Seat("property", Service.UNITS)
LAKESIDE = Seat("lakeside-homes", Service.TENANCY)
SUPPORT = Seat("support", Service.SUPPORT)

_ACCOUNT = re.compile(r'^  "?([A-Za-z_-]+)"?: \{\n(    users: \[\n)?', re.MULTILINE)
REQUESTS = {"STREAM.INFO": b"", "STREAM.MSG.GET": b'{"seq":1}', "CONSUMER.LIST": b""}
_ALLOWED = re.compile(r"allow: \[[^]]*\]")


def with_spies(config: str) -> str:
    """Return a configuration without limits, and with a user in each account to use that."""
    before, accounts, after = config.partition("\naccounts: {\n")

    def let_in(found: re.Match[str]) -> str:
        account, opened = found[1], found[2]
        spy = f'      {{ user: "spy_{account}", password: "spy" }}\n'
        return f'  "{account}": {{\n    users: [\n{spy}' + ("" if opened else "    ]\n")

    without_limits = _ALLOWED.sub('allow: [">"]', _ACCOUNT.sub(let_in, after))
    return before + accounts + without_limits


def joined_directly(config: str) -> str:
    """Return a configuration whose leaf nodes join the listeners' own accounts."""
    return re.sub(r'account: "([a-z_-]+)_AT_[a-z]+"\n(\s+url:)', r'account: "\1"\n\2', config)


async def what_spies_learn(border: Border, spied: Seat, operators: Seat) -> tuple[list[bytes], int]:
    """Let the operator of a server try everything; return what was learnt and how many lies were stored.

    Nobody at home fetches meanwhile, so that nothing of the spied seat's events should be under way.
    """
    await border.establish()
    server, stream = border.servers[operators], spied.stream
    spies = re.findall(r'"(spy_[A-Za-z_-]+)"', border.configs[operators])
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

    speaker = jetstream((await border.connect(spied.account)).client)
    published = [
        (terms.subject(spied.party, to), terms, to)
        for terms in (model.terms for model in CATALOGUE.published_by(spied.service))
        for to in (PARTIES if terms.addressed else [None])
    ]
    for subject, terms, to in published:
        data = message(terms.name, id=uuid4(), party=spied.party, addressee=to)
        await speaker.publish(subject, data)

    forged: set[bytes] = set()
    away = [other for other in SEATS if border.servers[other] is not server]
    for client in clients:
        for subject, terms, to in published:
            lie = message(terms.name, id=uuid4(), party=spied.party, addressee=to)
            forged.add(lie)
            await client.publish(subject, lie)
        for api in ("$JS.API", "$JS.support.API", "$JS.property.API", f"JS.{spied.account}.API"):
            for request, body in REQUESTS.items():
                await client.publish(f"{api}.{request}.{stream}", body, reply="_INBOX.spy")
            for other in away:  # a consumer granted to somebody at the spied party's own server
                subject = f"{api}.CONSUMER.MSG.NEXT.{stream}.{other.account}"
                await client.publish(subject, b"1", reply="_INBOX.spy")
        for other in away:
            await client.publish(f"$JS.ACK.{stream}.{other.account}.1.1.1.1.0", b"+ACK")
        await client.flush()
    await asyncio.sleep(0.5)

    assert forged & {found.data for found in seen}, "the spies did not watch at all"
    about = (f"evt.{spied.party}.{spied.service}.".encode(), b'"state":')
    learnt = [m.data for m in seen if m.data not in forged and any(word in m.data for word in about)]
    admin = jetstream((await border.connect(spied.admin)).client)
    stored = (await admin.stream_info(stream)).state.messages - len(published)
    for client in clients:
        await client.close()
    await border.close()
    return learnt, stored


@pytest.mark.parametrize(
    ("spied", "operators"),
    [(SUPPORT, UNITS), (UNITS, SUPPORT), (LAKESIDE, SUPPORT)],
    ids=str,
)
async def test_an_operator_neither_watches_nor_publishes_for_the_other(
    own_servers: Start, spied: Seat, operators: Seat
) -> None:
    border = own_servers({operators: with_spies})
    assert await what_spies_learn(border, spied, operators) == ([], 0)


async def test_the_spies_would_notice_accounts_that_are_joined_directly(own_servers: Start) -> None:
    border = own_servers({UNITS: with_spies, SUPPORT: joined_directly})
    learnt, stored = await what_spies_learn(border, SUPPORT, UNITS)
    assert learnt
    assert stored > 0
