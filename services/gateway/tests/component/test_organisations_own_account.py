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

from deskkit.i18n.catalogue import LANGUAGES
from deskkit.testing import parse_page
from gateway.tables import Base
from testkit.rendered import Pages


class SmallProvider:
    """An OpenID Connect provider: discovery, codes with PKCE, signed ID tokens.

    `spoil` bends its next ID token; `says` is what it answers about itself instead of the truth.
    """

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.foreign_key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.codes: dict[str, dict[str, str]] = {}
        self.person = {"sub": "person-1", "email": "caseworker@support.example", "email_verified": True}
        self.spoil: dict[str, Any] = {}
        self.says: Any = None
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.endswith("openid-configuration"):
                    base = provider.issuer
                    about = {
                        "issuer": base,
                        "authorization_endpoint": f"{base}/authorize",
                        "token_endpoint": f"{base}/token",
                        "jwks_uri": f"{base}/keys",
                    }
                    self._answer(about if provider.says is None else provider.says)
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


REFUSALS: dict[str, dict[str, Any]] = {
    "vouched for": {},
    "refused": {"nonce": "another"},
    "unknown here": {"email": "nobody@support.example", "sub": "stranger"},
    "without a verified address": {"email_verified": False, "sub": "stranger"},
}


@pytest.mark.row("X1", "W10")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_of_a_sign_in_through_a_provider(
    gateways: Any, provider: SmallProvider, language: str
) -> None:
    """The way out, the way back, and each refusal are pages in the person's language."""
    gateway = await gateway_with(gateways, provider)
    for state, spoil in REFUSALS.items():
        provider.spoil = spoil
        async with gateway.browser(headers={"Accept-Language": language}) as browser:
            pages = pages_of(gateway, language, browser)
            shown = await pages.ask("/sign-in?next=/session/mine", language)
            assert (shown.status, shown.faults) == (200, ()), state
            out = await browser.get("/sign-in/organisation?next=/session/mine")
            brought = provider.authorize(out.headers["location"])
            back = await browser.get("/sign-in/callback", params=brought)
            shown = await pages.ask(back.headers["location"], language)
            assert (shown.status, shown.faults) == (200, ()), state
            answer = await pages.ask("/sign-in/callback?state=x", language)
            assert (answer.status, answer.location, answer.faults) == (303, "/sign-in", ()), state


@pytest.mark.row("X1", "W10")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "says",
    [{}, [], {"issuer": "http://127.0.0.1:1"}, None],
    ids=["nothing", "no object", "unfinished", "away"],
)
async def test_a_provider_that_fails_leads_back_to_the_password(
    gateways: Any, provider: SmallProvider, says: Any, language: str
) -> None:
    """Away, or saying nothing of use about itself: the password's page is still there."""
    gateway = await gateway_with(gateways, provider)
    provider.says = says
    if says is None:
        provider.server.shutdown()
        provider.server.server_close()
    async with gateway.browser(headers={"Accept-Language": language}) as browser:
        pages = pages_of(gateway, language, browser)
        refused = await pages.ask("/sign-in/organisation", language)
        assert (refused.status, refused.location, refused.faults) == (303, "/sign-in", ())
        shown = await pages.ask("/sign-in", language)
        assert (shown.status, shown.faults) == (200, ())


def pages_of(gateway: Any, language: str, browser: Any) -> Pages:
    """The pages as one browser sees them."""
    names = frozenset({"Partywall", "the city account"})
    return Pages(gateway.app, "", Base.metadata, {language: browser}, names=names)
