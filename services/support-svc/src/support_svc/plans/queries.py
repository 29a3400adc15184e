"""Reading a client's plan (C10)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import require_client
from support_svc.history.model import HistoryRecord, Matter
from support_svc.plans.feature import VIEW_PLAN
from support_svc.plans.model import Owes, PlanGoal, PlanStep, StepState


@dataclass(frozen=True, slots=True)
class StepView:
    """A step to a goal."""

    id: UUID
    goal_id: UUID
    step: str
    owed_by: Owes
    other_name: str | None
    by_on: date | None
    state: StepState
    closed_on: date | None
    version: int


@dataclass(frozen=True, slots=True)
class GoalView:
    """A goal in the client's own words, with its steps in the order in which they were added."""

    id: UUID
    goal: str
    ended_on: date | None
    ended: bool
    version: int
    steps: tuple[StepView, ...]


@query(VIEW_PLAN, views="client")
async def plan_of(tx: ReadTx, client_id: UUID) -> list[GoalView]:
    """The goals of a client, those that are worked on first. Raises NotFound."""
    await require_client(tx, client_id)
    goals = (
        await tx.execute(
            select(PlanGoal)
            .where(PlanGoal.client_id == client_id)
            .order_by(PlanGoal.ended_on.is_not(None), PlanGoal.recorded_at, PlanGoal.id)
        )
    ).scalars()
    rows = await tx.execute(
        select(PlanStep).where(PlanStep.client_id == client_id).order_by(PlanStep.recorded_at, PlanStep.id)
    )
    steps: dict[UUID, list[StepView]] = {}
    for one in rows.scalars():
        steps.setdefault(one.goal_id, []).append(_step(one))
    return [
        GoalView(
            one.id,
            one.goal,
            one.ended_on,
            one.ended_on is not None,
            one.version,
            tuple(steps.get(one.id, ())),
        )
        for one in goals
    ]


@query(VIEW_PLAN, views="client")
async def goal_of(tx: ReadTx, client_id: UUID, goal_id: UUID) -> GoalView:
    """One goal of a client with its steps. Raises NotFound."""
    for one in await plan_of(tx, client_id):
        if one.id == goal_id:
            return one
    raise NotFound(what="goal")


@query(VIEW_PLAN, views="client")
async def step_of(tx: ReadTx, client_id: UUID, step_id: UUID) -> StepView:
    """One step of a client's plan. Raises NotFound."""
    await require_client(tx, client_id)
    one = await tx.scalar(select(PlanStep).where(PlanStep.id == step_id, PlanStep.client_id == client_id))
    if one is None:
        raise NotFound(what="step")
    return _step(one)


async def records_of(tx: ReadTx, client_id: UUID) -> list[HistoryRecord]:
    """The goals that the history of a client is about."""
    ids = await tx.execute(select(PlanGoal.id).where(PlanGoal.client_id == client_id))
    return [HistoryRecord(Matter.PLAN, one) for one in ids.scalars()]


def _step(one: PlanStep) -> StepView:
    return StepView(
        id=one.id,
        goal_id=one.goal_id,
        step=one.step,
        owed_by=one.owed_by,
        other_name=one.other_name,
        by_on=one.by_on,
        state=one.state,
        closed_on=one.closed_on,
        version=one.version,
    )
