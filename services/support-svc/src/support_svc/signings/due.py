"""Upcoming signings that aren't answered yet, or that somebody attends (F2, W4)."""

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.model import Placement
from support_svc.securing.model import Securing
from support_svc.signings.feature import VIEW_SIGNINGS
from support_svc.signings.model import Attendance, Signing, SigningState, current_state, of_request
from trade.due import CUT, Due, DueList, total, urgency_of


@query(VIEW_SIGNINGS)
async def due(tx: ReadTx) -> DueList:
    """The upcoming signings of my clients, except those that I can't attend."""
    rows = (
        await tx.execute(
            select(Signing, Client, Securing, func.count().over())
            .join(Placement, Placement.id == Signing.placement_id)
            .join(Client, Client.id == Placement.client_id)
            .join(Securing, of_request())
            .where(
                Placement.caseworker == tx.actor.subject,
                Signing.starts_at >= tx.now,
                current_state() == SigningState.SCHEDULED,
                func.coalesce(Signing.attendance, "") != Attendance.CANNOT_ATTEND,
                may_see(tx),
            )
            .order_by(Signing.starts_at, Signing.signing)
            .limit(CUT)
        )
    ).all()
    items = [
        Due(
            task="answer_signing" if one.attendance is None else "attend_signing",
            urgency=urgency_of(one.starts_at.astimezone(tx.runtime.time_zone).date(), tx.today),
            page="signing",
            at={"signing_id": one.signing},
            name=person.full_name,
            person=person.id,
            by=one.starts_at,
            notes=tuple(note for note in (one.place, request.address) if note),
        )
        for one, person, request, _ in rows
        if one.starts_at is not None
    ]
    return DueList(items, total(rows))
