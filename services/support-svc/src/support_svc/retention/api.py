"""Retention through the API: what is due, legal holds, and erasures (X7)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import After, ApiRouter, Call, Created
from chassis.paging import Page
from support_svc.retention.commands import (
    DecideErasure,
    EndLegalHold,
    HoldFields,
    ProposalFields,
    ProposeErasure,
    RefuseErasure,
    SetLegalHold,
    WhyEnded,
    approve_erasure,
    end_legal_hold,
    propose_erasure,
    refuse_erasure,
    set_legal_hold,
)
from support_svc.retention.model import RequestState
from support_svc.retention.queries import (
    DueLine,
    ErasureLine,
    ExpiringLine,
    HoldFilter,
    HoldLine,
    PageOfRetention,
    RequestFilter,
    RequestLine,
    RetentionView,
    erasure_requests,
    erasures,
    legal_holds,
    retention_of,
    what_expires,
    what_is_due,
)

router = ApiRouter(tags=["retention"])


@router.get("/records-due")
async def get_records_due(call: Call, after: After = None) -> Page[DueLine]:
    """Clients whose periods are over, or will be within ninety days, the longest due first."""
    return await call.ask(what_is_due, PageOfRetention(after=after))


@router.get("/records-expiring")
async def get_records_expiring(call: Call) -> list[ExpiringLine]:
    """What is deleted by itself when its period is over, and how much waits for the next night."""
    return await call.ask(what_expires)


@router.get("/erasure-requests")
async def get_erasure_requests(
    call: Call, after: After = None, state: Annotated[RequestState, Query()] = RequestState.PROPOSED
) -> Page[RequestLine]:
    """Erasures that were asked for, of one state, the latest first."""
    return await call.ask(erasure_requests, RequestFilter(after=after, state=state))


@router.get("/legal-holds")
async def get_legal_holds(
    call: Call, after: After = None, ended: Annotated[bool, Query()] = False
) -> Page[HoldLine]:
    """Legal holds that hold, or those that have ended, the latest first."""
    return await call.ask(legal_holds, HoldFilter(after=after, ended=ended))


@router.get("/erasures")
async def get_erasures(call: Call, after: After = None) -> Page[ErasureLine]:
    """What was erased, on which rule and by whom, the latest first."""
    return await call.ask(erasures, PageOfRetention(after=after))


@router.get("/clients/{client_id}/retention")
async def get_retention(call: Call, client_id: UUID) -> RetentionView:
    """When a client's record is due, what hinders its erasure, legal holds and what was asked for."""
    return await call.ask(retention_of, client_id)


@router.post("/clients/{client_id}/legal-holds", status_code=201)
async def post_legal_hold(call: Call, client_id: UUID, body: HoldFields) -> Created:
    """Let nothing of a client be erased."""
    return Created(id=await call.perform(set_legal_hold, SetLegalHold(client_id=client_id, **dict(body))))


@router.post("/clients/{client_id}/legal-holds/{hold_id}/end", status_code=204)
async def post_end_of_hold(call: Call, client_id: UUID, hold_id: UUID, body: WhyEnded) -> None:
    """End a legal hold."""
    await call.perform(end_legal_hold, EndLegalHold(client_id=client_id, hold_id=hold_id, **dict(body)))


@router.post("/clients/{client_id}/erasure-requests", status_code=201)
async def post_erasure_request(call: Call, client_id: UUID, body: ProposalFields) -> Created:
    """Propose to erase a client."""
    return Created(id=await call.perform(propose_erasure, ProposeErasure(client_id=client_id, **dict(body))))


@router.post("/clients/{client_id}/erasure-requests/{request_id}/approval", status_code=204)
async def post_approval(call: Call, client_id: UUID, request_id: UUID) -> None:
    """Approve an erasure that somebody else proposed; it's carried out after the days of waiting."""
    await call.perform(approve_erasure, DecideErasure(client_id=client_id, request_id=request_id))


@router.post("/clients/{client_id}/erasure-requests/{request_id}/refusal", status_code=204)
async def post_refusal(call: Call, client_id: UUID, request_id: UUID, body: WhyEnded) -> None:
    """Refuse an erasure, or stop one that was approved."""
    command = RefuseErasure(client_id=client_id, request_id=request_id, **dict(body))
    await call.perform(refuse_erasure, command)
