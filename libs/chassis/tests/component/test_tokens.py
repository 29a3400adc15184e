"""Tokens: who gets in, and who doesn't."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from chassis.errors import NotSignedIn, Unavailable
from chassis.http.auth import TokenVerifier

Bearer = Callable[..., dict[str, str]]
HERE = "/api/parcels/v1/parcels/00000000-0000-7000-8000-000000000000"


async def status(api: httpx.AsyncClient, headers: dict[str, str]) -> int:
    answer = await api.get(HERE, headers=headers)
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code


def unsigned(algorithm: str, **claims: Any) -> str:
    def part(value: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}."


@pytest.mark.row("W1", "W10")
@pytest.mark.parametrize(
    "wrong",
    [
        {"lifetime": -1},
        {"audience": "support"},
        {"audience": []},
        {"entity": "support", "audience": "parcels"},
        {"iss": "https://elsewhere.example"},
        {"nbf": 4_000_000_000},  # a day in 2096
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"sub": ""},
        {"kind": "system"},
        {"kind": "demigod"},
    ],
    ids=str,
)
async def test_a_token_that_does_not_hold_is_refused(
    api: httpx.AsyncClient, bearer: Bearer, wrong: dict[str, Any]
) -> None:
    assert await status(api, bearer("porter")) == 404
    assert await status(api, bearer("porter", **wrong)) == 401


async def test_without_a_token_nobody_gets_in(api: httpx.AsyncClient) -> None:
    for headers in (
        {},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer x"},
    ):
        assert await status(api, headers) == 401


@pytest.mark.row("W1")
async def test_an_entity_signed_by_anothers_key_is_refused(
    api: httpx.AsyncClient, signing_key: Callable[[str], Any], bearer: Bearer
) -> None:
    """A token that says `property`, signed with the key of the support organisation."""
    forged = signing_key("support").token(
        roles=["porter"], audience="parcels", entity="property", iss=signing_key("property").issuer
    )
    assert await status(api, {"Authorization": f"Bearer {forged}"}) == 401


async def test_algorithms_cannot_be_chosen_by_the_sender(
    api: httpx.AsyncClient, signing_key: Callable[[str], Any]
) -> None:
    key = signing_key("property")
    claims = {
        "iss": key.issuer,
        "aud": ["parcels"],
        "sub": "x",
        "entity": "property",
        "roles": ["porter"],
        "exp": int(time.time()) + 60,
    }
    public = json.dumps(key.public_keys()["keys"][0])
    confused = jwt.encode(
        {"alg": "HS256", "kid": key.kid}, claims, OctKey.import_key(public.encode()), algorithms=["HS256"]
    )
    for token in (unsigned("none", **claims), unsigned("Ed25519", **claims), confused):
        assert await status(api, {"Authorization": f"Bearer {token}"}) == 401


async def test_a_tampered_token_is_refused(api: httpx.AsyncClient, bearer: Bearer) -> None:
    head, body, signature = bearer("visitor")["Authorization"].removeprefix("Bearer ").split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | {"roles": ["porter"]}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    assert await status(api, {"Authorization": f"Bearer {head}.{forged}.{signature}"}) == 401


class Issuer:
    """An issuer in memory whose availability the test decides."""

    def __init__(self) -> None:
        self.key = self.new_key("one")
        self.asked = 0
        self.up = True
        self.time = 1_000_000.0
        transport = httpx.MockTransport(self.answer)
        self.verifier = TokenVerifier(
            "iss",
            "parcels",
            "property",
            "http://issuer/jwks",
            client=httpx.AsyncClient(transport=transport),
            now=lambda: self.time,
        )

    def new_key(self, kid: str) -> OKPKey:
        return OKPKey.generate_key("Ed25519", {"kid": kid})

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if not self.up:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(200, json=KeySet([self.key]).as_dict(private=False))

    def token(self, *, lifetime: float = 100, key: OKPKey | None = None, **more: object) -> str:
        signer = key or self.key
        claims = {
            "iss": "iss",
            "aud": "parcels",
            "sub": "s",
            "entity": "property",
            "exp": self.time + lifetime,
            **more,
        }
        return jwt.encode({"alg": "Ed25519", "kid": signer.kid}, claims, signer, algorithms=["Ed25519"])


async def test_keys_are_fetched_once_and_a_known_token_is_not_verified_again() -> None:
    issuer = Issuer()
    token = issuer.token()
    first = await issuer.verifier.verify(token)
    assert await issuer.verifier.verify(token) is first
    await issuer.verifier.verify(issuer.token())
    assert issuer.asked == 1


@pytest.mark.parametrize(
    "wrong", [{"roles": "porter"}, {"roles": {"porter": 1}}, {"aud": None}, {"sub": 7}], ids=str
)
async def test_claims_of_another_shape_are_refused(wrong: dict[str, object]) -> None:
    issuer = Issuer()
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(issuer.token(**wrong))


async def test_a_remembered_token_ends_with_its_expiry() -> None:
    issuer = Issuer()
    token = issuer.token(lifetime=100)
    await issuer.verifier.verify(token)
    issuer.time += 101
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(token)


async def test_a_new_key_is_found_without_a_restart() -> None:
    issuer = Issuer()
    await issuer.verifier.verify(issuer.token())
    issuer.time += 10
    issuer.key = issuer.new_key("two")
    await issuer.verifier.verify(issuer.token())
    assert issuer.asked == 2


async def test_unknown_keys_cannot_make_us_flood_the_issuer() -> None:
    issuer = Issuer()
    await issuer.verifier.verify(issuer.token())
    issuer.time += 10
    for number in range(20):
        with pytest.raises(NotSignedIn):
            await issuer.verifier.verify(issuer.token(key=issuer.new_key(f"forged {number}")))
    assert issuer.asked == 2


async def test_while_the_issuer_is_away_known_keys_hold_and_without_keys_nobody_gets_in() -> None:
    issuer = Issuer()
    await issuer.verifier.verify(issuer.token())
    issuer.up = False
    issuer.time += 3600
    assert (await issuer.verifier.verify(issuer.token())).subject == "s"

    locked = Issuer()
    locked.up = False
    with pytest.raises(Unavailable):
        await locked.verifier.verify(locked.token())
    with pytest.raises(Unavailable):
        await locked.verifier.check()
    locked.up = True
    locked.time += 10
    await locked.verifier.check()
    assert (await locked.verifier.verify(locked.token())).entity == "property"


async def test_a_removed_key_stops_holding_once_the_keys_are_fetched_again() -> None:
    issuer = Issuer()
    old = issuer.key
    await issuer.verifier.verify(issuer.token())
    issuer.key = issuer.new_key("two")
    issuer.time += 3600
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(issuer.token(key=old))
