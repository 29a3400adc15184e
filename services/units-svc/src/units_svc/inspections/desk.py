"""Inspections on the inventory desk (U10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from units_svc.inspections import commands, queries
from units_svc.inspections.feature import INSPECTION_AREA
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.queries import unit_record
from units_svc.lookups.queries import lookup_lists
from units_svc.photos.desk import NewPhoto, add_photo_of, photo_form
from units_svc.photos.queries import photos_of

router = DeskRouter(prefix="/inventory-desk")

USUAL_AREAS = (
    "entrance",
    "living_room",
    "kitchen",
    "bathroom",
    "bedroom",
    "windows",
    "doors_locks",
    "alarms",
)


@router.get("/units/{unit_id}/inspections", name="unit_inspections")
async def inspections_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The Inspections tab of a home (U10)."""
    return call.page(
        "inspections/unit.html",
        unit=await call.ask(unit_record, unit_id),
        rows=await call.ask(queries.inspections_of, unit_id),
        may_edit=call.may(EDIT_UNITS),
    )


@router.get("/units/{unit_id}/inspections/new", name="inspection_new")
async def new_inspection(call: DeskCall, unit_id: UUID) -> Response:
    """The form for an inspection, with the usual areas."""
    areas = [{"area": code, "grade": "not_checked"} for code in USUAL_AREAS]
    form = await call.form(commands.RecordInspection, initial={"inspected_on": call.today, "areas": areas})
    return await _form(call, "inspections/new.html", form, unit_id)


@router.post("/units/{unit_id}/inspections/new", name="inspection_record")
async def record_inspection(call: DeskCall, unit_id: UUID) -> Response:
    """Record an inspection (U10)."""
    form = await call.form(commands.RecordInspection, fixed={"unit_id": unit_id})
    if done := await call.carry_out(form, commands.record_inspection):
        return call.redirect("inspection", inspection_id=done.result, notice=call._("Saved."))
    return await _form(call, "inspections/new.html", form, unit_id, status=422)


@router.get("/inspections/{inspection_id}", name="inspection")
async def inspection(call: DeskCall, inspection_id: UUID) -> Response:
    """One inspection with its areas and photos."""
    return await _record(call, inspection_id, await call.form(NewPhoto))


@router.post("/inspections/{inspection_id}/photos", name="inspection_photo_add")
async def add_inspection_photo(call: DeskCall, inspection_id: UUID) -> Response:
    """Add a photo to an inspection, or to one of its areas (U10)."""
    found = await call.ask(queries.inspection_record, inspection_id)
    form = await photo_form(call, inspection_id=inspection_id)
    if await add_photo_of(call, form, found.unit_id):
        return call.redirect("inspection", inspection_id=inspection_id, notice=call._("Saved."))
    return await _record(call, inspection_id, form, status=422)


async def _record(call: PageCall, inspection_id: UUID, form: Any, *, status: int = 200) -> Response:
    found = await call.ask(queries.inspection_record, inspection_id)
    lists = await call.ask(lookup_lists)
    return call.page(
        "inspections/record.html",
        inspection=found,
        unit=await call.ask(unit_record, found.unit_id),
        photos=await call.ask(photos_of, found.unit_id, inspection_id=inspection_id),
        area_name=lambda code: lists.label(INSPECTION_AREA, code, call.locale),
        form=form,
        status=status,
        may_edit=call.may(EDIT_UNITS),
    )


@router.get("/inspections/{inspection_id}/edit", name="inspection_edit")
async def edit_form(call: DeskCall, inspection_id: UUID) -> Response:
    """The form to correct an inspection."""
    found = await call.ask(queries.inspection_record, inspection_id)
    form = await call.form(commands.EditInspection, initial=found)
    return await _form(call, "inspections/edit.html", form, found.unit_id, inspection=found)


@router.post("/inspections/{inspection_id}/edit", name="inspection_save")
async def edit_inspection(call: DeskCall, inspection_id: UUID) -> Response:
    """Correct an inspection (U10, X4)."""
    form = await call.form(commands.EditInspection, fixed={"inspection_id": inspection_id})
    if await call.carry_out(form, commands.edit_inspection):
        return call.redirect("inspection", inspection_id=inspection_id, notice=call._("Saved."))
    found = await call.ask(queries.inspection_record, inspection_id)
    return await _form(call, "inspections/edit.html", form, found.unit_id, inspection=found, status=422)


async def _form(
    call: PageCall, template: str, form: Any, unit_id: UUID, *, status: int = 200, **more: Any
) -> Response:
    lists = await call.ask(lookup_lists)
    known = more.get("inspection")
    keep = [area.area for area in known.areas] if known else ()
    return call.page(
        template,
        form=form,
        unit=await call.ask(unit_record, unit_id),
        areas=lists.options(INSPECTION_AREA, call.locale, keep=keep),
        status=status,
        **more,
    )
