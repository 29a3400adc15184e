"""Follow-ups that are due, or will be soon (F1, F2)."""

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.due_rows import due_rows
from support_svc.followups.feature import VIEW_FOLLOW_UPS
from support_svc.followups.model import Cases, FollowUp, FollowUpState
from trade.due import Due, DueList, Wanted, urgency_of


@query(VIEW_FOLLOW_UPS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The follow-ups that are not recorded yet."""
    statement = (
        select(FollowUp, Client)
        .join(Client, Client.id == FollowUp.client_id)
        .where(
            FollowUp.state == FollowUpState.DUE,
            FollowUp.due_on <= tx.today + wanted.ahead,
            may_see(tx),
        )
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("follow_up",),
        caseworker=FollowUp.caseworker,
        day=FollowUp.due_on,
        id=FollowUp.id,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(one.due_on, tx.today),
            page="follow_up_new",
            at={"cases": Cases.of(one.subject).value, "case_id": one.subject_id},
            name=person.full_name,
            person=person.id,
            by=one.due_on,
            caseworker=whose,
            place=(day, one.id),
            revision=one.version,
        )
        for one, person, task, whose, day in rows
    ]
    return DueList(items, count)
