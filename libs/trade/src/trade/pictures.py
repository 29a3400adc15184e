"""From a file that somebody sent to a picture that can be stored: pure, and slow enough for a thread.

The picture is decoded and encoded again. Nothing of the file itself is stored: no metadata (where, when, by
which camera, names), no appended data, no second file inside the first.
"""

from __future__ import annotations

import asyncio
import io
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 10_000_000
"""Bytes that a file may have when it comes in."""
MOST_PIXELS = 16_000_000
"""Pixels that a picture may unfold to, up to 16 bytes each: a small file can claim to be enormous."""
MOST_PIXELS_OF_A_JPEG = 30_000_000
"""The same for a JPEG, which is made small while it's unfolded."""
SIDE = 2_048
"""Pixels of the longer side of a picture that is stored."""
_QUALITY = 82
_ONE_AT_A_TIME = ThreadPoolExecutor(max_workers=1, thread_name_prefix="files")

Result = TypeVar("Result")


class NotAPicture(Exception):
    """The bytes aren't a picture of these formats that can be read, whatever the file is called."""


class TooManyPixels(Exception):
    """The picture unfolds to more pixels than it may; `most` is how many it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


async def apart(work: Callable[[bytes], Result], raw: bytes) -> Result:
    """Do `work` that unfolds a file in a thread, one file at a time: what unfolds takes much memory."""
    return await asyncio.get_running_loop().run_in_executor(_ONE_AT_A_TIME, work, raw)


def picture_in(raw: bytes, formats: tuple[str, ...]) -> Image.Image:
    """Return the picture that a file of one of the formats holds, upright and at most `SIDE` large.

    Raises NotAPicture, and TooManyPixels before anything is unfolded.
    """
    try:
        with warnings.catch_warnings():
            # Pillow's own guard against bombs is a warning; ours below is an error at a lower limit.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=formats) as opened:
                _require_few_pixels(opened)
                opened.draft("RGB", (SIDE, SIDE))
                # Made small before anything else: every copy of the whole picture would be as large as it.
                opened.thumbnail((SIDE, SIDE))
                return ImageOps.exif_transpose(opened).convert("RGB")
    except Image.DecompressionBombError as error:
        raise TooManyPixels(MOST_PIXELS_OF_A_JPEG) from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise NotAPicture from error


def _require_few_pixels(opened: Image.Image) -> None:
    most = MOST_PIXELS_OF_A_JPEG if opened.format == "JPEG" else MOST_PIXELS
    if opened.width * opened.height > most:
        raise TooManyPixels(most)


def as_jpeg(picture: Image.Image, most: int = SIDE) -> bytes:
    """Return a picture as a JPEG without metadata whose sides are at most `most` pixels."""
    copy = picture.copy()
    copy.thumbnail((most, most))
    plain = Image.new("RGB", copy.size)
    plain.paste(copy)
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return out.getvalue()
