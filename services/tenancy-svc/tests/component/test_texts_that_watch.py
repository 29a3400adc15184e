"""What is written about a signing or a law places nothing that watches people at home (W8)."""

from __future__ import annotations

from typing import Any

import pytest

CAMERA = "A camera in the living room records the tenant."
MEETING = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}


async def recorded(world: Any) -> list[tuple[str, str, str]]:
    rows = await world.rows("SELECT place, verdict, rule FROM reviewed_text ORDER BY offered_at, id")
    return [(row["place"], row["verdict"], row["rule"]) for row in rows]


async def refused(api: Any, path: str, body: dict[str, Any]) -> tuple[int, str, str]:
    answer = await api.post(path, json=body)
    problem = answer.json()
    return answer.status_code, problem["code"], problem["errors"][0]["field"]


@pytest.mark.row("W8", "T5")
async def test_how_to_get_to_a_signing_places_nothing(world: Any) -> None:
    unit = await world.home()
    async with world.api("property_manager") as api:
        person = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
        opened = await api.post("/applications", json={"unit": str(unit), "adults": 1, "people": [person]})
        application = opened.json()["id"]
        await api.post(f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [person]}
        lease = (await api.post("/leases", json={"application_id": application, **terms})).json()["id"]
        path = f"/leases/{lease}/signings"
        watched = {**MEETING, "directions": CAMERA}
        assert await refused(api, path, watched) == (422, "monitoring_refused", "directions")
        assert await world.rows("SELECT 1 FROM signing") == []
        assert await recorded(world) == [("signing", "refused", "watches")]
        harmless = {**MEETING, "directions": "Buzz 304, then take the lift to the third floor."}
        signing = await api.post(path, json=harmless)
        assert signing.is_success, signing.text
        moved = {**watched, "version": 1}
        answer = await refused(api, f"/signings/{signing.json()['id']}/move", moved)
        assert answer == (422, "monitoring_refused", "directions")
    assert await recorded(world) == [("signing", "refused", "watches")] * 2


@pytest.mark.row("W8", "T1")
async def test_legal_bars_place_nothing(world: Any) -> None:
    bar = {
        "jurisdiction": "ca_on", "section": "Example Act, s. 1",
        "says_en": CAMERA, "says_fr": "La loi le demande.",
    }  # fmt: skip
    async with world.api("property_administrator") as api:
        assert await refused(api, "/statutes", bar) == (422, "monitoring_refused", "says_en")
        both = {**bar, "says_fr": "Une caméra dans le salon filme le locataire."}
        answer = (await api.post("/statutes", json=both)).json()
        assert [one["field"] for one in answer["errors"]] == ["says_en", "says_fr"]
    assert await recorded(world) == [("statute", "refused", "watches")] * 3
    assert await world.rows("SELECT 1 FROM statute WHERE section = 'Example Act, s. 1'") == []
