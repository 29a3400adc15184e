"""Answering requests and acting on what is heard of them (U9, U4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import select, text

from chassis.access import RECEIVE_EVENTS
from chassis.errors import Conflict, Faults, NotFound
from chassis.ids import new_id
from chassis.usecase import use_case
from trade.dates import LAST, HoldDay
from units_svc.holds.feature import DECIDE_HOLDS
from units_svc.holds.model import (
    DeadlineNotLater,
    Decision,
    Fact,
    Hold,
    HoldEnding,
    HoldState,
    HoldTerms,
    ManagerUnchanged,
    NotHeld,
    Refusal,
    Release,
    Step,
    UnitRefused,
    UnitReleased,
    UnitSecured,
    deadline_of,
    decide,
    end_of_day,
)
from units_svc.holds.occupancy import LockedUnit, lock_unit, next_place, require_unit, settle_occupancy
from units_svc.holds.occupations import Occupation, OccupationKind
from units_svc.inventory.model import AvailabilityChanged, Cause, Occupancy
from units_svc.landlords.model import ManagedBy
from units_svc.privacy.commands import require_reason
from units_svc.privacy.model import Place

if TYPE_CHECKING:
    from chassis.tx import Tx

ENDING_SOON = "hold_ending_soon"
DEADLINE = "hold_deadline"
OCCUPATION_ENDS = "occupation_ends"
TO_BE_HOUSED = "be_housed"
"""What a household agreed to when somebody asked for a home on its behalf."""

Remark = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)]


@dataclass(frozen=True, slots=True)
class AnswerRequest:
    """A request for a home, as it was heard."""

    request_id: UUID
    unit_id: UUID
    secured_on: date
    expected_move_in: date
    adults: int
    children: int


@dataclass(frozen=True, slots=True)
class HearWithdrawal:
    """A request was given up."""

    request_id: UUID
    unit_id: UUID


@dataclass(frozen=True, slots=True)
class HearMove:
    """A household moved into or out of a third-party landlord's home; `number` is the fact's place among all
    that is told of the request.
    """

    request_id: UUID
    unit_id: UUID
    day: date
    number: int


@dataclass(frozen=True, slots=True)
class HearTenancyStarted:
    """A tenancy began; the inventory learns neither whose nor at what rent."""

    tenancy_id: UUID
    unit_id: UUID
    start: date
    request_id: UUID | None = None
    """The request that it fulfils; None for a household that came without one."""


@dataclass(frozen=True, slots=True)
class HearApplicationClosed:
    """A home won't be let to the household of a request."""

    request_id: UUID
    unit_id: UUID


class ReleaseHold(BaseModel):
    """Staff end a hold before its deadline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    version: Annotated[int, Field(ge=1)]
    remark: Annotated[Remark, Field(title="Why", min_length=1)]


class CorrectManager(BaseModel):
    """Who manages a home, corrected also for those who hold it or live there now."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit_id: UUID
    managed_by: Annotated[ManagedBy, Field(title="Managed by")]
    reason: Annotated[Remark, Field(title="Why", min_length=1)]


class ProlongHold(BaseModel):
    """Staff give a hold more time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    version: Annotated[int, Field(ge=1)]
    last_day: Annotated[HoldDay, Field(title="Held until")]


# One statement decides: the row of the unit is taken only while it's free, and whoever comes second sees it
# isn't. The reason is told from what stood before the statement, so "available" there means that somebody was
# quicker.
_DECIDE = text(
    """
    WITH asked AS (
        SELECT u.id, u.active, u.occupancy, CASE
            WHEN l.id IS NULL THEN 'not_known'
            WHEN l.relation IN ('property_entity', 'managing_agent') THEN 'property_entity'
            ELSE 'third_party' END AS managed_by
        FROM unit u LEFT JOIN landlord l ON l.id = u.landlord_id WHERE u.id = :unit
    ), taken AS (
        UPDATE unit SET occupancy = 'secured', available_from = NULL, listing_version = listing_version + 2
        WHERE id = :unit AND active AND occupancy = 'available'
            AND NOT EXISTS (SELECT 1 FROM hold WHERE request_id = :request)
        RETURNING id, listing_version
    ), kept AS (
        INSERT INTO hold (request_id, unit_id, state, refusal, secured_on, expected_move_in, adults, children,
            asked_at, deadline, managed_by, version)
        SELECT :request, :unit,
            CASE WHEN taken.id IS NULL THEN 'refused' ELSE 'held' END,
            CASE WHEN taken.id IS NOT NULL THEN NULL
                WHEN asked.id IS NULL THEN 'unknown_unit'
                WHEN NOT asked.active THEN 'not_published'
                WHEN asked.occupancy IN ('available', 'secured') THEN 'secured_by_another'
                ELSE 'not_available' END,
            :secured_on, :expected_move_in, :adults, :children, :now,
            CASE WHEN taken.id IS NULL THEN NULL ELSE cast(:deadline AS timestamptz) END,
            asked.managed_by, 1
        FROM (SELECT 1) AS one LEFT JOIN asked ON true LEFT JOIN taken ON true
        ON CONFLICT (request_id) DO NOTHING
        RETURNING state, refusal, managed_by
    ), changed AS (
        INSERT INTO occupancy_change (id, unit_id, occupancy, cause, cause_id, changed_at, changed_by)
        SELECT :change, taken.id, 'secured', 'hold', :request, :now, :by FROM taken
    )
    SELECT kept.state, kept.refusal, kept.managed_by, taken.listing_version
    FROM (SELECT 1) AS one LEFT JOIN kept ON true LEFT JOIN taken ON true
    """
)


@use_case(RECEIVE_EVENTS)
async def answer_request(tx: Tx, command: AnswerRequest) -> HoldState | None:
    """Hold the home for the request or refuse it, and tell which (U9); None when it was answered before.

    Exactly one of any number of requests at once gets the home.
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
        return None
    state = HoldState(answer.state)
    if state is HoldState.HELD:
        place = int(answer.listing_version)
        _tell(
            tx,
            UnitSecured(
                command.request_id, command.unit_id, place - 1, deadline, ManagedBy(answer.managed_by)
            ),
        )
        tx.publish(AvailabilityChanged(command.unit_id, place, Occupancy.SECURED, None))
        _set_timers(tx, command.request_id, deadline, terms)
    else:
        _tell(tx, UnitRefused(command.request_id, command.unit_id, Refusal(answer.refusal)))
    tx.touched("hold", command.request_id, state.value)
    return state


@use_case(RECEIVE_EVENTS)
async def hear_withdrawal(tx: Tx, command: HearWithdrawal) -> HoldState | None:
    """Give back the home of a request that was given up; remember it when the request hasn't come yet."""
    return await _act(tx, command.request_id, command.unit_id, Fact.WITHDRAWN)


@use_case(RECEIVE_EVENTS)
async def hear_moved_in(tx: Tx, command: HearMove) -> HoldState | None:
    """Record that a household lives in a third-party landlord's home; for the entity's own homes the lease
    speaks.

    Whose home it is was decided when it was asked for. Told again, it corrects the first day; an older fact
    that comes late doesn't.
    """
    unit = await lock_unit(tx, command.unit_id)
    if unit is None or await _managed(tx, command.request_id, unit) is ManagedBy.PROPERTY_ENTITY:
        tx.touched("hold", command.request_id, "move_in_not_for_us")
        return None
    state = await _act(tx, command.request_id, command.unit_id, Fact.MOVED_IN, day=command.day)
    await _keep_first_day(tx, command)
    return state


async def _keep_first_day(tx: Tx, command: HearMove) -> None:
    lived_in = await _occupation(tx, OccupationKind.HOUSEHOLD, command.request_id)
    if lived_in is None or lived_in.unit_id != command.unit_id or lived_in.told_as >= command.number:
        return
    if lived_in.began_on != command.day:
        changes = {"began_on": (lived_in.began_on, command.day)}
        tx.touched("hold", command.request_id, "move_in_corrected", changes)
    lived_in.began_on, lived_in.told_as = command.day, command.number


@use_case(RECEIVE_EVENTS)
async def hear_moved_out(tx: Tx, command: HearMove) -> HoldState | None:
    """Record that a household left, or will leave, a third-party landlord's home."""
    return await _act(tx, command.request_id, command.unit_id, Fact.MOVED_OUT, day=command.day)


@use_case(RECEIVE_EVENTS)
async def hear_tenancy_started(tx: Tx, command: HearTenancyStarted) -> UUID | None:
    """Turn the hold of the request that it fulfils into a tenancy. Return the occupation.

    Without a request somebody else lives there. A hold of any other request ends, and its owner is informed:
    the home can't be had any more. None for a home that isn't known, or a tenancy that was heard of before.
    """
    unit = await lock_unit(tx, command.unit_id)
    if unit is None or await _occupation(tx, OccupationKind.TENANCY, command.tenancy_id) is not None:
        return None
    own = await _request_for(tx, command.request_id, unit.id)
    occupation = _occupy(tx, unit, OccupationKind.TENANCY, command.tenancy_id, command.start, of=own)
    await tx.session.flush()
    if own is not None and decide(own.state, Fact.TENANCY_STARTED).step is Step.BECOME_TENANCY:
        _end(tx, own, HoldState.TENANCY, None)
        own.occupation_id = occupation.id
        await tx.session.flush()
    other = await _held(tx, unit.id)
    if other is not None:
        await _act(tx, other.request_id, unit.id, Fact.LET_TO_ANOTHER)
    await settle_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)
    tx.touched("unit", unit.id, "tenancy_started")
    return occupation.id


@use_case(RECEIVE_EVENTS)
async def hear_application_closed(tx: Tx, command: HearApplicationClosed) -> HoldState | None:
    """Free one of the property entity's homes at once when it won't be let to the household that asked.

    Of a third-party landlord's home it says nothing: no application is made there.
    """
    unit = await lock_unit(tx, command.unit_id)
    if unit is None or await _managed(tx, command.request_id, unit) is ManagedBy.THIRD_PARTY:
        tx.touched("hold", command.request_id, "closed_application_not_for_us")
        return None
    return await _act(tx, command.request_id, command.unit_id, Fact.APPLICATION_CLOSED)


async def announce_ending(tx: Tx, request_id: UUID) -> None:
    """Tell that a hold will lapse soon, once."""
    hold = await tx.session.get(Hold, request_id)
    if hold is None:
        return
    unit = await lock_unit(tx, hold.unit_id)
    await tx.session.refresh(hold, with_for_update=True)
    if unit is None or hold.deadline is None or hold.ending_announced_at is not None:
        return
    if decide(hold.state, Fact.ENDING_SOON).step is Step.ANNOUNCE_ENDING:
        hold.ending_announced_at = tx.now
        place = await next_place(tx, unit.id)
        _tell(tx, HoldEnding(hold.request_id, hold.unit_id, place, hold.deadline))
        tx.touched("hold", hold.request_id, "ending_announced")


async def lapse(tx: Tx, request_id: UUID) -> None:
    """End a hold whose deadline has passed; one that was prolonged meanwhile stays."""
    hold = await tx.session.get(Hold, request_id)
    if hold is not None and hold.deadline is not None and hold.deadline <= tx.now:
        await _act(tx, request_id, hold.unit_id, Fact.DEADLINE_PASSED)


@use_case(DECIDE_HOLDS)
async def release_hold(tx: Tx, command: ReleaseHold) -> None:
    """End a hold by the inventory's own decision, with the reason kept here.

    Raises NotHeld, MonitoringRefused, ReasonAboutServices, NotFound.
    """
    await require_reason(tx, Place.HOLD, "remark", command.remark)
    hold = await _hold_for_staff(tx, command.request_id, command.version)
    hold.remark = command.remark
    await _act(tx, hold.request_id, hold.unit_id, Fact.INVENTORY_DECIDED)


@use_case(DECIDE_HOLDS)
async def prolong_hold(tx: Tx, command: ProlongHold) -> datetime:
    """Give a hold more time and return its new deadline. Raises NotHeld, NotFound, DeadlineNotLater."""
    hold = await _hold_for_staff(tx, command.request_id, command.version)
    terms, zone = hold_terms(tx), tx.runtime.time_zone
    deadline = end_of_day(command.last_day, zone)
    latest = hold.asked_at.astimezone(zone).date() + timedelta(days=terms.most_days)
    if hold.deadline is None or deadline <= hold.deadline or command.last_day > latest:
        earliest = (hold.deadline or tx.now).astimezone(zone).date() - timedelta(days=1)
        raise DeadlineNotLater(field="last_day", earliest=earliest, latest=latest)
    tx.touched("hold", hold.request_id, "prolonged", {"deadline": (hold.deadline, deadline)})
    hold.deadline, hold.ending_announced_at = deadline, None
    _set_timers(tx, hold.request_id, deadline, terms)
    # The neighbour learns of the new deadline the way it learned of the first.
    await _tell_secured(tx, hold, deadline)
    return deadline


@use_case(DECIDE_HOLDS)
async def correct_manager(tx: Tx, command: CorrectManager) -> None:
    """Correct who manages a home for those who hold it or live there, with the reason; whoever asked is told.

    Raises ManagerUnchanged, MonitoringRefused, ReasonAboutServices, NotFound.
    """
    faults = Faults()
    with faults:
        await require_reason(tx, Place.HOLD, "reason", command.reason, unit_id=command.unit_id)
    unit = await require_unit(tx, command.unit_id)
    hold = await _held(tx, unit.id)
    living = (
        await tx.session.scalars(
            select(Occupation)
            .where(Occupation.unit_id == unit.id, Occupation.ended_on.is_(None))
            .with_for_update()
        )
    ).all()
    under = [one for one in (hold, *living) if one is not None and one.managed_by is not command.managed_by]
    if not under:
        faults.note(ManagerUnchanged(field="managed_by"))
    faults.refuse()
    changes = {
        "managed_by": (under[0].managed_by, command.managed_by.value),
        "reason": (None, command.reason),
    }
    tx.touched("unit", unit.id, "manager_corrected", changes)
    for one in under:
        one.managed_by = command.managed_by
    if hold in under and hold is not None and hold.deadline is not None:
        tx.touched("hold", hold.request_id, "manager_corrected", changes)
        await _tell_secured(tx, hold, hold.deadline)


def hold_terms(tx: Tx) -> HoldTerms:
    """Return the terms of holds as they're configured."""
    settings, usual = tx.runtime.settings, HoldTerms()
    return HoldTerms(
        days=getattr(settings, "hold_days", usual.days),
        grace_days=getattr(settings, "hold_grace_days", usual.grace_days),
        most_days=getattr(settings, "hold_most_days", usual.most_days),
        warning_days=getattr(settings, "hold_warning_days", usual.warning_days),
    )


# ------------------------------------------------------------------ one fact about one request
async def _act(
    tx: Tx, request_id: UUID, unit_id: UUID, fact: Fact, *, day: date | None = None
) -> HoldState | None:
    """Do what `decide` says about a request; return its state."""
    unit = await lock_unit(tx, unit_id)
    hold: Hold | None = (
        await tx.execute(select(Hold).where(Hold.request_id == request_id).with_for_update())
    ).scalar_one_or_none()
    if hold is not None and hold.unit_id != unit_id:
        # A fact about another home than the request's own says nothing about either.
        return hold.state
    decision = decide(hold.state if hold else None, fact)
    if decision.step is Step.NOTHING:
        return decision.state
    if hold is None:
        hold = Hold(request_id=request_id, unit_id=unit_id, asked_at=tx.now, state=HoldState.RELEASED)
        hold.managed_by = unit.managed_by if unit is not None else None
        tx.session.add(hold)
    await _carry_out(tx, hold, unit, decision, day or tx.today)
    tx.touched("hold", request_id, fact.value)
    return decision.state


async def _carry_out(tx: Tx, hold: Hold, unit: LockedUnit | None, decision: Decision, day: date) -> None:
    assert decision.state is not None  # noqa: S101 - only a request that's nothing yet has no state
    if decision.step is Step.REMEMBER:
        _end(tx, hold, decision.state, decision.reason)
    elif decision.step is Step.RELEASE:
        _end(tx, hold, decision.state, decision.reason)
        if unit is not None and decision.reason is not None:
            place = await next_place(tx, unit.id)
            _tell(tx, UnitReleased(hold.request_id, unit.id, place, decision.reason))
            await settle_occupancy(tx, unit, Cause.HOLD, hold.request_id)
    elif decision.step is Step.OCCUPY and unit is not None:
        _end(tx, hold, decision.state, None)
        await tx.session.flush()
        occupation = _occupy(tx, unit, OccupationKind.HOUSEHOLD, hold.request_id, day, of=hold)
        await tx.session.flush()
        hold.occupation_id = occupation.id
        await _give_way(tx, unit)
        await settle_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)
    elif decision.step is Step.VACATE and unit is not None:
        _end(tx, hold, decision.state, None)
        left = await _occupation(tx, OccupationKind.HOUSEHOLD, hold.request_id)
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
    await settle_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)


async def release_for_withdrawal(tx: Tx, unit: LockedUnit) -> None:
    """Release the request that holds a home which is about to leave the list."""
    hold = await _held(tx, unit.id)
    if hold is not None:
        await _act(tx, hold.request_id, unit.id, Fact.UNIT_WITHDRAWN)


async def end_occupation(tx: Tx, occupation_id: UUID, last_day: date) -> None:
    """Make an announced end of an occupation take effect."""
    occupation = await tx.session.get(Occupation, occupation_id)
    if occupation is None or occupation.ended_on is not None:
        return
    unit = await require_unit(tx, occupation.unit_id)
    occupation.ended_on, occupation.free_from = last_day, None
    await settle_occupancy(tx, unit, Cause.OCCUPATION, occupation.id)
    tx.touched("unit", unit.id, "free_again")


async def _give_way(tx: Tx, unit: LockedUnit) -> None:
    """Release whatever other request holds a home in which people already live: it can't be had any more."""
    other = await _held(tx, unit.id)
    if other is not None:
        _end(tx, other, HoldState.RELEASED, Release.INVENTORY_DECISION)
        place = await next_place(tx, unit.id)
        _tell(tx, UnitReleased(other.request_id, unit.id, place, Release.INVENTORY_DECISION))


def _tell(tx: Tx, fact: UnitSecured | UnitRefused | HoldEnding | UnitReleased) -> None:
    """Tell a fact about a request, marked with it so that its page can show what was delivered and when.

    The inventory knows no person: what it says about a request rests on the consent under which it was asked.
    """
    tx.publish(fact, about=str(fact.request_id), under={TO_BE_HOUSED: f"request:{fact.request_id}"})


def _end(tx: Tx, hold: Hold, state: HoldState, reason: Release | None) -> None:
    hold.state, hold.release = state, reason
    hold.ended_at, hold.ended_by = tx.now, tx.actor.name
    tx.cancel_timer(ENDING_SOON, str(hold.request_id))
    tx.cancel_timer(DEADLINE, str(hold.request_id))


def _set_timers(tx: Tx, request_id: UUID, deadline: datetime, terms: HoldTerms) -> None:
    warning = max(deadline - timedelta(days=terms.warning_days), tx.now)
    tx.schedule(ENDING_SOON, str(request_id), warning, {})
    tx.schedule(DEADLINE, str(request_id), deadline, {})


def _occupy(
    tx: Tx, unit: LockedUnit, kind: OccupationKind, reference: UUID, began_on: date, *, of: Hold | None
) -> Occupation:
    """Begin an occupation; `of` is the request it comes from, under whose manager it goes on.

    A tenancy is the property entity's by its nature: it told of it.
    """
    managed = (of.managed_by if of is not None else None) or unit.managed_by
    if kind is OccupationKind.TENANCY:
        managed = ManagedBy.PROPERTY_ENTITY
    occupation = Occupation(
        id=new_id(),
        unit_id=unit.id,
        kind=kind,
        reference=reference,
        by_client=of is not None,
        managed_by=managed,
        began_on=began_on,
        noted_at=tx.now,
        noted_by=tx.actor.name,
    )
    tx.session.add(occupation)
    return occupation


async def _occupation(tx: Tx, kind: OccupationKind, reference: UUID) -> Occupation | None:
    found = await tx.execute(
        select(Occupation).where(Occupation.kind == kind, Occupation.reference == reference)
    )
    return found.scalar_one_or_none()


async def _request_for(tx: Tx, request_id: UUID | None, unit_id: UUID) -> Hold | None:
    """Return a request for this home, locked, whatever became of it."""
    if request_id is None:
        return None
    found = await tx.execute(
        select(Hold).where(Hold.request_id == request_id, Hold.unit_id == unit_id).with_for_update()
    )
    return found.scalar_one_or_none()


async def _managed(tx: Tx, request_id: UUID, unit: LockedUnit) -> ManagedBy:
    """Return who manages a home for a request: as when it was asked for, else by the landlord on record."""
    kept = await tx.scalar(
        select(Hold.managed_by).where(Hold.request_id == request_id, Hold.unit_id == unit.id)
    )
    return kept or unit.managed_by


async def _tell_secured(tx: Tx, hold: Hold, deadline: datetime) -> None:
    """Tell again that a hold stands, as it stands now."""
    place = await next_place(tx, hold.unit_id)
    managed = hold.managed_by or ManagedBy.NOT_KNOWN
    _tell(tx, UnitSecured(hold.request_id, hold.unit_id, place, deadline, managed))


async def _held(tx: Tx, unit_id: UUID) -> Hold | None:
    found = await tx.execute(
        select(Hold).where(Hold.unit_id == unit_id, Hold.state == HoldState.HELD).with_for_update()
    )
    return found.scalar_one_or_none()


async def _hold_for_staff(tx: Tx, request_id: UUID, version: int) -> Hold:
    unit_id = await tx.scalar(select(Hold.unit_id).where(Hold.request_id == request_id))
    if unit_id is None or await lock_unit(tx, unit_id) is None:
        raise NotFound(what="hold")
    hold = (
        await tx.execute(select(Hold).where(Hold.request_id == request_id).with_for_update())
    ).scalar_one()
    if hold.state is not HoldState.HELD or hold.version != version:
        raise NotHeld
    return hold
