"""What a gateway offers follows from what its organisation is in the register of parties."""

from __future__ import annotations

import base64
import datetime as dt
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.enrolment import PlannedParty
from contracts.parties import Names, RegisterRefused
from contracts.words import PartyKind
from deskkit.testing import parse_page
from gateway.organisation import BY_KIND, of_kinds
from testkit.parties import Neighbourhood, plan

PASSWORD = "four words without sense"
AUDIENCES = {
    "property": ["tenancy", "units", "gateway"],
    "support": ["support", "gateway"],
    "lakeside-homes": ["tenancy", "gateway"],
    "city-inventory": ["units", "gateway"],
}
CONFIRMED = {
    "property": "supports tenants of ours",
    "support": "owner or manager of homes",
    "lakeside-homes": "supports tenants of ours",
    "city-inventory": "finds homes of ours for people",
}


async def token_of(browser: httpx.AsyncClient, email: str) -> dict[str, Any]:
    answer = await browser.post("/api/gateway/v1/sign-in", json={"email": email, "password": PASSWORD})
    payload = answer.json()["access_token"].split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims | {"token": answer.json()["access_token"]}


@pytest.mark.row("N1", "W10")
@pytest.mark.parametrize("party", list(AUDIENCES))
async def test_tokens_roles_and_confirmation_are_those_of_the_kinds(gateways: Any, party: str) -> None:
    gateway = await gateways(party)
    administrator = "support_administrator" if party == "support" else "property_administrator"
    foreign = {"caseworker", "property_manager", "inventory_keeper"} - set(
        of_kinds(frozenset(gateway.runtime.parties.party(party).kinds)).roles
    )
    assert foreign
    async with gateway.browser() as browser:
        claims = await token_of(browser, f"{administrator}@{party}.example")
        assert (claims["entity"], claims["aud"]) == (party, AUDIENCES[party])
        headers = {"Authorization": f"Bearer {claims['token']}"}
        for role in foreign:
            new = {"email": "a@x.example", "name": "A", "roles": [role], "works_for_no_other": True}
            refused = await browser.post("/api/gateway/v1/staff", json=new, headers=headers)
            assert refused.json()["code"] == "role_of_another_organisation", role
        page = parse_page((await browser.get("/sign-in")).text)
        who = {"email": f"{administrator}@{party}.example", "password": PASSWORD}
        await browser.post("/sign-in", data={**page.fields("/sign-in"), **who})
        assert CONFIRMED[party] in parse_page((await browser.get("/staff/add")).text).text


@pytest.mark.row("N1", "N4", "X1")
async def test_pages_name_the_organisation_as_the_register_does_and_follow_it(
    gateways: Any, tmp_path: Path
) -> None:
    around = Neighbourhood.of(plan("two-of-each"), tmp_path)
    gateway = await gateways("lakeside-homes", **around.settings())
    async with gateway.browser() as browser:
        assert parse_page((await browser.get("/")).text).h1 == "Lakeside Homes"
        french = await browser.get("/", headers={"Accept-Language": "fr"})
        assert parse_page(french.text).h1 == "Logements Lakeside"
        assert "Inventory Desk" not in (await browser.get("/")).text
        wanted = plan("two-of-each")
        renamed = PlannedParty(
            id="lakeside-homes",
            names=Names(en="Lakeside", fr="Lakeside"),
            kinds=(PartyKind.PROPERTY, PartyKind.INVENTORY),
        )
        others = tuple(party for party in wanted.parties if party.id != renamed.id)
        around.revise(wanted.model_copy(update={"parties": (*others, renamed)}), dt.date(2026, 1, 2))
        page = await browser.get("/")
        assert parse_page(page.text).h1 == "Lakeside"
        assert "Inventory Desk" in page.text


@pytest.mark.row("N1")
async def test_a_gateway_refuses_to_start_outside_the_register(gateways: Any, tmp_path: Path) -> None:
    with pytest.raises(RegisterRefused, match="has no harbour-homes"):
        await gateways("harbour-homes")
    around = Neighbourhood.of(plan("pair"), tmp_path)
    another_key = {**around.settings(), "parties_keys": around.keys.public("somebody-else")}
    with pytest.raises(RegisterRefused, match="lacks the signature"):
        await gateways("support", **another_key)


@pytest.mark.row("W10", "N1")
def test_no_role_belongs_to_both_sides() -> None:
    assert not set(BY_KIND["property"].roles) & set(BY_KIND["support"].roles)
    both = of_kinds(frozenset({"support", "inventory"}))
    assert both.administrators == ("support_administrator", "property_administrator")
    assert both.own_desk(["inventory_keeper"]) == "/inventory-desk"
    with pytest.raises(LookupError):
        of_kinds(frozenset())
