"""The inventory asks for entry to a tenant's home, and the landlord answers (U7)."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import uuid
from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from contracts import tenancy as published
from contracts.envelope import read
from tenancy_svc.entry.commands import answer_entry
from tenancy_svc.entry.model import AnswerEntry, EntryAnswer, EntryWithdrawn

pytestmark = pytest.mark.row("U7", "W1")

START = dt.datetime(2026, 3, 5, 9, tzinfo=ZoneInfo("America/Toronto"))
WINDOW = {"starts_at": START, "ends_at": START + dt.timedelta(hours=3)}


async def let(world: Any) -> uuid.UUID:
    """Return a home whose lease is in force."""
    unit: uuid.UUID = await world.home()
    signing = await world.ready_to_sign(unit, start_on="2026-03-02", meeting="2026-03-02T14:00:00-05:00")
    async with world.api("property_manager") as api:
        answer = await api.post(f"/signings/{signing}/signature", json={"tenants_agreed": True})
        assert answer.is_success, answer.text
    return unit


async def asked(world: Any, unit: uuid.UUID, **changes: Any) -> uuid.UUID:
    """Let the inventory ask for entry, and return its reference."""
    request = uuid.uuid4()
    await world.receive("entry_requested", request=request, unit=unit, **{**WINDOW, **changes})
    return request


async def answers(world: Any) -> list[published.EntryAnsweredV1]:
    """Return the answers in the outbox, as the inventory reads them."""
    rows = await world.rows(
        "SELECT data FROM outbox WHERE type = $1 ORDER BY position",
        published.EntryAnsweredV1.terms.key,
    )
    return [read(published.EntryAnsweredV1, row["data"]).data for row in rows]


async def test_a_request_is_listed_answered_and_published(world: Any) -> None:
    request = await asked(world, await let(world))
    async with world.api("property_manager") as api:
        (line,) = (await api.get("/entry-requests")).json()["items"]
        assert (line["id"], line["state"], line["version"]) == (str(request), "open", 1)
        early = {"answer": "notice_given", "delivered_at": "2026-03-02T09:00:00-05:00", "version": 1}
        assert (await api.post(f"/entry-requests/{request}/answer", json=early)).status_code == 204
        stale = await api.post(f"/entry-requests/{request}/answer", json=early)
        assert (stale.status_code, stale.json()["code"]) == (409, "edited_meanwhile")
        assert (await api.get("/entry-requests")).json()["items"] == []
        (line,) = (await api.get("/entry-requests?listed=answered")).json()["items"]
        assert line["entry_from"] == "2026-03-03T14:00:00Z"
        agreed = {"answer": "tenant_agreed", "version": 2}
        assert (await api.post(f"/entry-requests/{request}/answer", json=agreed)).status_code == 204
        record = (await api.get(f"/entry-requests/{request}")).json()
        assert len(record["timeline"]) == 3
    sent = await answers(world)
    assert [(one.answer.value, one.entry_from, one.reason) for one in sent] == [
        ("notice_given", dt.datetime(2026, 3, 3, 14, tzinfo=dt.UTC), None),
        ("tenant_agreed", None, None),
    ]
    rows = await world.rows("SELECT aggregate_version, data FROM outbox WHERE subject LIKE '%entry%'")
    assert [row["aggregate_version"] for row in rows] == [1, 2]
    fields = set(json.loads(rows[0]["data"])["data"])
    assert fields <= {"request", "unit", "answer", "entry_from", "reason"}


async def test_my_day_says_by_when_a_notice_has_to_be_delivered(world: Any) -> None:
    unit = await let(world)
    request = await asked(world, unit)
    over = dt.datetime(2026, 3, 1, 9, tzinfo=START.tzinfo)
    await asked(world, unit, starts_at=over, ends_at=over + dt.timedelta(hours=1))
    async with world.api("property_manager") as api:
        (due,) = (await api.get("/my-day")).json()["due"]
        assert (due["task"], due["page"], due["at"]) == (
            "answer_entry",
            "entry_request",
            {"request_id": str(request)},
        )
        assert due["by"] == "2026-03-04T14:00:00Z"
        await api.post(f"/entry-requests/{request}/answer", json={"answer": "tenant_agreed", "version": 1})
        assert (await api.get("/my-day")).json()["due"] == []


async def test_without_a_tenancy_the_answer_comes_by_itself(world: Any) -> None:
    unit = await world.home()
    for home in (unit, uuid.uuid4()):
        await asked(world, home)
    assert [(one.answer.value, one.reason and one.reason.value) for one in await answers(world)] == [
        ("refused", "no_tenancy")
    ] * 2
    async with world.api("property_manager") as api:
        line = (await api.get(f"/entry-requests?listed=answered&unit={unit}")).json()["items"][0]
        assert line["answered_by"] is None
        agreed = {"answer": "tenant_agreed", "version": line["version"]}
        refused = await api.post(f"/entry-requests/{line['id']}/answer", json=agreed)
        assert refused.json()["code"] == "no_tenancy_there"


async def test_twice_is_once_and_a_withdrawn_request_stays_withdrawn(world: Any) -> None:
    unit = await let(world)
    request = await asked(world, unit)
    subject, message = world.received[-1]
    await world.deliver(subject, message)
    withdrawn = {"request": request, "unit": unit, "reason": "window_changed"}
    await world.receive("entry_request_withdrawn", **withdrawn)
    await world.receive("entry_request_withdrawn", **withdrawn)
    await world.deliver(subject, message)
    rows = await world.rows("SELECT state, withdrawal FROM entry_request")
    assert [tuple(row.values()) for row in rows] == [("withdrawn", "window_changed")]
    version = (await world.rows("SELECT version FROM entry_request"))[0]["version"]
    command = AnswerEntry(request=request, answer=EntryAnswer.TENANT_AGREED, version=version)
    with pytest.raises(EntryWithdrawn):
        await world.do(answer_entry, command)
    # Its withdrawal is received first: the request that comes later never becomes open.
    other = uuid.uuid4()
    await world.receive("entry_request_withdrawn", request=other, unit=unit, reason="nobody_lives_there")
    await world.receive("entry_requested", request=other, unit=unit, **WINDOW)
    rows = await world.rows("SELECT state FROM entry_request WHERE id = $1", other)
    assert [row["state"] for row in rows] == ["withdrawn"]
    assert await answers(world) == []


async def test_answered_at_once_by_two_one_reads_again_and_one_key_is_one_answer(world: Any) -> None:
    request = await asked(world, await let(world))
    body = {"answer": "refused", "reason": "not_enough_notice", "version": 1}
    async with world.api("property_manager") as api:
        sent = await asyncio.gather(
            *(api.post(f"/entry-requests/{request}/answer", json=body) for _ in range(4))
        )
    assert Counter(one.status_code for one in sent) == {204: 1, 409: 3}
    async with world.api("property_manager", **{"Idempotency-Key": "once"}) as api:
        body = {"answer": "tenant_agreed", "version": 2}
        again = [await api.post(f"/entry-requests/{request}/answer", json=body) for _ in range(2)]
        assert [one.status_code for one in again] == [204, 204]
    assert len(await answers(world)) == 2


async def test_a_list_of_any_length_is_read_page_by_page(world: Any) -> None:
    unit = await let(world)
    for hour in (0, 0, 2, 1, 3):
        shifted = dt.timedelta(hours=hour)
        window = {key: moment + shifted for key, moment in WINDOW.items()}
        request = await asked(world, unit, **window)
        withdrawn = {"request": request, "unit": unit, "reason": "window_changed"}
        await asked(world, unit, **window)
        await world.receive("entry_request_withdrawn", **withdrawn)
    # Withdrawn before it arrived: without a window.
    await world.receive(
        "entry_request_withdrawn", request=uuid.uuid4(), unit=unit, reason="nobody_lives_there"
    )

    async with world.api("property_manager") as api:

        async def read_all(listed: str) -> list[str]:
            starts, seen, after = [], set(), None
            while after is not None or not seen:
                params = {"listed": listed, "limit": 2} | ({"after": after} if after else {})
                page = (await api.get("/entry-requests", params=params)).json()
                starts += [line["starts_at"] for line in page["items"]]
                seen |= {line["id"] for line in page["items"]}
                assert len(page["items"]) in (1, 2)
                after = page["next"]
            assert page["count"] == len(starts) == len(seen)
            return starts

        soonest = await read_all("open")
        assert soonest == sorted(soonest)
        assert len(soonest) == 5
        *latest, unknown = await read_all("withdrawn")
        assert (latest, unknown) == (soonest[::-1], None)


async def test_only_managers_see_and_answer(world: Any) -> None:
    request = await asked(world, await let(world))
    body = {"answer": "tenant_agreed", "version": 1}
    for role in ("property_administrator", "inventory_keeper"):
        async with world.api(role) as api:
            assert (await api.get("/entry-requests")).status_code == 403
            assert (await api.post(f"/entry-requests/{request}/answer", json=body)).status_code == 403


@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_at_the_desk_a_request_is_found_and_answered(world: Any, visitor: Any, locale: str) -> None:
    request = await asked(world, await let(world))
    manager = visitor("property_manager", locale=locale)
    assert str(request) in (await manager.go("/property-desk/entry-requests")).html
    await manager.go(f"/property-desk/entry-requests/{request}")
    path = f"/property-desk/entry-requests/{request}/answer"
    await manager.go(path)
    march = {"delivered_at__month": "3", "delivered_at__year": "2026", "delivered_at__time": "9:00"}
    # What would be refused is shown before anything has to be confirmed.
    await manager.send("/answer", status=422, answer="refused")
    await manager.go(path)
    # Nothing is delivered on a day that hasn't come.
    await manager.send("/answer", status=422, answer="notice_given", delivered_at__day="4", **march)
    await manager.go(path)
    await manager.send("/answer", answer="notice_given", delivered_at__day="2", **march)
    await manager.send("/answer")
    assert manager.path == f"/property-desk/entry-requests/{request}"
    assert [one.answer.value for one in await answers(world)] == ["notice_given"]
    await manager.go("/property-desk/entry-requests?listed=answered")
    await manager.go("/property-desk/entry-requests?listed=withdrawn")
