"""Adding and removing photos (U3, U10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast
from uuid import UUID

from sqlalchemy import delete, func, select

from chassis.errors import Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.model import Unit
from units_svc.photos.conversion import Developed
from units_svc.photos.model import MOST_PHOTOS, Photo, PhotoContent, TooManyPhotos, Unusable
from units_svc.privacy.commands import require_private
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx


@dataclass(frozen=True, slots=True)
class AddPhoto:
    """A developed photo of a home, perhaps of an area that an inspection looked at; or why there is none."""

    unit_id: UUID
    developed: Developed | Unusable
    caption: str | None = None
    inspection_id: UUID | None = None
    area_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class RemovePhoto:
    """A photo to be removed."""

    photo_id: UUID


@use_case(EDIT_UNITS)
async def add_photo(tx: Tx, command: AddPhoto) -> UUID:
    """Keep a photo and return its id; the same picture sent twice for the same thing is one photo (X5).

    Raises NoPhotoChosen, NotAPhoto, PhotoTooLarge, TooManyPhotos, MonitoringRefused, NotFound; SeveralFaults
    when more than one thing is wrong.
    """
    caption, made, faults = (command.caption or "").strip() or None, command.developed, Faults()
    if caption is not None and len(caption) > 200:
        faults.add(InvalidInput(field="caption", rule="The caption is too long."))
    with faults:
        await require_private(tx, Place.PHOTO, [("caption", caption)], unit_id=command.unit_id)
    unit = await tx.session.get(Unit, command.unit_id, with_for_update=True)
    if unit is None:
        raise NotFound(what="unit")
    same = (Photo.unit_id == unit.id, Photo.inspection_id.is_not_distinct_from(command.inspection_id))
    known: UUID | None = None
    if isinstance(made, Developed):
        known = await tx.scalar(select(Photo.id).where(*same, Photo.digest == made.digest))
    else:
        faults.add(made.refusal)
    present = int(await tx.scalar(select(func.count()).select_from(Photo).where(*same)) or 0)
    if present >= MOST_PHOTOS and known is None:
        faults.add(TooManyPhotos(field="photo", most=MOST_PHOTOS))
    faults.refuse()
    if known is not None:
        return known
    taken = cast("Developed", made)  # what is none was refused above
    photo = Photo(
        id=new_id(),
        unit_id=unit.id,
        inspection_id=command.inspection_id,
        area_id=command.area_id,
        caption=caption,
        width=taken.width,
        height=taken.height,
        digest=taken.digest,
        added_at=tx.now,
        added_by=tx.actor.name,
    )
    tx.session.add(photo)
    await tx.session.flush()
    tx.session.add(PhotoContent(photo_id=photo.id, full=taken.full, small=taken.small))
    tx.touched("unit", unit.id, "photo_added")
    return photo.id


@use_case(EDIT_UNITS)
async def remove_photo(tx: Tx, command: RemovePhoto) -> UUID:
    """Remove a photo for good and return the home it was of. Raises NotFound."""
    photo = await tx.session.get(Photo, command.photo_id, with_for_update=True)
    if photo is None:
        raise NotFound(what="photo")
    unit_id = photo.unit_id
    await tx.execute(delete(PhotoContent).where(PhotoContent.photo_id == photo.id))
    await tx.execute(delete(Photo).where(Photo.id == photo.id))
    tx.touched("unit", unit_id, "photo_removed")
    return unit_id
