"""The Photos tab of a home on the inventory desk (U3)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Form
from deskkit.router import DeskRouter
from trade.pictures import LARGEST
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.queries import unit_record
from units_svc.photos import commands, queries
from units_svc.photos.conversion import developed
from units_svc.photos.model import Unusable
from units_svc.photos.serving import jpeg

router = DeskRouter(prefix="/inventory-desk")


class NewPhoto(BaseModel):
    """What a form gives about a photo that is sent with it."""

    model_config = ConfigDict(frozen=True)

    caption: Annotated[str | None, Field(title="Caption", max_length=200)] = None
    inspection_id: UUID | None = None
    area_id: Annotated[UUID | None, Field(title="Room or area")] = None


@router.get("/units/{unit_id}/photos", name="unit_photos")
async def photos_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The Photos tab of a home (U3)."""
    return await _tab(call, unit_id, await call.form(NewPhoto))


@router.post("/units/{unit_id}/photos", name="photo_add")
async def add_photo(call: DeskCall, unit_id: UUID) -> Response:
    """Add a photo to a home (U3)."""
    form = await photo_form(call)
    if await add_photo_of(call, form, unit_id):
        return call.redirect("unit_photos", unit_id=unit_id, notice=call._("Saved."))
    return await _tab(call, unit_id, form, status=422)


async def photo_form(call: PageCall, *, inspection_id: UUID | None = None) -> Form[NewPhoto]:
    """The form of a photo as it was sent. Raises NotPermitted."""
    # Unfolding a picture is work that is done only for those who may add it.
    call.runtime.access.require(call.actor, EDIT_UNITS)
    return await call.form(NewPhoto, fixed={"inspection_id": inspection_id})


async def add_photo_of(call: PageCall, form: Form[NewPhoto], unit_id: UUID) -> bool:
    """Add the photo that was sent with a form; whether that was done, else the form says what is wrong."""
    uploads = await call.uploads("photo")
    made = await developed(await uploads[0].read(LARGEST + 1) if uploads else None)
    if not form.ok and isinstance(made, Unusable):
        form.add(made.refusal)

    async def added(given: NewPhoto) -> None:
        command = commands.AddPhoto(unit_id, made, given.caption, given.inspection_id, given.area_id)
        await call.perform(commands.add_photo, command)

    return await form.attempt(added) is not None


@router.post("/photos/{photo_id}/remove", name="photo_remove")
async def remove_photo(call: DeskCall, photo_id: UUID) -> Response:
    """Remove a photo for good."""
    unit_id = await call.perform(commands.remove_photo, commands.RemovePhoto(photo_id))
    return call.redirect("unit_photos", unit_id=unit_id, notice=call._("The photo was removed."))


@router.get("/photos/{photo_id}.jpg", name="photo")
async def photo(call: DeskCall, photo_id: UUID) -> Response:
    """A photo."""
    return jpeg(await call.ask(queries.photo_bytes, photo_id))


@router.get("/photos/small/{photo_id}.jpg", name="photo_small")
async def photo_small(call: DeskCall, photo_id: UUID) -> Response:
    """A small photo for lists."""
    return jpeg(await call.ask(queries.photo_bytes, photo_id, small=True))


async def _tab(call: DeskCall, unit_id: UUID, form: object, *, status: int = 200) -> Response:
    return call.page(
        "photos/unit.html",
        unit=await call.ask(unit_record, unit_id),
        photos=await call.ask(queries.photos_of, unit_id),
        form=form,
        may_edit=call.may(EDIT_UNITS),
        status=status,
    )
