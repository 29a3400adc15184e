"""Recording on the Front Desk which homes a household was shown, and what followed (P12)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.field_rules.desk import ruled_form
from support_svc.homes.queries import home
from support_svc.lookups.desk import choices
from support_svc.placements.queries import placement
from support_svc.viewings.commands import (
    VIEWING_FORM,
    RecordViewing,
    RemoveViewing,
    record_viewing,
    remove_viewing,
)
from support_svc.viewings.feature import REASON_REFUSED
from support_svc.viewings.queries import viewings

router = DeskRouter(prefix="/front-desk/placements/{placement_id}/viewings/{unit}")


@router.get("", name="viewing")
async def record(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """The form for the days on which a home was shown, viewed, offered and refused (P12)."""
    known = {one.unit: one for one in await call.ask(viewings, placement_id)}.get(unit)
    initial = known if known is not None else {"shown_on": call.today, "version": 0}
    return await _page(
        call,
        placement_id,
        unit,
        await ruled_form(call, VIEWING_FORM, RecordViewing, record=(placement_id, unit), initial=initial),
    )


@router.post("")
async def post_record(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Record or correct them."""
    form = await ruled_form(
        call,
        VIEWING_FORM,
        RecordViewing,
        record=(placement_id, unit),
        fixed={"placement_id": placement_id, "unit": unit},
    )
    if await call.carry_out(form, record_viewing):
        return call.redirect("shortlist", placement_id=placement_id, notice=call._("It is recorded."))
    return await _page(call, placement_id, unit, form, status=422)


async def _page(call: PageCall, placement_id: UUID, unit: UUID, form: object, status: int = 200) -> Response:
    known = {one.unit: one for one in await call.ask(viewings, placement_id)}.get(unit)
    return call.page(
        "viewings/record.html",
        status=status,
        form=form,
        one=await call.ask(placement, placement_id),
        address=known.address if known is not None else (await call.ask(home, unit)).address,
        known=known,
        lists=await choices(call, REASON_REFUSED),
    )


@router.post("/removal", name="viewing_remove")
async def remove(call: DeskCall, placement_id: UUID, unit: UUID) -> Response:
    """Remove what was recorded by mistake."""
    await call.perform(remove_viewing, RemoveViewing(placement_id=placement_id, unit=unit))
    return call.redirect("shortlist", placement_id=placement_id, notice=call._("The record is removed."))
