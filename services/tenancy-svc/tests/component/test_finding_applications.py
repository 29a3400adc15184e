"""Applications, leases and homes are found by any part of a name or an address, and named without gaps."""

from __future__ import annotations

from typing import Any

import pytest

from tenancy_svc.my_day.queries import my_day

NAMES = (("Zoë", "Lefèvre"), ("", "Sukarno"), ("Ирина", "Соколова"), ("小明", "王"))
PLACE = {
    "building_name": "Résidence Évangéline",
    "street": "7 Rue Saint-Ambroise",
    "city": "Orléans",
    "province": "ON",
    "postal_code": "K1C 1A1",
}
TYPED = [
    ("Lefevre", "Zoë Lefèvre"),
    ("lefè", "Zoë Lefèvre"),
    ("ZOE lefevre", "Zoë Lefèvre"),
    ("sukarno", "Sukarno"),
    ("irina", "Ирина Соколова"),
    ("Соколова", "Ирина Соколова"),
    ("wang", "小明 王"),
    ("王", "小明 王"),
]


async def found(api: Any, path: str, typed: str, shown: str) -> list[str]:
    answer = await api.get(path, params={"q": typed})
    assert answer.status_code == 200, answer.text
    return [one[shown] for one in answer.json()["items"]]


async def drawn_up(world: Any, api: Any, given: str, family: str) -> str:
    """Open an application for somebody and draw the lease up; return the lease."""
    unit = await world.home(address=PLACE)
    person = {"part": "tenant", "given_name": given, "family_name": family}
    opened = await api.post("/applications", json={"unit": str(unit), "adults": 1, "people": [person]})
    assert opened.is_success, opened.text
    application = opened.json()["id"]
    assert (await api.post(f"/applications/{application}/acceptance")).is_success
    terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [person]}
    lease = await api.post("/leases", json={"application_id": application, **terms})
    assert lease.is_success, lease.text
    return str(lease.json()["id"])


@pytest.mark.row("T1", "T4", "C3")
async def test_records_are_found_without_accents_and_across_scripts(world: Any) -> None:
    async with world.api("property_manager") as api:
        for given, family in NAMES:
            await drawn_up(world, api, given, family)
        for path in ("/applications", "/leases"):
            for typed, name in TYPED:
                assert await found(api, path, typed, "name") == [name], (path, typed)
            assert len(await found(api, path, "evangeline ambroise", "name")) == len(NAMES)
            assert await found(api, path, "lefevre sukarno", "name") == []
            assert await found(api, path, "%", "name") == []
        assert len(await found(api, "/homes", "residence evangeline", "unit")) == len(NAMES)
        for typed in ("saint ambroise", "Orleans", "k1c1a1", "K1C 1A1"):
            assert len(await found(api, "/homes", typed, "unit")) == len(NAMES), typed


@pytest.mark.row("T1", "T4", "X1")
async def test_somebody_with_one_name_is_listed_without_a_gap(world: Any) -> None:
    async with world.api("property_manager") as api:
        lease = await drawn_up(world, api, "", "Sukarno")
        meeting = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
        assert (await api.post(f"/leases/{lease}/signings", json=meeting)).is_success
        for path in ("/applications", "/leases", "/signings"):
            listed = (await api.get(path)).json()
            rows = listed if isinstance(listed, list) else listed["items"]
            assert [one["name"] for one in rows] == ["Sukarno"], path
    due = (await world.see(my_day)).due
    assert {one.notes[0] for one in due} == {"Sukarno"}
