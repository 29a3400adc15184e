"""Every page of a gateway in every state of its staff and sessions, for both organisations and languages."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import httpx
import pytest

from chassis.perform import perform
from deskkit.testing import parse_page
from gateway.organisation import organisation_of
from gateway.sessions.commands import FindByProvider, find_by_provider
from gateway.sessions.signing_in import itself
from gateway.tables import Base
from testkit.rendered import Pages, Scene, go_round
from testkit.states import States

PASSWORD = "four words without sense"
LANGUAGES = ("en", "fr")
ORGANISATIONS = ("property", "support", "lakeside-homes", "city-inventory")
"""One of each combination of kinds."""
FOR_PROGRAMS = ("/api/", "/.well-known/", "/healthz", "/readyz", "/metrics")
PEOPLE = {"Invited Person", "Without Access", "Locked Out"}
DEVICES = ("Firefox on a desk", "")


def role_of(gateway: Any) -> str:
    """A role of an organisation other than its administrator's."""
    return next(iter(organisation_of(gateway.runtime).roles))


def administrator_of(gateway: Any) -> str:
    """The role that manages the staff of an organisation."""
    (role,) = organisation_of(gateway.runtime).administrators
    return role


async def sent(browser: httpx.AsyncClient, page: str, form: str, **fields: Any) -> httpx.Response:
    """Fill in the form of a page and send it, as a browser does."""
    found = parse_page((await browser.get(page)).text)
    return await browser.post(form, data={**found.fields(form), **fields})


async def sign_in(browser: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    return await sent(browser, "/sign-in", "/sign-in", email=email, password=password)


async def added(browser: httpx.AsyncClient, gateway: Any, name: str) -> str:
    """Add somebody, whose first password nobody has used; return the address of their page."""
    email = f"{name.split(maxsplit=1)[0].lower()}@{gateway.settings.entity}.example"
    fields = {"name": name, "email": email, "roles": role_of(gateway), "works_for_no_other": "yes"}
    answer = await sent(browser, "/staff/add", "/staff/add", **fields)
    assert answer.status_code == httpx.codes.OK, parse_page(answer.text).text
    return parse_page((await browser.get(f"/staff?q={email}")).text).links()[name]


async def scenes_of(gateway: Any, entity: str) -> tuple[Scene, ...]:
    """People invited, active on two devices, without access, and locked out, as the pages make them."""
    who = f"{role_of(gateway)}@{entity}.example"
    async with AsyncExitStack() as open_browsers:
        administrator = await open_browsers.enter_async_context(gateway.browser())
        await sign_in(administrator, f"{administrator_of(gateway)}@{entity}.example")
        for device in DEVICES:
            another = await open_browsers.enter_async_context(gateway.browser(headers={"User-Agent": device}))
            await sign_in(another, who)
        pages = {name: await added(administrator, gateway, name) for name in PEOPLE}
        gone = pages["Without Access"]
        ended = await sent(administrator, f"{gone}/access", f"{gone}/access", active="no")
        assert ended.status_code == httpx.codes.SEE_OTHER, parse_page(ended.text).text
        renewed = await another.get("/session/renew?next=/staff")
        assert renewed.headers["location"] == "/staff"
        by_provider = FindByProvider(provider_subject="4711", email=who)
        await perform(gateway.runtime, itself(gateway.runtime), find_by_provider, by_provider)
        for _ in range(7):
            await sign_in(another, f"locked@{entity}.example", "not the right one")
        listed = parse_page((await administrator.get("/staff")).text).links()
        pages["active"] = listed[role_of(gateway).replace("_", " ").capitalize()]
    questions = (
        "/staff?q=nobody-called-so",
        "/staff?unattested=true",
        "/staff?after=a",
        "/sign-in?next=/staff",
    )
    return tuple(
        Scene(name, {"staff_id": address.rsplit("/", 1)[-1]}, questions) for name, address in pages.items()
    )


@pytest.mark.timeout(600)
@pytest.mark.row("X1", "X2", "W10")
@pytest.mark.parametrize("entity", ORGANISATIONS)
async def test_every_page_in_every_state(gateways: Any, entity: str) -> None:
    gateway = await gateways(entity, token_seconds=3600)
    scenes = await scenes_of(gateway, entity)
    connection = await gateway.connect()
    # Nobody gave their word for who was there before it was asked for.
    await connection.execute(
        "UPDATE staff_member SET attested_at = NULL, attested_by = NULL WHERE name = 'Locked Out'"
    )
    (administrator,) = await connection.fetch(
        "SELECT s.id AS session, m.id, m.name, m.roles FROM staff_member m"
        " JOIN session s ON s.staff_id = m.id WHERE $1 = ANY(m.roles)",
        administrator_of(gateway),
    )
    names = frozenset({*PEOPLE, administrator["name"], "Partywall"})
    async with AsyncExitStack() as open_browsers:
        clients = {}
        for language in LANGUAGES:
            token = await gateway.app.state.signing.access_token(
                subject=str(administrator["id"]),
                name=administrator["name"],
                roles=administrator["roles"],
                locale=language,
                kind="staff",
                session=str(administrator["session"]),
            )
            # The secret of the session stays at home: renewing it would change what is looked at.
            browser = gateway.browser(cookies={"partywall_token": token})
            clients[language] = await open_browsers.enter_async_context(browser)
        pages = Pages(gateway.app, "", Base.metadata, clients, apart=FOR_PROGRAMS, names=names)
        states = States(Base.metadata, connection, gateway.runtime.clock.now())
        tour = await go_round(pages, states, gateway.runtime.database.engine.sync_engine, scenes)
    await connection.close()
    assert not tour.faults, tour.report()
    assert states.never(tour.tables()) == set()


@pytest.mark.row("X1", "X2", "W10")
@pytest.mark.parametrize("entity", ORGANISATIONS)
async def test_every_page_that_refuses_a_sign_in(gateways: Any, fixed_clock: Any, entity: str) -> None:
    """What somebody sees who isn't let in: mistyped, wrong, locked out for a time, without access."""
    gateway = await gateways(entity, clock=fixed_clock)
    who = f"{role_of(gateway)}@{entity}.example"
    found = list[tuple[int, int]]()
    async with AsyncExitStack() as open_browsers:
        clients = {
            language: await open_browsers.enter_async_context(
                gateway.browser(headers={"Accept-Language": language})
            )
            for language in LANGUAGES
        }
        pages = Pages(gateway.app, "", Base.metadata, clients, names=frozenset({"Partywall"}))
        for language, browser in clients.items():
            fields = parse_page((await browser.get("/sign-in")).text).fields("/sign-in")
            wrong = {"email": who, "password": "not the right one"}
            for typed in ({}, *(wrong,) * 7, {"email": who, "password": PASSWORD}):
                answer = await pages.ask("/sign-in", language, {**fields, **typed})
                assert not answer.faults, (language, typed, answer.faults)
                found.append((answer.status, answer.content))
            answer = await pages.ask("/session/renew?next=/staff", language, {"name": "typed before"})
            assert (answer.status, answer.faults) == (401, ())
            fixed_clock.advance(timedelta(hours=2))
    assert {status for status, _ in found} == {401, 422, 429}
    half = len(found) // 2
    assert not set(found[:half]) & set(found[half:]), "each language has pages of its own"
