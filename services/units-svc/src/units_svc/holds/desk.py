"""Holds and use of homes on the inventory desk (U4, U9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.forms import Nothing
from deskkit.router import DeskRouter
from units_svc.holds import commands, queries, use
from units_svc.holds.feature import DECIDE_HOLDS
from units_svc.inventory.feature import EDIT_UNITS
from units_svc.inventory.queries import unit_record
from units_svc.panels import entity_choices

router = DeskRouter(prefix="/inventory-desk")


@router.get("/holds", name="holds")
async def hold_list(call: DeskCall, after: str | None = None) -> Response:
    """Holds that stand, those that end first at the top (U9)."""
    return call.page("holds/list.html", page=await call.ask(queries.active_holds, after=after))


@router.get("/holds/{request_id}", name="hold")
async def hold(call: DeskCall, request_id: UUID) -> Response:
    """One request and what became of it."""
    found = await call.ask(queries.hold_record, request_id)
    return call.page(
        "holds/record.html",
        hold=found,
        sent=await call.ask(queries.crossings, request_id),
        may_decide=call.may(DECIDE_HOLDS),
    )


@router.get("/holds/{request_id}/release", name="hold_release")
async def release_form(call: DeskCall, request_id: UUID) -> Response:
    """What ending a hold means, and what is published of it."""
    found = await call.ask(queries.hold_record, request_id)
    form = await call.form(commands.ReleaseHold, initial={"version": found.version})
    return call.page("holds/release.html", hold=found, form=form)


@router.post("/holds/{request_id}/release", name="hold_do_release")
async def release(call: DeskCall, request_id: UUID) -> Response:
    """End a hold before its deadline (U9)."""
    form = await call.form(commands.ReleaseHold, fixed={"request_id": request_id})
    if await call.carry_out(form, commands.release_hold):
        return call.redirect("hold", request_id=request_id, notice=call._("The hold has ended."))
    found = await call.ask(queries.hold_record, request_id)
    return call.page("holds/release.html", hold=found, form=form, status=422)


@router.get("/holds/{request_id}/deadline", name="hold_prolong")
async def prolong_form(call: DeskCall, request_id: UUID) -> Response:
    """The form for a later deadline."""
    found = await call.ask(queries.hold_record, request_id)
    form = await call.form(commands.ProlongHold, initial={"version": found.version})
    return call.page("holds/prolong.html", hold=found, form=form)


@router.post("/holds/{request_id}/deadline", name="hold_do_prolong")
async def prolong(call: DeskCall, request_id: UUID) -> Response:
    """Give a hold more time (U9)."""
    form = await call.form(commands.ProlongHold, fixed={"request_id": request_id})
    if await call.carry_out(form, commands.prolong_hold):
        return call.redirect("hold", request_id=request_id, notice=call._("The hold lasts longer."))
    found = await call.ask(queries.hold_record, request_id)
    return call.page("holds/prolong.html", hold=found, form=form, status=422)


@router.get("/units/{unit_id}/use", name="unit_use")
async def use_tab(call: DeskCall, unit_id: UUID) -> Response:
    """The tab of a home that shows what holds and occupies it."""
    return call.page(
        "holds/use.html",
        unit=await call.ask(unit_record, unit_id),
        use=await call.ask(queries.use_of_unit, unit_id),
        may_edit=call.may(EDIT_UNITS),
        may_decide=call.may(DECIDE_HOLDS),
    )


@router.get("/units/{unit_id}/use/new", name="unit_use_new")
async def use_form(call: DeskCall, unit_id: UUID) -> Response:
    """The form for a use that began."""
    form = await call.form(use.RecordUse, initial={"began_on": call.today})
    return await _use_page(call, "holds/use_new.html", unit_id, form)


@router.post("/units/{unit_id}/use/new", name="unit_use_record")
async def record_use(call: DeskCall, unit_id: UUID) -> Response:
    """Record that somebody else lives in a home, or that it can't be used (U4)."""
    form = await call.form(use.RecordUse, fixed={"unit_id": unit_id})
    if await call.carry_out(form, use.record_use):
        return call.redirect("unit_use", unit_id=unit_id, notice=call._("Saved."))
    return await _use_page(call, "holds/use_new.html", unit_id, form, status=422)


@router.get("/units/{unit_id}/use/{occupation_id}/end", name="unit_use_end")
async def end_form(call: DeskCall, unit_id: UUID, occupation_id: UUID) -> Response:
    """The form for the last day of a use."""
    form = await call.form(use.EndUse, initial={"last_day": call.today})
    return await _use_page(call, "holds/use_end.html", unit_id, form, occupation_id=occupation_id)


@router.post("/units/{unit_id}/use/{occupation_id}/end", name="unit_use_do_end")
async def end_use(call: DeskCall, unit_id: UUID, occupation_id: UUID) -> Response:
    """End a use that staff recorded (U4)."""
    form = await call.form(use.EndUse, fixed={"unit_id": unit_id, "occupation_id": occupation_id})
    if await call.carry_out(form, use.end_use):
        return call.redirect("unit_use", unit_id=unit_id, notice=call._("Saved."))
    return await _use_page(call, "holds/use_end.html", unit_id, form, status=422, occupation_id=occupation_id)


@router.get("/units/{unit_id}/listing", name="unit_listing")
async def listing_form(call: DeskCall, unit_id: UUID) -> Response:
    """What taking a home off the list, or putting it back, means, and what is published of it."""
    use = await call.ask(queries.use_of_unit, unit_id)
    return await _use_page(call, "holds/listing.html", unit_id, await call.form(Nothing), use=use)


@router.post("/units/{unit_id}/listing", name="unit_change_listing")
async def change_listing(call: DeskCall, unit_id: UUID) -> Response:
    """Take a home off the list, or put it back, whichever it isn't (U3)."""
    unit = await call.ask(unit_record, unit_id)
    use_case = use.withdraw_unit if unit.active else use.list_unit_again
    await call.perform(use_case, use.ChangeListing(unit_id=unit_id))
    notice = call._("The unit is no longer listed.") if unit.active else call._("The unit is listed again.")
    return call.redirect("unit_use", unit_id=unit_id, notice=notice)


@router.get("/units/{unit_id}/manager", name="unit_manager")
async def manager_form(call: DeskCall, unit_id: UUID) -> Response:
    """What it means, and what is sent, when the manager of a home that is held or lived in is corrected."""
    unit = await call.ask(unit_record, unit_id)
    form = await call.form(
        commands.CorrectManager, initial={"managed_by": unit.manager.managed_by, "manager": unit.party}
    )
    return await _manager_page(call, unit_id, form)


@router.post("/units/{unit_id}/manager", name="unit_correct_manager")
async def correct_manager(call: DeskCall, unit_id: UUID) -> Response:
    """Correct it, with the reason (U4, U9)."""
    form = await call.form(commands.CorrectManager, fixed={"unit_id": unit_id})
    if await call.carry_out(form, commands.correct_manager):
        return call.redirect("unit_use", unit_id=unit_id, notice=call._("Saved."))
    return await _manager_page(call, unit_id, form, status=422)


async def _manager_page(call: PageCall, unit_id: UUID, form: Any, *, status: int = 200) -> Response:
    use = await call.ask(queries.use_of_unit, unit_id)
    begun = [*use.open, *([use.held] if use.held else [])]
    entities = entity_choices(call, [one.manager for one in begun])
    return await _use_page(
        call, "holds/manager.html", unit_id, form, status=status, use=use, entities=entities
    )


async def _use_page(
    call: PageCall, template: str, unit_id: UUID, form: Any, *, status: int = 200, **more: Any
) -> Response:
    return call.page(template, unit=await call.ask(unit_record, unit_id), form=form, status=status, **more)
