"""A home held for one household isn't let to another, and a hold that is over ends what depended on it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tenancy_svc.homes.model import Hold, HoldStatus, stands_at

PARTY = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
TERMS = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [PARTY]}
MEETING = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
NAMED = {"name": {"given": "Robin", "family": "Sample"}}
ANSWERS = {"given_on": "2026-03-02", "signing": "share", "start": "share", "notices": "share"}


async def _post(api: Any, path: str, body: Any = None) -> tuple[int, str]:
    answer = await api.post(path, json=body)
    return answer.status_code, answer.json().get("code", "") if answer.content else ""


@pytest.mark.row("T1", "T4", "U9")
async def test_a_direct_lease_on_a_home_held_for_another_is_refused_at_every_step(world: Any) -> None:
    """The hold alone decides, also while the copy of the home still has its former occupancy."""
    unit = await world.home()
    held = {"request": uuid.uuid4(), "unit": unit, "deadline": world.clock.now() + dt.timedelta(days=9)}
    async with world.api("property_manager") as api:
        opened = (
            await api.post("/applications", json={"unit": str(unit), "adults": 1, "people": [PARTY]})
        ).json()["id"]
        second = (
            await api.post("/applications", json={"unit": str(unit), "adults": 1, "people": [PARTY]})
        ).json()["id"]
        await api.post(f"/applications/{second}/acceptance")
        ready = await world.ready_to_sign(unit)
        await world.receive("unit_secured", **held)
        refused = (409, "home_held")
        early = {"tenants_agreed": True}
        assert await _post(api, f"/applications/{opened}/acceptance") == refused
        assert await _post(api, "/leases", {"application_id": second, **TERMS}) == refused
        assert await _post(api, f"/signings/{ready}/signature", early) == refused
        version = (await api.get(f"/signings/{ready}")).json()["version"]
        moved = {**MEETING, "version": version, "starts_at": "2026-03-06T14:00:00-05:00"}
        assert await _post(api, f"/signings/{ready}/move", moved) == refused
        await world.receive("unit_released", request=held["request"], unit=unit, reason="request_withdrawn")
        assert await _post(api, f"/applications/{opened}/acceptance") == (204, "")


@pytest.mark.row("T4", "U4")
@pytest.mark.parametrize("referred", [True, False])
async def test_a_tenancy_names_the_request_that_it_fulfils(world: Any, referred: bool) -> None:
    unit = await world.home()
    request = None
    if referred:
        application, _, _ = await world.referral(unit=unit, **NAMED)
        request = (await world.rows("SELECT request FROM application"))[0]["request"]
        async with world.api("property_manager") as api:
            await api.post(f"/applications/{application}/acceptance")
            lease = (await api.post("/leases", json={"application_id": str(application), **TERMS})).json()
            signing = (await api.post(f"/leases/{lease['id']}/signings", json=MEETING)).json()["id"]
            await api.post(f"/signings/{signing}/rights-explained")
            await world.attest(api, signing)
    else:
        signing = await world.ready_to_sign(unit)
    world.meet(MEETING["starts_at"])
    async with world.api("property_manager") as api:
        assert (await _post(api, f"/signings/{signing}/signature"))[0] == 200
    rows = await world.rows("SELECT data FROM outbox WHERE subject LIKE '%.tenancy.tenancy_started.%'")
    sent = rows[0]["data"]["data"] if isinstance(rows[0]["data"], dict) else rows[0]["data"]
    assert (str(request) in str(sent)) is referred


@pytest.mark.row("T4", "U9")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_property_desk_is_informed_when_a_lease_crossed_a_hold(
    world: Any, visitor: Any, locale: str
) -> None:
    unit, request = await world.home(), uuid.uuid4()
    signing = await world.ready_to_sign(unit)
    world.meet()
    async with world.api("property_manager") as api:
        await api.post(f"/signings/{signing}/signature")
        lease = (await api.get(f"/signings/{signing}")).json()["lease"]["id"]
    world.clock.advance(dt.timedelta(minutes=2))
    # The inventory had held it in the same minute, and reported it after the signatures.
    await world.receive("unit_secured", request=request, unit=unit, deadline=world.clock.now())
    await world.receive("unit_released", request=request, unit=unit, reason="let_to_another")
    desk = visitor("property_manager", locale=locale)
    words = "réservé pour une autre personne" if locale == "fr" else "held for another applicant"
    page = await desk.go("/property-desk")
    assert words in page.html
    assert f'href="/property-desk/leases/{lease}"' in page.html
    assert words in (await desk.go(f"/property-desk/leases/{lease}")).html
    world.clock.advance(dt.timedelta(days=15))
    assert words not in (await desk.go("/property-desk")).html


@pytest.mark.row("T1", "T4")
async def test_after_the_hold_is_gone_nothing_is_accepted_or_drawn_up(world: Any, visitor: Any) -> None:
    received, _, _ = await world.referral(**NAMED)
    accepted, _, _ = await world.referral(**NAMED)
    desk = visitor("property_manager")
    async with world.api("property_manager") as api:
        assert await _post(api, f"/applications/{accepted}/acceptance") == (204, "")
        for row in await world.rows("SELECT request, unit FROM hold"):
            await world.receive("unit_released", **row, reason="deadline_passed")
        assert await _post(api, f"/applications/{received}/acceptance") == (409, "hold_ended")
        assert await _post(api, "/leases", {"application_id": str(accepted), **TERMS}) == (409, "hold_ended")
    for application, act in ((received, "accept"), (accepted, "lease")):
        page = await desk.go(f"/property-desk/applications/{application}")
        assert f"/{application}/{act}" not in page.html
        assert f"/{application}/decline" in page.html
    day = await desk.go("/property-desk")
    assert "Decide on the application" not in day.html
    assert "Draw up the lease" not in day.html
    assert day.html.count("The hold on the home ended") == 2


@pytest.mark.row("T1", "U9")
@pytest.mark.parametrize("way", ["decline", "withdrawal"])
@pytest.mark.parametrize("decided", ["received", "accepted"])
async def test_a_closed_application_gives_its_home_back_at_once(world: Any, way: str, decided: str) -> None:
    application, _, unit = await world.referral(**NAMED)
    body = {"reason": "legal_age_rule"} if way == "decline" else None
    async with world.api("property_manager") as api:
        if decided == "accepted":
            await api.post(f"/applications/{application}/acceptance")
        assert await _post(api, f"/applications/{application}/{way}", body) == (204, "")
    assert await world.published("pending") == [
        "application_opened",
        "application_declined",
        "application_closed",
    ]
    rows = await world.rows("SELECT convert_from(data::text::bytea, 'UTF8') AS sent FROM outbox")
    assert str(unit) in rows[-1]["sent"]
    direct = await world.home()
    async with world.api("property_manager") as api:
        opened = await api.post("/applications", json={"unit": str(direct), "adults": 1, "people": [PARTY]})
        assert await _post(api, f"/applications/{opened.json()['id']}/{way}", body) == (204, "")
    assert len(await world.published()) == 3, "an application that came directly holds nothing"


@pytest.mark.row("T5", "W4", "U9")
async def test_when_the_hold_ends_the_signing_is_cancelled_on_both_sides(world: Any, visitor: Any) -> None:
    application, _, unit = await world.referral(**NAMED)
    request = (await world.rows("SELECT request FROM application"))[0]["request"]
    async with world.api("property_manager") as api:
        await api.post(f"/applications/{application}/choices", json={**ANSWERS, "party": "support"})
        await api.post(f"/applications/{application}/acceptance")
        lease = (await api.post("/leases", json={"application_id": str(application), **TERMS})).json()["id"]
        signing = (await api.post(f"/leases/{lease}/signings", json=MEETING)).json()["id"]
        await world.receive("unit_released", request=request, unit=unit, reason="inventory_decision")
        assert (await api.get(f"/signings/{signing}")).json()["status"] == "cancelled"
        for act, body in (
            ("rights-explained", None),
            ("attestations", {"side": "landlord"}),
            ("signature", None),
            ("unsigned-end", None),
        ):
            assert await _post(api, f"/signings/{signing}/{act}", body) == (409, "signing_over"), act
        assert await _post(api, f"/leases/{lease}/signings", MEETING) == (409, "hold_ended")
    assert await world.published("pending") == [
        "application_opened",
        "signing_scheduled",
        "signing_cancelled",
    ]
    day = await visitor("property_manager").go("/property-desk")
    assert "Hold the signing" not in day.html
    assert "Arrange the signing" not in day.html


@pytest.mark.row("T1", "U9")
async def test_a_query_and_a_page_agree_on_which_holds_stand(world: Any) -> None:
    now = world.clock.now()
    passed, later = now - dt.timedelta(microseconds=1), now + dt.timedelta(days=1)
    holds = [
        Hold(request=uuid.uuid4(), unit=uuid.uuid4(), status=status, deadline=deadline)
        for status in HoldStatus
        for deadline in (None, passed, now, later)
    ]
    async with AsyncSession(world.runtime.database.engine) as session:
        session.add_all(holds)
        await session.flush()
        found = set((await session.scalars(select(Hold.request).where(stands_at(now)))).all())
        standing = {hold.request for hold in holds if hold.stands(now)}
    assert found == standing
    assert len(standing) == 3
