"""Tokens of one entity get nowhere in the other; keys are replaced without an outage."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.actor import Actor
from chassis.errors import NotSignedIn
from chassis.http.auth import TokenVerifier
from chassis.perform import perform
from deskkit.testing import parse_page
from gateway.clients.commands import PutClient, put_client
from gateway.clients.model import digest
from gateway.keys import signing as signing_module
from gateway.keys.commands import RotateKeys, rotate_keys
from gateway.main import create_app
from gateway.register.api import OwnDocuments
from gateway.sessions.commands import EndSession, end_own_session
from gateway.staff.commands import (
    ChangeStaff,
    SetActive,
    SetPassword,
    change_staff,
    reset_password,
    set_active,
)
from gateway.staff.model import RoleOfAnotherOrganisation

PASSWORD = "four words without sense"


async def token_for(gateway: Any, who: str) -> str:
    async with gateway.browser() as browser:
        answer = await browser.post("/api/gateway/v1/sign-in", json={"email": who, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        assert answer.json()["expires_in"] == 600
        return str(answer.json()["access_token"])


def verifier(keys_of: Any, *, issuer: str, audience: str, entity: str) -> TokenVerifier:
    client = httpx.AsyncClient(transport=OwnDocuments(keys_of.runtime, keys_of.app.state.signing))
    return TokenVerifier(issuer, audience, entity, "http://keys/jwks", client=client, pause=0)


@pytest.mark.row("W1", "W10")
async def test_a_token_of_one_entity_is_refused_by_the_other(gateways: Any) -> None:
    support, property_ = await gateways("support"), await gateways("property")
    token = await token_for(property_, "property_manager@property.example")
    at_home = verifier(property_, issuer="http://property.localhost", audience="tenancy", entity="property")
    assert (await at_home.verify(token)).roles == {"property_manager"}
    for keys_of, issuer in ((support, "http://support.localhost"), (property_, "http://support.localhost")):
        abroad = verifier(keys_of, issuer=issuer, audience="support", entity="support")
        with pytest.raises(NotSignedIn):
            await abroad.verify(token)
    async with support.browser(headers={"Authorization": f"Bearer {token}"}) as program:
        assert (await program.get("/api/gateway/v1/staff")).status_code == 401
    async with support.browser(cookies={"partywall_token": token}) as browser:
        assert (await browser.get("/session/mine")).headers["location"].startswith("/session/renew")


async def test_a_new_key_is_announced_before_it_signs_and_the_old_one_stays_a_while(
    gateways: Any, fixed_clock: Any
) -> None:
    gateway = await gateways(clock=fixed_clock)
    signing = gateway.app.state.signing
    (first,) = (await signing.published())["keys"]
    assert "d" not in first
    await perform(gateway.runtime, Actor.system("operator", "support"), rotate_keys, RotateKeys())
    signing.forget()
    async with gateway.browser() as program:
        answer = await program.get("/.well-known/jwks.json")
        assert {key["kid"] for key in answer.json()["keys"]} > {first["kid"]}
    assert signing._signer.kid == first["kid"], "the new key waits until everybody can know it"
    fixed_clock.advance(timedelta(minutes=11))
    signing.forget()
    await signing.published()
    assert signing._signer.kid != first["kid"]
    fixed_clock.advance(timedelta(hours=2))
    signing.forget()
    assert first["kid"] not in {key["kid"] for key in (await signing.published())["keys"]}


async def test_a_rotation_before_any_key_signs_leaves_nobody_without_one(gateways: Any) -> None:
    gateway = await gateways()
    for _ in range(2):
        await perform(gateway.runtime, Actor.system("operator", "support"), rotate_keys, RotateKeys())
    assert await token_for(gateway, "caseworker@support.example")


async def test_private_keys_are_sealed_in_the_database(gateways: Any) -> None:
    gateway = await gateways()
    await gateway.app.state.signing.published()
    async with (await gateway.runtime.database.raw()).acquire() as connection:
        row = await connection.fetchrow("SELECT public::text, sealed FROM signing_key")
    assert '"d"' not in row["public"]
    assert bytes(row["sealed"]).startswith(b"gAAAA")


async def test_programs_get_tokens_with_their_own_roles(gateways: Any) -> None:
    gateway = await gateways()
    operator = Actor.system("operator", "support")
    command = PutClient(
        id="nightly-report", name="Nightly report", roles=["supervisor"], secret_digest=digest("s3cret")
    )
    await perform(gateway.runtime, operator, put_client, command)
    async with gateway.browser() as program:
        wanted = {"grant_type": "client_credentials"}
        good = await program.post("/oauth/token", data=wanted, auth=("nightly-report", "s3cret"))
        assert good.status_code == 200
        assert good.headers["cache-control"] == "no-store"
        actor = await verifier(
            gateway, issuer="http://support.localhost", audience="support", entity="support"
        ).verify(good.json()["access_token"])
        assert (actor.kind, actor.subject, actor.roles) == ("client", "client:nightly-report", {"supervisor"})
        service = service_of(gateway)
        await service.learn()
        await service.verify(good.json()["access_token"])
        await perform(gateway.runtime, operator, put_client, command.model_copy(update={"active": False}))
        await service.learn()
        with pytest.raises(NotSignedIn):
            await service.verify(good.json()["access_token"])
        for auth in (("nightly-report", "wrong"), ("nobody", "s3cret")):
            assert (await program.post("/oauth/token", data=wanted, auth=auth)).json() == {
                "error": "invalid_client"
            }
        other = await program.post("/oauth/token", data={"grant_type": "password"})
        assert other.json() == {"error": "unsupported_grant_type"}
    command = command.model_copy(update={"roles": ["property_manager"]})
    with pytest.raises(RoleOfAnotherOrganisation):
        await perform(gateway.runtime, operator, put_client, command)


async def test_metadata_names_the_issuer(gateways: Any) -> None:
    gateway = await gateways("property")
    async with gateway.browser() as program:
        found = (await program.get("/.well-known/oauth-authorization-server")).json()
        assert found["issuer"] == "http://property.localhost"
        assert found["jwks_uri"].endswith("/.well-known/jwks.json")


def service_of(gateway: Any) -> TokenVerifier:
    return verifier(gateway, issuer="http://support.localhost", audience="support", entity="support")


@pytest.mark.row("W10")
async def test_a_key_withdrawn_at_once_is_refused_by_a_service_that_accepted_it(gateways: Any) -> None:
    gateway = await gateways()
    service, signing = service_of(gateway), gateway.app.state.signing
    token = await token_for(gateway, "caseworker@support.example")
    await service.verify(token)
    operator = Actor.system("operator", "support")
    await perform(gateway.runtime, operator, rotate_keys, RotateKeys())
    await service.learn()
    await service.verify(token)
    await perform(gateway.runtime, operator, rotate_keys, RotateKeys(at_once=True))
    assert signing_module._CACHE_SECONDS <= 5, "the gateway itself notices within seconds"
    signing.forget()
    await service.learn()
    with pytest.raises(NotSignedIn):
        await service.verify(token)
    await service.verify(await token_for(gateway, "caseworker@support.example"))
    own = gateway.app.state.verifier
    await own.learn()
    with pytest.raises(NotSignedIn):
        await own.verify(token)


@pytest.mark.row("W10")
@pytest.mark.parametrize("way", ["sign_out", "elsewhere", "deactivation", "new_password", "role"])
async def test_whatever_ends_access_ends_it_at_the_services(gateways: Any, way: str) -> None:
    gateway = await gateways()
    service, operator = service_of(gateway), Actor.system("operator", "support")
    async with gateway.browser() as browser:
        page = parse_page((await browser.get("/sign-in")).text)
        who = {"email": "supervisor@support.example", "password": PASSWORD}
        await browser.post("/sign-in", data={**page.fields("/sign-in"), **who})
        token = str(browser.cookies.get("partywall_token"))
        actor = await service.verify(token)
        assert actor.roles == {"supervisor"}
        mine = UUID(actor.subject)
        match way:
            case "sign_out":
                page = parse_page((await browser.get("/sign-out")).text)
                await browser.post("/session/end", data=page.fields("/session/end"))
            case "elsewhere":
                ended = EndSession(session_id=UUID(str(actor.session)))
                await perform(gateway.runtime, actor, end_own_session, ended)
            case "deactivation":
                await perform(gateway.runtime, operator, set_active, SetActive(staff_id=mine, active=False))
            case "new_password":
                new = SetPassword(staff_id=mine, password_hash="x", temporary=True)
                await perform(gateway.runtime, operator, reset_password, new)
            case "role":
                change = ChangeStaff(staff_id=mine, version=1, name="S", roles=["caseworker"])
                await perform(gateway.runtime, operator, change_staff, change)
    await service.learn()
    if way == "role":
        assert (await service.verify(token)).roles == set()
        return
    with pytest.raises(NotSignedIn):
        await service.verify(token)


async def test_tokens_stay_good_through_a_restart_of_the_gateway(gateways: Any) -> None:
    gateway = await gateways()
    service = service_of(gateway)
    token = await token_for(gateway, "supervisor@support.example")
    restarted = replace(gateway, app=create_app(gateway.runtime))
    await service.learn()
    assert (await service.verify(token)).roles == {"supervisor"}
    assert (await service_of(restarted).verify(token)).roles == {"supervisor"}
    async with restarted.browser(headers={"Authorization": f"Bearer {token}"}) as program:
        assert (await program.get("/api/gateway/v1/staff")).status_code == 403, "known, and not permitted"


async def test_the_register_is_for_the_services_inside_alone(gateways: Any) -> None:
    gateway = await gateways()
    path = "/.well-known/staff-register"
    async with gateway.browser() as service:
        inside = await service.get(path)
        assert inside.status_code == 200
        payload = inside.text.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        assert {one["name"] for one in claims["colleagues"]} >= {"Caseworker", "Support administrator"}
        assert "@" not in json.dumps(claims), "no address leaves the gateway"
        for header in ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded"):
            assert (await service.get(path, headers={header: "198.51.100.1"})).status_code == 404
