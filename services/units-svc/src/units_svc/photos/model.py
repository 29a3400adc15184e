"""Photos of homes and of what inspections found (U3, U10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from chassis.errors import DomainError, Kind
from units_svc.inventory.model import Unit
from units_svc.tables import Base

MOST_PHOTOS = 40
"""Photos that a home may have, inspections apart; and an inspection."""


class Photo(Base):
    """A photo without its bytes. `area_id` names the area of an inspection that it shows."""

    __tablename__ = "photo"
    __table_args__ = (Index("ix_photo_unit", "unit_id", "inspection_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey(Unit.id))
    inspection_id: Mapped[UUID | None]
    area_id: Mapped[UUID | None]
    caption: Mapped[str | None] = mapped_column(String(200))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]
    added_by: Mapped[str] = mapped_column(String(200))


class PhotoContent(Base):
    """The bytes of a photo, always JPEG: at most 2,048 pixels wide or high, and a small one for lists."""

    __tablename__ = "photo_content"

    photo_id: Mapped[UUID] = mapped_column(ForeignKey(Photo.id, ondelete="CASCADE"), primary_key=True)
    full: Mapped[bytes] = mapped_column(LargeBinary)
    small: Mapped[bytes] = mapped_column(LargeBinary)


class NotAPhoto(DomainError):
    """The bytes aren't a picture that can be read, whatever the file is called."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "not_a_photo"
    message: ClassVar[str] = "This isn't a photo that can be read. Send a JPEG, PNG, WebP or TIFF picture."


class PhotoTooLarge(DomainError):
    """The file is too large, or unfolds to too many pixels."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "photo_too_large"
    message: ClassVar[str] = "The photo is too large: at most {megabytes} MB and {megapixels} megapixels."


class NoPhotoChosen(DomainError):
    """No file was sent."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "no_photo_chosen"
    message: ClassVar[str] = "Choose a photo."


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a file that was sent is no photo: the code of the refusal, and its numbers."""

    code: str
    params: Mapping[str, int]

    @classmethod
    def because(cls, refusal: DomainError) -> Unusable:
        """Remember a refusal of the file, to be shown with the other faults."""
        return cls(refusal.code, refusal.params)

    @property
    def refusal(self) -> DomainError:
        """The refusal to show."""
        kinds = {kind.code: kind for kind in (NoPhotoChosen, NotAPhoto, PhotoTooLarge)}
        return kinds[self.code](field="photo", **self.params)


class TooManyPhotos(DomainError):
    """There are enough photos of this."""

    kind: ClassVar[Kind] = Kind.invalid
    code: ClassVar[str] = "too_many_photos"
    message: ClassVar[str] = "There are {most} photos already. Remove one first."
