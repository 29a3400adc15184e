"""Maintenance and contractors on the inventory desk (U7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response
from pydantic import ValidationError

from chassis.errors import DomainError
from deskkit.call import DeskCall, PageCall
from deskkit.forms.binding import Binder
from deskkit.router import DeskRouter
from units_svc.access import Permission
from units_svc.inventory.queries import unit_record
from units_svc.lookups.model import LookupList
from units_svc.lookups.queries import lookup_lists
from units_svc.maintenance import commands, queries

router = DeskRouter(prefix="/inventory-desk")


@router.get("/maintenance", name="maintenance")
async def work_list(call: DeskCall) -> Response:
    """Work on all homes, with filters and its cost in all; what is overdue can be asked for (U7)."""
    wanted = _filter_of(call)
    page = await call.ask(queries.work_list, wanted)
    return call.page(
        "maintenance/list.html",
        page=page,
        wanted=wanted,
        form=await call.form(queries.WorkFilter, initial=wanted),
        **await _choices(call),
    )


@router.get("/units/{unit_id}/maintenance", name="unit_maintenance")
async def unit_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The Maintenance tab of a home (U7)."""
    unit = await call.ask(unit_record, unit_id)
    page = await call.ask(queries.work_list, queries.WorkFilter(unit_id=unit_id))
    return call.page("maintenance/unit.html", unit=unit, page=page, **await _choices(call))


@router.get("/units/{unit_id}/maintenance/new", name="maintenance_new")
async def new_work(call: DeskCall, unit_id: UUID) -> Response:
    """The form for new work on a home."""
    finding = call.request.query_params.get("finding")
    initial = {"needs_entry": True, "description": call.request.query_params.get("description", "")[:4000]}
    form = await call.form(commands.AddWork, initial=initial)
    return await _work_form(call, "maintenance/new.html", form, unit_id, finding=finding)


@router.post("/units/{unit_id}/maintenance/new", name="maintenance_add")
async def add_work(call: DeskCall, unit_id: UUID) -> Response:
    """Record work on a home (U7)."""
    form = await call.form(commands.AddWork, fixed={"unit_id": unit_id})
    if form.ok:
        try:
            await call.perform(commands.add_work, form.command)
            return call.redirect("unit_maintenance", unit_id=unit_id, notice=call._("Saved."))
        except DomainError as refused:
            form.add(refused)
    finding = form.value("finding_id")
    return await _work_form(call, "maintenance/new.html", form, unit_id, finding=finding, status=422)


@router.get("/maintenance/{work_id}", name="maintenance_work")
async def work(call: DeskCall, work_id: UUID) -> Response:
    """One piece of work."""
    found = await call.ask(queries.work_record, work_id)
    return call.page("maintenance/record.html", work=found, **await _choices(call))


@router.get("/maintenance/{work_id}/edit", name="maintenance_edit")
async def edit_form(call: DeskCall, work_id: UUID) -> Response:
    """The form to correct or complete work."""
    found = await call.ask(queries.work_record, work_id)
    form = await call.form(commands.EditWork, initial=found)
    return await _work_form(call, "maintenance/edit.html", form, found.unit_id, work=found)


@router.post("/maintenance/{work_id}/edit", name="maintenance_save")
async def edit_work(call: DeskCall, work_id: UUID) -> Response:
    """Correct or complete work (U7, X4)."""
    form = await call.form(commands.EditWork, fixed={"work_id": work_id})
    if form.ok:
        try:
            await call.perform(commands.edit_work, form.command)
            return call.redirect("maintenance_work", work_id=work_id, notice=call._("Saved."))
        except DomainError as refused:
            form.add(refused)
    found = await call.ask(queries.work_record, work_id)
    return await _work_form(call, "maintenance/edit.html", form, found.unit_id, work=found, status=422)


@router.get("/contractors", name="contractors")
async def contractor_list(call: DeskCall) -> Response:
    """Contractors by name."""
    rows = await call.ask(queries.contractor_list)
    return call.page("maintenance/contractors.html", rows=rows, may_edit=call.may(Permission.EDIT_UNITS))


@router.get("/contractors/new", name="contractor_new")
async def new_contractor(call: DeskCall) -> Response:
    """The form for a new contractor."""
    return call.page("maintenance/contractor_new.html", form=await call.form(commands.AddContractor))


@router.post("/contractors/new", name="contractor_add")
async def add_contractor(call: DeskCall) -> Response:
    """Add a contractor."""
    form = await call.form(commands.AddContractor)
    if form.ok:
        try:
            await call.perform(commands.add_contractor, form.command)
            return call.redirect("contractors", notice=call._("Saved."))
        except DomainError as refused:
            form.add(refused)
    return call.page("maintenance/contractor_new.html", form=form, status=422)


@router.get("/contractors/{contractor_id}", name="contractor_edit")
async def contractor_form(call: DeskCall, contractor_id: UUID) -> Response:
    """The form to correct a contractor."""
    found = await call.ask(queries.contractor_record, contractor_id)
    form = await call.form(commands.EditContractor, initial=found)
    return call.page("maintenance/contractor_edit.html", form=form, contractor=found)


@router.post("/contractors/{contractor_id}", name="contractor_save")
async def edit_contractor(call: DeskCall, contractor_id: UUID) -> Response:
    """Correct a contractor (X4)."""
    form = await call.form(commands.EditContractor, fixed={"contractor_id": contractor_id})
    if form.ok:
        try:
            await call.perform(commands.edit_contractor, form.command)
            return call.redirect("contractors", notice=call._("Saved."))
        except DomainError as refused:
            form.add(refused)
    found = await call.ask(queries.contractor_record, contractor_id)
    return call.page("maintenance/contractor_edit.html", form=form, contractor=found, status=422)


def _filter_of(call: PageCall) -> queries.WorkFilter:
    posted: dict[str, list[str]] = {}
    for name, value in call.request.query_params.multi_items():
        posted.setdefault(name, []).append(value)
    values = Binder(posted, call.today, call.runtime.time_zone).model(queries.WorkFilter)
    values = {name: value for name, value in values.items() if value is not None}
    try:
        return queries.WorkFilter.model_validate(values)
    except ValidationError as refused:
        for error in refused.errors():
            values.pop(str(error["loc"][0]), None)
        return queries.WorkFilter.model_validate(values)


async def _choices(call: PageCall, keep: str | None = None) -> dict[str, Any]:
    lists = await call.ask(lookup_lists)
    contractors = await call.ask(queries.contractor_list)
    return {
        "types": lists.options(LookupList.MAINTENANCE_TYPE, call.locale, keep=[keep] if keep else ()),
        "type_name": lambda code: lists.label(LookupList.MAINTENANCE_TYPE, code, call.locale),
        "contractors": [(str(one.id), one.name) for one in contractors if one.active],
        "may_edit": call.may(Permission.EDIT_UNITS),
    }


async def _work_form(
    call: PageCall, template: str, form: Any, unit_id: UUID, *, status: int = 200, **more: Any
) -> Response:
    work = more.get("work")
    return call.page(
        template,
        status=status,
        form=form,
        unit=await call.ask(unit_record, unit_id),
        **await _choices(call, work.type if work else None),
        **more,
    )
