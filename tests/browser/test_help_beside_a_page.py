"""Help is one click away on every page, opens beside the work, and is readable on every screen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from testkit.browser import Visitor

pytestmark = pytest.mark.browser
Enter = Callable[..., Awaitable[Visitor]]


@pytest.mark.row("X1", "X2")
@pytest.mark.parametrize(
    ("entity", "role", "prefix"),
    [
        ("support", "caseworker", "/front-desk"),
        ("property", "property_manager", "/property-desk"),
        ("property", "inventory_keeper", "/inventory-desk"),
        ("support", "caseworker", ""),
    ],
)
async def test_the_help_of_a_desk_can_be_read_in_both_languages(
    enter: Enter, entity: str, role: str, prefix: str
) -> None:
    visitor = await enter(entity, role)
    for language in ("fr", "en"):
        await visitor.go(f"{prefix}/language/{language}?back={prefix}/help")
        assert visitor.page.url.endswith(f"{prefix}/help")
        assert (await visitor.page.locator("html").get_attribute("lang")) == f"{language}-CA"


@pytest.mark.row("X2")
async def test_the_question_mark_opens_the_part_of_the_page_and_keeps_what_was_typed(enter: Enter) -> None:
    caseworker = await enter("support", "caseworker")
    await caseworker.go("/front-desk/clients/new")
    await caseworker.fill({"Family name": "Half typed"})
    async with caseworker.context.expect_page() as opening:
        await caseworker.page.locator("header").get_by_role("link", name="Help with this page").click()
    beside = await opening.value
    await beside.wait_for_load_state()
    assert beside.url.endswith("/front-desk/help#client")
    heading = beside.get_by_role("heading", name="How do I record a client and the household?")
    assert await heading.is_visible()
    assert await caseworker.field("Family name").input_value() == "Half typed"


@pytest.mark.row("X2")
async def test_help_is_reached_by_keyboard_from_the_list_of_keys(enter: Enter) -> None:
    caseworker = await enter("support", "caseworker")
    page = caseworker.page
    await caseworker.go("/front-desk/placements")
    await page.keyboard.press("?")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.getAttribute('href')") == "/front-desk/help#start"
