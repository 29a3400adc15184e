"""The desks in headless Chromium: one stack and one browser for the whole session."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from testkit.browser import Visitor, chromium, opened_browser
from testkit.live import Live
from testkit.local import LocalBack

Enter = Callable[..., Awaitable[Visitor]]
"""`await enter("support", "caseworker")`: a member of staff who has signed in, in a browser of their own."""


@pytest.fixture
def live(local_back: LocalBack) -> Live:
    """The running stack."""
    return Live(local_back)


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium; where there is none the tests are skipped, but never in CI."""
    executable = chromium()
    if executable is None:
        assert os.environ.get("CI") != "true", "the browser tests need Chromium, and CI may not skip them"
        pytest.skip("there is no Chromium here: install the package chromium, or name one in CHROMIUM")
    async with opened_browser(executable) as opened:
        yield opened


@pytest.fixture(scope="session")
def cookies() -> dict[tuple[str, str], Any]:
    """The cookies of those who have signed in once."""
    return {}


@pytest_asyncio.fixture
async def visit(browser: Browser, live: Live) -> AsyncIterator[Enter]:
    """Make visitors who haven't signed in: `await visit("support")`; their browsers are closed at the end."""
    visitors: list[Visitor] = []

    async def make(entity: str, **options: Any) -> Visitor:
        visitor = await Visitor.arrive(browser, f"http://{live.door(entity).host}", **options)
        visitors.append(visitor)
        return visitor

    yield make
    for visitor in visitors:
        await visitor.context.close()


@pytest.fixture
def enter(visit: Enter, live: Live, cookies: dict[tuple[str, str], Any]) -> Enter:
    """Make visitors who have signed in; by hand the first time, later by their cookies."""

    async def make(entity: str, role: str, **options: Any) -> Visitor:
        known = cookies.get((entity, role))
        visitor = await visit(entity, storage_state=known, **options)
        if known is None:
            account = live.account(entity, role)
            await visitor.go("/sign-in")
            await visitor.fill({"E-mail address": account.email, "Password": account.password})
            await visitor.press("Sign in")
            cookies[entity, role] = await visitor.context.storage_state()
        return visitor

    return make
