"""The steps of plans that the caseworker owes; what a client or another owes is nobody's task (C10, F2)."""

from sqlalchemy import func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.reminding import reminds_me_of
from support_svc.plans.feature import VIEW_PLAN
from support_svc.plans.model import Owes, PlanGoal, PlanStep, StepState
from trade.due import CUT, SOON_WITHIN, Due, DueList, total, urgency_of


@query(VIEW_PLAN)
async def due(tx: ReadTx) -> DueList:
    """The steps that I owe, of goals that are worked on."""
    mine = reminds_me_of(
        tx,
        PlanStep.id,
        PlanStep.client_id,
        PlanStep.recorded_by,
        PlanStep.owed_by == Owes.CASEWORKER,
        PlanStep.state == StepState.OPEN,
        PlanStep.by_on <= tx.today + SOON_WITHIN,
    )
    rows = (
        await tx.execute(
            select(PlanStep, Client, func.count().over())
            .join(PlanGoal, PlanGoal.id == PlanStep.goal_id)
            .join(Client, Client.id == PlanStep.client_id)
            .where(PlanStep.id.in_(mine), PlanGoal.ended_on.is_(None), may_see(tx))
            .order_by(PlanStep.by_on, PlanStep.id)
            .limit(CUT)
        )
    ).all()
    items = [
        Due(
            task="plan_step",
            urgency=urgency_of(one.by_on, tx.today),
            page="plan_step",
            at={"client_id": person.id, "step_id": one.id},
            name=person.full_name,
            person=person.id,
            by=one.by_on,
            notes=(one.step,),
        )
        for one, person, _ in rows
        if one.by_on is not None
    ]
    return DueList(items, total(rows))
