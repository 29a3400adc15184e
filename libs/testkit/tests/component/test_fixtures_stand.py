"""The fixtures that all packages build their tests on."""

from __future__ import annotations

import asyncpg
import httpx
import pytest

from contracts.border import jetstream


async def test_a_fresh_database_belongs_to_one_role_only(fresh_database, postgres_server):
    first, second = await fresh_database(), await fresh_database()
    assert first.name != second.name
    connection = await first.connect()
    try:
        assert await connection.fetchval("SELECT current_user") == "empty"
        assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    finally:
        await connection.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(first.dsn.replace(first.password, "wrong"))


async def test_a_key_set_holds_public_halves_only(key_sets, token_for):
    token = token_for(entity="support", roles=["caseworker"])
    assert token.count(".") == 2
    async with httpx.AsyncClient() as client:
        document = (await client.get(key_sets.url("support"))).json()
    assert [set(key) & {"d", "k"} for key in document["keys"]] == [set()]


async def test_the_bare_broker_keeps_what_it_acknowledged(plain_nats_server):
    connection = await plain_nats_server.connect()
    try:
        stream = jetstream(connection)
        await stream.add_stream(name="T", subjects=["t.>"])
        assert (await stream.publish("t.a", b"x")).seq == 1
    finally:
        await connection.close()


async def test_eventually_reports_the_last_failure(eventually):
    seen = []

    def third_time():
        seen.append(1)
        assert len(seen) == 3, f"only {len(seen)}"
        return "done"

    assert await eventually(third_time) == "done"
    with pytest.raises(AssertionError, match="never"):
        await eventually(_fail, timeout=0.1)


def _fail():
    raise AssertionError("never")


async def test_a_neighbour_publishes_and_is_read(border):
    sent = await border.publish("unit_secured")
    again = await border.publish("unit_secured")
    model = type(sent.data)
    assert [event.aggregateversion for event in await border.published(model)] == [1, 2]
    assert again.id != sent.id
    assert await border.waiting("units", "support") == 2
    await border.start_over()
    assert await border.published(model) == []
