"""Tokens of one entity get nowhere in the other; keys are replaced without an outage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.actor import Actor
from chassis.errors import NotSignedIn
from chassis.http.auth import TokenVerifier
from chassis.perform import perform
from gateway.clients.commands import PutClient, put_client
from gateway.clients.model import digest
from gateway.keys.commands import RotateKeys, rotate_keys
from gateway.keys.signing import OwnKeys
from gateway.staff.model import RoleOfAnotherOrganisation

PASSWORD = "four words without sense"


async def token_for(gateway: Any, who: str) -> str:
    async with gateway.browser() as browser:
        answer = await browser.post("/api/gateway/v1/sign-in", json={"email": who, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        assert answer.json()["expires_in"] == 600
        return str(answer.json()["access_token"])


def verifier(keys_of: Any, *, issuer: str, audience: str, entity: str) -> TokenVerifier:
    client = httpx.AsyncClient(transport=OwnKeys(keys_of.app.state.signing))
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
