"""Pages about requests for entry (U7)."""

from __future__ import annotations

import uuid
from typing import Any

from starlette.responses import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from tenancy_svc.entry.commands import answer_entry
from tenancy_svc.entry.model import AnswerEntry, EntryAnswer, EntryRefusal, EntryState, earliest_entry
from tenancy_svc.entry.queries import EntryRecord, Listed, entry_request, entry_requests
from tenancy_svc.panels import timeline_items

router = DeskRouter(prefix="/property-desk")

_REASONS = [reason for reason in EntryRefusal if reason is not EntryRefusal.NO_TENANCY]


@router.get("/entry-requests", name="entry_requests")
async def list_entry_requests(call: DeskCall, listed: str = "", after: str | None = None) -> Response:
    """Requests for entry: to be answered, answered, or no longer wanted."""
    shown = next((one for one in Listed if one.value == listed), Listed.OPEN)
    page = await call.ask(entry_requests, listed=shown, after=after)
    return call.page("entry/list.html", page=page, shown=shown, listed=Listed)


@router.get("/entry-requests/{request_id}", name="entry_request")
async def show_entry_request(call: DeskCall, request_id: uuid.UUID) -> Response:
    """One request, and its answer."""
    record = await call.ask(entry_request, request_id)
    return call.page(
        "entry/record.html",
        request=record.request,
        timeline=timeline_items(call, record.timeline),
        answerable=_answerable(record),
    )


@router.get("/entry-requests/{request_id}/answer", name="answer_entry")
async def answering(call: DeskCall, request_id: uuid.UUID) -> Response:
    """The form to answer."""
    record = await call.ask(entry_request, request_id)
    initial = {"version": record.request.version}
    return await _form(
        call, await call.form(AnswerEntry, initial=initial, fixed={"request": request_id}), record
    )


@router.post("/entry-requests/{request_id}/answer", name="post_answer_entry")
async def post_answer(call: DeskCall, request_id: uuid.UUID) -> Response:
    """Show what will be sent, word for word; answer once that was confirmed."""
    form = await call.form(AnswerEntry, fixed={"request": request_id})
    record = await call.ask(entry_request, request_id)
    if form.unconfirmed and await call.accepts(form, answer_entry):
        delivered = form.command.delivered_at
        earliest = earliest_entry(delivered, call.runtime.time_zone) if delivered else None
        return call.page("entry/confirm.html", form=form, request=record.request, earliest=earliest)
    if await call.carry_out(form, answer_entry):
        return call.redirect("entry_request", request_id=request_id, notice=call._("The answer is sent."))
    return await _form(call, form, record, status=422)


def _answerable(record: EntryRecord) -> bool:
    return record.request.state is not EntryState.WITHDRAWN and not record.request.over


async def _form(call: PageCall, form: Any, record: EntryRecord, status: int = 200) -> Response:
    return call.page(
        "entry/answer.html",
        form=form,
        request=record.request,
        answers=EntryAnswer,
        reasons=_REASONS,
        status=status,
    )
