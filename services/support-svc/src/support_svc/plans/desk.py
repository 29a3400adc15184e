"""A client's plan on the Front Desk (C10)."""

from uuid import UUID

from fastapi import Response

from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.clients.queries import client
from support_svc.plans.commands import (
    AddGoal,
    AddStep,
    ChangeGoal,
    ChangeStep,
    DeleteGoal,
    DeleteStep,
    add_goal,
    add_step,
    change_goal,
    change_step,
    delete_goal,
    delete_step,
)
from support_svc.plans.queries import goal_of, plan_of, step_of

router = DeskRouter(prefix="/front-desk/clients/{client_id}/plan")


@router.get("", name="plan")
async def page(call: DeskCall, client_id: UUID) -> Response:
    """A client's plan (C10)."""
    return await _plan(call, client_id, "plans/plan.html")


@router.get("/print", name="plan_print")
async def printed(call: DeskCall, client_id: UUID) -> Response:
    """The plan as it's handed to the client, on paper (C10)."""
    return await _plan(call, client_id, "plans/print.html")


async def _plan(call: PageCall, client_id: UUID, template: str) -> Response:
    person = await call.ask(client, client_id)
    return call.page(template, person=person, goals=await call.ask(plan_of, client_id))


@router.get("/goals/new", name="plan_goal_new")
async def new_goal(call: DeskCall, client_id: UUID) -> Response:
    """The form for a goal."""
    return await _form(call, client_id, "new_goal", await call.form(AddGoal))


@router.post("/goals/new")
async def post_new_goal(call: DeskCall, client_id: UUID) -> Response:
    """Add a goal (C10)."""
    form = await call.form(AddGoal, fixed={"client_id": client_id})
    if await call.carry_out(form, add_goal):
        return call.redirect("plan", client_id=client_id, notice=call._("The goal is recorded."))
    return await _form(call, client_id, "new_goal", form, status=422)


@router.get("/goals/{goal_id}", name="plan_goal")
async def goal(call: DeskCall, client_id: UUID, goal_id: UUID) -> Response:
    """The form to change a goal."""
    one = await call.ask(goal_of, client_id, goal_id)
    return await _form(call, client_id, "goal", await call.form(ChangeGoal, initial=one), goal=one)


@router.post("/goals/{goal_id}")
async def post_goal(call: DeskCall, client_id: UUID, goal_id: UUID) -> Response:
    """Change a goal (C10, X4)."""
    form = await call.form(ChangeGoal, fixed={"client_id": client_id, "goal_id": goal_id})
    if await call.carry_out(form, change_goal):
        return call.redirect("plan", client_id=client_id, notice=call._("The changes are saved."))
    one = await call.ask(goal_of, client_id, goal_id)
    return await _form(call, client_id, "goal", form, status=422, goal=one)


@router.get("/goals/{goal_id}/deletion", name="plan_goal_delete")
async def goal_deletion(call: DeskCall, client_id: UUID, goal_id: UUID) -> Response:
    """Confirm that a goal is deleted with its steps."""
    one = await call.ask(goal_of, client_id, goal_id)
    return await _form(call, client_id, "delete", await call.form(DeleteGoal), goal=one)


@router.post("/goals/{goal_id}/deletion")
async def post_goal_deletion(call: DeskCall, client_id: UUID, goal_id: UUID) -> Response:
    """Delete a goal with its steps (C10)."""
    form = await call.form(DeleteGoal, fixed={"client_id": client_id, "goal_id": goal_id})
    if await call.carry_out(form, delete_goal):
        return call.redirect("plan", client_id=client_id, notice=call._("The goal is deleted."))
    one = await call.ask(goal_of, client_id, goal_id)
    return await _form(call, client_id, "delete", form, status=422, goal=one)


@router.get("/goals/{goal_id}/steps/new", name="plan_step_new")
async def new_step(call: DeskCall, client_id: UUID, goal_id: UUID) -> Response:
    """The form for a step."""
    one = await call.ask(goal_of, client_id, goal_id)
    return await _form(call, client_id, "new_step", await call.form(AddStep), goal=one)


@router.post("/goals/{goal_id}/steps/new")
async def post_new_step(call: DeskCall, client_id: UUID, goal_id: UUID) -> Response:
    """Add a step to a goal (C10)."""
    form = await call.form(AddStep, fixed={"client_id": client_id, "goal_id": goal_id})
    if await call.carry_out(form, add_step):
        return call.redirect("plan", client_id=client_id, notice=call._("The step is recorded."))
    one = await call.ask(goal_of, client_id, goal_id)
    return await _form(call, client_id, "new_step", form, status=422, goal=one)


@router.get("/steps/{step_id}", name="plan_step")
async def step(call: DeskCall, client_id: UUID, step_id: UUID) -> Response:
    """The form to change a step, or to say whether it was done."""
    one = await call.ask(step_of, client_id, step_id)
    return await _form(call, client_id, "step", await call.form(ChangeStep, initial=one), step=one)


@router.post("/steps/{step_id}")
async def post_step(call: DeskCall, client_id: UUID, step_id: UUID) -> Response:
    """Change a step (C10, X4)."""
    form = await call.form(ChangeStep, fixed={"client_id": client_id, "step_id": step_id})
    if await call.carry_out(form, change_step):
        return call.redirect("plan", client_id=client_id, notice=call._("The changes are saved."))
    one = await call.ask(step_of, client_id, step_id)
    return await _form(call, client_id, "step", form, status=422, step=one)


@router.get("/steps/{step_id}/deletion", name="plan_step_delete")
async def step_deletion(call: DeskCall, client_id: UUID, step_id: UUID) -> Response:
    """Confirm that a step is deleted."""
    one = await call.ask(step_of, client_id, step_id)
    return await _form(call, client_id, "delete", await call.form(DeleteStep), step=one)


@router.post("/steps/{step_id}/deletion")
async def post_step_deletion(call: DeskCall, client_id: UUID, step_id: UUID) -> Response:
    """Delete a step (C10)."""
    form = await call.form(DeleteStep, fixed={"client_id": client_id, "step_id": step_id})
    if await call.carry_out(form, delete_step):
        return call.redirect("plan", client_id=client_id, notice=call._("The step is deleted."))
    one = await call.ask(step_of, client_id, step_id)
    return await _form(call, client_id, "delete", form, status=422, step=one)


async def _form(
    call: PageCall,
    client_id: UUID,
    which: str,
    form: object,
    *,
    status: int = 200,
    goal: object = None,
    step: object = None,
) -> Response:
    person = await call.ask(client, client_id)
    return call.page(f"plans/{which}.html", status=status, form=form, person=person, goal=goal, step=step)
