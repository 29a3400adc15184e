"""A desk that refuses what the gateway gave a moment before: one renewal, then a page that says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.responses import PlainTextResponse, Response

from chassis.http.app import service_app
from chassis.http.auth import TokenVerifier
from deskkit.call import DeskCall
from deskkit.desk import Desk
from deskkit.mounting import mount
from deskkit.router import DeskRouter
from deskkit.testing import parse_page
from gateway.keys.signing import OwnKeys

PASSWORD = "four words without sense"
WHO = "caseworker@support.example"
RENEWALS = 2  # more than this, and browser and gateway go in circles


class Site:
    """One host with a gateway and a desk behind it, as Traefik puts them together."""

    def __init__(self, gateway: Any) -> None:
        self.gateway = gateway
        self.desk = desk_app(gateway)
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Hand a request to the desk or to the gateway, by its path."""
        self.asked.append(scope["path"])
        app = self.desk if scope["path"].startswith("/a-desk") else self.gateway.app
        await app(scope, receive, send)

    def trust(self, issuer: str) -> None:
        """Let the desk trust an issuer; its keys are those of the gateway."""
        client = httpx.AsyncClient(transport=OwnKeys(self.gateway.app.state.signing))
        self.desk.state.verifier = TokenVerifier(
            issuer,
            "support",
            "support",
            "http://keys/jwks",
            client=client,
            pause=0,
            now=lambda: self.gateway.runtime.clock.now().timestamp(),
        )

    def browser(self) -> httpx.AsyncClient:
        """A browser that follows redirects, a few only."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self),
            base_url=self.gateway.settings.public_url,
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=True,
            max_redirects=6,
        )


def desk_app(gateway: Any) -> FastAPI:
    """A desk with one page and one form."""
    router = DeskRouter(prefix="/a-desk")

    @router.get("/records")
    async def records(call: DeskCall) -> Response:
        return PlainTextResponse(f"records for {call.actor.name}")

    @router.post("/records")
    async def send(call: DeskCall) -> Response:
        return PlainTextResponse(f"taken: {(await call.posted())['name'][0]}")

    app = service_app(gateway.runtime, title="A desk")
    desk = Desk(name="Partywall", prefix="/a-desk", accent="front", package="deskkit", routers=[router])
    translated = gateway.runtime.translate, gateway.runtime.say, gateway.runtime.explain
    mount(app, desk)
    gateway.runtime.translate, gateway.runtime.say, gateway.runtime.explain = translated
    return app


@pytest_asyncio.fixture
async def site(gateways: Any, fixed_clock: Any) -> AsyncIterator[Site]:
    """A gateway and a desk that trusts somebody else."""
    site = Site(await gateways(clock=fixed_clock, audience="support"))
    site.trust("http://somebody.else")
    yield site


async def signed_in(browser: httpx.AsyncClient) -> None:
    page = parse_page((await browser.get("/sign-in")).text)
    await browser.post("/sign-in", data={**page.fields("/sign-in"), "email": WHO, "password": PASSWORD})
    # Some time goes by, and the token runs out.
    for cookie in ("partywall_renewed", "partywall_token"):
        browser.cookies.delete(cookie)


@pytest.mark.row("X6")
async def test_after_one_renewal_a_page_says_what_is_wrong(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(browser)
        site.asked.clear()
        answer = await browser.get("/a-desk/records?q=King")
        assert answer.status_code == 401
        assert site.asked == ["/a-desk/records", "/session/renew", "/a-desk/records"]
        page = parse_page(answer.text)
        assert page.h1 == "This page doesn't accept your sign-in"
        assert "clocks of two servers differ" in page.text
        assert "tell an administrator" in page.text
        sign_in = await browser.get(page.links()["Sign in again"])
        assert sign_in.status_code == 200
        form = parse_page(sign_in.text)
        assert form.h1 == "Sign in"
        assert form.fields("/sign-in")["next"] == "/a-desk/records?q=King"


@pytest.mark.row("X6")
async def test_once_the_desk_is_repaired_signing_in_again_leads_to_the_page(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(browser)
        refused = parse_page((await browser.get("/a-desk/records")).text)
        site.trust(site.gateway.settings.issuer)
        form = parse_page((await browser.get(refused.links()["Sign in again"])).text)
        typed = {**form.fields("/sign-in"), "email": WHO, "password": PASSWORD}
        assert (await browser.post("/sign-in", data=typed)).text == "records for Caseworker"


@pytest.mark.row("X5", "X6")
async def test_a_form_that_is_refused_keeps_what_was_typed_through_a_new_sign_in(site: Site) -> None:
    async with site.browser() as browser:
        await signed_in(browser)
        typed = {"name": 'Zoë "<b>"', "_csrf": "of the desk"}
        answer = await browser.post("/a-desk/records", data=typed)
        assert answer.status_code == 401
        assert site.asked.count("/session/renew") < RENEWALS
        sign_in_again = "/session/renew?next=%2Fa-desk%2Frecords&sign_in_again=true"
        carried = parse_page(answer.text).fields(sign_in_again)
        assert carried == typed
        site.trust(site.gateway.settings.issuer)
        form = parse_page((await browser.post(sign_in_again, data=carried)).text)
        signed = await browser.post(
            "/sign-in", data={**form.fields("/sign-in"), "email": WHO, "password": PASSWORD}
        )
        assert parse_page(signed.text).fields("/a-desk/records") == typed


async def test_a_browser_that_stores_no_token_gets_a_page_about_cookies(site: Site) -> None:
    site.trust(site.gateway.settings.issuer)
    async with site.browser() as browser:
        await signed_in(browser)
        browser.cookies.set("partywall_renewed", "1")
        browser.cookies.set("partywall_language", "fr", domain="support.localhost", path="/")
        page = parse_page((await browser.get("/a-desk/records")).text)
        assert "témoins" in page.text


async def test_a_token_that_runs_out_later_is_renewed_as_ever(site: Site, fixed_clock: Any) -> None:
    site.trust(site.gateway.settings.issuer)
    async with site.browser() as browser:
        await signed_in(browser)
        for _ in range(RENEWALS):
            assert (await browser.get("/a-desk/records")).text == "records for Caseworker"
            fixed_clock.advance(timedelta(minutes=11))
            for cookie in ("partywall_renewed", "partywall_token"):
                browser.cookies.delete(cookie)


async def test_the_mark_of_a_renewal_is_short_lived_and_goes_at_sign_out(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        page = parse_page((await browser.get("/sign-in")).text)
        given = await browser.post(
            "/sign-in", data={**page.fields("/sign-in"), "email": WHO, "password": PASSWORD}
        )
        (mark,) = (line for line in given.headers.get_list("set-cookie") if "partywall_renewed" in line)
        assert "Max-Age=20" in mark
        page = parse_page((await browser.get("/sign-out")).text)
        await browser.post("/session/end", data=page.fields("/session/end"))
        assert browser.cookies.get("partywall_renewed") is None
