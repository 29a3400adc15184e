"""Contacts of a client: added, changed, removed and shown, through the API and at the desk (C4)."""

import uuid

import pytest

from deskkit.testing import parse_page
from support_svc.contacts.feature import CONTACT_RELATIONSHIP
from support_svc.placements.feature import REFERRAL_SOURCE

ANA = {
    "name": "Ana Bell",
    "phone": "416 555 0146",
    "email": "ana@mail.example",
    "about": ["housing", "messages"],
}


@pytest.mark.row("C4", "X3", "X4")
async def test_a_contact_is_added_changed_and_removed(world):
    person = await world.client()
    relative = str(await world.value(CONTACT_RELATIONSHIP, "relative"))
    path = f"/clients/{person}/contacts"
    async with world.api("caseworker") as api:
        made = await api.post(path, json={**ANA, "relationship_id": relative})
        assert made.status_code == 201
        contact = made.json()["id"]
        (one,) = (await api.get(path)).json()
        assert one["name"] == "Ana Bell"
        assert one["about"] == ["messages", "housing"]
        assert (one["relationship_id"], one["relationship_fr"]) == (relative, "Membre de la famille")
        changed = {"name": "Ana Bell-Roy", "about": ["emergency"], "version": one["version"]}
        assert (await api.put(f"{path}/{contact}", json=changed)).status_code == 204
        late = await api.put(f"{path}/{contact}", json=changed | {"name": "Somebody"})
        assert (late.status_code, late.json()["code"]) == (409, "edited_meanwhile")
        (one,) = (await api.get(path)).json()
        assert (one["name"], one["phone"], one["about"]) == ("Ana Bell-Roy", None, ["emergency"])
        assert (await api.delete(f"{path}/{contact}")).status_code == 204
        (one,) = (await api.get(path)).json()
        assert one["ended_on"] == world.today.isoformat()
        again = await api.delete(f"{path}/{contact}")
        assert (again.status_code, again.json()["code"]) == (409, "contact_has_ended")
        history = (await api.get(f"/clients/{person}/history?about=contact&record={contact}")).json()
        assert {"ended", "changed", "added"} <= {line["action"] for line in history}


@pytest.mark.row("C4")
async def test_what_no_contact_can_have_is_refused(world):
    person, other = await world.client(), await world.client("Ida", "Other")
    wrong_list = str(await world.value(REFERRAL_SOURCE, "outreach"))
    path = f"/clients/{person}/contacts"
    async with world.api("caseworker") as api:
        for wrong in (
            {"name": " "},
            {"name": "Ana", "about": ["everything"]},
            {"name": "Ana", "relationship_id": wrong_list},
            {"name": "Ana", "email": "ana"},
        ):
            assert (await api.post(path, json=wrong)).status_code == 422, wrong
        contact = (await api.post(path, json={"name": "Ana"})).json()["id"]
        elsewhere = f"/clients/{other}/contacts/{contact}"
        assert (await api.delete(elsewhere)).status_code == 404
        assert (await api.get(f"/clients/{uuid.uuid4()}/contacts")).status_code == 404
    async with world.api("support_administrator") as api:
        assert (await api.get(path)).status_code == 403


@pytest.mark.row("C4", "X1")
@pytest.mark.parametrize("locale", ["en", "fr"])
async def test_contacts_at_the_desk(world, locale):
    person = await world.client()
    base = f"/front-desk/clients/{person}"
    async with world.desk("caseworker", locale=locale) as browser:

        async def page(path):
            return parse_page((await browser.get(f"{base}{path}")).text)

        assert "Ana Bell" not in (await page("/contacts")).text
        await page("/contacts/new")
        fields = (await page("/contacts/new")).fields(f"{base}/contacts/new")
        wrong = await browser.post(f"{base}/contacts/new", data={**fields, "name": ""})
        assert wrong.status_code == 422
        answer = await browser.post(
            f"{base}/contacts/new", data={**fields, **ANA, "about": ["housing"]}, follow_redirects=True
        )
        assert "Ana Bell" in parse_page(answer.text).text
        shown = (await page("")).text
        assert "Ana Bell" in shown
        assert ("Housing" if locale == "en" else "Logement") in shown
        (row,) = await world.rows("SELECT id FROM contact")
        where = f"/contacts/{row['id']}"
        fields = (await page(f"{where}/edit")).fields(f"{base}{where}/edit")
        assert fields["name"] == "Ana Bell"
        await browser.post(f"{base}{where}/edit", data={**fields, "name": "Ana Roy"})
        fields = (await page(f"{where}/end")).fields(f"{base}{where}/end")
        answer = await browser.post(f"{base}{where}/end", data=fields, follow_redirects=True)
        assert ("Former contact" if locale == "en" else "Ancien contact") in parse_page(answer.text).text
        assert "Ana Roy" in parse_page(answer.text).text
        shown = (await page("")).text
        assert ("No contact is recorded" if locale == "en" else "Aucun contact n’est enregistré") in shown
