"""Homes found outside of the inventory, through the API (P11)."""

from uuid import UUID

from chassis.http.call import ApiRouter, Call, Created
from support_svc.proposals.commands import (
    HomeToPropose,
    ProposeHome,
    WithdrawProposal,
    propose_home,
    withdraw_proposal,
)
from support_svc.proposals.queries import ProposalView, proposals

router = ApiRouter(prefix="/placements/{placement_id}", tags=["proposed homes"])


@router.get("/proposed-homes")
async def get_proposals(call: Call, placement_id: UUID) -> list[ProposalView]:
    """The homes that were proposed, the latest first, with what the inventory answered."""
    return await call.ask(proposals, placement_id)


@router.post("/proposed-homes", status_code=201)
async def post_proposal(call: Call, placement_id: UUID, body: HomeToPropose) -> Created:
    """Propose a home to an inventory; the answer arrives by itself."""
    command = ProposeHome(placement_id=placement_id, **dict(body))
    return Created(id=await call.perform(propose_home, command))


@router.delete("/proposed-homes/{request}", status_code=204)
async def delete_proposal(call: Call, placement_id: UUID, request: UUID) -> None:
    """Withdraw a proposal that wasn't answered yet."""
    await call.perform(withdraw_proposal, WithdrawProposal(placement_id=placement_id, request=request))
