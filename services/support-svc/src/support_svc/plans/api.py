"""A client's plan through the API (C10)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, Created
from support_svc.plans.commands import (
    AddGoal,
    AddStep,
    ChangedGoal,
    ChangedStep,
    ChangeGoal,
    ChangeStep,
    DeleteGoal,
    DeleteStep,
    GoalFields,
    StepFields,
    add_goal,
    add_step,
    change_goal,
    change_step,
    delete_goal,
    delete_step,
)
from support_svc.plans.queries import GoalView, plan_of

router = ApiRouter(tags=["plans"])


@router.get("/clients/{client_id}/goals")
async def get_plan(call: Call, client_id: UUID) -> list[GoalView]:
    """The goals of a client's plan with their steps."""
    return await call.ask(plan_of, client_id)


@router.post("/clients/{client_id}/goals", status_code=201)
async def post_goal(call: Call, client_id: UUID, body: GoalFields) -> Created:
    """Add a goal, in the client's own words."""
    return Created(id=await call.perform(add_goal, AddGoal(client_id=client_id, **dict(body))))


@router.put("/clients/{client_id}/goals/{goal_id}", status_code=204)
async def put_goal(call: Call, client_id: UUID, goal_id: UUID, body: ChangedGoal) -> None:
    """Reword a goal, end it, or take it up again."""
    command = ChangeGoal(client_id=client_id, goal_id=goal_id, **dict(body))
    await call.perform(change_goal, command)


@router.delete("/clients/{client_id}/goals/{goal_id}", status_code=204)
async def remove_goal(call: Call, client_id: UUID, goal_id: UUID) -> None:
    """Delete a goal with its steps."""
    await call.perform(delete_goal, DeleteGoal(client_id=client_id, goal_id=goal_id))


@router.post("/clients/{client_id}/goals/{goal_id}/steps", status_code=201)
async def post_step(call: Call, client_id: UUID, goal_id: UUID, body: StepFields) -> Created:
    """Add a step to a goal."""
    command = AddStep(client_id=client_id, goal_id=goal_id, **dict(body))
    return Created(id=await call.perform(add_step, command))


@router.put("/clients/{client_id}/steps/{step_id}", status_code=204)
async def put_step(call: Call, client_id: UUID, step_id: UUID, body: ChangedStep) -> None:
    """Change a step, or say whether it was done."""
    command = ChangeStep(client_id=client_id, step_id=step_id, **dict(body))
    await call.perform(change_step, command)


@router.delete("/clients/{client_id}/steps/{step_id}", status_code=204)
async def remove_step(call: Call, client_id: UUID, step_id: UUID) -> None:
    """Delete a step."""
    await call.perform(delete_step, DeleteStep(client_id=client_id, step_id=step_id))
