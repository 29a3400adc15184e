"""Pages about the list of legal bars (T1, W3)."""

from __future__ import annotations

import uuid

from starlette.responses import Response

from deskkit.call import DeskCall
from deskkit.router import DeskRouter
from tenancy_svc.panels import timeline_items
from tenancy_svc.statutes.commands import add_statute, retire_statute
from tenancy_svc.statutes.model import AddStatute, Reach, RetireStatute
from tenancy_svc.statutes.queries import history, statute, statutes

router = DeskRouter(prefix="/property-desk")


@router.get("/statutes", name="statutes")
async def list_statutes(call: DeskCall) -> Response:
    """The legal bars that an application may be declined under, and former ones (T1)."""
    return call.page(
        "statutes/list.html",
        items=await call.ask(statutes, retired=True),
        timeline=timeline_items(call, await call.ask(history)),
    )


@router.get("/statutes/new", name="new_statute")
async def new_statute(call: DeskCall) -> Response:
    """Ask which provision, and what it says (T1)."""
    return call.page("statutes/new.html", form=await call.form(AddStatute), places=Reach)


@router.post("/statutes/new", name="post_statute")
async def post_statute(call: DeskCall) -> Response:
    """Add it to the list (T1)."""
    form = await call.form(AddStatute)
    if await call.carry_out(form, add_statute):
        return call.redirect("statutes", notice=call._("The legal bar is in the list."))
    return call.page("statutes/new.html", form=form, places=Reach, status=422)


@router.get("/statutes/{statute_id}/retire", name="retire_statute")
async def retire(call: DeskCall, statute_id: uuid.UUID) -> Response:
    """What taking a legal bar off the list means (T1)."""
    form = await call.form(RetireStatute, fixed={"statute_id": statute_id})
    return call.page("statutes/retire.html", form=form, record=await call.ask(statute, statute_id))


@router.post("/statutes/{statute_id}/retire", name="post_retire_statute")
async def post_retire(call: DeskCall, statute_id: uuid.UUID) -> Response:
    """Take it off the list (T1)."""
    form = await call.form(RetireStatute, fixed={"statute_id": statute_id})
    if await call.carry_out(form, retire_statute):
        return call.redirect("statutes", notice=call._("The legal bar is off the list."))
    record = await call.ask(statute, statute_id)
    return call.page("statutes/retire.html", form=form, record=record, status=422)
