"""What becomes of a hold and its home once `model.decide` has decided: one fact about one request (U9)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from chassis.ids import new_id
from chassis.parties import NotTheSenders, require_sender
from trade.dates import LAST
from units_svc.entities import PropertyEntities
from units_svc.holds.availability import (
    LockedUnit,
    lock_unit,
    next_listing_version,
    require_unit,
    update_occupancy,
)
from units_svc.holds.model import (
    Decision,
    Fact,
    Hold,
    HoldEnding,
    HoldState,
    HoldTerms,
    Release,
    Step,
    UnitRefused,
    UnitReleased,
    UnitSecured,
    decide,
    end_of_day,
)
from units_svc.holds.occupations import Occupation, OccupationKind
from units_svc.inventory.model import Cause
from units_svc.landlords.model import ManagedBy, Manager

if TYPE_CHECKING:
    from chassis.tx import Tx

ENDING_SOON = "hold_ending_soon"
DEADLINE = "hold_deadline"
OCCUPATION_ENDS = "occupation_ends"
TO_BE_HOUSED = "be_housed"
"""What a household agreed to when somebody asked for a home on its behalf."""


def hold_terms(tx: Tx) -> HoldTerms:
    """Return the terms of holds as they're configured."""
    settings, usual = tx.runtime.settings, HoldTerms()
    return HoldTerms(
        days=getattr(settings, "hold_days", usual.days),
        grace_days=getattr(settings, "hold_grace_days", usual.grace_days),
        most_days=getattr(settings, "hold_most_days", usual.most_days),
        warning_days=getattr(settings, "hold_warning_days", usual.warning_days),
    )


async def act(
    tx: Tx,
    request_id: UUID,
    unit_id: UUID,
    fact: Fact,
    *,
    day: date | None = None,
    requested_by: str | None = None,
) -> HoldState | None:
    """Do what `decide` returns for a request; return its state.

    `requested_by` is who sent a fact about a request of its own; the first that is received of a request says
    whose it is. Raises NotTheSenders.
    """
    unit = await lock_unit(tx, unit_id)
    hold: Hold | None = (
        await tx.execute(select(Hold).where(Hold.request_id == request_id).with_for_update())
    ).scalar_one_or_none()
    if hold is not None and requested_by is not None:
        require_sender(requested_by, hold.requested_by)
    if hold is not None and hold.unit_id != unit_id:
        # A fact about another home than the request's own decides nothing about either.
        return hold.state
    decision = decide(hold.state if hold else None, fact)
    if decision.step is Step.NOTHING:
        return decision.state
    if hold is None:
        assert requested_by is not None  # noqa: S101 - only what who asked sends is about no request yet
        hold = Hold(
            request_id=request_id,
            requested_by=requested_by,
            unit_id=unit_id,
            asked_at=tx.now,
            state=HoldState.RELEASED,
        )
        if unit is not None:
            hold.managed_by, hold.manager = unit.manager
        tx.session.add(hold)
    await _carry_out(tx, hold, unit, decision, day or tx.today)
    tx.touched("hold", request_id, fact.value)
    return decision.state


async def _carry_out(tx: Tx, hold: Hold, unit: LockedUnit | None, decision: Decision, day: date) -> None:
    assert decision.state is not None  # noqa: S101 - only a request that's nothing yet has no state
    if decision.step is Step.REMEMBER:
        end(tx, hold, decision.state, decision.reason)
    elif decision.step is Step.RELEASE:
        end(tx, hold, decision.state, decision.reason)
        if unit is not None and decision.reason is not None:
            await publish_released(tx, hold, decision.reason, hold.addressees)
            await update_occupancy(tx, unit, Cause.HOLD, hold.request_id)
    elif decision.step is Step.OCCUPY and unit is not None:
        end(tx, hold, decision.state, None)
        await tx.session.flush()
        occupation = occupy(
            tx, unit, OccupationKind.HOUSEHOLD, hold.request_id, day, manager=hold.under, of=hold
        )
        await tx.session.flush()
        hold.occupation_id = occupation.id
        await _give_way(tx, unit)
        await update_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)
    elif decision.step is Step.VACATE and unit is not None:
        end(tx, hold, decision.state, None)
        left = await occupation_of(tx, OccupationKind.HOUSEHOLD, hold.request_id)
        if left is not None:
            await vacate(tx, unit, left, day)


async def vacate(tx: Tx, unit: LockedUnit, occupation: Occupation, last_day: date) -> None:
    """End an occupation with its last day; one in the future is announced now and takes effect on its day."""
    free_from = min(last_day + timedelta(days=1), LAST)
    if last_day >= tx.today:
        occupation.free_from = free_from
        moment = end_of_day(last_day, tx.runtime.time_zone)
        tx.schedule(OCCUPATION_ENDS, str(occupation.id), moment, {"last_day": last_day.isoformat()})
    else:
        occupation.ended_on = last_day
        tx.cancel_timer(OCCUPATION_ENDS, str(occupation.id))
    await update_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)


async def release_for_withdrawal(tx: Tx, unit: LockedUnit) -> None:
    """Release the request that holds a home which is about to leave the list."""
    hold = await held(tx, unit.id)
    if hold is not None:
        await act(tx, hold.request_id, unit.id, Fact.UNIT_WITHDRAWN)


async def end_occupation(tx: Tx, occupation_id: UUID, last_day: date) -> None:
    """Make an announced end of an occupation take effect."""
    occupation = await tx.session.get(Occupation, occupation_id)
    if occupation is None or occupation.ended_on is not None:
        return
    unit = await require_unit(tx, occupation.unit_id)
    occupation.ended_on, occupation.free_from = last_day, None
    await update_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)
    tx.touched("unit", unit.id, "free_again")


async def _give_way(tx: Tx, unit: LockedUnit) -> None:
    """Release whatever other request holds a home in which people already live: it can't be had any more."""
    other = await held(tx, unit.id)
    if other is not None:
        end(tx, other, HoldState.RELEASED, Release.INVENTORY_DECISION)
        await publish_released(tx, other, Release.INVENTORY_DECISION, other.addressees)


def publish_about_request(tx: Tx, fact: UnitSecured | UnitRefused | HoldEnding | UnitReleased) -> None:
    """Publish a fact about a request, marked with it so that its page shows what was delivered and when.

    The inventory knows no person: what it publishes about a request rests on the consent under which it was
    asked.
    """
    tx.publish(fact, about=str(fact.request_id), under={TO_BE_HOUSED: f"request:{fact.request_id}"})


def end(tx: Tx, hold: Hold, state: HoldState, reason: Release | None) -> None:
    """End a hold now, in the name of the person or service that acts, and cancel its timers."""
    hold.state, hold.release = state, reason
    hold.ended_at, hold.ended_by = tx.now, tx.actor.name
    tx.cancel_timer(ENDING_SOON, str(hold.request_id))
    tx.cancel_timer(DEADLINE, str(hold.request_id))


def set_timers(tx: Tx, request_id: UUID, deadline: datetime, terms: HoldTerms) -> None:
    """Have the end of a hold announced, and the hold end, at their times."""
    warning = max(deadline - timedelta(days=terms.warning_days), tx.now)
    tx.schedule(ENDING_SOON, str(request_id), warning, {})
    tx.schedule(DEADLINE, str(request_id), deadline, {})


def occupy(
    tx: Tx,
    unit: LockedUnit,
    kind: OccupationKind,
    reference: UUID,
    began_on: date,
    *,
    manager: Manager,
    of: Hold | None,
) -> Occupation:
    """Begin an occupation under `manager`; `of` is the request it comes from."""
    occupation = Occupation(
        id=new_id(),
        unit_id=unit.id,
        kind=kind,
        reference=reference,
        by_client=of is not None,
        managed_by=manager.managed_by,
        manager=manager.party,
        began_on=began_on,
        noted_at=tx.now,
        noted_by=tx.actor.name,
    )
    tx.session.add(occupation)
    return occupation


async def occupation_of(tx: Tx, kind: OccupationKind, reference: UUID) -> Occupation | None:
    """Return the occupation that a tenancy or a request began, if there is one."""
    found = await tx.execute(
        select(Occupation).where(Occupation.kind == kind, Occupation.reference == reference)
    )
    return found.scalar_one_or_none()


async def request_for(tx: Tx, request_id: UUID | None, unit_id: UUID) -> Hold | None:
    """Return a request for this home, locked, whatever became of it."""
    if request_id is None:
        return None
    found = await tx.execute(
        select(Hold).where(Hold.request_id == request_id, Hold.unit_id == unit_id).with_for_update()
    )
    return found.scalar_one_or_none()


async def require_requester(tx: Tx, request_id: UUID, sender: str) -> None:
    """Check that a request, as far as it's known, is one of the sender's. Raises NotTheSenders."""
    requested_by = await tx.scalar(select(Hold.requested_by).where(Hold.request_id == request_id))
    if requested_by is not None:
        require_sender(sender, requested_by)


def manager_of(hold: Hold | None, unit: LockedUnit) -> Manager:
    """Return who manages a home for a request: as when it was asked for, else by the landlord on record."""
    return unit.manager if hold is None or hold.managed_by is None else hold.under


def require_manager(tx: Tx, sender: str, manager: Manager) -> None:
    """Check that what a property entity sends is about a home that it manages. Raises NotTheSenders.

    For a home whose manager isn't known that is the usual one: it may let what it knows to be its own.
    """
    party = manager.party
    if manager.managed_by is ManagedBy.NOT_KNOWN:
        party = PropertyEntities.of(tx.runtime, tx.today).usual
    if party is None:
        raise NotTheSenders
    require_sender(sender, party)


async def publish_secured(tx: Tx, hold: Hold, deadline: datetime) -> None:
    """Publish again that a hold stands, as it stands now."""
    version = await next_listing_version(tx, hold.unit_id)
    publish_about_request(
        tx, UnitSecured(hold.request_id, hold.unit_id, version, deadline, hold.under, hold.addressees)
    )


async def publish_released(tx: Tx, hold: Hold, reason: Release, to: tuple[str, ...]) -> None:
    """Publish to these parties that a hold ended for them."""
    version = await next_listing_version(tx, hold.unit_id)
    publish_about_request(tx, UnitReleased(hold.request_id, hold.unit_id, version, reason, to))


async def held(tx: Tx, unit_id: UUID) -> Hold | None:
    """Return the hold of a home, locked, if there is one."""
    found = await tx.execute(
        select(Hold).where(Hold.unit_id == unit_id, Hold.state == HoldState.HELD).with_for_update()
    )
    return found.scalar_one_or_none()
