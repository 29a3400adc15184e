"""No account can use up the server for the others, and none sees another's state (W1)."""

from __future__ import annotations

import json
from typing import Any

import nats.errors
import pytest
from nats.js.errors import APIError

from contracts.border import Grants, Seat, jetstream, stream_for
from contracts.border.config import ACCOUNT_BYTES, CONNECTIONS, MAX_FILE_STORE
from contracts.border.grants import SERVER_STATE, own_stream_subjects
from contracts.enrolment import Plan, PlannedParty
from contracts.words import PartyKind, Service
from testkit.parties import plan

pytestmark = pytest.mark.row("W1")

Border = Any
SEATS = plan("two-of-each").seats
SUPPORT = Seat("support", Service.SUPPORT)


async def test_one_account_s_connections_leave_room_for_the_others(generated_border: Border) -> None:
    refused = 0
    for _ in range(CONNECTIONS + 20):
        try:
            await generated_border.connect(SUPPORT.account)
        except nats.errors.Error as error:
            assert "maximum account active connections" in str(error)  # noqa: PT017 - each is looked at
            refused += 1
    assert refused >= 20
    other = await generated_border.connect(SEATS[0].account)
    assert json.loads(await other.answer(SERVER_STATE, b"", wait=5) or b"")["data"]["jetstream"]


async def test_one_account_can_t_reserve_the_store(generated_border: Border) -> None:
    admin = jetstream((await generated_border.connect(SUPPORT.admin)).client)
    with pytest.raises(APIError):
        await admin.add_stream(name="GREEDY", subjects=["greedy"], max_bytes=64 * 1024**3)
    with pytest.raises(APIError):
        await admin.add_stream(name="SECOND", subjects=["second"])
    with pytest.raises(APIError):
        await admin.add_stream(name="MEMORY", subjects=["memory"], storage="memory", max_bytes=1024**2)


async def test_a_seat_asks_for_its_own_stream_and_the_server_s_state_alone(generated_border: Border) -> None:
    for seat in SEATS:
        own = await generated_border.connect(seat.account)
        answer = json.loads(await own.answer(own_stream_subjects(seat)[0], b"", wait=5) or b"")
        assert answer["config"]["name"] == seat.stream
        state = json.loads(await own.answer(SERVER_STATE, b"", wait=5) or b"")["data"]
        assert state["jetstream"]["config"]["sync_always"] is True
        # Figures of the whole server: no account, user or address of a connection.
        assert not {"accounts", "account_details", "connections_detail", "users"} & state.keys()
        for other in set(SEATS) - {seat}:
            for subject in own_stream_subjects(other):
                assert await own.refuses_publish(subject)
        for question in ("CONNZ", "JSZ", "ACCOUNTZ", "SUBSZ", "VARZ"):
            assert await own.refuses_publish(f"$SYS.REQ.SERVER.PING.{question}")


def test_every_account_may_store_what_its_stream_may() -> None:
    """For any number of parties, and within what the server may store."""
    parties = [
        PlannedParty(id=f"party-{n}", names={"en": "x", "fr": "x"}, kinds=(kind,))
        for n, kind in enumerate([*PartyKind] * 100)
    ]
    seats = Plan(parties=tuple(parties)).seats
    stream = stream_for(seats[0], Grants(seats))
    assert stream is not None
    assert stream.max_bytes < ACCOUNT_BYTES
    assert len(seats) * ACCOUNT_BYTES < MAX_FILE_STORE
