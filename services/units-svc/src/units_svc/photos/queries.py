"""Reading photos (U3, U10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.photos.model import Photo, PhotoContent
from units_svc.tables import views


@dataclass(frozen=True, slots=True)
class PhotoView:
    """A photo without its bytes."""

    id: UUID
    unit_id: UUID
    inspection_id: UUID | None
    area_id: UUID | None
    caption: str | None
    width: int
    height: int
    added_at: datetime
    added_by: str


_COLUMNS = (
    Photo.id, Photo.unit_id, Photo.inspection_id, Photo.area_id, Photo.caption, Photo.width, Photo.height,
    Photo.added_at, Photo.added_by,
)  # fmt: skip


@query(VIEW_UNITS)
async def photos_of(tx: ReadTx, unit_id: UUID, *, inspection_id: UUID | None = None) -> list[PhotoView]:
    """Photos of a home itself, or of one of its inspections, oldest first."""
    statement = (
        select(*_COLUMNS)
        .where(Photo.unit_id == unit_id, Photo.inspection_id.is_not_distinct_from(inspection_id))
        .order_by(Photo.id)
    )
    return views(PhotoView, await tx.execute(statement))


@query(VIEW_UNITS)
async def photo_bytes(tx: ReadTx, photo_id: UUID, *, small: bool = False) -> bytes:
    """The JPEG of a photo. Raises NotFound."""
    column = PhotoContent.small if small else PhotoContent.full
    found = await tx.scalar(select(column).where(PhotoContent.photo_id == photo_id))
    if found is None:
        raise NotFound(what="photo")
    return bytes(found)
