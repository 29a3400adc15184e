"""What a household needs and lacks, and which files can be stored: pure decisions (C9)."""

from __future__ import annotations

import datetime as dt
import io
import uuid
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some
from PIL import Image

from chassis.errors import DomainError
from support_svc.documents.checking import check
from support_svc.documents.model import (
    ActiveContent,
    FileTooLarge,
    FileType,
    Locked,
    Need,
    NeededOf,
    NotADocument,
    is_there,
    missing,
    needs,
)
from trade.pictures import LARGEST

IDENTITY, INCOME, REFERENCE = (uuid.uuid4() for _ in range(3))
ANN, BO = (uuid.uuid4() for _ in range(2))


@pytest.mark.row("C9")
def test_each_adult_has_to_have_some_and_anybody_the_others():
    lists = [(IDENTITY, NeededOf.EACH_ADULT), (INCOME, NeededOf.HOUSEHOLD)]
    wanted = needs(lists, [], [ANN, BO])
    assert set(wanted) == {Need(IDENTITY, ANN), Need(IDENTITY, BO), Need(INCOME, None)}
    assert missing(wanted, {(ANN, IDENTITY), (BO, INCOME)}) == [Need(IDENTITY, BO)]


@pytest.mark.row("C9")
def test_program_and_home_together_ask_for_nothing_twice():
    lists = [(IDENTITY, NeededOf.HOUSEHOLD), (IDENTITY, NeededOf.EACH_ADULT), (INCOME, NeededOf.HOUSEHOLD)]
    wanted = needs([*lists, *lists], [(ANN, IDENTITY), (BO, INCOME), (BO, REFERENCE)], [ANN])
    assert wanted == [Need(IDENTITY, ANN), Need(INCOME, BO), Need(REFERENCE, BO)]


@pytest.mark.row("C9")
@given(some.lists(some.tuples(some.sampled_from([IDENTITY, INCOME]), some.sampled_from(NeededOf))))
def test_somebody_who_has_everything_lacks_nothing_and_somebody_without_lacks_all(lists):
    wanted = needs(lists, [], [ANN, BO])
    assert missing(wanted, {(one, kind) for one in (ANN, BO) for kind in (IDENTITY, INCOME)}) == []
    assert missing(wanted, set()) == wanted
    assert len(set(wanted)) == len(wanted)


@pytest.mark.row("C9", "X1")
def test_the_last_day_of_a_document_counts():
    today = dt.date(2028, 2, 29)
    assert is_there(today, today, have=True)
    assert is_there(today, None, have=True)
    assert not is_there(today, today - dt.timedelta(days=1), have=True)
    assert not is_there(today, None, have=False)


def pdf(*objects: bytes) -> bytes:
    """A PDF that contains these objects, as far as it matters what it is."""
    return b"%PDF-1.7\n" + b"\n".join(objects) + b"\nstartxref\n0\n%%EOF\n"


def packed(part: bytes, head: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    return b"7 0 obj << " + head + b" >>\nstream\n" + zlib.compress(part) + b"\nendstream endobj"


PAGE = packed(b"BT (rent /JS and /Launch) Tj ET", b"/Length 9 /Filter /FlateDecode")
PLAIN = b"1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj"


@pytest.mark.row("C9")
def test_a_picture_is_stored_without_what_else_is_in_its_file():
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Secret Camera Maker"
    Image.new("RGB", (640, 480), (120, 90, 60)).save(out, "JPEG", exif=exif)
    found = check(out.getvalue() + b"<script>alert(1)</script>%PDF-1.7")
    assert found.type is FileType.JPEG
    for word in (b"Exif", b"Secret", b"<script>", b"%PDF"):
        assert word not in found.content


@pytest.mark.row("C9")
def test_a_pdf_is_stored_as_it_is():
    raw = pdf(PLAIN, PAGE, packed(b"<< /Type /Page /Names 3 0 R >>"))
    found = check(raw)
    assert (found.type, found.content) == (FileType.PDF, raw)


@pytest.mark.row("C9")
@pytest.mark.parametrize(
    "active",
    [
        b"1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >> endobj",
        b"1 0 obj << /S /J#61vaScript >> endobj",
        b"1 0 obj << /S /Launch /F (cmd.exe) >> endobj",
        b"1 0 obj << /Names << /EmbeddedFiles 4 0 R >> >> endobj",
        packed(b"4 0 << /S /JavaScript >>"),
        packed(b"4 0 << /S /JavaScript >>", b"/Type /Obj#53tm /Filter /FlateDecode"),
    ],
)
def test_a_pdf_that_runs_something_or_holds_a_file_is_refused(active):
    with pytest.raises(ActiveContent):
        check(pdf(PLAIN, PAGE, active))


@pytest.mark.row("C9")
def test_a_locked_pdf_is_refused():
    with pytest.raises(Locked):
        check(pdf(PLAIN, b"trailer << /Encrypt 9 0 R >>"))


@pytest.mark.row("C9")
@pytest.mark.parametrize(
    "raw",
    [
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04" + b"\0" * 100,
        b"%PDF-1.7 nothing",
        b"GIF89a" + b"\0" * 20,
        b"MZ\x90\0",
        pdf(b"1 0 obj << /Length 3 >>\nstream\nnever ends"),
        pdf(b"1 0 obj << /Type /ObjStm >>\nstream\nnot packed\nendstream endobj"),
    ],
)
def test_what_is_no_document_by_its_content_is_refused(raw):
    with pytest.raises(NotADocument):
        check(raw)


@pytest.mark.row("C9")
def test_what_is_too_large_is_refused_before_it_is_looked_at():
    with pytest.raises(FileTooLarge):
        check(b"%PDF-1.7" + b"\0" * LARGEST)


@pytest.mark.row("C9")
def test_a_small_pdf_that_unfolds_to_an_enormous_one_is_refused():
    with pytest.raises(FileTooLarge):
        check(pdf(packed(b"\0" * 60_000_000)))


@pytest.mark.row("C9")
@given(some.binary(max_size=200))
def test_a_damaged_pdf_is_one_or_is_refused_in_words(middle):
    with suppress(DomainError):
        assert check(pdf(PLAIN, middle)).type is FileType.PDF
