"""Sign-in through an OpenID Connect provider that runs over HTTP, and everything that must not pass."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from deskkit.testing import parse_page


class SmallProvider:
    """An OpenID Connect provider: discovery, codes with PKCE, signed ID tokens.

    `spoil` bends its next ID token.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.foreign_key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.person = {"sub": "person-1", "email": "caseworker@support.example", "email_verified": True}
        self.spoil: dict[str, Any] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith("openid-configuration"):
                    base = provider.issuer
                    self._answer(
                        {
                            "issuer": base,
                            "authorization_endpoint": f"{base}/authorize",
                            "token_endpoint": f"{base}/token",
                            "jwks_uri": f"{base}/keys",
                        }
                    )
                else:
                    self._answer(KeySet([provider.key]).as_dict(private=False))

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                form = {
                    name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()
                }
                basic = base64.b64decode(self.headers.get("Authorization", "Basic Og==")[6:]).decode()
                asked = provider.codes.pop(form.get("code", ""), None)
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
                if asked is None or asked["code_challenge"] != challenge or basic != "gateway:very-secret":
                    self._answer({"error": "invalid_grant"}, 400)
                else:
                    self._answer(
                        {"access_token": "x", "token_type": "Bearer", "id_token": provider.id_token(asked)}
                    )

            def _answer(self, body: Any, status: int = 200) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                """Stay silent: the output belongs to the tests."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, url: str) -> dict[str, str]:
        """What the person's browser brings back after agreeing."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_type"] == "code"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def id_token(self, asked: dict[str, str]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": "gateway",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            **self.person,
        }
        claims |= {name: value for name, value in self.spoil.items() if name != "key"}
        key = self.foreign_key if self.spoil.get("key") else self.key
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)


@pytest.fixture
def provider() -> Iterator[SmallProvider]:
    small = SmallProvider()
    yield small
    small.server.shutdown()
    small.server.server_close()


async def gateway_with(gateways: Any, provider: SmallProvider) -> Any:
    return await gateways(
        oidc_issuer=provider.issuer,
        oidc_client_id="gateway",
        oidc_client_secret="very-secret",
        oidc_name="the city account",
    )


async def test_the_provider_vouches_for_a_known_person(gateways: Any, provider: SmallProvider) -> None:
    gateway = await gateway_with(gateways, provider)
    async with gateway.browser() as browser:
        assert "the city account" in (await browser.get("/sign-in")).text
        out = await browser.get("/sign-in/organisation?next=/front-desk/")
        back = await browser.get("/sign-in/callback", params=provider.authorize(out.headers["location"]))
        assert (back.status_code, back.headers["location"]) == (303, "/front-desk/")
        assert "Caseworker" in (await browser.get("/session/mine")).text
    provider.person = {"sub": "person-1", "email": "new.address@support.example", "email_verified": True}
    async with gateway.browser() as browser:
        out = await browser.get("/sign-in/organisation?next=/")
        await browser.get("/sign-in/callback", params=provider.authorize(out.headers["location"]))
        assert "Caseworker" in (await browser.get("/session/mine")).text, (
            "known by subject from the second time on"
        )


@pytest.mark.parametrize(
    "spoil",
    [
        {"key": "foreign"},
        {"nonce": "another"},
        {"iss": "https://evil.example"},
        {"aud": "somebody-else"},
        {"exp": 1},
        {"email": "nobody@support.example", "sub": "stranger"},
        {"email_verified": False, "sub": "stranger"},
    ],
    ids=["signature", "nonce", "issuer", "audience", "expired", "stranger", "unverified"],
)
async def test_what_does_not_hold_is_refused(
    gateways: Any, provider: SmallProvider, spoil: dict[str, Any]
) -> None:
    gateway = await gateway_with(gateways, provider)
    provider.spoil = spoil
    async with gateway.browser() as browser:
        out = await browser.get("/sign-in/organisation")
        back = await browser.get("/sign-in/callback", params=provider.authorize(out.headers["location"]))
        assert back.headers["location"] == "/sign-in"
        assert "partywall_token" not in browser.cookies
        assert "didn't work" in parse_page((await browser.get("/sign-in")).text).text


async def test_state_and_browser_must_be_the_ones_that_began(gateways: Any, provider: SmallProvider) -> None:
    gateway = await gateway_with(gateways, provider)
    async with gateway.browser() as browser, gateway.browser() as victim:
        brought = provider.authorize((await browser.get("/sign-in/organisation")).headers["location"])
        for who, changed in ((browser, {"state": "x"}), (victim, {})):
            await who.get("/sign-in/callback", params={**brought, **changed})
            assert "partywall_token" not in who.cookies


async def test_without_a_provider_there_is_no_such_page(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        assert (await browser.get("/sign-in/organisation")).status_code == 404
