"""What a lease may say about deposits, currencies and the people it names (T4)."""

from __future__ import annotations

from typing import Any

import pytest

ROBIN = {"part": "tenant", "given_name": "Robin", "family_name": "Sample"}
TERMS = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [ROBIN]}


async def _accepted(world: Any, api: Any, **home: Any) -> str:
    body = {"unit": str(await world.home(**home)), "adults": 1, "people": [ROBIN]}
    opened = (await api.post("/applications", json=body)).json()["id"]
    assert (await api.post(f"/applications/{opened}/acceptance")).status_code == 204
    return str(opened)


@pytest.mark.row("T4")
async def test_a_deposit_of_three_rents_is_refused_and_what_the_law_allows_is_stored(world: Any) -> None:
    async with world.api("property_manager") as api:
        application = await _accepted(world, api)

        async def draw_up(*deposits: Any) -> Any:
            body = {"application_id": application, **TERMS, "deposits": deposits}
            return await api.post("/leases", json=body)

        last = {"kind": "last_month_rent", "amount": {"amount": "2700.00"}}
        refused = await draw_up(last)
        assert (refused.status_code, refused.json()["code"]) == (422, "deposit_too_large")
        assert "$900.00" in refused.json()["detail"]
        refused = await draw_up({"kind": "security", "amount": {"amount": "100.00"}})
        assert refused.json()["code"] == "deposit_not_allowed"
        refused = await draw_up({**last, "amount": {"amount": "900.00", "currency": "EUR"}})
        assert refused.json()["code"] == "deposit_in_another_currency"
        refused = await draw_up({**last, "amount": {"amount": "900.00", "currency": "XYZ"}})
        assert refused.status_code == 422
        assert "ISO 4217" in refused.text
        key = {"kind": "key", "amount": {"amount": "35.00"}, "replacement_cost": {"amount": "35.00"}}
        drawn = await draw_up({**last, "amount": {"amount": "900.00"}, "state": "received"}, key)
        assert drawn.status_code == 201, drawn.text
        lease = (await api.get(f"/leases/{drawn.json()['id']}")).json()
        stored = [(deposit["kind"], deposit["amount"]["amount"]) for deposit in lease["current"]["deposits"]]
        assert stored == [("last_month_rent", "900.00"), ("key", "35.00")]


@pytest.mark.row("T4", "T5")
async def test_a_draft_from_before_the_rules_is_not_signed_with_an_unlawful_deposit(world: Any) -> None:
    signing = await world.ready_to_sign(await world.home())
    await world.rows(
        "INSERT INTO lease_deposit (id, edition_id, position, kind, amount, currency, state)"
        " SELECT gen_random_uuid(), id, 0, 'last_month_rent', 2700, 'CAD', 'due' FROM lease_edition"
    )
    world.meet()
    async with world.api("property_manager") as api:
        refused = await api.post(f"/signings/{signing}/signature")
    assert (refused.status_code, refused.json()["code"]) == (422, "deposit_too_large")


@pytest.mark.row("T1", "T4")
@pytest.mark.parametrize(
    ("other", "accepted"),
    [
        (ROBIN, False),
        ({**ROBIN, "part": "occupant"}, False),
        ({**ROBIN, "given_name": " robin", "family_name": "SAMPLE "}, False),
        ({**ROBIN, "phone": "416 555 0199"}, False),
        ({**ROBIN, "given_name": "Kit"}, True),
    ],
)
async def test_nobody_is_named_twice(world: Any, other: dict[str, str], accepted: bool) -> None:
    async with world.api("property_manager") as api:
        application = await _accepted(world, api)
        body = {"application_id": application, **TERMS, "parties": [ROBIN, other]}
        drawn = await api.post("/leases", json=body)
        assert drawn.status_code == (201 if accepted else 422), drawn.text
        assert accepted or "named twice" in drawn.text
        unit = str(await world.home())
        opened = await api.post("/applications", json={"unit": unit, "adults": 2, "people": [ROBIN, other]})
        assert opened.status_code == (201 if accepted else 422)


@pytest.mark.row("T4")
async def test_two_people_of_one_name_are_distinguished_by_their_own_contact(world: Any) -> None:
    one, other = ({**ROBIN, "email": "elder@example.org"}, {**ROBIN, "email": "younger@example.org"})
    async with world.api("property_manager") as api:
        application = await _accepted(world, api)
        body = {"application_id": application, **TERMS, "parties": [one, other]}
        assert (await api.post("/leases", json=body)).status_code == 201


@pytest.mark.row("T4", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_form_offers_the_deposits_of_the_province_and_says_what_is_wrong_with_one(
    world: Any, visitor: Any, locale: str
) -> None:
    async with world.api("property_manager") as api:
        application = await _accepted(world, api)
    desk = visitor("property_manager", locale=locale)
    shown = await desk.go(f"/property-desk/applications/{application}/lease")
    assert ("Key deposit" if locale == "en" else "Dépôt pour les clés") in shown.html
    assert ("Pet damage deposit" if locale == "en" else "causés par un animal") not in shown.html
    deposit = {"deposits__0__kind": "last_month_rent", "deposits__0__amount": "2 700,00"}
    date = {"start_on__day": "1", "start_on__month": "4", "start_on__year": "2026"}
    wrong = await desk.send("/lease", status=422, rent="900", **date, **deposit)
    assert ("$900.00" if locale == "en" else "900,00\u00a0$") in wrong.html
    mixed = await desk.send("/lease", status=422, deposits__0__amount="900 USD")
    assert ("in the same currency" if locale == "en" else "dans la même devise") in mixed.html
    stored = await desk.send("/lease", deposits__0__amount="CAD 900")
    assert ("Last month" if locale == "en" else "Loyer du dernier mois") in stored.html
    await desk.go(desk.path + "/change")
    await desk.send("/change", rent="800", status=422)
