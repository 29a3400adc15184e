"""Proposed homes across the wall: what is sent to the inventory, and what it answers (P11)."""

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from chassis.tx import Tx
from contracts import support, units
from contracts.words import BusinessName, HousingType, Money, UnitAddress
from support_svc.proposals.commands import ProposalAnswer, receive_proposal_answer
from support_svc.proposals.model import ProposalState, UnitProposed
from trade import addresses

EVENTS = Events()


@EVENTS.publishes(UnitProposed)
def unit_proposed(fact: UnitProposed) -> Outgoing:
    """A home is proposed to an inventory: where it is, what is listed of it, and who lets it."""
    home = fact.home
    event = support.UnitProposedV1(
        request=fact.request,
        address=UnitAddress(
            building_name=home.building_name,
            street=home.street,
            unit_number=home.unit_number,
            city=home.city,
            province=home.province,
            postal_code=addresses.postal_code(home.postal_code, home.country) if home.postal_code else None,
            country=home.country,
            region=home.region,
        ),
        housing_type=HousingType(home.housing_type),
        bedrooms=home.bedrooms,
        rent=Money(amount=home.rent, currency=home.currency) if home.rent is not None else None,
        landlord=BusinessName(name=home.landlord_name, organisation=home.landlord_is_organisation),
        secured_on=fact.secured_on,
        expected_move_in=fact.expected_move_in,
    )
    return Outgoing(event, 1, fact.inventory)


@EVENTS.on(units.UnitProposalAnsweredV1)
async def unit_proposal_answered(tx: Tx, incoming: Incoming) -> None:
    """The inventory took a home in, knows it already, or refused it."""
    event = incoming.parse(units.UnitProposalAnsweredV1)
    answer = ProposalAnswer(
        event.request,
        incoming.sender,
        ProposalState(event.outcome.value),
        event.unit,
        event.reason.value if event.reason is not None else None,
    )
    await perform_in(tx, receive_proposal_answer, answer)
