"""Answering requests and acting on the events and timers about them (U9, U4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import text

from chassis.access import RECEIVE_EVENTS
from chassis.errors import Conflict
from chassis.ids import new_id
from chassis.usecase import use_case
from units_svc.holds.availability import LockedUnit, lock_unit, next_listing_version, update_occupancy
from units_svc.holds.model import (
    Fact,
    Hold,
    HoldEnding,
    HoldState,
    Refusal,
    Step,
    UnitRefused,
    UnitSecured,
    concerned,
    deadline_of,
    decide,
)
from units_svc.holds.occupations import OccupationKind
from units_svc.holds.outcomes import (
    act,
    end,
    held,
    hold_terms,
    manager_of,
    occupation_of,
    occupy,
    publish_about_request,
    request_for,
    require_manager,
    require_requester,
    set_timers,
    vacate,
)
from units_svc.inventory.model import AvailabilityChanged, Cause, Occupancy
from units_svc.landlords.model import ManagedBy, Manager

if TYPE_CHECKING:
    from chassis.tx import Tx


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A request for a home, as it was received."""

    request_id: UUID
    requested_by: str
    unit_id: UUID
    secured_on: date
    expected_move_in: date
    adults: int | None
    children: int | None
    """Not known of a household for which the home was proposed (P11)."""


@dataclass(frozen=True, slots=True)
class ReceiveWithdrawal:
    """A request was given up; `sender` says so."""

    request_id: UUID
    unit_id: UUID
    sender: str


@dataclass(frozen=True, slots=True)
class ReceiveMove:
    """A household moved into or out of a third-party landlord's home; `number` numbers the
    facts about the request.
    """

    request_id: UUID
    unit_id: UUID
    day: date
    number: int
    sender: str


@dataclass(frozen=True, slots=True)
class ReceiveTenancyStarted:
    """A tenancy under `sender` began; the inventory learns neither whose nor at what rent."""

    tenancy_id: UUID
    unit_id: UUID
    start: date
    sender: str
    request_id: UUID | None = None
    """The request that it fulfils; None for a household that came without one."""


@dataclass(frozen=True, slots=True)
class ReceiveApplicationClosed:
    """A home won't be let to the household of a request; `sender` says so."""

    request_id: UUID
    unit_id: UUID
    sender: str


# One statement decides: the row of the unit is taken only while it's free, and the second request sees that
# it isn't. The reason follows from what the row held before the statement, so "available" there means that
# another request was quicker.
_DECIDE = text(
    """
    WITH asked AS (
        SELECT u.id, u.active, u.occupancy, CASE
            WHEN l.id IS NULL THEN 'not_known'
            WHEN l.relation IN ('property_entity', 'managing_agent') THEN 'property_entity'
            ELSE 'third_party' END AS managed_by, l.party AS manager
        FROM unit u LEFT JOIN landlord l ON l.id = u.landlord_id WHERE u.id = :unit
    ), taken AS (
        UPDATE unit SET occupancy = 'secured', available_from = NULL, listing_version = listing_version + 2
        WHERE id = :unit AND active AND occupancy = 'available'
            AND NOT EXISTS (SELECT 1 FROM hold WHERE request_id = :request)
        RETURNING id, listing_version
    ), stored AS (
        INSERT INTO hold (request_id, requested_by, unit_id, state, refusal, secured_on, expected_move_in,
            adults, children, asked_at, deadline, managed_by, manager, version)
        SELECT :request, :requested_by, :unit,
            CASE WHEN taken.id IS NULL THEN 'refused' ELSE 'held' END,
            CASE WHEN taken.id IS NOT NULL THEN NULL
                WHEN asked.id IS NULL THEN 'unknown_unit'
                WHEN NOT asked.active THEN 'not_published'
                WHEN asked.occupancy IN ('available', 'secured') THEN 'secured_by_another'
                ELSE 'not_available' END,
            :secured_on, :expected_move_in, :adults, :children, :now,
            CASE WHEN taken.id IS NULL THEN NULL ELSE cast(:deadline AS timestamptz) END,
            asked.managed_by, asked.manager, 1
        FROM (SELECT 1) AS one LEFT JOIN asked ON true LEFT JOIN taken ON true
        ON CONFLICT (request_id) DO NOTHING
        RETURNING state, refusal, managed_by, manager
    ), changed AS (
        INSERT INTO occupancy_change (id, unit_id, occupancy, cause, cause_id, changed_at, changed_by)
        SELECT :change, taken.id, 'secured', 'hold', :request, :now, :by FROM taken
    )
    SELECT stored.state, stored.refusal, stored.managed_by, stored.manager, taken.listing_version
    FROM (SELECT 1) AS one LEFT JOIN stored ON true LEFT JOIN taken ON true
    """
)


@use_case(RECEIVE_EVENTS)
async def answer_request(tx: Tx, command: AnswerRequest) -> HoldState | None:
    """Hold the home for the request or refuse it, and publish which (U9); None when it was answered before.

    Exactly one of any number of requests at once gets the home. Raises NotTheSenders for one that another
    party has sent.
    """
    terms = hold_terms(tx)
    deadline = deadline_of(
        terms, today=tx.today, expected_move_in=command.expected_move_in, zone=tx.runtime.time_zone
    )
    answer = (
        await tx.execute(
            _DECIDE,
            {
                "unit": command.unit_id,
                "request": command.request_id,
                "requested_by": command.requested_by,
                "secured_on": command.secured_on,
                "expected_move_in": command.expected_move_in,
                "adults": command.adults,
                "children": command.children,
                "now": tx.now,
                "deadline": deadline,
                "change": new_id(),
                "by": tx.actor.name,
            },
        )
    ).one()
    if answer.state is None:
        if answer.listing_version is not None:
            # The same request was answered in another transaction between our look and our writing.
            raise Conflict
        await require_requester(tx, command.request_id, command.requested_by)
        return None
    state = HoldState(answer.state)
    if state is HoldState.HELD:
        version = int(answer.listing_version)
        manager = Manager(ManagedBy(answer.managed_by), answer.manager)
        to = concerned(command.requested_by, manager.party)
        publish_about_request(
            tx, UnitSecured(command.request_id, command.unit_id, version - 1, deadline, manager, to)
        )
        tx.publish(AvailabilityChanged(command.unit_id, version, Occupancy.SECURED, None))
        set_timers(tx, command.request_id, deadline, terms)
    else:
        refused = UnitRefused(
            command.request_id, command.unit_id, Refusal(answer.refusal), command.requested_by
        )
        publish_about_request(tx, refused)
    tx.touched("hold", command.request_id, state.value)
    return state


@use_case(RECEIVE_EVENTS)
async def receive_withdrawal(tx: Tx, command: ReceiveWithdrawal) -> HoldState | None:
    """Give back the home of a request that was given up; remember it when the request hasn't come yet.

    Raises NotTheSenders.
    """
    return await act(tx, command.request_id, command.unit_id, Fact.WITHDRAWN, requested_by=command.sender)


@use_case(RECEIVE_EVENTS)
async def receive_moved_in(tx: Tx, command: ReceiveMove) -> HoldState | None:
    """Record that a household lives in a third-party landlord's home; the lease decides for
    the entity's own homes.

    Whose home it is was decided when it was asked for. Published again, it corrects the first day; an older
    fact that comes late doesn't. Raises NotTheSenders.
    """
    unit = await lock_unit(tx, command.unit_id)
    await require_requester(tx, command.request_id, command.sender)
    hold = await request_for(tx, command.request_id, command.unit_id)
    if unit is None or manager_of(hold, unit).managed_by is ManagedBy.PROPERTY_ENTITY:
        tx.touched("hold", command.request_id, "move_in_not_for_us")
        return None
    state = await _moved(tx, command, Fact.MOVED_IN)
    await _correct_first_day(tx, command)
    return state


async def _correct_first_day(tx: Tx, command: ReceiveMove) -> None:
    lived_in = await occupation_of(tx, OccupationKind.HOUSEHOLD, command.request_id)
    if lived_in is None or lived_in.unit_id != command.unit_id or lived_in.fact_number >= command.number:
        return
    if lived_in.began_on != command.day:
        changes = {"began_on": (lived_in.began_on, command.day)}
        tx.touched("hold", command.request_id, "move_in_corrected", changes)
    lived_in.began_on, lived_in.fact_number = command.day, command.number


@use_case(RECEIVE_EVENTS)
async def receive_moved_out(tx: Tx, command: ReceiveMove) -> HoldState | None:
    """Record that a household left, or will leave, a third-party landlord's home.

    Published again, it corrects the last day; an older fact that comes late doesn't. Raises NotTheSenders.
    """
    unit = await lock_unit(tx, command.unit_id)
    state = await _moved(tx, command, Fact.MOVED_OUT)
    if unit is not None and state is HoldState.MOVED_OUT:
        await _correct_last_day(tx, unit, command)
    return state


async def _moved(tx: Tx, command: ReceiveMove, fact: Fact) -> HoldState | None:
    return await act(
        tx, command.request_id, command.unit_id, fact, day=command.day, requested_by=command.sender
    )


async def _correct_last_day(tx: Tx, unit: LockedUnit, command: ReceiveMove) -> None:
    lived_in = await occupation_of(tx, OccupationKind.HOUSEHOLD, command.request_id)
    if lived_in is None or lived_in.unit_id != command.unit_id or lived_in.fact_number >= command.number:
        return
    last = lived_in.last_day
    if last != command.day:
        tx.touched("hold", command.request_id, "move_out_corrected", {"ended_on": (last, command.day)})
        lived_in.ended_on = lived_in.free_from = None
        await vacate(tx, unit, lived_in, command.day)
    lived_in.fact_number = command.number


@use_case(RECEIVE_EVENTS)
async def receive_tenancy_started(tx: Tx, command: ReceiveTenancyStarted) -> UUID | None:
    """Turn the hold of the request that it fulfils into a tenancy. Return the occupation.

    Without a request somebody else lives there. A hold of any other request ends, and its owner is informed:
    the home can't be had any more. None for a home that isn't known, or a tenancy that was received before.
    Raises NotTheSenders.
    """
    unit = await lock_unit(tx, command.unit_id)
    known = await occupation_of(tx, OccupationKind.TENANCY, command.tenancy_id)
    if known is not None:
        require_manager(tx, command.sender, known.under)
    if unit is None or known is not None:
        return None
    own = await request_for(tx, command.request_id, unit.id)
    require_manager(tx, command.sender, manager_of(own, unit))
    under = Manager(ManagedBy.PROPERTY_ENTITY, command.sender)
    occupation = occupy(
        tx, unit, OccupationKind.TENANCY, command.tenancy_id, command.start, manager=under, of=own
    )
    await tx.session.flush()
    if own is not None and decide(own.state, Fact.TENANCY_STARTED).step is Step.BECOME_TENANCY:
        end(tx, own, HoldState.TENANCY, None)
        own.occupation_id = occupation.id
        await tx.session.flush()
    other = await held(tx, unit.id)
    if other is not None:
        await act(tx, other.request_id, unit.id, Fact.LET_TO_ANOTHER)
    await update_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)
    tx.touched("unit", unit.id, "tenancy_started")
    return occupation.id


@use_case(RECEIVE_EVENTS)
async def receive_application_closed(tx: Tx, command: ReceiveApplicationClosed) -> HoldState | None:
    """Free a home at once when the property entity that manages it won't let it to the household that asked.

    From one that managed it until that was corrected it means nothing any more. Raises NotTheSenders.
    """
    unit = await lock_unit(tx, command.unit_id)
    hold = await request_for(tx, command.request_id, command.unit_id)
    if unit is None or (hold is not None and command.sender in hold.former_managers):
        tx.touched("hold", command.request_id, "closed_application_not_for_us")
        return None
    require_manager(tx, command.sender, manager_of(hold, unit))
    return await act(tx, command.request_id, command.unit_id, Fact.APPLICATION_CLOSED)


async def announce_ending(tx: Tx, request_id: UUID) -> None:
    """Publish, once, that a hold will lapse soon."""
    hold = await tx.session.get(Hold, request_id)
    if hold is None:
        return
    unit = await lock_unit(tx, hold.unit_id)
    await tx.session.refresh(hold, with_for_update=True)
    if unit is None or hold.deadline is None or hold.ending_announced_at is not None:
        return
    if decide(hold.state, Fact.ENDING_SOON).step is Step.ANNOUNCE_ENDING:
        hold.ending_announced_at = tx.now
        version = await next_listing_version(tx, unit.id)
        publish_about_request(
            tx, HoldEnding(hold.request_id, hold.unit_id, version, hold.deadline, hold.addressees)
        )
        tx.touched("hold", hold.request_id, "ending_announced")


async def lapse(tx: Tx, request_id: UUID) -> None:
    """End a hold whose deadline has passed; one that was prolonged meanwhile stays."""
    hold = await tx.session.get(Hold, request_id)
    if hold is not None and hold.deadline is not None and hold.deadline <= tx.now:
        await act(tx, request_id, hold.unit_id, Fact.DEADLINE_PASSED)
