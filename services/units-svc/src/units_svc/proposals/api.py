"""Proposed homes through the API (P11)."""

from __future__ import annotations

from uuid import UUID

from chassis.http import ApiRouter, Call, Created
from chassis.paging import CountedPage
from units_svc.proposals import commands, queries

router = ApiRouter(prefix="/proposed-homes", tags=["proposed homes"])


@router.get("")
async def find_proposed_homes(
    call: Call, waiting: bool = False, after: str | None = None
) -> CountedPage[queries.ProposedView]:
    """Proposed homes, the newest first, or those that wait for a decision."""
    return await call.ask(queries.proposed_homes, waiting=waiting, after=after)


@router.get("/{request_id}")
async def get_proposed_home(call: Call, request_id: UUID) -> queries.ProposedView:
    """One proposed home."""
    return await call.ask(queries.proposed_home, request_id)


@router.post("/{request_id}/unit", status_code=201)
async def post_unit(call: Call, request_id: UUID, body: commands.HomeToList) -> Created:
    """Take a proposed home in."""
    command = commands.TakeIn(request_id=request_id, **dict(body))
    return Created(id=await call.perform(commands.take_in, command))


@router.post("/{request_id}/refusal", status_code=204)
async def post_refusal(call: Call, request_id: UUID, body: commands.ReasonToRefuse) -> None:
    """Refuse a proposed home."""
    await call.perform(commands.refuse_proposal, commands.RefuseProposal(request_id=request_id, **dict(body)))
