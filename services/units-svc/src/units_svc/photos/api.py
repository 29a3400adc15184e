"""Photos over HTTP (U3, U10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Response, UploadFile

from chassis.http import ApiRouter, Call
from trade.pictures import LARGEST
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.photos import commands, queries
from units_svc.photos.conversion import developed
from units_svc.photos.serving import jpeg

router = ApiRouter(tags=["photos"])


@dataclass(frozen=True, slots=True)
class AddedPhoto:
    """The id of the photo."""

    id: UUID


@router.get("/units/{unit_id}/photos")
async def list_photos(call: Call, unit_id: UUID) -> list[queries.PhotoView]:
    """Photos of a home (U3)."""
    return await call.ask(queries.photos_of, unit_id)


@router.post("/units/{unit_id}/photos", status_code=201)
async def add_photo(
    call: Call,
    unit_id: UUID,
    photo: Annotated[UploadFile, File()],
    *,
    caption: Annotated[str | None, Form()] = None,
    inspection_id: Annotated[UUID | None, Form()] = None,
    area_id: Annotated[UUID | None, Form()] = None,
) -> AddedPhoto:
    """Add a photo: JPEG, PNG, WebP or TIFF of up to 10 MB, stored without metadata (U3, U10)."""
    # Unfolding a picture is work that is done only for those who may add it.
    call.runtime.access.require(call.actor, EDIT_UNITS)
    made = await developed(await photo.read(LARGEST + 1))
    command = commands.AddPhoto(unit_id, made, caption, inspection_id, area_id)
    return AddedPhoto(await call.perform(commands.add_photo, command))


@router.get("/photos/{photo_id}", response_class=Response)
async def read_photo(call: Call, photo_id: UUID, small: bool = False) -> Response:
    """A photo as JPEG, or a small one for lists."""
    return jpeg(await call.ask(queries.photo_bytes, photo_id, small=small))


@router.delete("/photos/{photo_id}", status_code=204)
async def remove_photo(call: Call, photo_id: UUID) -> None:
    """Remove a photo for good."""
    await call.perform(commands.remove_photo, commands.RemovePhoto(photo_id))
