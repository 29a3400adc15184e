"""Another legal bar is one of the administrator's list: no reason is written by hand (T1, W3)."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

BAR = {
    "jurisdiction": "ca_on",
    "section": "Housing Act, 2020, s. 12 (3)",
    "says_en": "The home is reserved by law for people of 60 years or more.",
    "says_fr": "La loi réserve le logement aux personnes de 60 ans ou plus.",
}
FORBIDDEN = (
    "Refuses treatment, must be sober to keep housing",
    "Bad credit",
    "Rental history: evicted twice",
    "Convicted of theft in 2011",
    "Not housing ready",
    "Human Rights Code, s. 21",
)


async def _added(world: Any, **changes: Any) -> str:
    async with world.api("property_administrator") as api:
        answer = await api.post("/statutes", json={**BAR, **changes})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


@pytest.mark.row("W3", "T1")
async def test_no_text_is_taken_as_a_statute(world: Any) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    async with world.api("property_manager") as api:
        for text in FORBIDDEN:
            body = {"reason": "other_legal_bar", "statute": text}
            assert (await api.post(f"/applications/{application}/decline", json=body)).status_code == 422
        document = (await api.get("http://property.localhost/api/tenancy/v1/openapi.json")).json()
    shown = document["components"]["schemas"]["Decline"]["properties"]["statute"]["anyOf"]
    assert {part.get("format", part["type"]) for part in shown} == {"uuid", "null"}
    columns = await world.rows(
        "SELECT data_type FROM information_schema.columns WHERE table_name = 'application'"
        " AND column_name LIKE 'statute%'"
    )
    assert [row["data_type"] for row in columns] == ["uuid"]
    assert await world.published() == ["application_opened"]


@pytest.mark.row("W3", "T1")
async def test_a_decline_names_a_bar_that_is_law_where_the_home_is(world: Any) -> None:
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    ontario = await _added(world)
    western = await _added(world, jurisdiction="ca_bc")
    former = await _added(world, section="Housing Act, 2020, s. 14")
    async with world.api("property_administrator") as api:
        assert (await api.delete(f"/statutes/{former}")).status_code == 204
        again = await api.delete(f"/statutes/{former}")
        assert (again.status_code, again.json()["code"]) == (409, "statute_retired")
        twice = await api.post("/statutes", json=BAR)
        assert (twice.status_code, twice.json()["code"]) == (409, "statute_listed")
    async with world.api("property_manager") as api:

        async def decline(**body: Any) -> tuple[int, str]:
            answer = await api.post(f"/applications/{application}/decline", json=body)
            return answer.status_code, answer.json()["code"] if answer.content else ""

        bar = "other_legal_bar"
        assert await decline(reason=bar) == (422, "statute_missing")
        assert await decline(reason="legal_age_rule", statute=ontario) == (422, "statute_not_asked")
        assert await decline(reason=bar, statute=str(uuid.uuid4())) == (422, "statute_unknown")
        assert await decline(reason=bar, statute=western) == (422, "statute_elsewhere")
        assert await decline(reason=bar, statute=former) == (409, "statute_retired")
        assert await decline(reason=bar, statute=ontario) == (204, "")
        shown = (await api.get(f"/applications/{application}")).json()
    assert shown["statute"]["section"] == BAR["section"]
    assert await world.published() == ["application_opened", "application_declined", "application_closed"]


@pytest.mark.row("W3", "W10")
async def test_only_an_administrator_maintains_the_list_and_its_words_are_reviewed(world: Any) -> None:
    async with world.api("property_manager") as api:
        assert (await api.post("/statutes", json=BAR)).status_code == 403
        assert (await api.delete(f"/statutes/{uuid.uuid4()}")).status_code == 403
        assert (await api.get("/statutes")).json() == []
    async with world.api("property_administrator") as api:
        for field in ("section", "says_en", "says_fr"):
            refused = await api.post("/statutes", json={**BAR, field: FORBIDDEN[0]})
            assert (refused.status_code, refused.json()["code"]) == (422, "clause_conditions_tenancy")
        assert (await api.delete(f"/statutes/{uuid.uuid4()}")).status_code == 404


@pytest.mark.row("W3", "T1", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_list_and_a_decline_under_it_by_hand(world: Any, visitor: Any, locale: str) -> None:
    says = BAR["says_fr" if locale == "fr" else "says_en"]
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    manager = visitor("property_manager", locale=locale)
    base = f"/property-desk/applications/{application}"
    page = await manager.go(f"{base}/decline")
    assert "other_legal_bar" not in page.html, "an empty list offers no other legal bar"
    administrator = visitor("property_administrator", locale=locale, name="Ada Pike")
    await administrator.go("/property-desk/statutes")
    await administrator.go("/property-desk/statutes/new")
    await administrator.send("/new", status=422, section="")
    assert says in (await administrator.send("/new", **BAR)).html
    await administrator.go("/property-desk/statutes/new")
    await administrator.send("/new", status=422, **BAR)
    page = await manager.go(f"{base}/decline")
    assert says in page.html
    assert not page.root.findall('.//input[@name="statute"]')
    statute = (await world.rows("SELECT id FROM statute"))[0]["id"]
    confirm = await manager.send("/decline", reason="other_legal_bar", statute=str(statute))
    assert says in confirm.html
    await administrator.go("/property-desk/statutes")
    await administrator.go(f"/property-desk/statutes/{statute}/retire")
    listed = await administrator.send("/retire")
    assert "Ada Pike" in listed.html
    await manager.send("/decline", status=422)


@pytest.mark.row("W3", "X2")
async def test_all_that_is_wrong_with_a_legal_bar_is_named_at_once(world: Any) -> None:
    await _added(world)
    wrong = {
        "says_en": "The tenant must take part in treatment to keep the home.",
        "says_fr": "Le locataire doit participer à un traitement pour garder son logement.",
    }
    async with world.api("property_administrator") as api:
        refused = await api.post("/statutes", json={**BAR, **wrong})
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [
        ("says_en", "clause_conditions_tenancy"),
        ("says_fr", "clause_conditions_tenancy"),
        ("section", "statute_listed"),
    ]
