"""The whole lease and the record of its signing, on a page and as a PDF, in every state (T2, T4, T5)."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import Any

import pytest
from pypdf import PdfReader

from tenancy_svc.documents.model import REPLACEMENT, Document, Language
from tenancy_svc.documents.pdf import letters
from tenancy_svc.leases.document import lease_document
from tenancy_svc.signings.document import signing_document

ROBIN = {
    "part": "tenant", "given_name": "Robin ᐃᓄᒃ", "family_name": "Nguyễn-Sḵwx̱wú7mesh",
    "phone": "416 555 0199", "email": "robin@mail.example",
}  # fmt: skip
ROBINS_NAMESAKE = {**ROBIN, "phone": "416 555 0142", "email": None}
CHILD = {"part": "occupant", "given_name": "王", "family_name": "小明 🙂\u202e x"}
LONG = {"part": "occupant", "given_name": "W" * 120, "family_name": "Ω" * 120}
PARTIES = [ROBIN, ROBINS_NAMESAKE, CHILD, LONG]
DEPOSITS = [
    {"kind": "last_month_rent", "amount": {"amount": "900.00"}},
    {"kind": "key", "amount": {"amount": "35.00"}, "replacement_cost": {"amount": "40.00"}},
]
TERMS = {
    "start_on": "2026-04-01", "term": "fixed", "end_on": "2027-03-31", "rent": {"amount": "900.00"},
    "due_day": 31, "inclusions": ["heat", "water"], "parties": PARTIES, "deposits": DEPOSITS,
}  # fmt: skip
LANGUAGES = list(Language)


@dataclass
class Case:
    """One lease with its signing, and short words for what happens to them."""

    world: Any
    api: Any
    lease: str = ""
    signing: str = ""

    async def post(self, path: str, body: Any = None) -> Any:
        answer = await self.api.post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def draw_up(self, **changes: Any) -> None:
        people = [ROBIN, CHILD]
        body = {"unit": str(await self.world.home()), "adults": 2, "people": people}
        opened = (await self.post("/applications", body))["id"]
        await self.post(f"/applications/{opened}/acceptance")
        self.lease = (await self.post("/leases", {"application_id": opened, **TERMS, **changes}))["id"]

    async def amend(self, **changes: Any) -> None:
        version = (await self.api.get(f"/leases/{self.lease}")).json()["version"]
        await self.post(f"/leases/{self.lease}/amendments", {"version": version, **TERMS, **changes})

    async def arrange(self, at: str = "2026-03-05T14:00:00-05:00", directions: str | None = None) -> None:
        body = {"starts_at": at, "place": "the_unit", "landlord_name": "Dana Roy", "directions": directions}
        self.signing = (await self.post(f"/leases/{self.lease}/signings", body))["id"]

    async def sign(self) -> None:
        await self.post(f"/signings/{self.signing}/rights-explained")
        await self.world.attest(self.api, self.signing)
        self.world.meet()
        await self.post(f"/signings/{self.signing}/signature")

    async def pdf(self, path: str, language: Language) -> tuple[bytes, str]:
        answer = await self.api.get(f"{path}?language={language.value}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-language"] == f"{language.value}-CA"
        assert re.fullmatch(r'attachment; filename="[a-z0-9-]+\.pdf"', answer.headers["content-disposition"])
        assert answer.headers["cache-control"] == "no-store"
        return answer.content, text_of(answer.content)


def text_of(pdf: bytes) -> str:
    """What a PDF says, without spaces and without the foot of each page."""
    pages = [page.extract_text().splitlines() for page in PdfReader(io.BytesIO(pdf)).pages]
    foot = re.compile(r" · page \d+ (of|de) \d+")
    return bare("".join(line for lines in pages for line in lines if not foot.search(line)))


def bare(text: str) -> str:
    """A text without spaces, with a mark for each letter that the font of the PDF lacks."""
    return "".join(c if ord(c) in letters() else REPLACEMENT for c in text if not c.isspace())


def on_the_page(page: Any) -> list[str]:
    """Every text of the document on a page."""
    (article,) = [element for element in page.root.iter("article") if element.get("class") == "paper"]
    texts = [text.strip() for text in article.itertext()]
    return [text for text in texts if text and text not in "()"]


async def both_say_the_same(case: Case, desk: Any, query: Any, key: str, path: str) -> str:
    """Compare document, page and PDF in both languages; return what the English PDF says."""
    page, content = f"/property-desk{path}", ""
    for language in reversed(LANGUAGES):
        shown = await desk.go(f"{page}?language={language.value}")
        texts = on_the_page(shown)
        document: Document = await case.world.see(query, key, language=language)
        assert shown.h1 == document.title
        for text in document.texts():
            assert bare(text) in bare("".join([document.title, *texts])), text
        pdf, content = await case.pdf(path, language)
        mark = bare(document.mark or "")
        plain = content.replace(mark, "") if mark else content
        assert not mark or content.startswith(mark)
        for text in texts:
            assert bare(text) in (content if text == document.mark else plain), text
        from_the_desk = await desk.http.get(f"{page}.pdf?language={language.value}")
        assert from_the_desk.content == pdf
    return content


@pytest.fixture
async def case(world: Any) -> Any:
    """A case of its own at the API."""
    async with world.api("property_manager") as api:
        yield Case(world, api)


@pytest.mark.row("T2", "T4", "X1")
@pytest.mark.parametrize("state", ["draft", "in_force", "discarded"])
async def test_the_whole_lease_is_on_one_page_and_in_the_pdf(case: Case, visitor: Any, state: str) -> None:
    await case.draw_up()
    if state == "in_force":
        await case.arrange()
        await case.sign()
    if state == "discarded":
        assert (await case.api.delete(f"/leases/{case.lease}")).is_success
    desk = visitor("property_manager")
    path = f"/leases/{case.lease}/document"
    content = await both_say_the_same(case, desk, lease_document, case.lease, path)
    marks = {
        "draft": "Draft:notinforceuntileverybodyhassigned",
        "discarded": "Discardeddraft:itwasneverinforce",
    }
    assert [mark in content for mark in marks.values()] == [state == name for name in marks]
    assert ("Signaturesrecordedon5March2026" in content) is (state == "in_force")
    assert ("(signature)" in content) is (state == "draft")
    for expected in ("Lease5001", "$900.00CAD", "31March2027", "Bylawatmosttherentforonemonth", "Ontario"):
        assert expected in content
    assert "304–260ExampleStreet,Toronto,ON" in content
    assert bare(f"{REPLACEMENT * 2}") in content
    clauses = await case.world.rows(
        "SELECT c.title_en, c.text_en FROM template_clause c JOIN lease_edition e"
        " ON e.template_edition_id = c.edition_id WHERE e.lease_id = $1",
        case.lease,
    )
    assert len(clauses) > 5
    for clause in clauses:
        assert bare(clause["title_en"]) in content
        assert bare(clause["text_en"]) in content


@pytest.mark.row("T4")
async def test_a_former_version_stays_readable_as_it_was(case: Case, visitor: Any) -> None:
    await case.draw_up()
    path = f"/leases/{case.lease}/editions/1/document"
    (before, _), terms = await case.pdf(path, Language.FRENCH), {"rent": {"amount": "850.50"}, "deposits": []}
    assert "Projet:pasenvigueur" in text_of(before)
    await case.amend(**terms)
    _, former = await case.pdf(path, Language.ENGLISH)
    assert "Formerversion,replacedbyversion2:notinforce" in former
    assert ("$900.00CAD" in former, "$850.50CAD" in former) == (True, False)
    _, current = await case.pdf(f"/leases/{case.lease}/document", Language.ENGLISH)
    assert ("$900.00CAD" in current, "$850.50CAD" in current) == (False, True)
    assert "Depositsnotrequired" in current
    desk = visitor("property_manager", locale="fr")
    versions = await desk.go(f"/property-desk/leases/{case.lease}/versions")
    link = versions.links()["Bail complet, version 1"]
    page = await desk.go(link)
    assert "Version antérieure, remplacée par la version 2\xa0: pas en vigueur" in page.html
    assert "900,00" in page.text
    downloaded = await desk.http.get(page.links()["Télécharger en PDF"])
    assert text_of(downloaded.content) == (await case.pdf(path, Language.FRENCH))[1]
    assert page.links()["English"].endswith("edition=1&language=en")
    english = await desk.go(next(link for link in page.links().values() if "language=en" in link))
    assert "Former version, replaced by version 2: not in force" in english.html


@pytest.mark.row("T5", "W4", "X1")
@pytest.mark.parametrize("state", ["ahead", "signed", "not_signed", "cancelled"])
async def test_the_record_of_a_signing_is_on_one_page_and_in_the_pdf(
    case: Case, visitor: Any, state: str
) -> None:
    await case.draw_up()
    await case.arrange(directions="Ring at the side door")
    version = (await case.api.get(f"/signings/{case.signing}")).json()["version"]
    moved = {"starts_at": "2026-03-05T15:30:00-05:00", "place": "by_video", "landlord_name": "Dana Roy"}
    await case.post(f"/signings/{case.signing}/move", {**moved, "version": version})
    await case.post(f"/signings/{case.signing}/rights-explained")
    await case.world.attest(case.api, case.signing)
    given = (await case.api.get(f"/signings/{case.signing}")).json()["attested"][0]["attestation"]
    assert (await case.api.delete(f"/signings/{case.signing}/attestations/{given}")).is_success
    if state == "signed":
        await case.world.attest(case.api, case.signing)
        case.world.meet("2026-03-05T15:40:00-05:00")
        await case.post(f"/signings/{case.signing}/signature", {"signed_at": "2026-03-05T15:35:00-05:00"})
    if state == "not_signed":
        await case.post(f"/signings/{case.signing}/unsigned-end")
    if state == "cancelled":
        await case.post(f"/signings/{case.signing}/cancellation")
    path = f"/signings/{case.signing}/document"
    content = await both_say_the_same(case, visitor("property_manager"), signing_document, case.signing, path)
    over = "Whowasthere" if state in {"signed", "not_signed"} else "Whowasexpected"
    assert over in content
    for expected in (
        "wasarranged", "5March2026at2:00p.m.→5March2026at3:30p.m.", "Thehomeitself→Byvideo",
        "Ringatthesidedoor→notgiven", "rightswereexplainedandacknowledged", "wastakenbackon2March2026",
        "“Thisleasedependsonnoservice,treatmentorprogramme,andneverwill.”",
    ):  # fmt: skip
        assert expected in content, expected
    assert ("Hasn'tattested." in content) is (state != "signed")
    assert ("Signedon5March2026at3:35p.m." in content) is (state == "signed")
    assert ("(416)555-0142" in content or "4165550142" in content) is True


@pytest.mark.row("T5")
async def test_what_comes_after_a_signing_changes_nothing_in_its_record(case: Case) -> None:
    await case.draw_up()
    await case.arrange()
    await case.post(f"/signings/{case.signing}/rights-explained")
    await case.world.attest(case.api, case.signing)
    await case.post(f"/signings/{case.signing}/unsigned-end")
    first, before = case.signing, {}
    for language in LANGUAGES:
        before[language] = (await case.pdf(f"/signings/{first}/document", language))[0]
    case.world.clock.at = case.world.clock.now().replace(hour=18)
    await case.amend(parties=[{**ROBIN, "given_name": "Kit"}])
    await case.arrange()
    await case.sign()
    for language in LANGUAGES:
        assert (await case.pdf(f"/signings/{first}/document", language))[0] == before[language]
    _, later = await case.pdf(f"/signings/{case.signing}/document", Language.ENGLISH)
    assert "Kit" in later
    assert "thesigningtookplace,buttheleasewasn'tsigned" in later.casefold()


@pytest.mark.row("W5", "T4", "T5")
async def test_documents_of_a_draft_whose_names_were_deleted_say_so(world: Any, visitor: Any) -> None:
    application, referral, _ = await world.referral(
        name={"given": "Zdenka", "family": "Quillfeather"}, contact=None
    )
    person = {"part": "tenant", "given_name": "Zdenka", "family_name": "Quillfeather"}
    async with world.api("property_manager") as api:
        case = Case(world, api)
        await case.post(f"/applications/{application}/acceptance")
        terms = {"start_on": "2026-04-01", "rent": {"amount": "900.00"}, "parties": [person]}
        drawn = await case.post("/leases", {"application_id": str(application), **terms})
        case.lease = drawn["id"]
        await case.arrange()
        assert (await api.delete(f"/leases/{case.lease}")).is_success
        await world.receive("contact_withdrawn", referral=referral)
        for path in (f"/leases/{case.lease}/document", f"/signings/{case.signing}/document"):
            _, content = await case.pdf(path, Language.ENGLISH)
            assert "Thenamesweredeleted" in content
            assert "Quillfeather" not in content
    desk = visitor("property_manager", locale="fr")
    for page in (f"leases/{case.lease}", f"signings/{case.signing}"):
        await desk.go(f"/property-desk/{page}/document")
        await desk.go(f"/property-desk/{page}")
    for listed in ("leases", f"leases/{case.lease}/signings", "signings?status=cancelled"):
        await desk.go(f"/property-desk/{listed}")
    for tab in ("clauses", "versions"):
        assert (await desk.go(f"/property-desk/leases/{case.lease}/{tab}")).h1 == "Bail 5001"
    assert "nom supprimé" in (await desk.go("/property-desk/leases")).html


@pytest.mark.row("T4", "T5", "X3", "W10")
async def test_only_who_sees_leases_sees_their_documents_and_every_view_is_logged(
    case: Case, visitor: Any
) -> None:
    await case.draw_up()
    await case.arrange()
    paths = [f"/leases/{case.lease}", f"/leases/{case.lease}/editions/1", f"/signings/{case.signing}"]
    views = "SELECT query FROM access_log WHERE record_kind = 'lease' AND record_id = $1 ORDER BY at, id"
    for path in paths:
        before = len(await case.world.rows(views, case.lease))
        await case.pdf(f"{path}/document", Language.FRENCH)
        rows = await case.world.rows(views, case.lease)
        assert len(rows) == before + 1
        assert rows[-1]["query"] in {"leases.lease_document", "signings.signing_document"}
    for role in ("property_administrator", "inventory_keeper"):
        async with case.world.api(role) as api:
            for path in paths:
                assert (await api.get(f"{path}/document")).status_code == 403
        desk = visitor(role)
        for page in (paths[0], paths[2]):
            for kind in ("document", "document.pdf"):
                await desk.go(f"/property-desk{page}/{kind}", status=403)


@pytest.mark.row("T4", "T5", "X1")
async def test_an_address_that_means_nothing_is_refused_in_words(case: Case, visitor: Any) -> None:
    await case.draw_up()
    nobody = "00000000-0000-4000-8000-000000000000"
    lease = f"/leases/{case.lease}"
    own = await case.api.get(f"{lease}/document")
    assert own.content == (await case.pdf(f"{lease}/document", Language.ENGLISH))[0]
    token = case.world.keys.key("property").token(
        roles=("property_manager",), audience=["tenancy"], name="Dana Roy", locale="fr-CA"
    )
    own = await case.api.get(f"{lease}/document", headers={"Authorization": f"Bearer {token}"})
    assert own.headers["content-language"] == "fr-CA"
    asked = {
        f"{lease}/document?language=de": 422,
        f"{lease}/document?langauge=fr": 422,
        f"{lease}/editions/0/document": 422,
        f"{lease}/editions/2147483648/document": 422,
        f"{lease}/editions/%00/document": 422,
        f"{lease}/editions/2/document": 404,
        f"/leases/{nobody}/document": 404,
        f"/leases/{nobody}/editions/1/document": 404,
        f"/signings/{nobody}/document": 404,
        f"/signings/{nobody}/document?language=%00": 422,
    }
    for path, status in asked.items():
        assert (await case.api.get(path)).status_code == status, path
    desk = visitor("property_manager")
    for kind in ("document", "document.pdf"):
        for query, status in (
            ("edition=2", 404),
            ("edition=0", 422),
            ("edition=x", 422),
            ("language=%00", 422),
        ):
            answer = await desk.http.get(f"/property-desk{lease}/{kind}?{query}")
            assert answer.status_code in {status, 404}, (kind, query, answer.status_code)
            assert answer.headers["content-type"].startswith("text/html")
        await desk.go(f"/property-desk/signings/{nobody}/{kind}", status=404)


@pytest.mark.row("T2", "T4")
async def test_the_longest_clauses_and_the_most_people_make_a_pdf(case: Case) -> None:
    people = [{**ROBIN, "given_name": f"{number} {'é' * 100}"} for number in range(20)]
    await case.draw_up(parties=people)
    await case.world.rows(
        "UPDATE template_clause SET text_en = left(repeat('Le loyer est dû. ', 250), 4000),"
        " text_fr = left(repeat(CASE position WHEN 1 THEN 'œ̨' ELSE 'Le loyer est dû. ' END, 2000), 4000)"
    )
    for language in LANGUAGES:
        file, content = await case.pdf(f"/leases/{case.lease}/document", language)
        assert len(PdfReader(io.BytesIO(file)).pages) > 8
        assert len(file) < 400_000
        assert content.count("(signature)") == 21
