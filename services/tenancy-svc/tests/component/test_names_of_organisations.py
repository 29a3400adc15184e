"""The support organisation and the landlord are named as a sentence needs it, in both languages (W13, X1)."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader

from deskkit.testing import parse_page

TERMS = {
    "start_on": "2026-04-01",
    "rent": {"amount": "900.00"},
    "parties": [{"part": "tenant", "given_name": "Robin", "family_name": "Sample"}],
}
MEETING = {"starts_at": "2026-03-05T14:00:00-05:00", "place": "the_unit", "landlord_name": "Dana Roy"}
PLAIN = {"support_organisation": "Support organisation"}
PROPER = {"support_organisation": "Harbour Support", "organisation": "Harbour Homes"}


@pytest.mark.row("W13", "T4", "X1")
@pytest.mark.parametrize(
    ("locale", "names", "texts"),
    [
        ("en", PLAIN, (
            "What was shared with the support organisation",
            "The support organisation will receive, word for word",
            "The support organisation will not be informed",
            "Property entity", "for the property entity",
        )),
        ("fr", PLAIN, (
            "Ce qui a été communiqué à l’organisme de soutien",
            "L’organisme de soutien recevra ceci, mot pour mot",
            "L’organisme de soutien ne sera pas informé",
            "Organisme immobilier", "pour l’organisme immobilier",
        )),
        ("en", PROPER, (
            "What was shared with Harbour Support",
            "Harbour Support will receive, word for word",
            "Harbour Support will not be informed",
            "Harbour Homes", "for Harbour Homes",
        )),
        ("fr", PROPER, (
            "Ce qui a été communiqué à Harbour Support",
            "Harbour Support recevra ceci, mot pour mot",
            "Harbour Support ne sera pas informé",
            "Harbour Homes", "pour Harbour Homes",
        )),
    ],
    ids=["plain-en", "plain-fr", "proper-en", "proper-fr"],
)  # fmt: skip
async def test_a_plain_name_has_its_article_within_a_sentence_and_a_proper_one_stays_as_it_is(
    world_on: Any, locale: str, names: dict[str, str], texts: tuple[str, ...]
) -> None:
    world = await world_on(**names)
    shared, sent, withheld, landlord, signs = texts
    application, _, _ = await world.referral(name={"given": "Robin", "family": "Sample"})
    async with world.api("property_manager") as api, world.desk("property_manager", locale=locale) as desk:

        async def titles(path: str) -> list[str]:
            page = parse_page((await desk.get(f"/property-desk{path}")).text)
            return ["".join(heading.itertext()).strip() for heading in page.root.iter("h2")]

        async def made(path: str, body: Any) -> str:
            answer = await api.post(path, json=body)
            assert answer.is_success, answer.text
            return str(answer.json()["id"])

        assert shared in await titles(f"/applications/{application}")
        assert sent in await titles(f"/applications/{application}/withdraw")
        assert (await api.post(f"/applications/{application}/acceptance")).is_success
        lease = await made("/leases", {"application_id": str(application), **TERMS})
        signing = await made(f"/leases/{lease}/signings", MEETING)
        assert shared in await titles(f"/leases/{lease}")
        assert shared in await titles(f"/signings/{signing}")
        assert withheld in await titles(f"/signings/{signing}/cancel")
        paper = await api.get(f"/leases/{lease}/document?language={locale}")
        reader = PdfReader(io.BytesIO(paper.content))
        content = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        assert reader.metadata is not None
        assert reader.metadata.author == landlord
        assert signs in content
    await world.runtime.close()
