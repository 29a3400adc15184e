"""Requests for entry over HTTP (U7)."""

from __future__ import annotations

import uuid

from chassis.http import After, ApiRouter, Call, Limit
from chassis.paging import PAGE, CountedPage
from tenancy_svc.entry.commands import answer_entry
from tenancy_svc.entry.model import AnswerEntry, Answering
from tenancy_svc.entry.queries import EntryLine, EntryRecord, Listed, entry_request, entry_requests

router = ApiRouter(tags=["entry"])


@router.get("/entry-requests")
async def list_entry_requests(
    call: Call,
    listed: Listed = Listed.OPEN,
    unit: uuid.UUID | None = None,
    after: After = None,
    limit: Limit = PAGE,
) -> CountedPage[EntryLine]:
    """List requests for entry, those to be answered soonest first."""
    return await call.ask(entry_requests, listed=listed, unit=unit, after=after, limit=limit)


@router.get("/entry-requests/{request_id}")
async def show_entry_request(call: Call, request_id: uuid.UUID) -> EntryRecord:
    """Show one request for entry."""
    return await call.ask(entry_request, request_id)


@router.post("/entry-requests/{request_id}/answer", status_code=204)
async def post_answer(call: Call, request_id: uuid.UUID, body: Answering) -> None:
    """Answer a request for entry; a later answer replaces it."""
    await call.perform(answer_entry, AnswerEntry(request=request_id, **dict(body)))
