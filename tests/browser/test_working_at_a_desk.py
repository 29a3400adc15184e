"""How the desks behave for a person: language, keyboard, interruptions, haste, and two people at once."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

import pytest

from testkit.browser import Visitor
from testkit.live import Live

pytestmark = pytest.mark.browser
Enter = Callable[..., Awaitable[Visitor]]

# What French shares with English is left out: Clients, Signatures.
ENGLISH = ("My day", "Housing Placements", "Signings", "Applications", "Leases", "Homes", "Housing Units")
ENGLISH_TOOLS = ("Sign out", "Search", "Find a", "Keys", "Skip to the content", "Desk")


def _family() -> str:
    """Return a name that nobody has in this stack, wider than a phone: it must break on every page."""
    return "Marrow" + "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:10]) + "mw" * 12


@pytest.mark.row("X6")
@pytest.mark.parametrize(
    ("entity", "role", "desk"),
    [
        ("support", "caseworker", "/front-desk"),
        ("property", "property_manager", "/property-desk"),
        ("property", "inventory_keeper", "/inventory-desk"),
    ],
)
async def test_a_desk_speaks_french_once_asked(enter: Enter, entity: str, role: str, desk: str) -> None:
    """One click, and every page of the menu is French and stays so; its longer words fit in two rows."""
    visitor = await enter(entity, role)
    await visitor.go(desk)
    await visitor.follow("Français")
    for part in (".top-row", ".top-tools"):
        assert await visitor.rows_in(part) == 1, part
    assert await visitor.rows_in(".menu ul") <= 2
    menu = visitor.page.get_by_role("navigation", name="Principal")
    for address in [await link.get_attribute("href") for link in await menu.get_by_role("link").all()]:
        assert address is not None
        await visitor.go(address)
        assert (await visitor.page.locator("html").get_attribute("lang")) == "fr-CA"
        around = await visitor.page.locator("header, nav.menu, footer, a.skip").all_inner_texts()
        left = [word for word in ENGLISH + ENGLISH_TOOLS if word in " ".join(around)]
        assert not left, f"{address} shows in English: {left}"
    await visitor.follow("English")
    assert (await visitor.page.locator("html").get_attribute("lang")) == "en-CA"


@pytest.mark.row("X6")
async def test_the_keyboard_is_enough(enter: Enter) -> None:
    """Skip link, the key for search, and from the list of mistakes to the field."""
    caseworker = await enter("support", "caseworker")
    page = caseworker.page
    await caseworker.go("/front-desk/clients/new")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.className") == "skip"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "content"
    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.type") == "search"
    assert await page.evaluate("document.activeElement.value") == ""
    await caseworker.field("Given name").focus()
    caseworker.allow(422)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await caseworker.examine()
    assert await page.evaluate("document.activeElement.className") == "error-summary"
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "given_name"


@pytest.mark.row("X2")
async def test_what_was_typed_outlives_the_sign_in(enter: Enter, live: Live) -> None:
    """An expired token is renewed unnoticed; when the session is over too, the form waits for the sign-in."""
    caseworker = await enter("support", "caseworker")
    run_out = ("partywall_token", "partywall_renewed")
    # Unlike given names, since made-up family names may sound alike, and then the second is asked about.
    for given, forgotten in (("Odile", run_out), ("Bertrand", (*run_out, "partywall_session"))):
        family = _family()
        await caseworker.go("/front-desk/clients/new")
        await caseworker.fill({"Given name": given, "Family name": family, "Comments": "Rings at noon."})
        for cookie in forgotten:
            await caseworker.context.clear_cookies(name=cookie)
        if forgotten == run_out:
            await caseworker.press("Save")
        else:
            await caseworker.press("Save", status=401)
            account = live.account("support", "caseworker")
            await caseworker.fill({"E-mail address": account.email, "Password": account.password})
            await caseworker.press("Sign in")
            await caseworker.press("Continue")
        assert await caseworker.heading() == f"{given} {family}"
        await caseworker.sees("Rings at noon.")


@pytest.mark.row("X5")
async def test_haste_makes_one_record(enter: Enter, live: Live) -> None:
    """Two presses of one button, without a script that stops the second, make one client."""
    caseworker = await enter("support", "caseworker", scripts=False)
    family = _family()
    await caseworker.go("/front-desk/clients/new")
    await caseworker.fill({"Given name": "Ines", "Family name": family})
    await caseworker.main.get_by_role("button", name="Save").dblclick()
    await caseworker.page.wait_for_url(lambda url: "/clients/" in url and not url.endswith("/new"))
    await caseworker.page.go_back()
    await caseworker.go(f"/front-desk/clients?q={family}")
    assert await caseworker.main.get_by_role("link", name=f"Ines {family}").count() == 1


@pytest.mark.row("X4")
async def test_two_who_change_one_client_see_each_others_words(enter: Enter, live: Live) -> None:
    """The second to save sees what the first has stored beside what was typed, and decides."""
    async with live.journey("Pia", _family()) as known:
        await known.record_the_client()
    first, second = await enter("support", "caseworker"), await enter("support", "caseworker")
    for visitor in (first, second):
        await visitor.go(f"/front-desk/clients/{known.client}/edit")
    await first.field("Preferred name").fill("Pip")
    await first.press("Save")
    await second.field("Preferred name").fill("Pippa")
    await second.press("Save", status=422)
    differences = await second.main.locator("section.differences").inner_text()
    assert "Pip" in differences
    assert "Pippa" in differences
    await second.press("Save")
    await second.sees("Pippa")


@pytest.mark.row("X2")
@pytest.mark.parametrize("scripts", [True, False])
async def test_enter_saves_and_a_new_line_is_where_one_goes_on(enter: Enter, scripts: bool) -> None:
    """In a form with lines Enter never adds one, and after "Add a line" the focus is in the new line."""
    keeper = await enter("property", "inventory_keeper", scripts=scripts)
    page = keeper.page
    await keeper.go("/inventory-desk/landlords/new")
    name = _family()
    await keeper.field("Name").first.fill(name)
    await keeper.choose("Kind", "Organisation")
    await keeper.choose("Relation", "A third party")
    first = page.locator("[name=contacts-0-name]")
    await first.fill("Office")
    keeper.allow(200)
    async with page.expect_navigation():
        await page.get_by_role("button", name="Add a line").click()
    if scripts:
        assert await page.evaluate("document.activeElement.name") == "contacts-1-name"
    else:
        assert await page.evaluate("document.activeElement.matches('fieldset.row-line:nth-of-type(2)')")
    await first.focus()
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await keeper.heading() == name


@pytest.mark.row("P5", "X2")
@pytest.mark.parametrize("scripts", [True, False])
async def test_on_a_phone_the_first_home_is_on_the_first_screen(
    enter: Enter, live: Live, scripts: bool
) -> None:
    """Filters begin closed on a phone; where there is room beside the results they are open."""
    async with live.journey("Odile", _family()) as known:
        await known.record_the_client()
        await known.start_the_placement()
    caseworker = await enter("support", "caseworker", scripts=scripts)
    page = caseworker.page
    address = page.get_by_label("Street, number").or_(page.locator("#q"))
    await caseworker.go(f"/front-desk/placements/{known.placement}/search")
    assert await address.first.is_visible()
    await page.set_viewport_size({"width": 375, "height": 812})
    await page.reload()
    assert not await address.first.is_visible()
    home = await page.locator("main table tbody tr").first.bounding_box()
    assert home is not None
    assert home["y"] < 812
    await page.locator("summary", has_text="Filter Options").click()
    assert await address.first.is_visible()
