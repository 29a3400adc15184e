"""What there is to do for households that haven’t moved in (F2, P1, P6)."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Select, func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from deskkit.i18n import N_
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import HOLDING, SEARCHING, Placement, SecuringState
from support_svc.securing.feature import DECLINED_BECAUSE
from support_svc.securing.model import Securing, last_day_held, needs_another_home
from support_svc.securing.queries import is_securing
from trade.due import CUT, SOON_WITHIN, Due, DueList, Note, Urgency, urgency_of

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
async def due(tx: ReadTx) -> DueList:
    """What there is to do for the households that I search a home for."""
    rows = (await tx.execute(searches_of(tx, tx.actor.subject))).all()
    found = [each for one, person, request, asks, _ in rows for each in _of(tx, one, person, request, asks)]
    return DueList.all_of(found)


def _of(tx: ReadTx, one: Placement, person: Client, request: Securing | None, asks: bool) -> list[Due]:
    about = Due(
        task="find_home",
        urgency=Urgency.LATER,
        page="placement",
        at={"placement_id": one.id},
        name=person.full_name,
        person=person.id,
    )
    home = (request.address,) if request is not None and request.address else ()
    found: list[Due] = []
    if asks:
        found.append(replace(about, task="wait_for_answer", urgency=Urgency.WAITING, notes=home))
    if request is not None and needs_another_home(request.state, request.application):
        if not asks:
            why = (Note(DECLINED_BECAUSE[request.decline_reason]),) if request.decline_reason else ()
            another = replace(about, task="find_another_home", urgency=Urgency.TODAY, notes=(*home, *why))
            found.append(another)
    elif request is not None and request.state in HOLDING:
        found.append(_held(tx, replace(about, notes=home), request))
    elif not asks and one.target_on is not None and one.target_on <= tx.today + SOON_WITHIN:
        found.append(replace(about, by=one.target_on, urgency=urgency_of(one.target_on, tx.today)))
    return found


def _held(tx: ReadTx, about: Due, request: Securing) -> Due:
    """What to do about a home that is held: use it before the hold lapses, or move in on the day expected."""
    deadline = request.deadline if request.state is SecuringState.HELD else None
    if deadline is not None and (request.ending or request.overdue):
        last = last_day_held(deadline, tx.runtime.time_zone)
        return replace(about, task="use_hold", by=deadline, urgency=urgency_of(last, tx.today))
    until = (Note(HELD_UNTIL, {"deadline": deadline}),) if deadline is not None else ()
    expected = request.expected_move_in
    return replace(
        about,
        task="move_in",
        by=expected,
        urgency=urgency_of(expected, tx.today),
        notes=(*about.notes, *until),
    )
