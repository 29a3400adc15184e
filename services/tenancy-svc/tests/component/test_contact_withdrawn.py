"""A name and contact that came by a consent go with it, unless a lease is drawn up with them (W5, W13)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

REFERRAL = uuid.UUID(int=7)
NAME = {"given": "Zdenka", "family": "Quillfeather"}
CONTACT = {"phone": "416-555-0142", "email": "zdenka@mail.example", "language": "en"}
PERSON = {
    "part": "tenant",
    "given_name": "Zdenka",
    "family_name": "Quillfeather",
    "phone": "416-555-0142",
    "email": "zdenka@mail.example",
}


async def _referred(world: Any) -> uuid.UUID:
    unit = await world.home()
    await world.receive("tenancy_referred", referral=REFERRAL, unit=unit, name=NAME, contact=CONTACT)
    return (await world.rows("SELECT application_id FROM counterpart"))[0]["application_id"]


async def _forgotten(world: Any) -> bool:
    """Whether no row of any table holds the person's name any more."""
    names = await world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    for name in sorted(row["tablename"] for row in names):
        for row in await world.rows(f'SELECT * FROM "{name}"'):  # noqa: S608 -- the catalogue's own names
            if "Quillfeather" in repr(row) or "555-0142" in repr(row):
                return False
    return True


async def _post(api: Any, path: str, body: Any = None) -> Any:
    answer = await api.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@pytest.mark.row("W5", "W13", "T1")
@pytest.mark.parametrize("first", [False, True], ids=["after the referral", "before the referral"])
async def test_what_only_the_referral_brought_is_deleted(world: Any, first: bool) -> None:
    if first:
        await world.receive("contact_withdrawn", referral=REFERRAL)
    application = await _referred(world)
    await world.receive("contact_withdrawn", referral=REFERRAL)
    assert await _forgotten(world)
    async with world.api("property_manager") as api:
        shown = (await api.get(f"/applications/{application}")).json()
    assert (shown["people"], shown["contact_retained"]) == ([], False)
    assert shown["contact_withdrawn_at"]


@pytest.mark.row("W5", "T1")
@pytest.mark.parametrize("given", [False, True], ids=["saved unchanged", "given in person"])
async def test_what_the_applicant_gave_in_person_stays(world: Any, given: bool) -> None:
    application = await _referred(world)
    own = {**PERSON, "phone": "416-555-0142" if not given else "647-555-0199"}
    async with world.api("property_manager") as api:
        version = (await api.get(f"/applications/{application}")).json()["version"]
        saved = await api.put(
            f"/applications/{application}/people", json={"version": version, "people": [own]}
        )
        assert saved.is_success, saved.text
        await world.receive("contact_withdrawn", referral=REFERRAL)
        shown = (await api.get(f"/applications/{application}")).json()
    assert bool(shown["people"]) is given
    assert await _forgotten(world) is not given


@pytest.mark.row("W5", "W13", "T4")
@pytest.mark.parametrize("discarded", ["never", "before", "after"])
async def test_a_lease_keeps_them_and_the_page_says_why(world: Any, visitor: Any, discarded: str) -> None:
    application = await _referred(world)
    async with world.api("property_manager") as api:
        await _post(api, f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [PERSON]}
        lease = (await _post(api, "/leases", {"application_id": str(application), **terms}))["id"]
        if discarded == "before":
            assert (await api.delete(f"/leases/{lease}")).is_success
        await world.receive("contact_withdrawn", referral=REFERRAL)
        if discarded == "after":
            assert not await _forgotten(world)
            assert (await api.delete(f"/leases/{lease}")).is_success
        shown = (await api.get(f"/applications/{application}")).json()
    stays = discarded == "never"
    assert shown["contact_retained"] is stays
    assert await _forgotten(world) is not stays
    for locale, words in (("en", "because a lease names them"), ("fr", "parce qu’un bail est établi")):
        manager = visitor("property_manager", locale=locale)
        page = await manager.go(f"/property-desk/applications/{application}")
        assert (words in page.text) is stays
