"""Taking in the homes that are proposed, at once or by a person's decision (P11).

A home of which everything is known that a listing needs is taken in at once: a household waits for it, and
whatever is wrong in the record is corrected like in any other. What is doubtful waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from chassis.access import RECEIVE_EVENTS
from chassis.errors import DomainError, NotFound
from chassis.parties import require_sender
from chassis.usecase import use_case
from trade.text_review.devices import sorted_out
from units_svc.holds.model import Fact
from units_svc.holds.outcomes import TO_BE_HOUSED, act
from units_svc.holds.requests import AnswerRequest, answer_request
from units_svc.inventory.buildings import (
    Address,
    Code,
    Command,
    Location,
    has_numbered_homes,
    require_address,
    unit_at,
)
from units_svc.inventory.commands import AddUnit, add_unit
from units_svc.inventory.feature import EDIT_UNITS, HOUSING_TYPE, REGION, STATUS
from units_svc.landlords.commands import AddLandlord, add_landlord
from units_svc.landlords.model import OWN, Landlord, LandlordKind, Relation, name_key
from units_svc.lookups.queries import Lists, read_lists
from units_svc.privacy.commands import RecordRefusal, record_refusal
from units_svc.privacy.model import Place
from units_svc.proposals.model import (
    Doubt,
    ProposalAnswered,
    ProposalDecided,
    ProposalState,
    ProposedHome,
    Refusal,
)

if TYPE_CHECKING:
    from chassis.tx import Tx

NOT_SEEN = "not_inspected"
"""The status of a home that nobody of the inventory has seen."""


@dataclass(frozen=True, slots=True)
class ReceiveProposal:
    """A home as `proposed_by` proposes it; with the dates it's to be held for the same request."""

    request_id: UUID
    proposed_by: str
    location: Location
    region: str | None
    housing_type: str
    bedrooms: int | None
    rent: Decimal | None
    rent_currency: str
    landlord_name: str
    landlord_is_organisation: bool
    secured_on: date | None
    expected_move_in: date | None


@dataclass(frozen=True, slots=True)
class ReceiveProposalWithdrawal:
    """A proposed home is no longer wanted; `sender` says so."""

    request_id: UUID
    sender: str


class HomeToList(Address):
    """A proposed home with the address to list; without a landlord, under the proposed one."""

    version: Annotated[int, Field(ge=1)]
    housing_type: Annotated[Code, Field(title="Housing type")]
    landlord_id: Annotated[UUID | None, Field(title="Landlord")] = None


class TakeIn(HomeToList):
    """Take a proposed home in."""

    request_id: UUID


class ReasonToRefuse(Command):
    """Why a proposed home isn't taken in, which is sent to who proposed it."""

    version: Annotated[int, Field(ge=1)]
    refusal: Annotated[Refusal, Field(title="Why")]


class RefuseProposal(ReasonToRefuse):
    """Don't take a proposed home in."""

    request_id: UUID


@use_case(RECEIVE_EVENTS)
async def receive_proposal(tx: Tx, command: ReceiveProposal) -> ProposalState:
    """Take a proposed home in, recognise it, refuse it, or let it wait for a person; answer unless it waits.

    Received again it changes nothing. Raises NotTheSenders.
    """
    known = await _proposal(tx, command.request_id)
    if known is not None:
        require_sender(command.proposed_by, known.proposed_by)
        return known.state
    location = command.location
    proposal = ProposedHome(
        request_id=command.request_id,
        proposed_by=command.proposed_by,
        state=ProposalState.WAITING,
        **location.model_dump(exclude={"latitude", "longitude"}),
        region=command.region,
        housing_type=command.housing_type,
        bedrooms=command.bedrooms,
        rent=command.rent,
        rent_currency=command.rent_currency,
        landlord_name=command.landlord_name,
        landlord_is_organisation=command.landlord_is_organisation,
        secured_on=command.secured_on,
        expected_move_in=command.expected_move_in,
        received_at=tx.now,
    )
    refusal = await _reason_to_refuse(tx, proposal, location)
    unit = await unit_at(tx, location) if refusal is None else None
    state = ProposalState.REFUSED if refusal is not None else ProposalState.KNOWN_ALREADY
    if refusal is None and unit is None:
        lists = await read_lists(tx)
        listed = _published_types(lists)
        proposal.doubt = await _doubt(tx, proposal, location, lists)
        if proposal.doubt is None and command.region is not None:
            address = Address(**location.model_dump(), region=command.region)
            unit = await _list(tx, proposal, address, listed[command.housing_type], None)
            state = ProposalState.TAKEN_IN
    tx.session.add(proposal)
    if proposal.doubt is None:
        await _answer(tx, proposal, state, unit, refusal)
    await tx.session.flush()
    tx.touched("proposed_home", command.request_id, proposal.state.value)
    return proposal.state


@use_case(RECEIVE_EVENTS)
async def receive_proposal_withdrawal(tx: Tx, command: ReceiveProposalWithdrawal) -> None:
    """Stop waiting for a decision, and free the home that is held for the proposal. Raises NotTheSenders."""
    proposal = await _proposal(tx, command.request_id)
    if proposal is None:
        proposal = ProposedHome(
            request_id=command.request_id,
            proposed_by=command.sender,
            state=ProposalState.WITHDRAWN,
            received_at=tx.now,
        )
        tx.session.add(proposal)
    require_sender(command.sender, proposal.proposed_by)
    if proposal.state is ProposalState.WAITING:
        proposal.state = ProposalState.WITHDRAWN
    elif proposal.unit_id is not None and proposal.expected_move_in is not None:
        withdrawn = Fact.WITHDRAWN
        await act(tx, proposal.request_id, proposal.unit_id, withdrawn, requested_by=command.sender)
    tx.touched("proposed_home", command.request_id, "withdrawn")


@use_case(EDIT_UNITS)
async def take_in(tx: Tx, command: TakeIn) -> UUID:
    """Take in a home that waits, hold it if that was asked, and return the home (P11).

    A home that the inventory knows at that address by now is taken for it. Raises ProposalDecided, NotFound,
    and what `add_unit` raises.
    """
    proposal = await _waiting(tx, command.request_id, command.version)
    address = Address(**command.model_dump(include=set(Address.model_fields)))
    require_address(address)
    unit = await unit_at(tx, address)
    if unit is not None:
        await _answer(tx, proposal, ProposalState.KNOWN_ALREADY, unit)
    else:
        unit = await _list(tx, proposal, address, command.housing_type, command.landlord_id)
        await _answer(tx, proposal, ProposalState.TAKEN_IN, unit)
    tx.touched("proposed_home", proposal.request_id, proposal.state.value)
    return unit


@use_case(EDIT_UNITS)
async def refuse_proposal(tx: Tx, command: RefuseProposal) -> None:
    """Answer that a home that waits isn't taken in, and why. Raises ProposalDecided, NotFound."""
    proposal = await _waiting(tx, command.request_id, command.version)
    await _answer(tx, proposal, ProposalState.REFUSED, refusal=command.refusal)
    tx.touched("proposed_home", proposal.request_id, "refused", {"refusal": (None, command.refusal.value)})


# ------------------------------------------------------------------ what is taken in
async def _reason_to_refuse(tx: Tx, proposal: ProposedHome, location: Location) -> Refusal | None:
    """Return why a home can't be taken in whatever a person decides; a refusal for W8 is recorded."""
    texts = [("building_name", proposal.building_name), ("landlord", proposal.landlord_name)]
    refused, _ = sorted_out([*texts, ("street", proposal.street), ("unit_number", proposal.unit_number)])
    for field, words, gravest in refused:
        await record_refusal(tx, RecordRefusal(Place.UNIT, field, words, gravest.quoted))
    if refused:
        return Refusal.MONITORING_DEVICE
    try:
        require_address(location)
    except DomainError:
        return Refusal.ADDRESS_NOT_VALID
    return None


async def _doubt(tx: Tx, proposal: ProposedHome, location: Location, lists: Lists) -> Doubt | None:
    """Return why a person is to decide; None for a home of which everything is known that is needed."""
    own = select(Landlord.id).where(
        Landlord.name_key == name_key(proposal.landlord_name or ""), Landlord.relation.in_(OWN)
    )
    if getattr(tx.runtime.settings, "proposals_wait", False) or NOT_SEEN not in lists.active(STATUS):
        return Doubt.BY_POLICY
    if proposal.postal_code is None:
        return Doubt.NO_POSTAL_CODE
    if proposal.region not in lists.active(REGION):
        return Doubt.NO_REGION
    if proposal.housing_type not in _published_types(lists):
        return Doubt.TYPE_NOT_LISTED
    if location.unit_number is None and await has_numbered_homes(tx, location):
        return Doubt.NO_UNIT_NUMBER
    return Doubt.LANDLORD_OF_ENTITY if await tx.scalar(select(own.exists())) else None


def _published_types(lists: Lists) -> dict[str, str]:
    """Return the housing type to choose for each published word."""
    values = lists.values[HOUSING_TYPE]
    return {one.published_as: one.code for one in reversed(values) if one.active and one.published_as}


async def _list(
    tx: Tx, proposal: ProposedHome, address: Address, housing_type: str, landlord_id: UUID | None
) -> UUID:
    home = AddUnit(
        **address.model_dump(),
        housing_type=housing_type,
        landlord_id=landlord_id or await _landlord(tx, proposal),
        status=NOT_SEEN,
        status_observed_on=tx.today,
        bedrooms=proposal.bedrooms,
        rent=proposal.rent,
        rent_currency=proposal.rent_currency,
    )
    return await add_unit(tx, home)


async def _landlord(tx: Tx, proposal: ProposedHome) -> UUID:
    """Return the third-party landlord of the proposed name, who is added if nobody has it."""
    name = proposal.landlord_name or ""
    known = await tx.scalar(
        select(Landlord.id).where(
            Landlord.name_key == name_key(name), Landlord.relation == Relation.THIRD_PARTY
        )
    )
    if known is not None:
        return known
    kind = LandlordKind.ORGANISATION if proposal.landlord_is_organisation else LandlordKind.PERSON
    return await add_landlord(tx, AddLandlord(kind=kind, name=name, relation=Relation.THIRD_PARTY))


async def _answer(
    tx: Tx,
    proposal: ProposedHome,
    state: ProposalState,
    unit: UUID | None = None,
    refusal: Refusal | None = None,
) -> None:
    """Answer a proposal; the home is held in the same transaction if that was asked, or that is refused."""
    proposal.state, proposal.unit_id, proposal.refusal = state, unit, refusal
    proposal.answered_at, proposal.answered_by = tx.now, tx.actor.name
    await tx.session.flush()
    fact = ProposalAnswered(proposal.request_id, state, unit, refusal, proposal.proposed_by)
    about = str(proposal.request_id)
    tx.publish(fact, about=about, under={TO_BE_HOUSED: f"request:{about}"})
    if unit is not None and proposal.secured_on is not None and proposal.expected_move_in is not None:
        request = AnswerRequest(
            proposal.request_id,
            proposal.proposed_by,
            unit,
            proposal.secured_on,
            proposal.expected_move_in,
            adults=None,
            children=None,
        )
        await answer_request(tx, request)


async def _proposal(tx: Tx, request_id: UUID) -> ProposedHome | None:
    return await tx.session.get(ProposedHome, request_id, with_for_update=True)


async def _waiting(tx: Tx, request_id: UUID, version: int) -> ProposedHome:
    proposal = await _proposal(tx, request_id)
    if proposal is None:
        raise NotFound(what="proposed home")
    if proposal.state is not ProposalState.WAITING or proposal.version != version:
        raise ProposalDecided
    return proposal
