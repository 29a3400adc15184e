"""`make screenshots`: pictures of each desk's main pages from the local stack, as the demo staff see them.

It needs a stack that runs (`make up`) and has something to show (`make demo`). All pictures go to
build/screenshots: My day, a list, a record and a form of each desk, on a screen of 1280 px and on a phone,
in both languages. With `--committed`, the pictures of the README in docs/pictures are made again as well.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from fastapi.routing import APIRoute
from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize

from deskkit.desk import Desk
from deskkit.language import LANGUAGE_COOKIE
from partywall.layout import state_folder
from partywall.seeding import sign_in
from partywall.stack import Stack
from support_svc.main import FRONT_DESK
from tenancy_svc.main import PROPERTY_DESK
from testkit.browser import chromium, opened_browser
from units_svc.main import INVENTORY_DESK

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "screenshots"
COMMITTED = ROOT / "docs" / "pictures"
SCREENS = {"1280": ViewportSize(width=1280, height=860), "375": ViewportSize(width=375, height=812)}
LANGUAGES = ("en", "fr")
_PARAMETER = re.compile(r"\{[^}]+\}")


@dataclass(frozen=True, slots=True)
class Tour:
    """The pages of one desk that are shown: names of its routes, and who sees them.

    The record is the first one that the list leads to.
    """

    desk: Desk
    entity: str
    role: str
    listing: str
    record: str
    form: str

    def paths(self) -> dict[str, str]:
        """Return the addresses of the pages by what they are; that of the record has its parameters."""
        return {
            "my-day": path_of(self.desk, self.desk.home),
            "list": path_of(self.desk, self.listing),
            "record": path_of(self.desk, self.record),
            "form": path_of(self.desk, self.form),
        }


TOURS = (
    Tour(FRONT_DESK, "support", "caseworker", "placements", "placement", "client_new"),
    Tour(PROPERTY_DESK, "property", "property_manager", "applications", "application", "new_application"),
    Tour(INVENTORY_DESK, "property", "inventory_keeper", "units", "unit", "unit_new"),
)


def path_of(desk: Desk, route: str) -> str:
    """Return the address of a page as its route has it. Raises LookupError when the desk has no such page."""
    for router in desk.routers:
        for one in router.routes:
            if isinstance(one, APIRoute) and one.name == route and "GET" in (one.methods or ()):
                return one.path
    raise LookupError(f"the {desk.name} has no page {route}")


def leads_to(path: str) -> re.Pattern[str]:
    """Return what matches the addresses of a page whose route has parameters."""
    return re.compile(_PARAMETER.sub("[0-9a-f-]{36}", path))


async def signed_in(browser: Browser, stack: Stack, tour: Tour) -> Page:
    """Open the sign-in page of the desk's organisation, and sign its demo account in."""
    account = sign_in(stack, tour.entity, tour.role)
    context = await browser.new_context(base_url=f"http://{stack.layout.door(tour.entity).host}")
    page = await context.new_page()
    await page.goto("/sign-in")
    await page.get_by_label("E-mail address").fill(account.email)
    await page.get_by_label("Password", exact=True).fill(account.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.wait_for_load_state("load")
    return page


async def addresses(page: Page, tour: Tour) -> dict[str, str]:
    """Return the pages' addresses, that of a record filled in. Raises LookupError when there is no record."""
    paths = tour.paths()
    await page.goto(paths["list"])
    links: list[str] = await page.eval_on_selector_all("main a[href]", "all => all.map(one => one.href)")
    found = next((link for link in links if leads_to(paths["record"]).fullmatch(urlsplit(link).path)), None)
    if found is None:
        raise LookupError(f"{paths['list']} leads to no record: run `make demo` first")
    return paths | {"record": found}


async def pictures_of(page: Page, tour: Tour) -> list[Path]:
    """Take the pictures of one desk, and return their files."""
    made: list[Path] = []
    pages = await addresses(page, tour)
    for language in LANGUAGES:
        host = urlsplit(page.url)
        await page.context.add_cookies(
            [{"name": LANGUAGE_COOKIE, "value": language, "url": f"{host.scheme}://{host.netloc}"}]
        )
        for width, size in SCREENS.items():
            await page.set_viewport_size(size)
            for name, address in pages.items():
                answer = await page.goto(address)
                if answer is None or not answer.ok:
                    raise LookupError(f"{address} can't be shown: {answer and answer.status}")
                path = FOLDER / f"{tour.desk.prefix.strip('/')}-{name}-{width}-{language}.png"
                await page.screenshot(path=path, full_page=width == "375")
                made.append(path)
    return made


async def take(stack: Stack, executable: str) -> list[Path]:
    """Take all pictures and return their files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    async with opened_browser(executable) as browser:
        for tour in TOURS:
            page = await signed_in(browser, stack, tour)
            made += await pictures_of(page, tour)
            await page.context.close()
    return made


def shrink(source: Path, target: Path) -> None:
    """Write a picture in 64 colours, which is less than half the size and looks the same."""
    with Image.open(source) as picture:
        picture.convert("RGB").quantize(64).save(target, optimize=True)


def main() -> int:
    """Take the pictures; return 0, or 1 when there is no browser or nothing to show."""
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("--committed", action="store_true", help="renew those in docs/pictures as well")
    given = parser.parse_args()
    executable = chromium()
    if executable is None:
        sys.stderr.write("There is no Chromium: install the package chromium, or name one in CHROMIUM\n")
        return 1
    try:
        made = asyncio.run(take(Stack.open(state_folder()), executable))
    except LookupError as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    if given.committed:
        for tour in TOURS:
            name = tour.desk.prefix.strip("/")
            shrink(FOLDER / f"{name}-record-1280-en.png", COMMITTED / f"{name}.png")
    sys.stdout.write(f"{len(made)} pictures in {FOLDER.relative_to(ROOT)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
