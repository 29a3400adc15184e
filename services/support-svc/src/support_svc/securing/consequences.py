"""What each fact about a request changes: its row, its placement, its referral, its timers (P6).

`process.decide` says what a fact means; here its decision is stored and its effects are carried out.
"""

from collections.abc import Callable, Collection
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Uuid, select

from chassis.flush import parameter
from chassis.tx import Tx
from support_svc.placements.model import (
    HOLDING,
    OPEN,
    Placement,
    PlacementStatus,
    SecuringState,
    TimelineKind,
)
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.model import Securing, TenancyHasStarted, UnitRequestWithdrawn, is_open
from support_svc.securing.process import (
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
    TenancyStarted,
    decide,
)
from support_svc.securing.referrals import publish_end, publish_for_request, refer, withdraw_referral

ANSWER_TIMER = "answer_expected"
DEADLINE_TIMER = "hold_deadline"
GRACE = timedelta(minutes=1)
"""For so long after a deadline the inventory itself can report that the hold has lapsed."""


async def current_request(tx: Tx, placement: Placement) -> Securing | None:
    """The placement's current request, open or ended, locked."""
    if placement.request is None:
        return None
    return (await tx.execute(_CURRENT, {"request": placement.request})).scalar_one_or_none()


_CURRENT = (
    select(Securing)
    .where(Securing.request == parameter("request", Uuid()))
    .with_for_update()
    .execution_options(populate_existing=True)
)


async def open_requests(tx: Tx, placement: Placement) -> list[Securing]:
    """The requests whose homes are asked for, held or let, locked, the latest first: two at most (P6)."""
    return list((await tx.execute(_OPEN, {"placement": placement.id})).scalars())


_OPEN = (
    select(Securing)
    .where(Securing.placement_id == parameter("placement", Uuid()), is_open())
    .order_by(Securing.asked_at.desc(), Securing.request.desc())
    .with_for_update()
)


def process_of(request: Securing, manager: str | None = None) -> Process:
    """Return what decisions about a request depend on; `manager` is named with the fact, if anybody is."""
    return Process(
        state=request.state,
        deadline=request.deadline,
        late=request.late,
        ending=request.ending,
        overdue=request.overdue,
        referred=request.is_referred,
        through_property_entity=request.manager is not None and manager in (None, request.manager),
    )


async def apply_fact(
    tx: Tx, placement: Placement, request: Securing, fact: Fact, *, manager: str | None = None
) -> None:
    """Decide what a fact means for a request, store the decision and carry out its effects.

    `manager` is the property entity that the fact names as managing the home. The caller holds the locks of
    both rows.
    """
    decision = decide(process_of(request, manager), fact)
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
            "inventory": request.inventory,
            "reason": reason,
            "deadline": after.deadline,
        }
        if isinstance(fact, TenancyStarted):
            details["landlord"] = fact.landlord
        if isinstance(fact, MovedIn):
            details["on"] = fact.on
        add_to_timeline(tx, placement.id, TimelineKind(decision.line), details)
        tx.touched("placement", placement.id, decision.line, {"securing": (None, after.state)})
    for effect in decision.effects:
        await _carry_out(tx, placement, request, effect)


async def _end_other(
    tx: Tx, placement: Placement, request: Securing, states: Collection[SecuringState], fact: Fact
) -> None:
    """End the placement's other request, if it is in one of `states`, before this one changes.

    A home that was held is released only now that another is secured (P6); one that was asked for beside it
    is given up once the tenancy has started or the household has moved in.
    """
    for other in await open_requests(tx, placement):
        if other.request != request.request and other.state in states:
            await apply_fact(tx, placement, other, fact)
            await tx.session.flush()  # one home is held at a time: the one before ends first


def _make_current(placement: Placement, request: Securing) -> None:
    """Make a request the placement's current one, with its dates."""
    placement.request = request.request
    placement.secured_on = request.secured_on
    placement.expected_move_in = request.expected_move_in


async def _back_to_search(tx: Tx, placement: Placement, ended: Securing) -> None:
    """Let a placement go on once a request has ended: with another that is open, or with the search."""
    await tx.session.flush()
    others = [one for one in await open_requests(tx, placement) if one.request != ended.request]
    if others:
        _make_current(placement, others[0])
    else:
        placement.request = ended.request
        placement.secured_on = None
        placement.expected_move_in = None
    holds = any(one.state in HOLDING for one in others)
    placement.status = PlacementStatus.HOUSING_SECURED if holds else PlacementStatus.HOUSING_NOT_SECURED


async def _carry_out(tx: Tx, placement: Placement, request: Securing, effect: Effect) -> None:
    key = str(request.request)
    match effect:
        case Effect.SHOW_SECURED:
            placement.status = PlacementStatus.HOUSING_SECURED
            _make_current(placement, request)
        case Effect.BACK_TO_SEARCH:
            await _back_to_search(tx, placement, request)
        case Effect.PUBLISH_WITHDRAWAL:
            given_up = UnitRequestWithdrawn(request.inventory, request=request.request, unit=request.unit)
            publish_end(tx, placement, request, given_up)
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


async def publish_move(
    tx: Tx,
    placement: Placement,
    request: Securing,
    day: date,
    fact: Callable[[str, UUID, UUID, date, int], object],
) -> None:
    """Publish a move into or out of a home that no property entity manages (P7, P8, U4).

    Of a property entity's own homes the inventory learns from the lease, and of a third party's from nobody
    else. `fact` makes what is published from inventory, request, unit, day and number.
    """
    if request.manager is not None:
        return
    request.move_events += 1
    # The first event about the request was that the home was asked for.
    number = request.move_events + 1
    moved = fact(request.inventory, request.request, request.home, day, number)
    await publish_for_request(tx, placement, request, moved)


async def give_up_all(tx: Tx, placement: Placement) -> None:
    """Give up what a placement that fails has asked for or holds. Raises TenancyHasStarted."""
    requests = await open_requests(tx, placement)
    if any(request.state is SecuringState.LET for request in requests):
        raise TenancyHasStarted(field="final")
    for request in requests:
        await apply_fact(tx, placement, request, GivenUp())
