"""Sign-in by password: sessions, cookies, lock-out, renewal, typed input that survives."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.perform import perform
from deskkit.testing import parse_page
from gateway.organisation import organisation_of
from gateway.sessions.commands import WrongPassword, count_wrong_password
from gateway.sessions.signing_in import itself
from testkit.ways import follow_ways

PASSWORD = "four words without sense"
WHO = "caseworker@support.example"


async def sign_in(
    browser: httpx.AsyncClient, email: str = WHO, password: str = PASSWORD, **more: str
) -> httpx.Response:
    page = parse_page((await browser.get("/sign-in", params={"next": "/session/mine"})).text)
    fields = {**page.fields("/sign-in"), "email": email, "password": password, **more}
    return await browser.post("/sign-in", data=fields)


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize("language", ["en", "fr"])
async def test_public_pages_are_complete_in_both_languages(gateways: Any, language: str) -> None:
    gateway = await gateways()
    async with gateway.browser(headers={"Accept-Language": language}) as browser:
        for path in ("/", "/sign-in", "/sign-out"):
            answer = await browser.get(path)
            assert answer.status_code == 200
            page = parse_page(answer.text)
            assert page.root.get("lang", page.html[:60]) is not None
            assert f'<html lang="{language}-CA">' in answer.text


async def test_the_right_password_opens_a_session_with_safe_cookies(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        answer = await sign_in(browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/session/mine")
        cookies = {line.split("=", 1)[0]: line for line in answer.headers.get_list("set-cookie")}
        for name, path in (("partywall_token", "/"), ("partywall_session", "/session")):
            assert "HttpOnly" in cookies[name]
            assert "SameSite=lax" in cookies[name]
            assert f"Path={path};" in cookies[name] + ";"
            assert "Domain" not in cookies[name]
        account = await browser.get("/session/mine")
        page = parse_page(account.text)
        assert "Caseworker" in page.text
        assert "This one" in page.text


OWN_DESKS = {
    "support": {
        "caseworker": "/front-desk",
        "supervisor": "/front-desk",
        "support_administrator": "/front-desk",
    },
    "property": {
        "property_manager": "/property-desk",
        "inventory_keeper": "/inventory-desk",
        "property_administrator": "/property-desk",
    },
    "lakeside-homes": {
        "property_manager": "/property-desk",
        "property_administrator": "/property-desk",
    },
    "city-inventory": {
        "inventory_keeper": "/inventory-desk",
        "property_administrator": "/inventory-desk",
    },
}


@pytest.mark.row("N1")
@pytest.mark.parametrize("entity", list(OWN_DESKS))
async def test_signing_in_leads_to_ones_own_desk_and_others_are_one_link_away(
    gateways: Any, entity: str
) -> None:
    gateway = await gateways(entity)
    organisation = organisation_of(gateway.runtime)
    assert list(organisation.roles) == list(OWN_DESKS[entity])
    assert {desk.path for desk in organisation.desks} == set(OWN_DESKS[entity].values())
    for role in organisation.roles:
        async with gateway.browser() as browser:
            answer = await sign_in(browser, f"{role}@{entity}.example", next="/")
            assert answer.headers["location"] == OWN_DESKS[entity][role]
            renewed = await browser.get("/session/renew?next=/")
            assert renewed.headers["location"] == OWN_DESKS[entity][role]
            ways = parse_page((await browser.get("/session/mine")).text).links().values()
            assert {desk.path for desk in organisation.desks} <= set(ways)
            offered = parse_page((await browser.get("/")).text).links().values()
            documents = any(way.startswith(("/api/", "/.well-known/")) for way in offered)
            assert documents == role.endswith("_administrator"), "descriptions of APIs are for administrators"
            await follow_ways(browser, "/session/mine")
    async with gateway.browser() as stranger:
        offered = parse_page((await stranger.get("/")).text).links().values()
        assert not any(way.startswith("/api/") for way in offered)


async def test_cookies_are_for_https_only_where_the_address_is_https(gateways: Any) -> None:
    gateway = await gateways("support", public_url="https://support.example")
    async with gateway.browser() as browser:
        answer = await sign_in(browser)
        for line in answer.headers.get_list("set-cookie"):
            assert "Secure" in line


async def test_nobody_learns_whether_an_account_exists(gateways: Any) -> None:
    gateway = await gateways()
    texts = []
    for email in (WHO, "nobody@support.example"):
        async with gateway.browser() as browser:
            answer = await sign_in(browser, email, "wrong wrong wrong")
            assert answer.status_code == 401
            page = parse_page(answer.text)
            assert page.fields("/sign-in")["email"] == email, "what was typed stays"
            texts.append(page.text)
    assert texts[0] == texts[1]


async def attempts(gateway: Any, *, peer: str = "203.0.113.5", password: str = PASSWORD) -> httpx.Response:
    """A sign-in as a program does it."""
    async with gateway.browser(peer=(peer, 40000)) as program:
        return await program.post("/api/gateway/v1/sign-in", json={"email": WHO, "password": password})


async def test_wrong_passwords_make_the_account_wait_a_minute_at_most(
    gateways: Any, fixed_clock: Any
) -> None:
    gateway = await gateways(clock=fixed_clock)
    for email in (WHO, "nobody@support.example"):
        async with gateway.browser() as browser:
            for _ in range(5):
                assert (await sign_in(browser, email, "wrong wrong wrong")).status_code == 401
            answer = await sign_in(browser, email, PASSWORD)
            assert (answer.status_code, answer.headers["retry-after"]) == (429, "15")
            assert "Try again in 15 s" in parse_page(answer.text).text
    for expected in (30, 60, 60, 60):
        answer = await attempts(gateway)
        fixed_clock.advance(timedelta(seconds=int(answer.headers["retry-after"])))
        assert (await attempts(gateway, password="wrong wrong wrong")).status_code == 401
        answer = await attempts(gateway)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, str(expected))
    fixed_clock.advance(timedelta(seconds=60))
    assert (await attempts(gateway)).status_code == 200


async def test_refused_attempts_extend_nothing_and_retry_after_is_exact(
    gateways: Any, fixed_clock: Any
) -> None:
    gateway = await gateways(clock=fixed_clock)
    for _ in range(6):
        await attempts(gateway, password="wrong wrong wrong")
    left = 15
    for _ in range(14):
        answer = await attempts(gateway)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, str(left))
        fixed_clock.advance(timedelta(seconds=1))
        left -= 1
    fixed_clock.advance(timedelta(seconds=1))
    assert (await attempts(gateway)).status_code == 200


async def test_wrong_passwords_from_elsewhere_keep_nobody_out(gateways: Any, fixed_clock: Any) -> None:
    """One source is held back alone; many together for a minute at most, and nowhere one is signed in."""
    gateway = await gateways(clock=fixed_clock)
    assert (await attempts(gateway, peer="203.0.113.9")).status_code == 200

    async def wrong(peer: str) -> None:
        counted = WrongPassword(email=WHO, address=peer)
        await perform(gateway.runtime, itself(gateway.runtime), count_wrong_password, counted)

    for number in range(95):
        await wrong(f"198.51.100.{number % 19}")
    assert (await attempts(gateway, peer="198.51.100.7")).status_code == 429
    assert (await attempts(gateway)).status_code == 200, "95 wrong ones from 19 sources"
    for _ in range(5):
        await wrong("198.51.100.99")
    answer = await attempts(gateway, peer="203.0.113.77")
    assert answer.status_code == 429, "a hundred wrong ones"
    assert int(answer.headers["retry-after"]) <= 60
    assert (await attempts(gateway, peer="203.0.113.9")).status_code == 200, "signed in there before"


async def test_right_passwords_all_succeed_at_once_and_wrong_ones_do_not_slip_through(gateways: Any) -> None:
    gateway = await gateways()
    answers = await asyncio.gather(*(attempts(gateway) for _ in range(24)))
    assert {answer.status_code for answer in answers} == {200}
    answers = await asyncio.gather(*(attempts(gateway, password="wrong wrong wrong") for _ in range(24)))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 19


async def test_a_failure_of_ours_is_never_counted(gateways: Any) -> None:
    gateway = await gateways()
    broken = "ALTER TABLE session ADD CONSTRAINT out_of_order CHECK (false) NOT VALID"
    async with (await gateway.runtime.database.raw()).acquire() as connection:
        await connection.execute(broken)
        for _ in range(12):
            assert (await attempts(gateway)).status_code == 500
        await connection.execute("ALTER TABLE session DROP CONSTRAINT out_of_order")
        assert await connection.fetchval("SELECT count(*) FROM failed_sign_ins") == 0
    assert (await attempts(gateway)).status_code == 200


async def test_an_expired_form_comes_back_whole_while_the_session_lives(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        await sign_in(browser)
        answer = await browser.post(
            "/session/renew?next=/front-desk/clients/add", data={"name": "Zoë <b>", "_csrf": "t"}
        )
        assert (answer.status_code, answer.headers["location"]) == (307, "/front-desk/clients/add")


async def test_an_expired_form_survives_sign_in(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        typed = {"name": 'Zoë "<script>alert(1)</script>', "_csrf": "token of the desk"}
        answer = await browser.post("/session/renew?next=/front-desk/clients/add", data=typed)
        assert answer.status_code == 401
        page = parse_page(answer.text)
        assert "Nothing is lost" in page.text
        fields = {**page.fields("/sign-in"), "email": WHO, "password": "wrong wrong wrong"}
        page = parse_page((await browser.post("/sign-in", data=fields)).text)
        fields = {**page.fields("/sign-in"), "email": WHO, "password": PASSWORD}
        answer = await browser.post("/sign-in", data=fields)
        page = parse_page(answer.text)
        assert page.fields("/front-desk/clients/add") == typed
        assert "partywall_token" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
async def test_sign_in_never_leads_to_another_site(gateways: Any, target: str) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        answer = await sign_in(browser, next=target)
        assert answer.headers["location"] == "/front-desk"


async def test_a_copied_session_secret_ends_the_session(gateways: Any, fixed_clock: Any) -> None:
    gateway = await gateways(clock=fixed_clock)
    async with gateway.browser() as browser:
        await sign_in(browser)
        copied = browser.cookies.get("partywall_session")
        first = await browser.get("/session/renew?next=/")
        assert first.headers["location"] == "/front-desk"
        assert browser.cookies.get("partywall_session") != copied
        async with gateway.browser(cookies={"partywall_session": copied}) as tab:
            assert (await tab.get("/session/renew?next=/")).status_code == 303, (
                "another tab at the same moment"
            )
        fixed_clock.advance(timedelta(minutes=2))
        async with gateway.browser(cookies={"partywall_session": copied}) as thief:
            assert "Sign in" in parse_page((await thief.get("/session/renew?next=/")).text).h1
        assert "Sign in" in parse_page((await browser.get("/session/renew?next=/")).text).h1


async def test_signing_out_ends_the_session_and_takes_the_cookies(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as browser:
        await sign_in(browser)
        secret = browser.cookies.get("partywall_session")
        page = parse_page((await browser.get("/sign-out")).text)
        answer = await browser.post("/session/end", data=page.fields("/session/end"))
        assert answer.status_code == 303
        assert browser.cookies.get("partywall_token") is None
        async with gateway.browser(cookies={"partywall_session": secret}) as again:
            assert parse_page((await again.get("/session/renew?next=/")).text).h1 == "Sign in"


async def test_a_password_change_ends_other_sessions_and_needs_the_present_one(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser() as here, gateway.browser() as elsewhere:
        await sign_in(here)
        await sign_in(elsewhere)
        page = parse_page((await here.get("/session/password")).text)
        action = next(f.get("action") for f in page.root.iter("form") if f.get("method") == "post")
        fields = {
            **page.fields(action),
            "present": "wrong wrong wrong",
            "password": "another four odd words",
            "again": "another four odd words",
        }
        refused = await here.post(action, data=fields)
        assert refused.status_code == 422
        short = await here.post(
            action, data={**fields, "present": PASSWORD, "password": "short", "again": "short"}
        )
        assert "at least 12 characters" in short.text
        done = await here.post(action, data={**fields, "present": PASSWORD})
        assert done.status_code == 303
        assert parse_page((await elsewhere.get("/session/renew?next=/")).text).h1 == "Sign in"
        assert (await here.get("/session/renew?next=/")).status_code == 303


async def test_a_forged_sign_in_form_is_refused(gateways: Any) -> None:
    gateway = await gateways()
    async with gateway.browser(
        headers={"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    ) as browser:
        answer = await browser.post("/sign-in", data={"email": WHO, "password": PASSWORD})
        assert answer.status_code == 403
        assert "partywall_token" not in answer.headers.get("set-cookie", "")
