"""A person at a browser: clicks and types in headless Chromium, and each page reached is examined.

Examined means: the HTML follows the house rules, axe finds nothing against WCAG 2.2 AA, nothing is
scrolled sideways at 320 px, the console stays silent and every request is answered. A page that falls
short fails the test at the step that reached it.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    Response,
    ViewportSize,
    async_playwright,
)

from deskkit.testing import parse_page

CHROMIUM = "/usr/bin/chromium"
WIDE = ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=320, height=800)
PATIENCE_MS = 60_000
"""Longest wait for a page or a word; the other side's answer may take a moment on a busy machine."""
LOOKS = 60
BETWEEN_LOOKS = 0.5
"""How often, and how many seconds apart, a visitor looks whether the other side's event has arrived."""
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]},
    "rules": {"target-size": {"enabled": True}},
}

STICKS_OUT = """() => [...document.querySelectorAll("body *")]
  .filter(element => element.getBoundingClientRect().right > innerWidth + 0.5)
  .slice(0, 3).map(element => element.outerHTML.slice(0, 120))"""

ROWS = """element => [...element.children].map(child => child.getBoundingClientRect())
  .sort((one, other) => one.top - other.top)
  .reduce(([rows, end], {top, bottom}) => [rows + (top >= end), Math.max(end, bottom)], [0, -1])[0]"""


def chromium() -> str | None:
    """Return where Chromium is, or None when the machine has none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which(CHROMIUM)


@asynccontextmanager
async def opened_browser(executable: str) -> AsyncIterator[Browser]:
    """Run a headless Chromium as long as the block lasts."""
    playwright: Playwright
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        await browser.close()


class Visitor:
    """One person with a browser of their own, at one organisation's address.

    Words are those a person sees: `follow` a link, `press` a button, `fill` the field with this label. All
    raise AssertionError when the page that is reached isn't fit to be shown, with all that is wrong with it.
    """

    def __init__(self, context: BrowserContext, page: Page, origin: str, *, scripts: bool = True) -> None:
        self.context = context
        self.page = page
        self.origin = origin
        self.scripts = scripts
        self.wrong: list[str] = []
        self._allowed: set[int] = set()
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    @classmethod
    async def arrive(cls, browser: Browser, origin: str, *, scripts: bool = True, **options: Any) -> Visitor:
        """Open a browser of one's own; `options` are those of a Playwright context."""
        context = await browser.new_context(java_script_enabled=scripts, viewport=WIDE, **options)
        return cls(context, await context.new_page(), origin, scripts=scripts)

    # going from page to page

    async def go(self, path: str, *, status: int = 200) -> None:
        """Type an address."""
        self._allowed = {status}
        answer = await self.page.goto(self.origin + path)
        await self._reached(answer, status)

    async def follow(self, words: str, *, exact: bool = True, within: Locator | None = None) -> None:
        """Click the link with these words."""
        await self._by(self._in(within).get_by_role("link", name=words, exact=exact).first, 200)

    async def press(
        self, words: str, *, status: int = 200, exact: bool = True, within: Locator | None = None
    ) -> None:
        """Press the button with these words; `status` is that of the page which must follow."""
        await self._by(self._in(within).get_by_role("button", name=words, exact=exact).first, status)

    def allow(self, status: int) -> None:
        """Let the next page answer with this status."""
        self._allowed = {status}

    async def _by(self, control: Locator, status: int) -> None:
        self._allowed = {status}
        async with self.page.expect_navigation(timeout=PATIENCE_MS) as navigation:
            await control.click()
        await self._reached(await navigation.value, status)

    def _in(self, within: Locator | None) -> Locator:
        return within if within is not None else self.page.locator("body")

    # forms

    async def fill(self, typed: Mapping[str, str]) -> None:
        """Type into the fields with these labels."""
        for label, text in typed.items():
            await self.field(label).fill(text)

    def field(self, label: str) -> Locator:
        """Return the field with this label, which may go on with what isn't part of its name."""
        return self.page.locator("main").get_by_label(label).first

    async def choose(self, group: str, option: str) -> None:
        """Choose a radio button or tick a box within the group of this name."""
        await self.page.get_by_role("group", name=group).get_by_label(option, exact=True).check()

    async def date(self, label: str, day: dt.date) -> None:
        """Type a day into the three fields of this name."""
        group = self.page.get_by_role("group", name=label)
        for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            await group.get_by_label(part, exact=True).fill(str(number))

    # what is there

    @property
    def main(self) -> Locator:
        """The content of the page."""
        return self.page.locator("main")

    async def sees(self, words: str) -> None:
        """Wait until these words are on the page."""
        await self.main.get_by_text(words).first.wait_for(state="visible")

    async def until_sees(self, words: str, *, by_following: str | None = None) -> None:
        """Look again, by a link or by loading the page, until these words are on the page."""
        for _ in range(LOOKS):
            if words.lower() in (await self.main.inner_text()).lower():
                return
            await asyncio.sleep(BETWEEN_LOOKS)
            link = self.main.get_by_role("link", name=by_following or "")
            if by_following is not None and await link.count():
                await link.first.click()
            else:
                await self.page.reload()
        raise AssertionError(f"{self.page.url}: no {words!r}, but\n{await self.main.inner_text()}")

    async def until_row(self, words: str) -> Locator:
        """Load the page again until a table has a row with these words, and return the row."""
        await self.until_sees(words)
        await self.examine()
        return self.main.locator("tbody tr", has_text=words).first

    async def until_followed(self, words: str) -> None:
        """Load the page again until it has a link with these words, and click it."""
        await self.until_sees(words)
        await self.examine()
        await self.follow(words)

    async def does_not_see(self, words: str) -> None:
        """These words are nowhere on the page."""
        assert words not in await self.page.locator("body").inner_text()

    async def heading(self) -> str:
        """Return the page's heading."""
        return (await self.page.locator("h1").inner_text()).strip()

    async def rows_in(self, selector: str) -> int:
        """Return in how many rows the parts of an element stand, one below the other."""
        rows: int = await self.page.locator(selector).evaluate(ROWS)
        return rows

    # examining

    async def examine(self, html: str | None = None) -> None:
        """Check the page that is shown now. Raises AssertionError with everything that is wrong."""
        where = f"{self.page.url} ({await self.page.title()})"
        try:
            parse_page(html if html is not None else await self.page.content())
        except AssertionError as broken:
            self.wrong.append(f"house rules: {broken}")
        await self._axe()
        await self._narrow()
        found, self.wrong = self.wrong, []
        assert not found, f"{where}:\n" + "\n".join(found)

    async def _axe(self) -> None:
        if not self.scripts:
            return
        results = await Axe().run(self.page, options=AXE_OPTIONS)
        for violation in results.response["violations"]:
            places = [node["html"][:160] for node in violation["nodes"][:3]]
            self.wrong.append(f"accessibility: {violation['id']}: {violation['help']}: {places}")

    async def _narrow(self) -> None:
        if not self.scripts:
            return
        await self.page.set_viewport_size(NARROW)
        over = await self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        who = await self.page.evaluate(STICKS_OUT) if over > 0 else []
        await self.page.set_viewport_size(WIDE)
        if over > 0:
            self.wrong.append(f"{over} px too wide for a screen of {NARROW['width']} px: {who}")

    async def _reached(self, answer: Response | None, status: int) -> None:
        await self.page.wait_for_load_state("load")
        assert answer is not None, f"{self.page.url}: nothing was loaded"
        assert answer.status == status, f"{answer.url}: {answer.status} instead of {status}"
        await self.examine(await answer.text())

    def _console(self, message: ConsoleMessage) -> None:
        # An answer that isn't 2xx is reported by the browser as well; `_answered` judges it.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A poll that is on its way while the page is left is given up by the browser.
        if request.failure != "net::ERR_ABORTED":
            self.wrong.append(f"request failed: {request.url}: {request.failure}")

    def _answered(self, answer: Response) -> None:
        if answer.status < 400:
            return
        if answer.request.is_navigation_request() and answer.status in self._allowed:
            return
        self.wrong.append(f"request answered {answer.status}: {answer.url}")
