"""Documents of clients: recorded, their files stored and deleted, and what a household lacks (C9)."""

import datetime as dt
import io
import uuid

import pytest
from PIL import Image

from chassis.actor import Actor
from contracts.catalogue import CATALOGUE
from deskkit.testing import parse_page
from support_svc.clients.commands import AddMember, add_member
from support_svc.documents.commands import RecordDocument, record_document
from support_svc.documents.feature import DOCUMENT_KIND
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.my_day.queries import my_day
from support_svc.placements.feature import REFERRAL_SOURCE

DAY = dt.timedelta(days=1)
NOOR = Actor("staff-new", "support", frozenset({"caseworker"}), "Noor Anders")
PDF = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\nstartxref\n0\n%%EOF\n"


def picture(colour: int = 120) -> bytes:
    """A picture as a file, with what a camera adds."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera Maker"
    Image.new("RGB", (64, 48), (colour, 90, 60)).save(out, "JPEG", exif=exif)
    return out.getvalue()


async def kind(world, code):
    return await world.value(DOCUMENT_KIND, code)


async def recorded(world, person, code, actor=None, **fields):
    given = {"have": True, **fields}
    command = RecordDocument(client_id=person, kind_id=await kind(world, code), **given)
    return await world.do(record_document, command, actor=actor)


async def need(world, value, each_adult=(), household=(), version=0):
    async with world.api("support_administrator") as api:
        body = {
            "each_adult": [str(await kind(world, code)) for code in each_adult],
            "household": [str(await kind(world, code)) for code in household],
            "version": version,
        }
        answer = await api.put(f"/needed-documents/{value}", json=body)
        assert answer.status_code == 204, answer.text


async def readiness(world, placement):
    async with world.api("caseworker") as api:
        found = (await api.get(f"/placements/{placement}/documents")).json()
    return found["had"], found["needed"], [(one["label_en"], one["name"]) for one in found["missing"]]


@pytest.mark.row("C9", "X4")
async def test_a_document_is_recorded_changed_and_shows_what_is_missing(world):
    person = await world.client("Ann", "Marrow")
    async with world.api("caseworker") as api:
        path = f"/clients/{person}/documents"
        said = {"kind_id": str(await kind(world, "identity")), "needed": True}
        nothing = await api.post(path, json={**said, "needed": False})
        assert (nothing.status_code, nothing.json()["code"]) == (422, "nothing_said")
        other_list = await api.post(
            path, json={**said, "kind_id": str(await world.value(REFERRAL_SOURCE, "outreach"))}
        )
        assert other_list.status_code == 422
        one = (await api.post(path, json=said)).json()["id"]
        found = (await api.get(path)).json()
        assert (found["readiness"]["had"], found["readiness"]["needed"]) == (0, 1)
        change = {**said, "have": True, "expires_on": str(world.today), "version": 1}
        assert (await api.put(f"/documents/{one}", json=change)).status_code == 204
        stale = await api.put(f"/documents/{one}", json={**change, "have": False})
        assert (stale.status_code, stale.json()["code"]) == (409, "edited_meanwhile")
        assert (await api.get(path)).json()["readiness"]["had"] == 1, "its last day counts"
        world.clock.advance(DAY)
        assert (await api.get(path)).json()["readiness"]["had"] == 0
        assert (await api.get(f"/documents/{uuid.uuid4()}")).status_code == 404
        assert (await api.post(f"/clients/{uuid.uuid4()}/documents", json=said)).status_code == 404
    async with world.api("support_administrator") as api:
        assert (await api.get(f"/clients/{person}/documents")).status_code == 403


@pytest.mark.row("C9")
async def test_a_household_lacks_what_its_program_and_its_home_need(world):
    head, child = await world.family()
    cousin = await world.client("Kit", "Quillfeather", estimated_age=30)
    await world.do(add_member, AddMember(client_id=head, member_id=cousin))
    program = await world.program()
    room, apartment = [await world.value(HOUSING_TYPE, code) for code in ("room", "apartment")]
    await need(world, program, each_adult=["identity"])
    await need(world, apartment, household=["income"])
    await need(world, room, household=["reference"])
    wanted = await world.placement(head, child, cousin, program_id=program, housing_types=[apartment, room])
    assert await readiness(world, wanted) == (
        0,
        4,
        [
            ("Photo identification", "Zdenka Quillfeather"),
            ("Photo identification", "Kit Quillfeather"),
            ("Proof of income", None),
            ("Reference of a landlord", None),
        ],
    )
    await recorded(world, head, "identity", expires_on=world.today - DAY)
    await recorded(world, cousin, "identity")
    await recorded(world, child, "income")
    await recorded(world, head, "bank_details", have=False, needed=True)
    await world.held(wanted, await world.home(housing_type="apartment"))
    missing = [("Photo identification", "Zdenka Quillfeather"), ("Bank details", "Zdenka Quillfeather")]
    assert await readiness(world, wanted) == (2, 4, missing), "the home that is held is no room"
    async with world.desk("caseworker") as browser:
        for page in (f"placements/{wanted}", f"clients/{child}", f"clients/{child}/documents"):
            text = parse_page((await browser.get(f"/front-desk/{page}")).text).text
            assert "2 of 4 documents" in text
            assert "Photo identification (Zdenka Quillfeather), Bank details (Zdenka Quillfeather)" in text


@pytest.mark.row("C9", "X4")
async def test_an_administrator_edits_what_is_needed_and_a_caseworker_does_not(world):
    program = await world.program()
    page = f"/front-desk/needed-documents/{program}"
    identity, income = str(await kind(world, "identity")), str(await kind(world, "income"))
    async with world.desk("support_administrator") as browser:
        fields = parse_page((await browser.get(page)).text).fields(page)
        beside = parse_page((await browser.get(page)).text).fields(page)
        both = await browser.post(page, data={**fields, "each_adult": [income], "household": [income]})
        assert both.status_code == 422
        assert "not both" in parse_page(both.text).text
        saved = await browser.post(page, data={**fields, "each_adult": [identity], "household": [income]})
        assert saved.status_code == 303
        late = await browser.post(page, data={**beside, "each_adult": [], "household": []})
        assert late.status_code == 422
        assert "Somebody else changed this record" in parse_page(late.text).text
        shown = parse_page((await browser.get("/front-desk/needed-documents")).text).text
        assert "Photo identification" in shown
    rows = await world.rows("SELECT needed_of FROM needed_document ORDER BY needed_of")
    assert [row["needed_of"] for row in rows] == ["each_adult", "household"]
    await need(world, program, household=["income"], version=1)
    assert len(await world.rows("SELECT 1 FROM needed_document")) == 1
    async with world.api("caseworker") as api:
        refused = await api.put(f"/needed-documents/{program}", json={"version": 2})
        assert refused.status_code == 403
    async with world.api("support_administrator") as api:
        gender = (await world.rows("SELECT id FROM lookup_value WHERE list = 'gender' LIMIT 1"))[0]["id"]
        assert (await api.put(f"/needed-documents/{gender}", json={"version": 0})).status_code == 404


@pytest.mark.row("C9", "X5")
async def test_a_file_is_stored_by_its_content_and_served_as_a_download(world):
    person = await world.client("Ann", "Marrow")
    one = await recorded(world, person, "identity")
    path = f"/documents/{one}/files"
    async with world.api("caseworker") as api:
        sent = {"file": ("passport of Ann Marrow.exe", picture(), "text/html")}
        first = (await api.post(path, files=sent)).json()["id"]
        assert (await api.post(path, files=sent)).json()["id"] == first, "sent twice is one"
        second = (await api.post(path, files={"file": ("a.html", PDF, "text/html")})).json()["id"]
        for file, type_, name in ((first, "image/jpeg", "jpeg"), (second, "application/pdf", "pdf")):
            answer = await api.get(f"{path}/{file}")
            assert answer.headers["content-type"] == type_
            assert answer.headers["content-disposition"] == f'attachment; filename="document.{name}"'
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["cache-control"] == "no-store"
            assert "sandbox" in answer.headers["content-security-policy"]
        assert b"Secret" not in (await api.get(f"{path}/{first}")).content
        assert (await api.get(f"{path}/{second}")).content == PDF
        refused = await api.post(path, files={"file": ("a.pdf", b"<html>", "application/pdf")})
        assert (refused.status_code, refused.json()["code"]) == (422, "not_a_document")
        other = await recorded(world, person, "income")
        assert (await api.get(f"/documents/{other}/files/{first}")).status_code == 404
        for colour in (0, 40, 160, 200):
            assert (await api.post(path, files={"file": ("a", picture(colour), "x/y")})).status_code == 201
        full = await api.post(path, files={"file": ("a", picture(77), "x/y")})
        assert (full.status_code, full.json()["code"]) == (422, "too_many_files")
    async with world.api("support_administrator") as api:
        assert (await api.get(f"{path}/{first}")).status_code == 403
        assert (await api.post(path, files={"file": ("a", b"anything", "x/y")})).status_code == 403
    looked = await world.rows("SELECT record_id FROM access_log WHERE query = 'documents.document_file'")
    assert {row["record_id"] for row in looked} == {str(person)}


@pytest.mark.row("C9", "X3")
async def test_what_is_deleted_is_gone_and_the_history_says_that_it_happened(world):
    person = await world.client("Ann", "Marrow")
    one = await recorded(world, person, "identity")
    page = f"/front-desk/documents/{one}"
    async with world.desk("caseworker") as browser:
        fields = parse_page((await browser.get(page)).text).fields(f"{page}/files")
        none = await browser.post(f"{page}/files", data=fields)
        assert none.status_code == 422
        assert "Choose a file" in parse_page(none.text).text
        for file in (picture(), PDF):
            fields = parse_page((await browser.get(page)).text).fields(f"{page}/files")
            added = await browser.post(f"{page}/files", data=fields, files={"file": ("a", file, "x/y")})
            assert added.status_code == 303
        files = await world.rows("SELECT id FROM client_document_file ORDER BY id")
        gone = f"{page}/files/{files[0]['id']}"
        fields = parse_page((await browser.get(f"{gone}/deletion")).text).fields(f"{gone}/deletion")
        assert (await browser.post(f"{gone}/deletion", data=fields)).status_code == 303
        assert (await browser.get(gone)).status_code == 404
        assert await world.rows("SELECT id FROM client_document_file") == [files[1]]
        fields = parse_page((await browser.get(f"{page}/deletion")).text).fields(f"{page}/deletion")
        assert (await browser.post(f"{page}/deletion", data=fields)).status_code == 303
        assert (await browser.get(page)).status_code == 404
        assert await world.rows("SELECT 1 FROM client_document_file") == []
        assert await world.rows("SELECT 1 FROM client_document") == []
        history = parse_page((await browser.get(f"/front-desk/clients/{person}/history")).text).text
        assert "A document was deleted with its files" in history
    audited = await world.rows(
        "SELECT action, changes::text FROM audit WHERE record_kind = 'client_document' ORDER BY at, id"
    )
    assert [row["action"] for row in audited] == ["recorded", "file_added", "file_added", "file_deleted"]
    assert str(files[0]["id"]) in audited[-1]["changes"]


@pytest.mark.row("C9", "F2")
async def test_what_expires_is_on_the_day_of_whose_placement_it_is_until_a_later_one_is_there(world):
    person, friend = await world.client("Ann", "Marrow"), await world.client("Bo", "Marrow")
    await recorded(world, person, "identity", expires_on=world.today + 10 * DAY, actor=NOOR)
    await recorded(world, person, "income", expires_on=world.today + 31 * DAY)
    await recorded(world, person, "status", expires_on=world.today + DAY, have=False, needed=True)
    await recorded(world, friend, "identity", expires_on=world.today - 30 * DAY, actor=NOOR)

    async def due(actor=None):
        day = await world.see(my_day, actor=actor)
        return [(one.name, one.by) for one in day.due if one.task == "renew_document"]

    ann, bo = ("Ann Marrow", world.today + 10 * DAY), ("Bo Marrow", world.today - 30 * DAY)
    assert (await due(), await due(NOOR)) == ([], [bo, ann])
    await world.placement(person)
    assert (await due(), await due(NOOR)) == ([ann], [bo])
    await recorded(world, person, "identity", expires_on=world.today + 900 * DAY)
    await recorded(world, friend, "identity", actor=NOOR)
    assert (await due(), await due(NOOR)) == ([], [])


@pytest.mark.row("C9", "W1")
async def test_nothing_of_a_document_crosses(world):
    person = await world.client("Ann", "Marrow")
    await recorded(world, person, "identity", which="Passport-Canary-55")
    assert await world.rows("SELECT 1 FROM outbox") == []
    fields = {name for model in CATALOGUE.models for name in model.model_fields}
    assert not [name for name in fields if "document" in name or "file" in name]
