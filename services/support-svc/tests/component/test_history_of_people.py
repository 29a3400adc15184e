"""The client's page is the hub of the work, and its History says who changed and who viewed what (C1, X3)."""

import ast
import datetime as dt
import re
import uuid
from pathlib import Path

import pytest

import support_svc
from deskkit.testing import parse_page
from support_svc.clients.commands import AddMember, EditClient, add_member, edit_client
from support_svc.consents.model import GivenHow
from support_svc.contacts.commands import AddContact, add_contact
from support_svc.documents.commands import RecordDocument, record_document
from support_svc.documents.feature import DOCUMENT_KIND
from support_svc.history.model import VIEWED, Matter
from support_svc.history.queries import history, last_change
from support_svc.housing_history.commands import (
    AddHousing,
    CorrectHousing,
    EndHousing,
    add_housing,
    correct_housing,
    end_housing,
)
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.moving_in.commands import MoveIn, move_in
from support_svc.plans.commands import AddGoal, add_goal

SOURCE = Path(support_svc.__file__).parent


async def page_of(world, address, locale="en"):
    async with world.desk("caseworker", locale=locale) as browser:
        answer = await browser.get(address)
        assert answer.status_code == 200, answer.text[:500]
        return parse_page(answer.text)


def what_is_touched():
    """The kinds of record and actions that the commands about a person write to the audit."""
    found = set()
    for feature in ("clients", "consents", "contacts", "housing_history", "merging", "documents", "plans"):
        for path in (SOURCE / feature).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "touched":
                    found.add((node.args[0].value, node.args[2].value))
    return {one for one in found if one[0] in set(Matter)}


@pytest.mark.row("X3")
def test_everything_that_is_done_has_its_sentence():
    words = (SOURCE / "history/templates/history/_words.html").read_text()
    described = set(re.findall(r'done == "(\w+)\.(\w+)"', words))
    assert what_is_touched() | {("housing_record", "corrected")} == described
    assert {kind for kind, _ in described} == {matter.value for matter in Matter}


@pytest.mark.row("C1", "C2", "C5", "C6", "X3")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_history_shows_in_words_who_did_what(world, locale):
    client = await world.client("Ines", "Marrow", date_of_birth=dt.date(1980, 4, 4))
    other = await world.client("Ola", "Marrow")
    await world.do(add_member, AddMember(client_id=client, member_id=other))
    renamed = EditClient(
        client_id=client,
        given_name="Inès",
        family_name="Marrow",
        date_of_birth=dt.date(1980, 4, 5),
        comments="Canary-note-7731",
        version=1,
    )
    await world.do(edit_client, renamed)
    placement = await world.placement(client)
    stay = await world.do(
        add_housing,
        AddHousing(
            client_id=client,
            housing_type_id=await world.value(HOUSING_TYPE, "apartment"),
            address="12 Elm St",
            started_on=world.today - dt.timedelta(days=40),
        ),
    )
    moved = CorrectHousing(
        client_id=client,
        record_id=stay,
        housing_type_id=await world.value(HOUSING_TYPE, "apartment"),
        address="12 Elm St",
        started_on=world.today - dt.timedelta(days=41),
        reason="Typed wrongly",
        version=1,
    )
    await world.do(correct_housing, moved)
    await world.do(end_housing, EndHousing(client_id=client, record_id=stay, ended_on=world.today))
    await world.do(add_contact, AddContact(client_id=client, name="Ola Marrow"))
    identity = await world.value(DOCUMENT_KIND, "identity")
    await world.do(record_document, RecordDocument(client_id=client, kind_id=identity, needed=True))
    await world.do(add_goal, AddGoal(client_id=client, goal="A room with a window"))
    base = f"/front-desk/clients/{client}"
    for address in (
        base,
        f"{base}/consents",
        f"{base}/housing-history",
        f"/front-desk/placements/{placement}",
    ):
        await page_of(world, address, locale)
    shown = (await page_of(world, f"{base}/history", locale)).text
    expected = {
        "en": ["Ola Marrow joined the household", "Given name: Ines → Inès", "A stay was ended: 12 Elm St",
               "to be housed", "Looked at the consents", "Looked at the placement", "Robin Hale"],
        "fr": ["Ola Marrow s’est joint au ménage", "Ines → Inès", "12 Elm St", "être logé",
               "A consulté les consentements", "A consulté le placement", "Robin Hale"],
    }[locale]  # fmt: skip
    for words in expected:
        assert words in shown, words
    assert "Canary" not in shown
    assert "None" not in shown
    for matter in Matter:
        lines = await world.see(history, client, matter)
        assert {line.matter for line in lines} == {matter}
        await page_of(world, f"{base}/history?about={matter.value}", locale)
    of_stay = await world.see(history, client, Matter.STAY, stay)
    assert [line.action for line in of_stay if line.action != VIEWED] == ["ended", "corrected", "added"]
    latest = await world.see(last_change, client)
    assert (latest.matter, latest.action) == (Matter.PLAN, "goal_added")


@pytest.mark.row("X3")
async def test_the_history_of_nobody_known_is_not_found(world):
    other = await world.client("Ines", "Marrow")
    async with world.api("caseworker") as api:
        lines = (await api.get(f"/clients/{other}/history")).json()
        assert lines[-1]["action"] == "created"
        assert (await api.get(f"/clients/{uuid.uuid4()}/history")).status_code == 404
    async with world.api("support_administrator") as api:
        assert (await api.get(f"/clients/{other}/history")).status_code == 403


@pytest.mark.row("C1", "P2")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_the_clients_page_is_the_hub(world, locale):
    client = await world.client("Ines", "Marrow")
    base = f"/front-desk/clients/{client}"
    page = await page_of(world, base, locale)
    assert f"placements/new?client={client}" in page.html
    placement = await world.placement(
        client, target_on=world.today + dt.timedelta(days=5), agrees_to_share_contact=GivenHow.WRITTEN
    )
    page = await page_of(world, base, locale)
    assert f"placements/new?client={client}" not in page.html
    assert f"/front-desk/placements/{placement}" in page.html
    words = {
        "en": (
            "Open the Housing Placement",
            "Target date",
            "The home is held until",
            "Lease signing",
            "Follow-up",
        ),
        "fr": ("Ouvrir le placement", "Date cible", "Le logement est réservé", "Signature du bail", "Suivi"),
    }[locale]
    assert words[0] in page.text
    assert words[1] in page.text
    request = await world.held(placement, await world.home(managed_by="property_entity"))
    page = await page_of(world, base, locale)
    assert words[2] in page.text
    assert "Example Street" in page.text
    referral = await world.referral(request)
    soon = world.clock.now() + dt.timedelta(days=2)
    await world.receive("signing_scheduled", referral=referral, signing=referral, starts_at=soon)
    assert words[3] in (await page_of(world, base, locale)).text
    world.clock.advance(dt.timedelta(days=3))
    moved = MoveIn(placement_id=placement, moved_in_on=world.today, next_months=1, reported_by_client=True)
    await world.do(move_in, moved)
    page = await page_of(world, base, locale)
    assert words[4] in page.text
    assert "None" not in page.text
