"""Follow-ups that are due, or will be soon (F1, F2)."""

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.followups.feature import VIEW_FOLLOW_UPS
from support_svc.followups.model import Cases, FollowUp, FollowUpState
from trade.due import CUT, SOON_WITHIN, Due, DueList, total, urgency_of


@query(VIEW_FOLLOW_UPS)
async def due(tx: ReadTx) -> DueList:
    """The follow-ups that wait for me."""
    rows = (
        await tx.execute(
            select(FollowUp, Client, func.count().over())
            .join(Client, Client.id == FollowUp.client_id)
            .where(
                FollowUp.caseworker == tx.actor.subject,
                FollowUp.state == FollowUpState.DUE,
                FollowUp.due_on <= tx.today + SOON_WITHIN,
                may_see(tx),
            )
            .order_by(FollowUp.due_on, FollowUp.id)
            .limit(CUT)
        )
    ).all()
    items = [
        Due(
            task="follow_up",
            urgency=urgency_of(one.due_on, tx.today),
            page="follow_up_new",
            at={"cases": Cases.of(one.subject).value, "case_id": one.subject_id},
            name=person.full_name,
            person=person.id,
            by=one.due_on,
        )
        for one, person, _ in rows
    ]
    return DueList(items, total(rows))
