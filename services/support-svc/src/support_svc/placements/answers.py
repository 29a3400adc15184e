"""What others answered, and what follows from it (P6, P10): the effects of `decide`, each fact in its
transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.access import RECEIVE_EVENTS
from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.model import Client, ContactKind
from support_svc.consents.model import Purpose
from support_svc.consents.standing import consent_in_force
from support_svc.homes.model import ManagedBy
from support_svc.placements.model import (
    Applicant,
    ApplicationState,
    Placement,
    PlacementStatus,
    Securing,
    TenancyReferralWithdrawn,
    TenancyReferred,
    TimelineKind,
    UnitRequestWithdrawn,
)
from support_svc.placements.rows import (
    locked_placement,
    note,
    open_requests,
    tell_of_request,
    tell_the_end,
)
from support_svc.placements.securing import (
    HOLDING,
    OPEN,
    DeadlinePassed,
    Effect,
    Fact,
    GivenUp,
    MovedIn,
    NoAnswer,
    Process,
    Refused,
    Released,
    Replaced,
    SecuringState,
    TenancyStarted,
    decide,
)

ANSWER_TIMER = "answer_expected"
DEADLINE_TIMER = "hold_deadline"
GRACE = timedelta(minutes=1)
"""After a deadline the inventory has this long to say itself that the hold has lapsed."""


@dataclass(frozen=True, slots=True)
class InventoryTold:
    """A fact about one request; requests of others are heard as well, and are none of our business."""

    request: UUID
    fact: Fact
    managed_by: ManagedBy | None = None
    """Who manages the home for this hold, where the fact says so."""


@dataclass(frozen=True, slots=True)
class ApplicationTold:
    """What became of an application; `reason` only when it was declined."""

    referral: UUID
    state: ApplicationState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TenancyTold:
    """The tenancy of a referral has started."""

    referral: UUID
    start: date
    rent: Decimal
    currency: str


@use_case(RECEIVE_EVENTS)
async def hear_inventory(tx: Tx, told: InventoryTold) -> None:
    """Act on what the inventory, or a timer, says about a request (P6)."""
    found = await _placement_of(tx, Securing.request == told.request)
    if found is None:
        return
    placement, request = found
    # Nobody is referred whom the caseworker didn't mean to refer: that the home is the property entity's
    # after all is kept once the fact itself was acted on.
    if told.managed_by is not ManagedBy.PROPERTY_ENTITY:
        _hear_manager(tx, placement, request, told.managed_by)
    await settle(tx, placement, request, told.fact)
    _hear_manager(tx, placement, request, told.managed_by)


def _hear_manager(tx: Tx, placement: Placement, request: Securing, told: ManagedBy | None) -> None:
    """Keep who manages the home for this hold; where the inventory doesn't know, the caseworker's word
    stands.
    """
    if told in {None, ManagedBy.NOT_KNOWN, request.managed_by} or request.state not in OPEN:
        return
    tx.touched("placement", placement.id, "manager_corrected", {"managed_by": (request.managed_by, told)})
    request.managed_by = told


@use_case(RECEIVE_EVENTS)
async def hear_application(tx: Tx, told: ApplicationTold) -> None:
    """Show what the property entity says about an application; a decline is never undone by an older
    opening.
    """
    placement, request = await _referred(tx, told.referral)
    if request.application in (told.state, ApplicationState.DECLINED):
        return
    request.application = told.state
    request.decline_reason = told.reason
    kind = TimelineKind.APPLICATION_OPENED
    if told.state is ApplicationState.DECLINED:
        kind = TimelineKind.APPLICATION_DECLINED
    note(tx, placement.id, kind, {"reason": told.reason, "address": request.address})


@use_case(RECEIVE_EVENTS)
async def hear_tenancy(tx: Tx, told: TenancyTold) -> None:
    """Show that the tenancy of a referral has started; the household can be moved in from now on (P7)."""
    placement, request = await _referred(tx, told.referral)
    request.tenancy_start = told.start
    request.tenancy_rent = told.rent
    request.tenancy_currency = told.currency
    await settle(tx, placement, request, TenancyStarted())


async def _placement_of(tx: Tx, condition: object) -> tuple[Placement, Securing] | None:
    """The placement, locked first, and the request, locked second: always in this order."""
    placement_id = await tx.scalar(select(Securing.placement_id).where(condition))  # type: ignore[arg-type]
    if placement_id is None:
        return None
    placement = await locked_placement(tx, placement_id)
    request = (await tx.execute(select(Securing).where(condition).with_for_update())).scalar_one()  # type: ignore[arg-type]
    return placement, request


async def _referred(tx: Tx, referral: UUID) -> tuple[Placement, Securing]:
    found = await _placement_of(tx, Securing.referral == referral)
    if found is None:
        raise NotFound(what="referral")
    return found


def process_of(request: Securing) -> Process:
    """The row as the process that `decide` knows."""
    return Process(
        state=request.state,
        deadline=request.deadline,
        late=request.late,
        ending=request.ending,
        overdue=request.overdue,
        referred=request.referral is not None and request.referral_withdrawn_at is None,
        through_property_entity=request.managed_by is ManagedBy.PROPERTY_ENTITY,
    )


async def settle(tx: Tx, placement: Placement, request: Securing, fact: Fact) -> None:
    """Decide what a fact means for a request, store it and do what follows. Both rows are locked by the
    caller.
    """
    decision = decide(process_of(request), fact)
    after = decision.process
    if after.state in HOLDING and request.state not in HOLDING:
        await _end_other(tx, placement, request, HOLDING, Replaced())
    elif after.state is not request.state and after.state in (SecuringState.LET, SecuringState.USED):
        await _end_other(tx, placement, request, {SecuringState.ASKED}, GivenUp())
    if after.state is not request.state and not isinstance(fact, (NoAnswer, DeadlinePassed)):
        request.answered_at = request.answered_at or tx.now
    request.state = after.state
    request.deadline = after.deadline
    request.late = after.late
    request.ending = after.ending
    request.overdue = after.overdue
    reason = fact.reason if isinstance(fact, (Refused, Released)) else None
    if after.state not in OPEN:
        request.ended_why = request.ended_why or reason
    if decision.line is not None:
        details: dict[str, object] = {
            "address": request.address,
            "reason": reason,
            "deadline": after.deadline,
        }
        if isinstance(fact, MovedIn):
            details["on"] = fact.on
        note(tx, placement.id, TimelineKind(decision.line), details)
        tx.touched("placement", placement.id, decision.line, {"securing": (None, after.state)})
    for effect in decision.effects:
        await _take_effect(tx, placement, request, effect)


async def _end_other(
    tx: Tx, placement: Placement, request: Securing, states: Collection[SecuringState], fact: Fact
) -> None:
    """End the placement's other request, if it is in one of `states`, before this one changes.

    The home held before is let go only now that another is secured (P6); one that is asked for beside a home
    whose tenancy has started, or that is lived in, is given up.
    """
    for other in await open_requests(tx, placement):
        if other.request != request.request and other.state in states:
            await settle(tx, placement, other, fact)
    await tx.session.flush()  # one home is held at a time: the one before ends first


def _stand_at(placement: Placement, request: Securing) -> None:
    """Let the placement be at a request, with its dates."""
    placement.request = request.request
    placement.secured_on = request.secured_on
    placement.expected_move_in = request.expected_move_in


async def _back_to_search(tx: Tx, placement: Placement, ended: Securing) -> None:
    """What the placement is at once a request has ended: another that is open, or the search."""
    await tx.session.flush()
    others = [one for one in await open_requests(tx, placement) if one.request != ended.request]
    if others:
        _stand_at(placement, others[0])
    else:
        placement.request = ended.request
        placement.secured_on = None
        placement.expected_move_in = None
    holds = any(one.state in HOLDING for one in others)
    placement.status = PlacementStatus.HOUSING_SECURED if holds else PlacementStatus.HOUSING_NOT_SECURED


async def _take_effect(tx: Tx, placement: Placement, request: Securing, effect: Effect) -> None:
    key = str(request.request)
    match effect:
        case Effect.SHOW_SECURED:
            placement.status = PlacementStatus.HOUSING_SECURED
            _stand_at(placement, request)
        case Effect.BACK_TO_SEARCH:
            await _back_to_search(tx, placement, request)
        case Effect.TELL_WITHDRAWN:
            given_up = UnitRequestWithdrawn(request=request.request, unit=request.unit)
            tell_the_end(tx, placement, request, given_up)
        case Effect.REFER:
            await refer(tx, placement, request)
        case Effect.WITHDRAW_REFERRAL:
            withdraw_referral(tx, placement, request)
        case Effect.WATCH_DEADLINE:
            if request.deadline is not None:
                tx.schedule(DEADLINE_TIMER, key, request.deadline + GRACE)
        case Effect.STOP_WAITING:
            tx.cancel_timer(ANSWER_TIMER, key)
        case Effect.STOP_WATCHING:
            tx.cancel_timer(DEADLINE_TIMER, key)


def withdraw_referral(tx: Tx, placement: Placement, request: Securing) -> None:
    """Tell the property entity that the referral of a request is given up, unless it was or never was one."""
    if request.referral is None or request.referral_withdrawn_at is not None:
        return
    request.referral_withdrawn_at = tx.now
    request.said += 1
    tell_the_end(tx, placement, request, TenancyReferralWithdrawn(request.referral, number=request.said))
    note(tx, placement.id, TimelineKind.REFERRAL_WITHDRAWN, {"address": request.address})


async def refer(tx: Tx, placement: Placement, request: Securing) -> bool:
    """Refer the household to the property entity, with name and contact only under a consent of today (W5).

    When the consent to be housed has ended, nothing is told, and that is recorded; whether it was told.
    """
    shared = await consent_in_force(tx, placement.client_id, Purpose.SHARE_CONTACT_FOR_TENANCY)
    referral = new_id()
    fact = TenancyReferred(
        referral=referral,
        request=request.request,
        unit=request.unit,
        expected_move_in=request.expected_move_in,
        adults=request.adults,
        children=request.children,
        number=1,
        applicant=await _applicant(tx, placement.client_id) if shared else None,
    )
    if not await tell_of_request(tx, placement, request, fact):
        return False
    request.referral = referral
    request.said = 1
    request.named = fact.applicant is not None
    note(tx, placement.id, TimelineKind.REFERRED, {"address": request.address, "named": request.named})
    return True


async def _applicant(tx: Tx, client_id: UUID) -> Applicant:
    client = (
        await tx.execute(
            select(Client).where(Client.id == client_id).options(selectinload(Client.contact_points))
        )
    ).scalar_one()
    reached = {point.kind: point.value for point in reversed(client.contact_points)}
    return Applicant(
        given=client.given_name or client.family_name,
        family=client.family_name,
        one_name=not client.given_name,
        preferred=client.preferred_name,
        phone=reached.get(ContactKind.PHONE),
        email=reached.get(ContactKind.EMAIL),
        language=client.preferred_language.value if client.preferred_language else None,
    )
