"""Proposing a home to an inventory, withdrawing that, and what the inventory answers (P11)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import func, select

from chassis.access import RECEIVE_EVENTS
from chassis.errors import Faults, InvalidInput, NotFound
from chassis.ids import new_id
from chassis.lookups import NotOnTheList
from chassis.parties import require_sender
from chassis.tx import Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.consents.model import ConsentMissing, Purpose
from support_svc.consents.standing import consent_in_force
from support_svc.housing_history.feature import HOUSING_TYPE
from support_svc.lookups.model import LookupValue
from support_svc.placements.commands import locked_placement
from support_svc.placements.model import SEARCHING, NotSearching, Placement, SecuringState, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.proposals.model import (
    MOST,
    FoundHome,
    InventoryNotKnown,
    Proposal,
    ProposalAnswered,
    ProposalState,
    TooManyProposed,
    UnitProposed,
    require_address,
)
from support_svc.securing.commands import (
    InventoryAnswer,
    ProposedHome,
    ask_for_proposed,
    receive_answer,
)
from support_svc.securing.consequences import apply_fact, open_requests
from support_svc.securing.feature import SECURE_UNIT
from support_svc.securing.model import UnitRequestWithdrawn
from support_svc.securing.process import GivenUp, Refused
from trade.dates import MoveDay, PastDay
from trade.money import USUAL, Currency

_PLAIN = r"^[^<>\x00-\x1f\x7f]+$"
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=_PLAIN)]
Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30, pattern=_PLAIN)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([_-][a-z0-9]+)*$", max_length=60)]


class HomeToPropose(BaseModel):
    """A home that was found outside of the inventory, and whether it's to be held for the household.

    `inventory` may be left out where there is only one. The home is asked for with `expected_move_in`.
    """

    inventory: str | None = Field(default=None, max_length=31, title="Inventory")
    building_name: Label | None = Field(default=None, title="Building name")
    street: Label = Field(title="Address")
    unit_number: Number | None = Field(default=None, title="Unit number")
    city: Label = Field(title="City")
    province: Annotated[
        str, StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2,3}$")
    ] = Field(title="Province or state")
    postal_code: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10)] | None = Field(
        default=None, title="Postal code"
    )
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] = Field(default="CA", title="Country")
    region: Code | None = Field(default=None, title="Region")
    housing_type: Code = Field(title="Housing type")
    bedrooms: int | None = Field(default=None, ge=0, le=20, title="Bedrooms")
    rent: Annotated[Decimal, Field(ge=0, max_digits=9, decimal_places=2)] | None = Field(
        default=None, title="Rent a month"
    )
    currency: Currency = USUAL
    landlord_name: Label = Field(title="Landlord, as known in business")
    landlord_is_organisation: bool = Field(default=False, title="The landlord is an organisation")
    hold: bool = Field(default=False, title="Secure this home in the same step")
    secured_on: PastDay | None = Field(default=None, title="Date secured")
    expected_move_in: MoveDay | None = Field(default=None, title="Expected move-in date")


class ProposeHome(HomeToPropose):
    """Propose a home that isn't in the inventory."""

    placement_id: UUID


class WithdrawProposal(BaseModel):
    """Withdraw a proposal that wasn't answered yet."""

    placement_id: UUID
    request: UUID


@use_case(SECURE_UNIT)
async def propose_home(tx: Tx, command: ProposeHome) -> UUID:
    """Propose a home to an inventory and return the reference; with `hold` it's asked for as well (P11).

    Raises InventoryNotKnown, NotOnTheList, NoPostalCode, OtherProvince, InvalidInput, NotSearching,
    ConsentMissing, TooManyProposed, and what `ask_for_proposed` raises.
    """
    home = FoundHome(**{name: getattr(command, name) for name in FoundHome.__slots__})
    faults = Faults()
    with faults:
        inventory = _inventory(tx, command.inventory)
    with faults:
        require_address(home)
    with faults:
        await _require_type(tx, home.housing_type)
    if command.hold and command.expected_move_in is None:
        rule = N_("Enter the day on which the household expects to move in.")
        faults.add(InvalidInput(field="expected_move_in", rule=rule))
    faults.refuse()
    placement = await locked_placement(tx, command.placement_id)
    if placement.status not in SEARCHING:
        raise NotSearching
    consent = await consent_in_force(tx, placement.client_id, Purpose.BE_HOUSED, None)
    if consent is None:
        raise ConsentMissing
    mine = Proposal.placement_id == placement.id
    if (await tx.scalar(select(func.count()).where(mine)) or 0) >= MOST:
        raise TooManyProposed(most=MOST)
    request = new_id()
    secured_on = (command.secured_on or tx.today) if command.hold else None
    expected_move_in = command.expected_move_in if command.hold else None
    proposal = Proposal(
        request=request,
        placement_id=placement.id,
        inventory=inventory,
        address=home.address_line,
        housing_type=home.housing_type,
        bedrooms=home.bedrooms,
        rent=home.rent,
        currency=home.currency,
        landlord_name=home.landlord_name,
        wants_hold=command.hold,
        agreed_under=consent,
        state=ProposalState.WAITING,
        proposed_at=tx.now,
        proposed_by_name=tx.actor.name,
    )
    tx.session.add(proposal)
    if secured_on is not None and expected_move_in is not None:
        asked = ProposedHome(
            request, inventory, home.address_line, home.housing_type, secured_on, expected_move_in, consent
        )
        await ask_for_proposed(tx, placement, asked)
    fact = UnitProposed(inventory, request, home, secured_on, expected_move_in)
    tx.publish(fact, about=str(placement.id), under={Purpose.BE_HOUSED: str(consent)})
    _line(tx, proposal, TimelineKind.HOME_PROPOSED)
    tx.touched("placement", placement.id, "home_proposed", {"address": (None, home.address_line)})
    return request


@use_case(SECURE_UNIT, undoable=True)
async def withdraw_proposal(tx: Tx, command: WithdrawProposal) -> None:
    """Withdraw a proposal; a home that is asked for with it is given up (P11).

    Raises NotFound, ProposalAnswered.
    """
    placement = await locked_placement(tx, command.placement_id)
    proposal = await tx.session.get(Proposal, command.request, with_for_update=True)
    if proposal is None or proposal.placement_id != placement.id:
        raise NotFound(what="proposal")
    if proposal.state is not ProposalState.WAITING:
        raise ProposalAnswered
    proposal.state = ProposalState.WITHDRAWN
    for request in await open_requests(tx, placement):
        if request.request == proposal.request and request.state is SecuringState.ASKED:
            await apply_fact(tx, placement, request, GivenUp())
            return
    if proposal.wants_hold:
        raise ProposalAnswered
    gone = UnitRequestWithdrawn(proposal.inventory, request=proposal.request, unit=None)
    tx.publish(gone, about=str(placement.id), under={Purpose.BE_HOUSED: str(proposal.agreed_under)})
    _line(tx, proposal, TimelineKind.PROPOSAL_WITHDRAWN)
    tx.touched("placement", placement.id, "proposal_withdrawn", {"address": (proposal.address, None)})


@dataclass(frozen=True, slots=True)
class ProposalAnswer:
    """What `sender` answered about a proposal; `unit` unless it was refused, `reason` only then."""

    request: UUID
    sender: str
    state: ProposalState
    unit: UUID | None = None
    reason: str | None = None


_LINES = {
    ProposalState.TAKEN_IN: TimelineKind.PROPOSAL_TAKEN_IN,
    ProposalState.KNOWN_ALREADY: TimelineKind.PROPOSAL_KNOWN,
    ProposalState.REFUSED: TimelineKind.PROPOSAL_REFUSED,
}


@use_case(RECEIVE_EVENTS)
async def receive_proposal_answer(tx: Tx, answer: ProposalAnswer) -> None:
    """Record what became of a proposal; a refusal ends the request for its home as well (P11).

    That the home is held or not is received by itself, before or after. An answer that comes again, or after
    the withdrawal, changes nothing but what is known of the home. Raises NotTheSenders.
    """
    placement_id = await tx.scalar(select(Proposal.placement_id).where(Proposal.request == answer.request))
    if placement_id is None:
        return
    placement: Placement = await locked_placement(tx, placement_id)
    proposal = await tx.session.get_one(Proposal, answer.request, with_for_update=True)
    require_sender(answer.sender, proposal.inventory)
    if proposal.state not in (ProposalState.WAITING, ProposalState.WITHDRAWN):
        return
    proposal.state, proposal.unit, proposal.reason = answer.state, answer.unit, answer.reason
    proposal.answered_at = tx.now
    _line(tx, proposal, _LINES[answer.state])
    tx.touched("placement", placement.id, "proposal_answered", {"state": (None, answer.state.value)})
    if answer.reason is not None and proposal.wants_hold:
        await receive_answer(tx, InventoryAnswer(answer.request, Refused(answer.reason), answer.sender))


def _inventory(tx: Tx, chosen: str | None) -> str:
    """The inventory that was chosen, or the only one. Raises InventoryNotKnown."""
    known = [party.id for party in tx.runtime.parties.of_kind("inventory", tx.today)]
    if chosen is None and len(known) == 1:
        return known[0]
    if chosen is None or chosen not in known:
        raise InventoryNotKnown(field="inventory")
    return chosen


async def _require_type(tx: Tx, published: str) -> None:
    found = await tx.scalar(
        select(LookupValue.id)
        .where(LookupValue.list == HOUSING_TYPE, LookupValue.active, LookupValue.published_as == published)
        .limit(1)
    )
    if found is None:
        raise NotOnTheList(field="housing_type")


def _line(tx: Tx, proposal: Proposal, kind: TimelineKind) -> None:
    details = {
        "address": proposal.address,
        "inventory": proposal.inventory,
        "reason": proposal.reason,
        "hold": proposal.wants_hold,
    }
    add_to_timeline(tx, proposal.placement_id, kind, details)
