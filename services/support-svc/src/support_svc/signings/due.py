"""Upcoming signings that aren't answered yet, or that somebody attends (F2, W4)."""

from datetime import timedelta

from sqlalchemy import and_, case, func, or_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.due_rows import day_of, due_rows
from support_svc.placements.model import Placement
from support_svc.securing.model import Securing
from support_svc.signings.feature import VIEW_SIGNINGS
from support_svc.signings.model import Attendance, Signing, SigningState, current_state, of_request
from trade.due import Due, DueList, Wanted, urgency_of

LASTS = timedelta(hours=1)
"""How long a signing takes in a calendar: nobody reports when it will end."""


@query(VIEW_SIGNINGS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The upcoming signings, except those that nobody of us can attend."""
    upcoming = and_(Signing.starts_at >= tx.now, current_state() == SigningState.SCHEDULED)
    attended = func.coalesce(Signing.attendance, "") != Attendance.CANNOT_ATTEND
    day = day_of(tx, Signing.starts_at)
    if wanted.ended is not None:
        # A calendar shows that a signing was called off, to whomever it had been shown.
        upcoming = or_(upcoming, day >= wanted.ended)
    statement = (
        select(Signing, Client, Securing, current_state().label("current_state"))
        .join(Placement, Placement.id == Signing.placement_id)
        .join(Client, Client.id == Placement.client_id)
        .join(Securing, of_request())
        .where(upcoming, attended, may_see(tx))
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("answer_signing", "attend_signing"),
        task=case((Signing.attendance.is_(None), "answer_signing"), else_="attend_signing"),
        caseworker=Placement.caseworker,
        day=day,
        id=Signing.signing,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(day, tx.today),
            page="signing",
            at={"signing_id": one.signing},
            name=person.full_name,
            person=person.id,
            by=one.starts_at,
            notes=tuple(note for note in (one.place, request.address) if note),
            caseworker=whose,
            place=(day, one.signing),
            lasts=LASTS,
            # What ends a hold ends its signing, which no later report can undo.
            revision=2 * one.reported_version + (state is not one.state),
            cancelled=state is SigningState.CANCELLED,
        )
        for one, person, request, state, task, whose, day in rows
    ]
    return DueList(items, count)
