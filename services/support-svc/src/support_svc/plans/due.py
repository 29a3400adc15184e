"""The steps of plans that the caseworker owes; what a client or another owes is nobody's task (C10, F2)."""

from sqlalchemy import select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.due_rows import due_rows
from support_svc.placements.reminding import reminded
from support_svc.plans.feature import VIEW_PLAN
from support_svc.plans.model import Owes, PlanGoal, PlanStep, StepState
from trade.due import Due, DueList, Wanted, urgency_of


@query(VIEW_PLAN)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The steps that caseworkers owe, of goals that are worked on."""
    statement = (
        select(PlanStep, Client)
        .join(PlanGoal, PlanGoal.id == PlanStep.goal_id)
        .join(Client, Client.id == PlanStep.client_id)
        .where(
            PlanStep.owed_by == Owes.CASEWORKER,
            PlanStep.state == StepState.OPEN,
            PlanStep.by_on <= tx.today + wanted.ahead,
            PlanGoal.ended_on.is_(None),
            may_see(tx),
        )
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("plan_step",),
        caseworker=reminded(PlanStep.client_id, PlanStep.recorded_by),
        day=PlanStep.by_on,
        id=PlanStep.id,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(day, tx.today),
            page="plan_step",
            at={"client_id": person.id, "step_id": one.id},
            name=person.full_name,
            person=person.id,
            by=day,
            notes=(one.step,),
            caseworker=whose,
            place=(day, one.id),
        )
        for one, person, task, whose, day in rows
    ]
    return DueList(items, count)
