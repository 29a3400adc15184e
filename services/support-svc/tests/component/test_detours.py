"""What is recorded on the way leads back to what was being done."""

import uuid

import pytest

from deskkit.testing import parse_page
from support_svc.consents.model import GivenHow
from support_svc.withdrawals.commands import withdraw_with_consequences
from support_svc.withdrawals.model import WithdrawWithConsequences

PERSON = {"given_name": "Vera", "family_name": "Quillfeather", "checked": "true"}


async def recorded(browser, link, **typed):
    """Follow a link to a form, send it, and return where the answer leads."""
    fields = parse_page((await browser.get(link)).text).fields(link)
    answer = await browser.post(link, data={**fields, **typed})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def link_to(page, words):
    """The address of the first link whose text starts with these words."""
    return next(address for text, address in page.links().items() if text.startswith(words))


@pytest.mark.row("P2", "C1", "X1")
@pytest.mark.parametrize(("locale", "words"), [("en", "Record a client"), ("fr", "Consigner un client")])
async def test_a_person_recorded_while_a_placement_starts_is_the_one_it_starts_for(world, locale, words):
    async with world.desk("caseworker", locale=locale) as browser:
        nobody = parse_page((await browser.get("/front-desk/placements/new?q=quillfeather")).text)
        there = await recorded(browser, link_to(nobody, words), **PERSON)
        (client,) = await world.rows("SELECT id FROM client WHERE given_name = 'Vera'")
        assert there.startswith("/front-desk/placements/new?")
        assert f"client={client['id']}" in there
        form = parse_page((await browser.get(there)).text)
        assert "Vera Quillfeather" in form.text


@pytest.mark.row("C2", "X1")
async def test_a_person_recorded_for_a_household_is_found_there(world):
    head = await world.client()
    async with world.desk("caseworker") as browser:
        page = f"/front-desk/clients/{head}/household?q=quillfeather"
        there = await recorded(
            browser, link_to(parse_page((await browser.get(page)).text), "Record a client"), **PERSON
        )
        assert there.startswith(f"/front-desk/clients/{head}/household?")
        found = parse_page((await browser.get(there)).text)
        assert "Vera Quillfeather" in found.text


@pytest.mark.row("P6", "C6")
async def test_a_consent_recorded_on_the_way_leads_back_to_securing_the_home(world):
    client = await world.client()
    wanted, unit = await world.placement(client), await world.home()
    (consent,) = await world.rows("SELECT id FROM consent WHERE purpose = 'be_housed'")
    await world.do(
        withdraw_with_consequences, WithdrawWithConsequences(client_id=client, consent_id=consent["id"])
    )
    secure = f"/front-desk/placements/{wanted}/secure/{unit}"
    async with world.desk("caseworker") as browser:
        page = parse_page((await browser.get(secure)).text)
        there = await recorded(
            browser, link_to(page, "Record a consent"), purpose="be_housed", given_how=GivenHow.VERBAL.value
        )
        assert there == secure
        assert "has not agreed to be housed" not in parse_page((await browser.get(there)).text).text


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example/front-desk/", "/front-desk//evil.example", "/front-desk/\\evil",
     "/front-deskevil", "/property-desk/", "javascript:alert(1)", "/front-desk/a\nSet-Cookie: x"],
)  # fmt: skip
async def test_the_way_back_leads_nowhere_but_to_this_desk(world, elsewhere):
    async with world.desk("caseworker") as browser:
        base = "/front-desk/clients/new"
        fields = parse_page((await browser.get(base)).text).fields(base)
        answer = await browser.post(base, params={"back": elsewhere}, data={**fields, **PERSON})
        assert answer.status_code == 303
        assert uuid.UUID(answer.headers["location"].removeprefix("/front-desk/clients/"))
