"""Proposed homes across the wall: what is received, and what is answered (P11)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from contracts import support, units
from contracts.words import ProposalOutcome, ProposalRefusal
from units_svc.inventory.buildings import Location
from units_svc.proposals.commands import (
    ReceiveProposal,
    ReceiveProposalWithdrawal,
    receive_proposal,
    receive_proposal_withdrawal,
)
from units_svc.proposals.model import ProposalAnswered

if TYPE_CHECKING:
    from chassis.tx import Tx

EVENTS = Events()


@EVENTS.publishes(ProposalAnswered)
def unit_proposal_answered(fact: ProposalAnswered) -> Outgoing:
    """A proposed home was taken in, is known already, or was refused."""
    event = units.UnitProposalAnsweredV1(
        request=fact.request_id,
        outcome=ProposalOutcome(fact.state.value),
        unit=fact.unit_id,
        reason=ProposalRefusal(fact.refusal.value) if fact.refusal is not None else None,
    )
    # That the request was refused the home is the other event about it.
    return Outgoing(event, 2, fact.to)


@EVENTS.on(support.UnitProposedV1)
async def unit_proposed(tx: Tx, incoming: Incoming) -> None:
    """A support organisation found a home that may not be in the inventory."""
    event = incoming.parse(support.UnitProposedV1)
    address, rent = event.address, event.rent
    proposal = ReceiveProposal(
        request_id=event.request,
        proposed_by=incoming.sender,
        location=Location(**address.model_dump(exclude={"region"})),
        region=address.region,
        housing_type=event.housing_type.value,
        bedrooms=event.bedrooms,
        rent=Decimal(rent.amount) if rent is not None else None,
        rent_currency=rent.currency if rent is not None else "CAD",
        landlord_name=event.landlord.name,
        landlord_is_organisation=event.landlord.organisation,
        secured_on=event.secured_on,
        expected_move_in=event.expected_move_in,
    )
    await perform_in(tx, receive_proposal, proposal)


@EVENTS.on(support.UnitProposalWithdrawnV1)
async def unit_proposal_withdrawn(tx: Tx, incoming: Incoming) -> None:
    """A proposed home is no longer wanted."""
    event = incoming.parse(support.UnitProposalWithdrawnV1)
    withdrawn = ReceiveProposalWithdrawal(event.request, incoming.sender)
    await perform_in(tx, receive_proposal_withdrawal, withdrawn)
