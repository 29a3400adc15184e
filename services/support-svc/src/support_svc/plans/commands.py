"""Writing a client's plan (C10). No step, done or not, changes anything but the plan."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import delete, func, select

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from chassis.versions import difference, expect
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.lookups.commands import list_myself
from support_svc.plans.feature import EDIT_PLAN
from support_svc.plans.model import (
    MOST_GOALS,
    MOST_STEPS,
    AnotherNeedsAName,
    Owes,
    PlanGoal,
    PlanStep,
    StepState,
    TooManyGoals,
    TooManySteps,
)
from trade.dates import FollowUpDay

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
OtherName = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class GoalFields(BaseModel):
    """A goal."""

    goal: Words = Field(title="Goal, in the client’s own words")


class AddGoal(GoalFields):
    """A goal that a client has."""

    client_id: UUID


class ChangedGoal(GoalFields):
    """A goal as it is now, and the version that was shown (X4)."""

    ended: bool = Field(default=False, title="The client no longer works on this goal")
    version: int


class ChangeGoal(ChangedGoal):
    """Reword a goal, end it, or take it up again."""

    client_id: UUID
    goal_id: UUID


class DeleteGoal(BaseModel):
    """A goal to be deleted with its steps."""

    client_id: UUID
    goal_id: UUID


class StepFields(BaseModel):
    """A step: what, who and by when."""

    step: Words = Field(title="Step")
    owed_by: Owes = Field(title="Who does it")
    other_name: OtherName | None = Field(default=None, title="Name of the other person or organisation")
    by_on: FollowUpDay | None = Field(default=None, title="By when")


class AddStep(StepFields):
    """A step to a goal."""

    client_id: UUID
    goal_id: UUID


class ChangedStep(StepFields):
    """A step as it is now, and the version that was shown (X4)."""

    state: StepState = Field(default=StepState.OPEN, title="State")
    version: int


class ChangeStep(ChangedStep):
    """Change a step, or say whether it was done."""

    client_id: UUID
    step_id: UUID


class DeleteStep(BaseModel):
    """A step to be deleted."""

    client_id: UUID
    step_id: UUID


@use_case(EDIT_PLAN)
async def add_goal(tx: Tx, command: AddGoal) -> UUID:
    """Add a goal to a client's plan and return its id. Raises TooManyGoals, NotFound."""
    client = await tx.scalar(
        select(Client.id).where(Client.id == command.client_id, may_see(tx)).with_for_update()
    )
    if client is None:
        raise NotFound(what="client")
    known = select(func.count()).select_from(PlanGoal).where(PlanGoal.client_id == client)
    if int(await tx.scalar(known) or 0) >= MOST_GOALS:
        raise TooManyGoals(field="goal", most=MOST_GOALS)
    made = PlanGoal(
        id=new_id(),
        client_id=client,
        goal=command.goal,
        recorded_by_name=tx.actor.name,
        recorded_at=tx.now,
    )
    tx.session.add(made)
    tx.touched("plan", made.id, "goal_added")
    return made.id


@use_case(EDIT_PLAN)
async def change_goal(tx: Tx, command: ChangeGoal) -> None:
    """Change a goal; its steps stay as they are. Raises EditedMeanwhile, NotFound."""
    one = await _goal(tx, command.client_id, command.goal_id)
    fields = {"goal": command.goal, "ended_on": one.ended_on}
    if command.ended != (one.ended_on is not None):
        fields["ended_on"] = tx.today if command.ended else None
    expect(one, command.version, sent=fields)
    changes = difference(one, fields)
    for name, new in fields.items():
        setattr(one, name, new)
    if changes:
        tx.touched("plan", one.id, "goal_changed", changes)


@use_case(EDIT_PLAN)
async def delete_goal(tx: Tx, command: DeleteGoal) -> None:
    """Delete a goal with its steps; that it was deleted stays in the client's history. Raises NotFound."""
    one = await _goal(tx, command.client_id, command.goal_id)
    await tx.execute(delete(PlanStep).where(PlanStep.goal_id == one.id))
    await tx.execute(delete(PlanGoal).where(PlanGoal.id == one.id))
    tx.touched("client", one.client_id, "goal_deleted", {"goal": (one.id, None)})


@use_case(EDIT_PLAN)
async def add_step(tx: Tx, command: AddStep) -> UUID:
    """Add a step to a goal and return its id. Raises AnotherNeedsAName, TooManySteps, NotFound."""
    goal = await _goal(tx, command.client_id, command.goal_id)
    known = select(func.count()).select_from(PlanStep).where(PlanStep.goal_id == goal.id)
    if int(await tx.scalar(known) or 0) >= MOST_STEPS:
        raise TooManySteps(field="step", most=MOST_STEPS)
    await list_myself(tx)
    made = PlanStep(
        id=new_id(),
        client_id=goal.client_id,
        goal_id=goal.id,
        step=command.step,
        owed_by=command.owed_by,
        other_name=_other(command),
        by_on=command.by_on,
        state=StepState.OPEN,
        recorded_by=tx.actor.subject,
        recorded_at=tx.now,
    )
    tx.session.add(made)
    tx.touched("plan", goal.id, "step_added", {"step": (None, made.id)})
    return made.id


@use_case(EDIT_PLAN)
async def change_step(tx: Tx, command: ChangeStep) -> None:
    """Change a step, or say whether it was done: nothing follows from either.

    Raises EditedMeanwhile, AnotherNeedsAName, NotFound.
    """
    one = await _step(tx, command.client_id, command.step_id)
    fields = {
        "step": command.step,
        "owed_by": command.owed_by,
        "other_name": _other(command),
        "by_on": command.by_on,
        "state": command.state,
    }
    expect(one, command.version, sent=fields)
    changes = difference(one, fields)
    if "state" in changes:
        one.closed_on = None if command.state is StepState.OPEN else tx.today
    for name, new in fields.items():
        setattr(one, name, new)
    if changes:
        tx.touched("plan", one.goal_id, "step_changed", changes)


@use_case(EDIT_PLAN)
async def delete_step(tx: Tx, command: DeleteStep) -> None:
    """Delete a step; that it was deleted stays in the history. Raises NotFound."""
    one = await _step(tx, command.client_id, command.step_id)
    await tx.session.delete(one)
    tx.touched("plan", one.goal_id, "step_deleted", {"step": (one.id, None)})


def _other(fields: StepFields) -> str | None:
    """Return the name of who else does a step; a name that was typed for nobody else isn't stored."""
    if fields.owed_by is not Owes.ANOTHER:
        return None
    if not fields.other_name:
        raise AnotherNeedsAName(field="other_name")
    return fields.other_name


async def _goal(tx: Tx, client_id: UUID, goal_id: UUID) -> PlanGoal:
    one = (
        await tx.execute(
            select(PlanGoal)
            .join(Client, Client.id == PlanGoal.client_id)
            .where(PlanGoal.id == goal_id, PlanGoal.client_id == client_id, may_see(tx))
            .with_for_update(of=PlanGoal)
        )
    ).scalar_one_or_none()
    if one is None:
        raise NotFound(what="goal")
    return one


async def _step(tx: Tx, client_id: UUID, step_id: UUID) -> PlanStep:
    one = (
        await tx.execute(
            select(PlanStep)
            .join(Client, Client.id == PlanStep.client_id)
            .where(PlanStep.id == step_id, PlanStep.client_id == client_id, may_see(tx))
            .with_for_update(of=PlanStep)
        )
    ).scalar_one_or_none()
    if one is None:
        raise NotFound(what="step")
    return one
