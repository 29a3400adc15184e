"""The main journey as people click it: two organisations, each in a browser of its own."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Awaitable, Callable

import pytest

from testkit.browser import Visitor
from testkit.live import Live

pytestmark = pytest.mark.browser
Enter = Callable[..., Awaitable[Visitor]]


def _family(name: str) -> str:
    """Return a family name that nobody has in this stack, of letters only, and wider than a phone."""
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in uuid.uuid4().hex[:10])
    return f"{name}-{letters.title()}{'mw' * 12}"


async def _start_placement(caseworker: Visitor) -> None:
    """On a client's record: start a placement for any kind of home, with both consents."""
    await caseworker.follow("Add Housing Placement")
    for box in (
        await caseworker.main.get_by_role("group", name="Housing types sought").get_by_role("checkbox").all()
    ):
        await box.check()
    await caseworker.choose("Agrees to be housed", "Agreed in writing")
    await caseworker.choose("Agrees to share name and contact", "Agreed in writing")
    await caseworker.press("Start Housing Placement")


async def _find_a_home(caseworker: Visitor) -> str:
    """New Housing Search among the property entity's homes; choose the first and return its address."""
    await caseworker.follow("New Housing Search")
    await caseworker.main.locator("summary", has_text="More filters").click()
    await caseworker.field("Managed by").select_option(label="A property entity")
    await caseworker.press("Apply Filters")
    row = caseworker.main.locator("tbody tr").first
    if await row.get_by_role("link", name="Show the homes").count():
        await caseworker.follow(await row.get_by_role("link", name="Show the homes").inner_text())
    address = await row.locator("strong").first.inner_text()
    await caseworker.follow(f"Secure Unit {address}")
    return address


@pytest.mark.row(
    "C1", "C3", "P2", "P5", "P6", "P7", "P10", "C6", "T1", "T2", "T4", "T5", "U4", "U9", "W4", "W5", "X6"
)
async def test_a_household_goes_from_a_search_to_a_move_in(enter: Enter, live: Live) -> None:
    """Each step by hand, at the desk of the organisation whose job it is; the other desk shows it."""
    caseworker = await enter("support", "caseworker")
    manager = await enter("property", "property_manager")
    keeper = await enter("property", "inventory_keeper")
    family = _family("Quillfeather")
    async with live.journey("Aurelia", family) as known:
        await known.record_the_client()

    # support: the person, after checking those who may be the same
    await caseworker.go("/front-desk")
    await caseworker.follow("Record a client")
    await caseworker.fill({"Given name": "Aurélia", "Family name": family, "Estimated age": "41"})
    await caseworker.field("Phone numbers 1").fill("416 555 0142")
    await caseworker.press("Save", status=422)
    await caseworker.sees("Possible duplicates")
    assert await caseworker.main.get_by_role("link", name=f"Aurelia {family}").count() == 1
    assert await caseworker.field("Given name").input_value() == "Aurélia"
    await caseworker.field("None of these people is the one I am recording").check()
    await caseworker.press("Save")
    tenant = f"Aurélia {family}"
    assert await caseworker.heading() == tenant

    # support: a placement, a home, and what will be disclosed, before it is
    await _start_placement(caseworker)
    placement = caseworker.page.url
    await caseworker.sees("No home is secured yet.")
    address = await _find_a_home(caseworker)
    await caseworker.sees("Property entity will receive, word for word")
    await caseworker.sees("Property entity will receive, word for word, once the home is held")
    assert tenant in await caseworker.main.locator("section[aria-labelledby=sent-property]").inner_text()
    assert tenant not in await caseworker.main.locator("section[aria-labelledby=sent-title]").inner_text()
    await caseworker.press("Secure Unit")
    # From here on nothing is pressed: the page changes on its own when the inventory has answered.
    await caseworker.main.locator(".tag", has_text="Housing secured").wait_for()
    await caseworker.page.wait_for_load_state("load")
    await caseworker.examine()
    assert caseworker.page.url == placement
    await caseworker.sees(address)

    # property: the referral has become an application; the tenant's choices; accepted
    await manager.go("/property-desk/applications")
    await manager.until_followed(tenant)
    application = manager.page.url
    await manager.follow("Change What the tenant chose")
    today = dt.date.fromisoformat(live.today())
    await manager.date("Day the tenant chose", today)
    for question in ("When and where the lease is signed", "The day the tenancy starts"):
        await manager.choose(question, "May be shared")
    await manager.choose("Notices that could end the tenancy", "Not to be shared")
    await manager.press("Record the choices")
    await manager.go(application.removeprefix(manager.origin))
    await manager.follow("Accept")
    await manager.press("Accept")

    # property: the lease from the template of the home's province, and the time of its signing
    await manager.follow("Draw up the lease")
    assert await manager.field("Family name").input_value() == family
    await manager.date("First day of the tenancy", today)
    await manager.field("Rent for a month").fill("1,250.00")
    await manager.press("Draw up the lease")
    await manager.follow("Clauses")
    await manager.follow("Terms")
    await manager.follow("Whole lease")
    await _prints_alone(manager, "Draft: not in force until everybody has signed")
    await manager.follow("Français", within=manager.main)
    await manager.sees("pas en vigueur tant que chaque personne n’a pas signé")
    await manager.follow("Bail", exact=False, within=manager.page.locator(".crumbs"))
    await manager.follow("Go to the signing")
    await manager.follow("Arrange the signing")
    await manager.date("Date and time", today + dt.timedelta(days=1))
    await manager.main.get_by_role("textbox", name="Time", exact=True).fill("2:30 pm")
    await manager.choose("Place", "Our office")
    await manager.field("Who signs for the landlord").fill("Demo Property Manager")
    await manager.press("Continue")
    await manager.sees("will receive, word for word")
    await manager.press("Confirm")
    signing = manager.page.url

    # support: sees the signing, and answers that somebody attends
    await caseworker.go("/front-desk/signings")
    row = await caseworker.until_row(tenant)
    await caseworker.follow(await row.get_by_role("link").first.inner_text(), within=row)
    await caseworker.choose("Will somebody attend?", "Somebody will attend")
    await caseworker.press("Send the answer")

    # property: the answer, the rights, both attestations, the signatures
    await manager.go(signing.removeprefix(manager.origin))
    await manager.until_sees("attend")
    await manager.press("Explained and acknowledged")
    for name in (tenant, "Demo Property Manager"):
        await manager.follow(f"{name} attests")
        await manager.press(f"Yes, {name} attests")
    await manager.follow("Record the signatures")
    await manager.main.get_by_label("The tenants agreed to sign at this time").check()
    await manager.press("Everybody signed")
    await manager.follow("Record of the signing")
    await _prints_alone(manager, "The tenants' rights were explained and acknowledged")

    # support: the tenancy has started; Move In
    await caseworker.go(placement.removeprefix(caseworker.origin))
    await caseworker.until_sees("The tenancy has started.")
    await caseworker.follow("Move In")
    await caseworker.press("Move In")
    await caseworker.main.locator(".tag", has_text="Moved in").wait_for()

    # inventory: nobody typed it in, and the home is occupied
    await keeper.go("/inventory-desk/units?text=" + address.replace(" ", "+"))
    await keeper.follow(address, exact=False, within=await keeper.until_row(address))
    await keeper.main.locator(".tag", has_text="Occupied").wait_for()
    await keeper.does_not_see(family)

    # both timelines show it, each from its own side
    await caseworker.follow("Timeline")
    for words in ("asked for", "holds", "signing", "tenancy", "moved in"):
        assert words in (await caseworker.main.inner_text()).lower(), words
    await manager.go(application.removeprefix(manager.origin))
    assert "the application was accepted" in (await manager.main.locator(".timeline").inner_text()).lower()
    await manager.does_not_see("Front Desk")
    await manager.follow("What may be shared and what was shared")


async def _prints_alone(manager: Visitor, words: str) -> None:
    """A document prints without the page around it, and can be downloaded as a PDF."""
    await manager.sees(words)
    page = manager.page
    await page.emulate_media(media="print")
    assert await page.locator("article.paper").is_visible()
    for around in ("header.top", "nav.menu", "nav.crumbs", "footer.foot", ".title-side .button >> nth=0"):
        assert not await page.locator(around).is_visible(), around
    await page.emulate_media(media="screen")
    async with page.expect_download() as downloading:
        await manager.main.get_by_role("link", name="Download as PDF").click()
    path = await (await downloading.value).path()
    assert path.read_bytes().startswith(b"%PDF-")


@pytest.mark.row("P2", "P5", "P6", "X5")
async def test_the_same_works_without_scripts(visit: Enter, live: Live) -> None:
    """Sign in, start a placement, secure a home, and see the answer by following the link."""
    async with live.journey("Bram", _family("Noscript")) as known:
        await known.record_the_client()
        account = live.account("support", "caseworker")
        caseworker = await visit("support", scripts=False)
        await caseworker.go(f"/front-desk/clients/{known.client}")
        await caseworker.fill({"E-mail address": account.email, "Password": account.password})
        await caseworker.press("Sign in")
        await _start_placement(caseworker)
        await _find_a_home(caseworker)
        await caseworker.press("Secure Unit")
        await caseworker.until_sees("Housing secured", by_following="See whether there is an answer")
