"""Inspections over HTTP (U10)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.http import ApiRouter, Call, command_of
from units_svc.inspections import commands, queries
from units_svc.photos.queries import PhotoView, photos_of

router = ApiRouter(tags=["inspections"])


@dataclass(frozen=True, slots=True)
class AddedInspection:
    """The id of the inspection."""

    id: UUID


class EditedInspection(commands.InspectionDetails):
    """An inspection with the version that was read."""

    version: int


@router.get("/units/{unit_id}/inspections")
async def list_inspections(call: Call, unit_id: UUID) -> list[queries.InspectionView]:
    """Inspections of a home, newest first, without their areas (U10)."""
    return await call.ask(queries.inspections_of, unit_id)


@router.post("/units/{unit_id}/inspections", status_code=201)
async def record_inspection(call: Call, unit_id: UUID, body: commands.InspectionDetails) -> AddedInspection:
    """Record an inspection (U10)."""
    command = command_of(commands.RecordInspection, body, unit_id=unit_id)
    return AddedInspection(await call.perform(commands.record_inspection, command))


@router.get("/inspections/{inspection_id}")
async def read_inspection(call: Call, inspection_id: UUID) -> queries.InspectionView:
    """One inspection with its areas (U10)."""
    return await call.ask(queries.inspection_record, inspection_id)


@router.get("/inspections/{inspection_id}/photos")
async def list_photos(call: Call, inspection_id: UUID) -> list[PhotoView]:
    """Photos of an inspection (U10)."""
    found = await call.ask(queries.inspection_record, inspection_id)
    return await call.ask(photos_of, found.unit_id, inspection_id=inspection_id)


@router.put("/inspections/{inspection_id}", status_code=204)
async def edit_inspection(call: Call, inspection_id: UUID, body: EditedInspection) -> None:
    """Correct an inspection (U10, X4)."""
    command = command_of(commands.EditInspection, body, inspection_id=inspection_id)
    await call.perform(commands.edit_inspection, command)
