"""Retention on the Front Desk: what is due, legal holds, erasures, and those of a client (X7)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from chassis.feature import settings_of
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.retention.commands import (
    DecideErasure,
    EndLegalHold,
    ProposeErasure,
    RefuseErasure,
    SetLegalHold,
    approve_erasure,
    end_legal_hold,
    propose_erasure,
    refuse_erasure,
    set_legal_hold,
)
from support_svc.retention.model import Origin
from support_svc.retention.queries import (
    HoldFilter,
    PageOfRetention,
    RequestFilter,
    erasure_requests,
    erasures,
    legal_holds,
    retention_of,
    what_expires,
    what_is_due,
)

of_client = DeskRouter(prefix="/front-desk/clients/{client_id}/retention")
of_all = DeskRouter(prefix="/front-desk/retention")
routers = (of_client, of_all)


def _periods(call: PageCall) -> Mapping[str, str]:
    """The names of the settings that are periods, by their codes."""
    return {code: call._(one.label) for code, one in settings_of(call.runtime.features).items()}


@of_all.get("", name="retention_due")
async def due(call: DeskCall) -> Response:
    """Clients whose periods are over or will be soon, and what is deleted by itself."""
    form = call.sought(PageOfRetention)
    found = await call.ask(what_is_due, form.command)
    expires = await call.ask(what_expires)
    return call.page(
        "retention/due.html", found=found, wanted=form.command, expires=expires, periods=_periods(call)
    )


@of_all.get("/requests", name="erasure_requests")
async def requests(call: DeskCall) -> Response:
    """Erasures that were proposed, approved or refused."""
    form = call.sought(RequestFilter)
    found = await call.ask(erasure_requests, form.command)
    return call.page("retention/requests.html", found=found, wanted=form.command)


@of_all.get("/holds", name="legal_holds")
async def holds(call: DeskCall) -> Response:
    """Legal holds that hold, or have ended."""
    form = call.sought(HoldFilter)
    found = await call.ask(legal_holds, form.command)
    return call.page("retention/holds.html", found=found, wanted=form.command)


@of_all.get("/erased", name="erasures")
async def erased(call: DeskCall) -> Response:
    """What was erased, when, on which rule and by whom."""
    form = call.sought(PageOfRetention)
    found = await call.ask(erasures, form.command)
    return call.page("retention/erased.html", found=found, wanted=form.command, periods=_periods(call))


@of_client.get("", name="client_retention")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """When a client's record is due, what hinders its erasure, legal holds and what was asked for."""
    return await _shown(call, client_id, "of_client")


@of_client.get("/hold", name="legal_hold_new")
async def hold(call: DeskCall, client_id: UUID) -> Response:
    """The form that sets a legal hold."""
    return await _shown(call, client_id, "hold", await call.form(SetLegalHold))


@of_client.post("/hold")
async def post_hold(call: DeskCall, client_id: UUID) -> Response:
    """Set a legal hold."""
    form = await call.form(SetLegalHold, fixed={"client_id": client_id})
    if await call.carry_out(form, set_legal_hold):
        return _back(call, client_id, call._("The legal hold is set."))
    return await _shown(call, client_id, "hold", form, status=422)


@of_client.get("/holds/{hold_id}/end", name="legal_hold_end")
async def end(call: DeskCall, client_id: UUID, hold_id: UUID) -> Response:
    """The form that ends a legal hold."""
    return await _shown(call, client_id, "hold_end", await call.form(EndLegalHold))


@of_client.post("/holds/{hold_id}/end")
async def post_end(call: DeskCall, client_id: UUID, hold_id: UUID) -> Response:
    """End a legal hold."""
    form = await call.form(EndLegalHold, fixed={"client_id": client_id, "hold_id": hold_id})
    if await call.carry_out(form, end_legal_hold):
        return _back(call, client_id, call._("The legal hold is ended."))
    return await _shown(call, client_id, "hold_end", form, status=422)


@of_client.get("/erasure", name="erasure_new")
async def propose(call: DeskCall, client_id: UUID) -> Response:
    """The form that proposes to erase the client."""
    view = await call.ask(retention_of, client_id)
    origin = Origin.PERIOD_OVER if view.is_due else Origin.OWN_REQUEST
    form = await call.form(ProposeErasure, initial={"origin": origin, "asked_on": call.today})
    return await _shown(call, client_id, "propose", form)


@of_client.post("/erasure")
async def post_propose(call: DeskCall, client_id: UUID) -> Response:
    """Propose to erase the client."""
    form = await call.form(ProposeErasure, fixed={"client_id": client_id})
    if await call.carry_out(form, propose_erasure):
        return _back(call, client_id, call._("The erasure is proposed. Another person decides about it."))
    return await _shown(call, client_id, "propose", form, status=422)


@of_client.get("/requests/{request_id}/approval", name="erasure_approve")
async def approve(call: DeskCall, client_id: UUID, request_id: UUID) -> Response:
    """What an erasure does, to be approved by a second person."""
    form = await call.form(DecideErasure, fixed={"client_id": client_id, "request_id": request_id})
    return await _of_request(call, client_id, request_id, "approve", form)


@of_client.post("/requests/{request_id}/approval")
async def post_approve(call: DeskCall, client_id: UUID, request_id: UUID) -> Response:
    """Approve an erasure."""
    form = await call.form(DecideErasure, fixed={"client_id": client_id, "request_id": request_id})
    if await call.carry_out(form, approve_erasure):
        return _back(call, client_id, call._("The erasure is approved. Until its day it can be stopped."))
    return await _of_request(call, client_id, request_id, "approve", form, status=422)


@of_client.get("/requests/{request_id}/refusal", name="erasure_refuse")
async def refuse(call: DeskCall, client_id: UUID, request_id: UUID) -> Response:
    """The form that refuses an erasure, or stops it."""
    return await _of_request(call, client_id, request_id, "refuse", await call.form(RefuseErasure))


@of_client.post("/requests/{request_id}/refusal")
async def post_refuse(call: DeskCall, client_id: UUID, request_id: UUID) -> Response:
    """Refuse an erasure, or stop one that was approved."""
    form = await call.form(RefuseErasure, fixed={"client_id": client_id, "request_id": request_id})
    if await call.carry_out(form, refuse_erasure):
        return _back(call, client_id, call._("The erasure is refused."))
    return await _of_request(call, client_id, request_id, "refuse", form, status=422)


def _back(call: PageCall, client_id: UUID, notice: str) -> Response:
    return call.redirect("client_retention", client_id=client_id, notice=notice)


async def _of_request(
    call: PageCall, client_id: UUID, request_id: UUID, name: str, form: object, *, status: int = 200
) -> Response:
    view = await call.ask(retention_of, client_id)
    if all(one.id != request_id for one in view.requests):
        raise NotFound(what="proposed erasure")
    return await _shown(call, client_id, name, form, status=status)


async def _shown(
    call: PageCall, client_id: UUID, name: str, form: object = None, *, status: int = 200
) -> Response:
    view = await call.ask(retention_of, client_id)
    shown: dict[str, Any] = {"form": form} if form is not None else {}
    return call.page(
        f"retention/{name}.html",
        status=status,
        person=await call.ask(client, client_id),
        view=view,
        hindrances=[call.words(one) for one in view.hindrances],
        periods=_periods(call),
        **shown,
    )
