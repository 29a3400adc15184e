"""What there is to do for households that haven’t moved in (F2, P1, P6)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, true

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.due_rows import day_of, due_rows
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import HOLDING, SEARCHING, Placement, SecuringState
from support_svc.securing.feature import DECLINED_BECAUSE
from support_svc.securing.model import Securing, needs_another_home
from support_svc.securing.queries import is_securing
from trade.due import CUT, NO_DAY, Due, DueList, Note, Urgency, Wanted, urgency_of

HELD_UNTIL = N_("The home is held until %(deadline)s.")


def searches_of(tx: ReadTx, caseworker: str, *more: Any) -> Select[Any]:
    """Select a caseworker's placements that search for a home, the most urgent first, with `more` columns.

    Rows are (placement, client, request or none, whether a home is asked for, …, how many in all).
    """
    return (
        select(Placement, Client, Securing, is_securing(), *more, func.count().over())
        .join(Client, Client.id == Placement.client_id)
        .outerjoin(Securing, Securing.request == Placement.request)
        .where(Placement.caseworker == caseworker, Placement.status.in_(SEARCHING), may_see(tx))
        .order_by(
            func.least(Placement.target_on, Placement.expected_move_in).asc().nulls_last(),
            Placement.search_started_on,
            Placement.id,
        )
        .limit(CUT)
    )


@query(VIEW_PLACEMENTS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """What there is to do for the households that a home is searched for."""
    todo = await _to_do(tx, wanted)
    if wanted.overdue:
        return todo
    return DueList.together([await _awaited(tx, wanted), todo])


async def _awaited(tx: ReadTx, wanted: Wanted) -> DueList:
    """The answers of the inventory that somebody waits for."""
    statement = (
        select(Placement, Client, Securing)
        .join(Client, Client.id == Placement.client_id)
        .join(
            Securing,
            and_(Securing.placement_id == Placement.id, Securing.state == SecuringState.ASKED),
        )
        .where(Placement.status.in_(SEARCHING), may_see(tx))
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("wait_for_answer",),
        caseworker=Placement.caseworker,
        day=literal(NO_DAY),
        id=Placement.id,
    )
    items = [
        replace(
            _about(one, person, request, task),
            urgency=Urgency.WAITING,
            caseworker=whose,
            place=(NO_DAY, one.id),
        )
        for one, person, request, task, whose, _ in rows
    ]
    return DueList(items, count)


async def _to_do(tx: ReadTx, wanted: Wanted) -> DueList:
    """What is ours to do: find a home, or another one, use a hold before it lapses, or move in."""
    asks = is_securing()
    another = needs_another_home()
    holding = Securing.state.in_(HOLDING)
    lapsing = and_(
        Securing.state == SecuringState.HELD,
        Securing.deadline.is_not(None),
        or_(Securing.ending, Securing.overdue),
    )
    # The deadline is the first moment that no longer belongs to the hold.
    last_day_held = day_of(tx, Securing.deadline - timedelta.resolution)
    wants = case(
        (another, ~asks),
        (holding, true()),
        else_=and_(~asks, Placement.target_on <= tx.today + wanted.ahead),
    )
    statement = (
        select(Placement, Client, Securing)
        .join(Client, Client.id == Placement.client_id)
        .outerjoin(Securing, Securing.request == Placement.request)
        .where(Placement.status.in_(SEARCHING), wants, may_see(tx))
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("find_another_home", "use_hold", "move_in", "find_home"),
        task=case(
            (another, "find_another_home"),
            (lapsing, "use_hold"),
            (holding, "move_in"),
            else_="find_home",
        ),
        caseworker=Placement.caseworker,
        day=case(
            (another, literal(tx.today)),
            (lapsing, last_day_held),
            (holding, Securing.expected_move_in),
            else_=Placement.target_on,
        ),
        id=Placement.id,
    )
    items = [
        replace(
            _with_its_day(_about(one, person, request, task), one, request),
            urgency=urgency_of(day, tx.today),
            caseworker=whose,
            place=(day, one.id),
            revision=one.version,
        )
        for one, person, request, task, whose, day in rows
    ]
    return DueList(items, count)


def _about(one: Placement, person: Client, request: Securing | None, task: str) -> Due:
    home = (request.address,) if request is not None and request.address and task != "find_home" else ()
    return Due(
        task=task,
        urgency=Urgency.LATER,
        page="placement",
        at={"placement_id": one.id},
        name=person.full_name,
        person=person.id,
        notes=home,
    )


def _with_its_day(about: Due, one: Placement, request: Securing | None) -> Due:
    """Add by when it is to be done, and what else to know."""
    if request is None or about.task == "find_home":
        return replace(about, by=one.target_on)
    if about.task == "find_another_home":
        why = (Note(DECLINED_BECAUSE[request.decline_reason]),) if request.decline_reason else ()
        return replace(about, notes=(*about.notes, *why))
    if about.task == "use_hold":
        return replace(about, by=request.deadline)
    held = request.state is SecuringState.HELD and request.deadline is not None
    until = (Note(HELD_UNTIL, {"deadline": request.deadline}),) if held else ()
    return replace(about, by=request.expected_move_in, notes=(*about.notes, *until))
