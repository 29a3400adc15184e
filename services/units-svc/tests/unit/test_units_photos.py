"""Photos are what they are by content, small enough, and encoded again without anything else in them (U10,
U3)."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image

from trade.pictures import LARGEST, MOST_PIXELS, MOST_PIXELS_OF_A_JPEG
from units_svc.photos.conversion import develop
from units_svc.photos.model import NotAPhoto, PhotoTooLarge


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    """Return a picture as a file."""
    out = io.BytesIO()
    Image.new("RGB", size, (120, 90, 60)).save(out, form, **options)
    return out.getvalue()


@pytest.mark.row("U10", "U3")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_kind_of_picture_becomes_a_plain_jpeg(form: str) -> None:
    options = {"compression": "tiff_deflate"} if form == "TIFF" else {}
    found = develop(picture(form, (3_000, 1_500), **options))
    with Image.open(io.BytesIO(found.full)) as full, Image.open(io.BytesIO(found.small)) as small:
        assert (full.format, full.size) == ("JPEG", (2_048, 1_024))
        assert small.size == (480, 240)
    assert (found.width, found.height) == (2_048, 1_024)


@pytest.mark.row("U10")
def test_where_and_by_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera on its side
    exif[0x010F] = "Secret Camera Maker"
    exif.get_ifd(0x8825)[1] = "N"
    raw = (
        picture("JPEG", (640, 480), exif=exif, comment=b"Jane was here")
        + b"<script>alert(1)</script>PK\x03\x04"
    )
    assert b"Secret" in raw
    found = develop(raw)
    for content in (found.full, found.small):
        for word in (b"Exif", b"Secret", b"Jane", b"<script>", b"PK\x03\x04"):
            assert word not in content
        with Image.open(io.BytesIO(content)) as made:
            assert not made.getexif()
    assert (found.width, found.height) == (480, 640)


@pytest.mark.row("U10")
@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"PK\x03\x04" + b"\0" * 100,
        b"%PDF-1.7 nothing",
        b"\xff\xd8\xff\xe0 not a jpeg after all",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a" + b"\0" * 20,
    ],
)
def test_what_is_no_photo_by_its_content_is_refused(raw: bytes) -> None:
    with pytest.raises(NotAPhoto):
        develop(raw)


@pytest.mark.row("U10")
def test_a_photo_of_40_megabytes_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(PhotoTooLarge):
        develop(picture() + b"\0" * (LARGEST + 1))


@pytest.mark.row("U10")
def test_a_small_file_that_unfolds_to_an_enormous_picture_is_refused() -> None:
    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content).to_bytes(4, "big")
        return len(content).to_bytes(4, "big") + kind + content + check

    side = (60_000).to_bytes(4, "big")
    rows = zlib.compress(b"\0" * 1_000_000)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", side + side + b"\x01\x00\x00\x00\x00")
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )
    assert len(bomb) < 5_000
    with pytest.raises(PhotoTooLarge):
        develop(bomb)


@pytest.mark.row("U10")
@settings(max_examples=100)
@given(some.integers(0, 600), some.integers(0, 255))
def test_a_damaged_photo_is_a_photo_or_refused_in_words(position: int, value: int) -> None:
    raw = bytearray(picture("PNG", (30, 20)))
    raw[position % len(raw)] = value
    with suppress(NotAPhoto, PhotoTooLarge):
        assert develop(bytes(raw)).full.startswith(b"\xff\xd8")


_MEASURED = """
import sys
from pathlib import Path
from units_svc.photos.conversion import develop

def peak():
    # Unlike what getrusage counts, this begins again with the program.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

before = peak()
develop(Path(sys.argv[1]).read_bytes())
print(peak() - before)
"""


@pytest.mark.row("U10")
@pytest.mark.parametrize(
    ("form", "mode", "options"),
    [
        ("PNG", "RGBA", {}),
        ("WEBP", "RGB", {"lossless": True}),
        ("TIFF", "CMYK", {"compression": "tiff_deflate"}),
        ("JPEG", "RGB", {"progressive": True, "subsampling": 0}),
    ],
)
def test_the_largest_picture_fits_into_the_memory_of_a_container(
    tmp_path: Path, form: str, mode: str, options: dict[str, Any]
) -> None:
    """A container has 512 MB, of which the service itself takes some 150."""
    side = int((MOST_PIXELS_OF_A_JPEG if form == "JPEG" else MOST_PIXELS) ** 0.5)
    path = tmp_path / "large"
    Image.new(mode, (side, side), 77).save(path, form, **options)
    assert path.stat().st_size < LARGEST
    done = subprocess.run([sys.executable, "-c", _MEASURED, path], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 300 * 1024
