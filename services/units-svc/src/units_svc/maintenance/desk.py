"""Maintenance and contractors on the inventory desk (U7)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from deskkit.addresses import door
from deskkit.call import DeskCall, PageCall
from deskkit.i18n import N_
from deskkit.router import DeskRouter
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.queries import unit_record
from units_svc.lookups.queries import lookup_lists
from units_svc.maintenance import commands, entry_requests, queries
from units_svc.maintenance.feature import MAINTENANCE_TYPE
from units_svc.maintenance.model import EntryPurpose, EntryStatus
from units_svc.panels import edits_in_words, titles

router = DeskRouter(prefix="/inventory-desk")

CSV_LIMIT = 10_000
_CSV_HEADER = (
    N_("Home"),
    N_("Type of work"),
    N_("Description"),
    N_("Contractor"),
    N_("Company name"),
    N_("Scheduled start"),
    N_("Scheduled end"),
    N_("Actual start"),
    N_("Actual end"),
    N_("Completed"),
    N_("Scheduled cost"),
    N_("Actual cost"),
    N_("Comments"),
)


@router.get("/maintenance", name="maintenance")
async def work_list(call: DeskCall) -> Response:
    """Work on all homes, with filters and its cost in all; what is overdue can be asked for (U7)."""
    form = call.sought(queries.WorkFilter)
    wanted = form.command
    if call.request.query_params.get("format") == "csv":
        return await _csv(call, wanted)
    page = await call.ask(queries.work_list, wanted)
    return call.page(
        "maintenance/list.html",
        page=page,
        wanted=wanted,
        form=form,
        entry_states=[one for one in EntryStatus if one is not EntryStatus.WITHDRAWN],
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
    if await call.carry_out(form, commands.add_work):
        return call.redirect("unit_maintenance", unit_id=unit_id, notice=call._("Saved."))
    finding = form.value("finding_id")
    return await _work_form(call, "maintenance/new.html", form, unit_id, finding=finding, status=422)


@router.get("/maintenance/{work_id}", name="maintenance_work")
async def work(call: DeskCall, work_id: UUID) -> Response:
    """One piece of work."""
    return await _record(call, work_id)


async def _record(call: PageCall, work_id: UUID, refusal: str | None = None, status: int = 200) -> Response:
    found = await call.ask(queries.work_record, work_id)
    entries = await call.ask(queries.entries_of, work_id)
    return call.page(
        "maintenance/record.html",
        status=status,
        work=found,
        entries=entries,
        refusal=refusal,
        **await _choices(call),
    )


@router.get("/maintenance/{work_id}/entry", name="entry_ask")
async def entry_form(call: DeskCall, work_id: UUID) -> Response:
    """The form to ask for entry to somebody's home (U7)."""
    found = await call.ask(queries.work_record, work_id)
    initial = {"purpose": EntryPurpose.REPAIR_OR_WORK, "version": found.version}
    form = await call.form(entry_requests.AskEntry, initial=initial, fixed={"work_id": work_id})
    return call.page("maintenance/entry.html", form=form, work=found, purposes=EntryPurpose)


@router.post("/maintenance/{work_id}/entry", name="post_entry")
async def ask_entry(call: DeskCall, work_id: UUID) -> Response:
    """Show word for word what will be sent; ask once that is confirmed (U7)."""
    form = await call.form(entry_requests.AskEntry, fixed={"work_id": work_id})
    found = await call.ask(queries.work_record, work_id)
    if form.unconfirmed and await call.accepts(form, entry_requests.ask_entry):
        return call.page("maintenance/entry_confirm.html", form=form, work=found)
    if await call.carry_out(form, entry_requests.ask_entry):
        return call.redirect("maintenance_work", work_id=work_id, notice=call._("Entry is asked for."))
    return call.page("maintenance/entry.html", status=422, form=form, work=found, purposes=EntryPurpose)


@router.post("/maintenance/{work_id}/entry/withdrawal", name="post_entry_withdrawal")
async def withdraw_entry(call: DeskCall, work_id: UUID) -> Response:
    """Give up the window that was asked for."""
    form = await call.form(entry_requests.WithdrawEntry, fixed={"work_id": work_id})
    if await call.carry_out(form, entry_requests.withdraw_entry):
        notice = call._("Entry is no longer asked for.")
        return call.redirect("maintenance_work", work_id=work_id, notice=notice)
    return await _record(call, work_id, form.problem, status=422)


@router.post("/maintenance/{work_id}/schedule", name="post_schedule")
async def schedule_work(call: DeskCall, work_id: UUID) -> Response:
    """Schedule the work for the window, when the answer allows entry (U7)."""
    form = await call.form(entry_requests.ScheduleWork, fixed={"work_id": work_id})
    if await call.carry_out(form, entry_requests.schedule_work):
        return call.redirect("maintenance_work", work_id=work_id, notice=call._("The work is scheduled."))
    return await _record(call, work_id, form.problem, status=422)


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
    if await call.carry_out(form, commands.edit_work):
        return call.redirect("maintenance_work", work_id=work_id, notice=call._("Saved."))
    found = await call.ask(queries.work_record, work_id)
    return await _work_form(call, "maintenance/edit.html", form, found.unit_id, work=found, status=422)


@router.get("/contractors", name="contractors")
async def contractor_list(call: DeskCall) -> Response:
    """Contractors by name."""
    rows = await call.ask(queries.contractor_list)
    return call.page("maintenance/contractors.html", rows=rows, may_edit=call.may(EDIT_UNITS))


@router.get("/contractors/new", name="contractor_new")
async def new_contractor(call: DeskCall) -> Response:
    """The form for a new contractor."""
    return call.page("maintenance/contractor_new.html", form=await call.form(commands.AddContractor))


@router.post("/contractors/new", name="contractor_add")
async def add_contractor(call: DeskCall) -> Response:
    """Add a contractor."""
    form = await call.form(commands.AddContractor)
    if await call.carry_out(form, commands.add_contractor):
        return call.redirect("contractors", notice=call._("Saved."))
    return call.page("maintenance/contractor_new.html", form=form, status=422)


@router.get("/contractors/{contractor_id}", name="contractor")
async def contractor(call: DeskCall, contractor_id: UUID) -> Response:
    """One contractor, and who changed what (X3)."""
    edits = await call.ask(queries.contractor_history, contractor_id)
    return call.page(
        "maintenance/contractor.html",
        contractor=await call.ask(queries.contractor_record, contractor_id),
        edits=edits_in_words(call, edits, titles(commands.EditContractor), named_only={"comments"}),
        may_edit=call.may(EDIT_UNITS),
    )


@router.get("/contractors/{contractor_id}/edit", name="contractor_edit")
async def contractor_form(call: DeskCall, contractor_id: UUID) -> Response:
    """The form to correct a contractor."""
    found = await call.ask(queries.contractor_record, contractor_id)
    form = await call.form(commands.EditContractor, initial=found)
    return call.page("maintenance/contractor_edit.html", form=form, contractor=found)


@router.post("/contractors/{contractor_id}/edit", name="contractor_save")
async def edit_contractor(call: DeskCall, contractor_id: UUID) -> Response:
    """Correct a contractor (X4)."""
    form = await call.form(commands.EditContractor, fixed={"contractor_id": contractor_id})
    if await call.carry_out(form, commands.edit_contractor):
        return call.redirect("contractor", contractor_id=contractor_id, notice=call._("Saved."))
    found = await call.ask(queries.contractor_record, contractor_id)
    return call.page("maintenance/contractor_edit.html", form=form, contractor=found, status=422)


async def _csv(call: PageCall, wanted: queries.WorkFilter) -> Response:
    """Every piece of work that the filter wants, up to the limit, not only those of the page."""
    page = await call.ask(queries.work_list, wanted.model_copy(update={"after": None}), limit=CSV_LIMIT)
    lists = await call.ask(lookup_lists)
    header = [call._(text) for text in _CSV_HEADER]
    rows = [
        (
            door(one.street, one.unit_number),
            lists.label(MAINTENANCE_TYPE, one.type, call.locale),
            one.description,
            one.contractor,
            one.company_name,
            one.scheduled_start,
            one.scheduled_end,
            one.actual_start,
            one.actual_end,
            call._("Yes") if one.completed else call._("No"),
            one.scheduled_cost,
            one.actual_cost,
            one.comments,
        )
        for one in page.items
    ]
    return call.csv("maintenance.csv", header, rows)


async def _choices(call: PageCall, keep: str | None = None, contractor: UUID | None = None) -> dict[str, Any]:
    lists = await call.ask(lookup_lists)
    contractors = await call.ask(queries.contractor_list)
    return {
        "types": lists.options(MAINTENANCE_TYPE, call.locale, keep=[keep] if keep else ()),
        "type_name": lambda code: lists.label(MAINTENANCE_TYPE, code, call.locale),
        # Work keeps the contractor it has, also one who has retired since.
        "contractors": [(str(one.id), one.name) for one in contractors if one.active or one.id == contractor],
        "may_edit": call.may(EDIT_UNITS),
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
        **await _choices(call, work.type if work else None, work.contractor_id if work else None),
        **more,
    )
