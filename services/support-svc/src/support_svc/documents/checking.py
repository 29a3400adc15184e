"""From a file that somebody sent to one that can be stored: what it is by its content, and nothing that runs.

A picture is encoded again, so that nothing else of its file is stored. A PDF is stored as it is, so one that
holds a script, a command or another file is refused, also where that is compressed.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from support_svc.documents.model import (
    ActiveContent,
    FileTooLarge,
    FileType,
    Locked,
    NoFileChosen,
    NotADocument,
)
from trade.pictures import LARGEST, MOST_PIXELS, NotAPicture, TooManyPixels, apart, as_jpeg, picture_in

FORMATS = ("JPEG", "PNG", "WEBP")
"""A TIFF may have several pages, of which only the first would be stored."""
MOST_UNFOLDED = 50_000_000
"""Bytes to which the objects of a PDF may unfold while they're looked at."""
_END = 2_048
_STREAM = re.compile(rb">>\s*stream\r?\n")
_STREAM_ENDS = b"endstream"
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_RUNS = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9_])"
)
_ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z0-9_])")


@dataclass(frozen=True, slots=True)
class Checked:
    """A file as it is stored."""

    type: FileType
    content: bytes
    digest: bytes


async def checked(raw: bytes | None) -> Checked:
    """Return what is stored of a file that was sent.

    Raises NoFileChosen, NotADocument, FileTooLarge, ActiveContent, Locked.
    """
    if not raw:
        raise NoFileChosen(field="file")
    return await apart(check, raw)


def check(raw: bytes) -> Checked:
    """Return what is stored of the bytes of a file. Raises as `checked` does."""
    if len(raw) > LARGEST:
        raise _too_large(MOST_PIXELS)
    if raw.startswith(b"%PDF-"):
        _require_harmless(raw)
        return Checked(FileType.PDF, raw, sha256(raw).digest())
    try:
        content = as_jpeg(picture_in(raw, FORMATS))
    except TooManyPixels as error:
        raise _too_large(error.most) from error
    except NotAPicture as error:
        raise NotADocument(field="file") from error
    return Checked(FileType.JPEG, content, sha256(content).digest())


def _require_harmless(raw: bytes) -> None:
    end = raw[-_END:]
    if b"startxref" not in end or b"%%EOF" not in end:
        raise NotADocument(field="file")
    for part in _objects(raw):
        if _ENCRYPTED.search(part):
            raise Locked(field="file")
        if _RUNS.search(part):
            raise ActiveContent(field="file")


def _objects(raw: bytes) -> Iterator[bytes]:
    """Yield all of a PDF that isn't the content of pages, fonts and pictures, unfolded and in plain names."""
    begin, room = 0, MOST_UNFOLDED
    while (stream := _STREAM.search(raw, begin)) is not None:
        before = _plain(raw[begin : stream.start()])
        yield before
        end = raw.find(_STREAM_ENDS, stream.end())
        if end < 0:
            raise NotADocument(field="file")
        if b"/ObjStm" in before[before.rfind(b"obj") :]:
            part = _unfolded(raw[stream.end() : end], room)
            room -= len(part)
            yield _plain(part)
        begin = end + len(_STREAM_ENDS)
    yield _plain(raw[begin:])


def _unfolded(packed: bytes, room: int) -> bytes:
    unfolding = zlib.decompressobj()
    try:
        part = unfolding.decompress(packed, room + 1)
    except zlib.error as error:
        # Objects that can't be read here might be read elsewhere.
        raise NotADocument(field="file") from error
    if len(part) > room:
        raise _too_large(MOST_PIXELS)
    return part


def _plain(part: bytes) -> bytes:
    return _HEX.sub(lambda found: bytes([int(found[1], 16)]), part)


def _too_large(most: int) -> FileTooLarge:
    return FileTooLarge(field="file", megabytes=LARGEST // 1_000_000, megapixels=most // 1_000_000)
