"""A document as a PDF: nothing of it is lost, and it is the same every time (T4, T5)."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
from typing import Any

import pytest
from pypdf import PdfReader

from tenancy_svc.documents.model import (
    REPLACEMENT,
    Document,
    Heading,
    Language,
    Listing,
    Paragraph,
    Rows,
    SignatureLines,
    paragraphs,
    row,
    shown,
)
from tenancy_svc.documents.pdf import letters, pdf_of

MADE = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
NAMES = (
    "Nguyễn Thị Ánh",
    "Sḵwx̱wú7mesh",
    "ᐃᓄᒃ ᓄᓇᕗᑦ",
    "ᐊᓂᔑᓈᐯ ᓀᐦᐃᔭᐍᐏᐣ",
    "Άννα Παπαδοπούλου",
    "Юлія Щербак",
    "עברית",
    "Łukasz Żółć-Ğürsoy",
    "Œuvre d’Aïcha – « loué »",
    "W" * 119,
)


def document(*names: str, mark: str | None = "Draft", **changes: Any) -> Document:
    """Return a document with every kind of block, about these names."""
    blocks = (
        Rows((row("Tenants", *names), row("Home", "12 Rue de l’Église, Montréal"))),
        Heading("Clauses"),
        Heading("1. Rent", sub=True),
        *paragraphs("The rent is due.\n\nA receipt is given on request."),
        Paragraph("“Nobody asked me.”", quoted=True),
        Listing(("First it was drawn up.", "Then it was changed.")),
        SignatureLines(("Robin Sample, tenant",), "signature", "Date of signing"),
    )
    given = {
        "language": Language.ENGLISH,
        "name": "lease-5001",
        "title": "Lease 5001",
        "mark": mark,
        "running": "Lease 5001 · Version 1",
        "author": "Property entity",
        "made_at": MADE,
        "blocks": blocks,
        **changes,
    }
    return Document(**given)


def words_of(pdf: bytes, *, without: str = "") -> str:
    """Return what a PDF says on all its pages, without spaces and without what runs at their feet."""
    content = []
    for page in PdfReader(io.BytesIO(pdf)).pages:
        lines = [line for line in page.extract_text().splitlines() if not (without and without in line)]
        content.append("".join("".join(lines).split()))
    return "".join(content)


def bare(text: str) -> str:
    """Return a text without spaces."""
    return "".join(text.split())


@pytest.mark.row("T4", "T5", "X1")
def test_every_text_is_in_the_pdf_in_letters_of_many_scripts() -> None:
    paper = document(*NAMES)
    content = words_of(pdf_of(paper))
    for text in paper.texts():
        assert bare(text) in content, text
    assert REPLACEMENT not in content


@pytest.mark.row("T4")
def test_arabic_names_are_there_in_joined_letters() -> None:
    # Letters that join are other shapes in the file, and a reader finds the letters they stand for.
    assert bare("الاحمد") in words_of(pdf_of(document("الاحمد")))


@pytest.mark.row("T4")
def test_a_letter_without_a_shape_is_marked_and_named() -> None:
    content = words_of(pdf_of(document("王小明 王", "Robin 🙂")))
    assert bare(f"{REPLACEMENT * 3} {REPLACEMENT}") in content
    assert "U+738BCJKUNIFIEDIDEOGRAPH-738B×2" in content
    assert "U+1F642SLIGHTLYSMILINGFACE×1" in content
    assert "Charactersthatthisfilecan'tshow" in content
    assert "Signsthat" not in words_of(pdf_of(document("Robin")))


@pytest.mark.row("T4")
def test_signs_that_nobody_sees_turn_and_hide_nothing() -> None:
    hostile = "Ro\u202ebin\u2066 S\u200bam\x07ple\ufeff"
    assert shown(hostile) == f"Ro{REPLACEMENT}bin{REPLACEMENT} S{REPLACEMENT}am{REPLACEMENT}ple{REPLACEMENT}"
    assert row("Tenant", hostile).lines == (shown(hostile),)
    assert shown("Nguyễn") == "Nguyễn"


@pytest.mark.row("T4")
@pytest.mark.parametrize(
    "text",
    ["word " * 3000, "x" * 4000, "ᐃ" * 4000, "a\n" * 2000, "**bold** <b>x</b> {nb} --x-- %(name)s \\n"],
    ids=["long", "no space", "syllabics", "lines", "marks"],
)
def test_long_and_odd_texts_are_whole(text: str) -> None:
    paper = document(mark="Draft", blocks=(Heading("1. Odd"), *paragraphs(text), Rows((row("Odd", text),))))
    content = words_of(pdf_of(paper), without="Lease 5001 · Version 1").replace("Draft", "")
    assert content.count(bare(text)) == 2


@pytest.mark.row("T4", "X1")
@pytest.mark.parametrize("language", list(Language))
def test_the_file_describes_itself_to_a_screen_reader(language: Language) -> None:
    reader = PdfReader(io.BytesIO(pdf_of(document("Robin", language=language))))
    assert reader.root_object["/Lang"] == f"{language.value}-CA"
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("Lease 5001", "Property entity")
    clauses, below = reader.outline
    assert isinstance(below, list)
    assert [clauses["/Title"], below[0]["/Title"]] == ["Clauses", "1. Rent"]


@pytest.mark.row("T4")
def test_a_mark_stands_on_every_page_and_only_when_there_is_one() -> None:
    long = [Paragraph("word " * 700)] * 3
    marked = PdfReader(io.BytesIO(pdf_of(document(mark="Not in force", blocks=tuple(long)))))
    assert len(marked.pages) > 2
    assert all("Not in force" in page.extract_text() for page in marked.pages)
    assert all(f"page {n} of {len(marked.pages)}" in p.extract_text() for n, p in enumerate(marked.pages, 1))
    assert "Not in force" not in words_of(pdf_of(document(mark=None)))


@pytest.mark.row("T4", "T5")
def test_the_same_record_gives_the_same_bytes_at_any_time_in_any_process() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]);"
        "from test_documents_as_pdf import NAMES, document, pdf_of;"
        "print(hashlib.sha256(pdf_of(document(*NAMES))).hexdigest())"
    )
    mine = hashlib.sha256(pdf_of(document(*NAMES))).hexdigest()
    assert hashlib.sha256(pdf_of(document(*NAMES))).hexdigest() == mine
    assert hashlib.sha256(pdf_of(document(*NAMES[1:]))).hexdigest() != mine
    for seed in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-c", code, os.path.dirname(__file__)],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ran.stdout.strip() == mine
    later = pdf_of(document(*NAMES, made_at=MADE + dt.timedelta(days=1)))
    assert hashlib.sha256(later).hexdigest() != mine


def test_what_writes_pdfs_is_loaded_only_when_one_is_asked_for() -> None:
    code = "import sys, tenancy_svc.main; print(sorted({'fpdf', 'fontTools', 'PIL'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.row("X1")
def test_the_reader_s_language_is_one_of_two() -> None:
    assert [Language.of(locale) for locale in ("fr-CA", "fr", "en-GB", "de", "")] == [
        Language.FRENCH, Language.FRENCH, Language.ENGLISH, Language.ENGLISH, Language.ENGLISH,
    ]  # fmt: skip


def test_the_font_holds_the_letters_of_the_country() -> None:
    needed = [*range(0x20, 0x7F), *range(0xA0, 0x250), *range(0x1EA0, 0x1EFA), *range(0x3A3, 0x3CA)]
    needed += range(0x400, 0x460)
    # Inuktitut, and the Cree and Ojibwe of the West; some letters of Blackfoot and Carrier are lacking.
    needed += [
        ord(letter)
        for letter in "ᐁᐃᐄᐅᐆᐊᐋᐯᐱᐲᐳᐴᐸᐹᑊᑌᑎᑏᑐᑑᑕᑖᑦᑫᑭᑮᑯᑰᑲᑳᒃᒉᒋᒌᒍᒎᒐᒑᒡᒣᒥᒦᒧᒨᒪᒫᒻᓀᓂᓃᓄᓅᓇᓈᓐᓭᓯᓰᓱᓲᓴᓵᔅᔦᔨᔩᔪᔫᔭᔮᔾᖃᖅᖏᖑᖓᖕᓗᓪ"
    ]
    needed += [ord(letter) for letter in "–—‘’“”«»…·→×\u00a0\u202f" + REPLACEMENT]
    assert [chr(code) for code in needed if code not in letters()] == []
