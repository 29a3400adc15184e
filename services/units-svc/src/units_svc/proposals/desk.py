"""Proposed homes on the inventory desk (P11)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from units_svc.inventory.desk import choices
from units_svc.inventory.feature import EDIT_UNITS, HOUSING_TYPE
from units_svc.inventory.provinces import provinces
from units_svc.lookups.queries import lookup_lists
from units_svc.proposals import commands, queries

router = DeskRouter(prefix="/inventory-desk/proposed-homes")


@router.get("", name="proposed_homes")
async def proposed_list(call: DeskCall, after: str | None = None, only: str = "") -> Response:
    """The homes that support organisations proposed, who proposed them and what became of them (P11)."""
    waiting = only == "waiting"
    page = await call.ask(queries.proposed_homes, waiting=waiting, after=after)
    return call.page("proposals/list.html", page=page, waiting=waiting)


@router.get("/{request_id}", name="proposed_home")
async def record(call: DeskCall, request_id: UUID) -> Response:
    """One proposed home, and the form to take it in while it waits."""
    found = await call.ask(queries.proposed_home, request_id)
    lists = await call.ask(lookup_lists)
    names = ("building_name", "street", "unit_number", "city", "province", "postal_code", "country", "region")
    kind = next((v.code for v in lists.values[HOUSING_TYPE] if v.published_as == found.housing_type), None)
    initial = {name: getattr(found, name) for name in names}
    initial |= {"version": found.version, "housing_type": kind}
    form = await call.form(commands.TakeIn, initial=initial)
    return await _page(call, request_id, form)


@router.post("/{request_id}", name="proposed_take_in")
async def take_in(call: DeskCall, request_id: UUID) -> Response:
    """Take it in."""
    form = await call.form(commands.TakeIn, fixed={"request_id": request_id})
    if done := await call.carry_out(form, commands.take_in):
        return call.redirect("unit", unit_id=done.result, notice=call._("The home is in the inventory."))
    return await _page(call, request_id, form, status=422)


async def _page(call: PageCall, request_id: UUID, form: Any, *, status: int = 200) -> Response:
    found = await call.ask(queries.proposed_home, request_id)
    lists = await call.ask(lookup_lists)
    kind = next((v for v in lists.values[HOUSING_TYPE] if v.published_as == found.housing_type), None)
    return call.page(
        "proposals/record.html",
        status=status,
        found=found,
        form=form,
        choices=await choices(call, lists) | {"provinces": provinces(call._)},
        kind=kind.label(call.locale) if kind is not None else call._("not on our list"),
        may_decide=call.may(EDIT_UNITS),
    )


@router.get("/{request_id}/refusal", name="proposed_refuse")
async def refusal(call: DeskCall, request_id: UUID) -> Response:
    """The reason that will be sent."""
    found = await call.ask(queries.proposed_home, request_id)
    form = await call.form(commands.RefuseProposal, initial={"version": found.version})
    return call.page("proposals/refuse.html", found=found, form=form)


@router.post("/{request_id}/refusal", name="proposed_do_refuse")
async def post_refusal(call: DeskCall, request_id: UUID) -> Response:
    """Refuse it."""
    form = await call.form(commands.RefuseProposal, fixed={"request_id": request_id})
    if await call.carry_out(form, commands.refuse_proposal):
        return call.redirect("proposed_homes", notice=call._("The home isn’t taken in."))
    found = await call.ask(queries.proposed_home, request_id)
    return call.page("proposals/refuse.html", status=422, found=found, form=form)
