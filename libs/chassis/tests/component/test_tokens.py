"""Tokens: who gets in, and who doesn't."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from chassis.errors import NotSignedIn, Unavailable
from chassis.http.auth import TokenVerifier
from testkit.waiting import eventually

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
        {"exp": math.nan},
        {"exp": math.inf},
        {"exp": 10**400},
        {"exp": 4_000_000_000},  # bounded, but far beyond the life of any token
        {"lifetime": 3700},
        {"nbf": math.nan},
        {"nbf": 10**400},
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
        self.register = ""
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
        if not self.up:
            raise httpx.ConnectError("down", request=request)
        if request.url.path.endswith("/staff-register"):
            return httpx.Response(200, text=self.register) if self.register else httpx.Response(404)
        self.asked += 1
        return httpx.Response(200, json=KeySet([self.key]).as_dict(private=False))

    def write(
        self,
        *colleagues: dict[str, Any],
        withdrawn: tuple[str, ...] = (),
        ended: tuple[str, ...] = (),
        **more: object,
    ) -> None:
        claims = {"iss": "iss", "entity": "property", "iat": self.time, "colleagues": colleagues}
        header = {"alg": "Ed25519", "kid": self.key.kid, "typ": "register+jwt"}
        content = {**claims, "withdrawn": withdrawn, "ended": ended, **more}
        self.register = jwt.encode(header, content, self.key, algorithms=["Ed25519"])

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


def header_of(header: object) -> str:
    text = header if isinstance(header, str) else json.dumps(header)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "Ed25519", "typ": 7},
        {"alg": "Ed25519", "typ": None},
        {"alg": ["Ed25519"], "typ": "JWT"},
        {"alg": "Ed25519", "kid": {"a": 1}},
        {"alg": "Ed25519", "kid": "\0"},
        {"alg": "Ed25519", "kid": "k" * 100_000},
        "[" * 100_000,
        '{"alg":"Ed25519","typ":' + "[" * 900,
        "[1]",
        '"\\ud800"',
    ],
    ids=lambda header: str(header)[:40].replace("\0", "NUL"),
)
async def test_a_malformed_header_is_refused_like_any_other(api: httpx.AsyncClient, header: object) -> None:
    token = f"{header_of(header)}.e30.AAAA"
    assert await status(api, {"Authorization": f"Bearer {token}"}) == 401


ACTIVE = {"sub": "s", "name": "S", "roles": ["porter"], "active": True}


@pytest.mark.row("W10")
async def test_what_the_register_ends_is_refused_though_it_was_accepted_before() -> None:
    issuer = Issuer()
    token = issuer.token(sid="one", roles=["porter", "visitor"])
    other = issuer.token(sid="two", roles=["porter"])
    assert (await issuer.verifier.verify(token)).roles == {"porter", "visitor"}
    issuer.write(ACTIVE)
    await issuer.verifier.learn()
    assert (await issuer.verifier.verify(token)).roles == {"porter"}, "a role taken away is gone at once"
    issuer.time += 1
    issuer.write(ACTIVE, ended=("one",))
    await issuer.verifier.learn()
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(token)
    assert (await issuer.verifier.verify(other)).session == "two"
    issuer.time += 1
    issuer.write(ACTIVE | {"active": False})
    await issuer.verifier.learn()
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(other)


async def test_a_withdrawn_key_is_refused_at_once_and_cannot_write_the_register() -> None:
    issuer = Issuer()
    stolen = issuer.key
    token = issuer.token()
    await issuer.verifier.verify(token)
    issuer.time += 10
    issuer.key = issuer.new_key("two")
    issuer.write(ACTIVE, withdrawn=("one",))
    await issuer.verifier.learn()
    for signed in (token, issuer.token(key=stolen)):
        with pytest.raises(NotSignedIn):
            await issuer.verifier.verify(signed)
    assert (await issuer.verifier.verify(issuer.token(roles=["porter"]))).roles == {"porter"}
    issuer.time += 1
    issuer.key = stolen
    issuer.write(ACTIVE)
    with pytest.raises(Unavailable):
        await issuer.verifier.learn()
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(token)


async def test_the_last_register_holds_while_the_issuer_is_away_and_no_older_one_replaces_it() -> None:
    issuer = Issuer()
    ended, living = issuer.token(sid="one", lifetime=100), issuer.token(sid="two", lifetime=100)
    issuer.write(ended=("one",))
    await issuer.verifier.learn()
    issuer.up = False
    with pytest.raises(Unavailable):
        await issuer.verifier.learn()
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(ended)
    await issuer.verifier.verify(living)
    issuer.up = True
    issuer.write(iat=issuer.time - 60)
    with pytest.raises(Unavailable):
        await issuer.verifier.learn()
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(ended)
    issuer.time += 101
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(living)


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "elsewhere"},
        {"entity": "support"},
        {"colleagues": 7},
        {"colleagues": [{"sub": "s"}]},
        {"ended": None},
        {"iat": "now"},
    ],
    ids=str,
)
async def test_a_register_of_another_shape_or_entity_changes_nothing(wrong: dict[str, Any]) -> None:
    issuer = Issuer()
    issuer.write(**wrong)
    with pytest.raises(Unavailable):
        await issuer.verifier.learn()
    assert issuer.verifier.register.edition is None


async def test_an_access_token_is_no_register_and_the_other_way_round() -> None:
    issuer = Issuer()
    issuer.write(sub="s", aud="parcels", exp=issuer.time + 100)
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(issuer.register)
    issuer.register = issuer.token(colleagues=[], withdrawn=[], ended=[], iat=issuer.time)
    with pytest.raises(Unavailable):
        await issuer.verifier.learn()


async def test_the_register_is_followed_and_nobody_is_accepted_before_it_was_asked_for() -> None:
    issuer = Issuer()
    issuer.verifier._follow = 0.01
    issuer.write(ended=("one",))
    token = issuer.token(sid="two")
    with pytest.raises(NotSignedIn):
        await issuer.verifier.verify(issuer.token(sid="one"))
    async with issuer.verifier.following():
        await issuer.verifier.verify(token)
        issuer.up = False
        await asyncio.sleep(0.05)
        issuer.up = True
        issuer.time += 1
        issuer.write(ended=("two",))

        async def refused() -> bool:
            try:
                await issuer.verifier.verify(token)
            except NotSignedIn:
                return True
            return False

        await eventually(refused)
