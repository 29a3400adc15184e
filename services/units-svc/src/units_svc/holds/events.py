"""Holds across the wall: requests and moves that arrive, and what is decided here (P6, U9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from contracts import support, tenancy, units
from contracts.words import ManagedBy, RefusalReason, ReleaseReason
from units_svc.holds import outcomes, requests
from units_svc.holds.model import HoldEnding, UnitRefused, UnitReleased, UnitSecured

if TYPE_CHECKING:
    from chassis.tx import Tx

EVENTS = Events()


@EVENTS.publishes(UnitSecured)
def unit_secured(fact: UnitSecured) -> list[Outgoing]:
    """A request won its home."""
    event = units.UnitSecuredV1(
        request=fact.request_id,
        unit=fact.unit_id,
        deadline=fact.deadline,
        managed_by=ManagedBy(fact.manager.managed_by.value),
        manager=fact.manager.party,
    )
    return [Outgoing(event, fact.sequence, party) for party in fact.to]


@EVENTS.publishes(UnitRefused)
def unit_refused(fact: UnitRefused) -> Outgoing:
    """A request did not get its home."""
    reason = RefusalReason(fact.reason.value)
    event = units.UnitRefusedV1(request=fact.request_id, unit=fact.unit_id, reason=reason)
    return Outgoing(event, 1, fact.to)


@EVENTS.publishes(HoldEnding)
def hold_ending(fact: HoldEnding) -> list[Outgoing]:
    """A hold will lapse soon."""
    event = units.UnitHoldEndingV1(request=fact.request_id, unit=fact.unit_id, deadline=fact.deadline)
    return [Outgoing(event, fact.sequence, party) for party in fact.to]


@EVENTS.publishes(UnitReleased)
def unit_released(fact: UnitReleased) -> list[Outgoing]:
    """A hold ended without a tenancy."""
    reason = ReleaseReason(fact.reason.value)
    event = units.UnitReleasedV1(request=fact.request_id, unit=fact.unit_id, reason=reason)
    return [Outgoing(event, fact.sequence, party) for party in fact.to]


@EVENTS.on(support.UnitRequestedV1)
async def unit_requested(tx: Tx, incoming: Incoming) -> None:
    """A household asks for a home."""
    event = incoming.parse(support.UnitRequestedV1)
    await perform_in(
        tx,
        requests.answer_request,
        requests.AnswerRequest(
            request_id=event.request,
            requested_by=incoming.sender,
            unit_id=event.unit,
            secured_on=event.secured_on,
            expected_move_in=event.expected_move_in,
            adults=event.adults,
            children=event.children,
        ),
    )


@EVENTS.on(support.UnitRequestWithdrawnV1)
async def unit_request_withdrawn(tx: Tx, incoming: Incoming) -> None:
    """A request is given up."""
    event = incoming.parse(support.UnitRequestWithdrawnV1)
    withdrawn = requests.ReceiveWithdrawal(event.request, event.unit, incoming.sender)
    await perform_in(tx, requests.receive_withdrawal, withdrawn)


@EVENTS.on(support.HouseholdMovedInV1)
async def household_moved_in(tx: Tx, incoming: Incoming) -> None:
    """A household lives in a third-party landlord's home, since the day that was published last."""
    event = incoming.parse(support.HouseholdMovedInV1)
    moved = requests.ReceiveMove(
        event.request, event.unit, event.moved_in_on, incoming.version, incoming.sender
    )
    await perform_in(tx, requests.receive_moved_in, moved)


@EVENTS.on(support.HouseholdMovedOutV1)
async def household_moved_out(tx: Tx, incoming: Incoming) -> None:
    """A household left a third-party landlord's home."""
    event = incoming.parse(support.HouseholdMovedOutV1)
    moved = requests.ReceiveMove(
        event.request, event.unit, event.moved_out_on, incoming.version, incoming.sender
    )
    await perform_in(tx, requests.receive_moved_out, moved)


@EVENTS.on(tenancy.TenancyStartedV1)
async def tenancy_started(tx: Tx, incoming: Incoming) -> None:
    """A tenancy began in a home that its sender manages."""
    event = incoming.parse(tenancy.TenancyStartedV1)
    started = requests.ReceiveTenancyStarted(
        event.tenancy, event.unit, event.start, incoming.sender, event.request
    )
    await perform_in(tx, requests.receive_tenancy_started, started)


@EVENTS.on(tenancy.ApplicationClosedV1)
async def application_closed(tx: Tx, incoming: Incoming) -> None:
    """A home that its sender manages won't be let to the household that asked for it."""
    event = incoming.parse(tenancy.ApplicationClosedV1)
    closed = requests.ReceiveApplicationClosed(event.request, event.unit, incoming.sender)
    await perform_in(tx, requests.receive_application_closed, closed)


@EVENTS.at(outcomes.ENDING_SOON)
async def hold_ending_soon(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """A hold will lapse soon."""
    await requests.announce_ending(tx, UUID(key))


@EVENTS.at(outcomes.DEADLINE)
async def hold_deadline(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """A hold's time is over."""
    await requests.lapse(tx, UUID(key))


@EVENTS.at(outcomes.OCCUPATION_ENDS)
async def occupation_ends(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The announced last day of an occupation is over."""
    await outcomes.end_occupation(tx, UUID(key), date.fromisoformat(payload["last_day"]))
