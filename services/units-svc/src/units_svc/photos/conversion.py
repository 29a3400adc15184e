"""From a file that somebody sent to a photo that can be shown, large and small."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from trade.pictures import (
    LARGEST,
    MOST_PIXELS_OF_A_JPEG,
    NotAPicture,
    TooManyPixels,
    apart,
    as_jpeg,
    picture_in,
)
from units_svc.photos.model import NoPhotoChosen, NotAPhoto, PhotoTooLarge, Unusable

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF")
_SMALL = 480


@dataclass(frozen=True, slots=True)
class Developed:
    """A photo as it is stored."""

    full: bytes
    small: bytes
    width: int
    height: int
    digest: bytes


async def developed(raw: bytes | None) -> Developed | Unusable:
    """Return the photo that a file holds, or why there is none, to be shown with the other faults."""
    if raw is None:
        return Unusable.because(NoPhotoChosen())
    try:
        return await apart(develop, raw)
    except (NotAPhoto, PhotoTooLarge) as unusable:
        return Unusable.because(unusable)


def develop(raw: bytes) -> Developed:
    """Return a photo encoded again from the bytes of a file.

    Raises NotAPhoto for anything else, however it's named, and PhotoTooLarge before it is unfolded.
    """
    if len(raw) > LARGEST:
        raise _too_large(MOST_PIXELS_OF_A_JPEG)
    try:
        picture = picture_in(raw, FORMATS)
    except TooManyPixels as error:
        raise _too_large(error.most) from error
    except NotAPicture as error:
        raise NotAPhoto(field="photo") from error
    full = as_jpeg(picture)
    return Developed(full, as_jpeg(picture, _SMALL), *picture.size, sha256(full).digest())


def _too_large(most: int) -> PhotoTooLarge:
    return PhotoTooLarge(field="photo", megabytes=LARGEST // 1_000_000, megapixels=most // 1_000_000)
