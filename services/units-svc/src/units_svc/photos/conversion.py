"""From a file that somebody sent to a photo that can be shown: pure, and slow enough for a thread.

The picture is decoded and encoded again. Nothing of the file itself is stored: no metadata (where, when, by
which camera, names), no appended data, no second file inside the first.
"""

from __future__ import annotations

import asyncio
import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256

from PIL import Image, ImageOps, UnidentifiedImageError

from units_svc.photos.model import (
    LARGEST,
    MOST_PIXELS,
    MOST_PIXELS_OF_A_JPEG,
    NoPhotoChosen,
    NotAPhoto,
    PhotoTooLarge,
    Unusable,
)

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_FULL, _SMALL, _QUALITY = 2_048, 480, 82
_DARKROOM = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photos")


@dataclass(frozen=True, slots=True)
class Developed:
    """A photo as it is stored."""

    full: bytes
    small: bytes
    width: int
    height: int
    digest: bytes


async def developed(raw: bytes | None) -> Developed | Unusable:
    """Return the photo that a file holds, or why there is none, to be shown with the other faults.

    One at a time: a picture that unfolds takes much memory.
    """
    if raw is None:
        return Unusable.because(NoPhotoChosen())
    try:
        return await asyncio.get_running_loop().run_in_executor(_DARKROOM, develop, raw)
    except (NotAPhoto, PhotoTooLarge) as unusable:
        return Unusable.because(unusable)


def develop(raw: bytes) -> Developed:
    """Return a photo encoded again from the bytes of a file.

    Raises NotAPhoto for anything else, however it's named, and PhotoTooLarge before it is unfolded.
    """
    if len(raw) > LARGEST:
        raise _too_large()
    try:
        with warnings.catch_warnings():
            # Pillow's own guard against bombs is a warning; ours below is an error at a lower limit.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
                most = MOST_PIXELS_OF_A_JPEG if opened.format == "JPEG" else MOST_PIXELS
                if opened.width * opened.height > most:
                    raise _too_large(most)
                opened.draft("RGB", (_FULL, _FULL))
                # Made small before anything else: every copy of the whole picture would be as large as it.
                opened.thumbnail((_FULL, _FULL))
                picture = ImageOps.exif_transpose(opened).convert("RGB")
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPhoto(field="photo") from error
    full = _encoded(picture, _FULL)
    return Developed(full, _encoded(picture, _SMALL), *picture.size, sha256(full).digest())


def _encoded(picture: Image.Image, most: int) -> bytes:
    copy = picture.copy()
    copy.thumbnail((most, most))
    plain = Image.new("RGB", copy.size)
    plain.paste(copy)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _too_large(most: int = MOST_PIXELS_OF_A_JPEG) -> PhotoTooLarge:
    return PhotoTooLarge(field="photo", megabytes=LARGEST // 1_000_000, megapixels=most // 1_000_000)
