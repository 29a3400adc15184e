"""Programs and their budgets through the API (S1, S3)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, Created
from support_svc.programs.commands import add_budget, add_program, change_budget, change_program
from support_svc.programs.model import (
    AddBudget,
    AddProgram,
    BudgetFields,
    ChangeBudget,
    ChangedBudget,
    ChangedProgram,
    ChangeProgram,
)
from support_svc.programs.queries import ProgramView, program, programs

router = ApiRouter(tags=["programs"])


@router.get("/programs")
async def get_programs(call: Call, offered: Annotated[bool, Query()] = False) -> list[ProgramView]:
    """Every program with its budgets; with `offered` those that can be chosen today."""
    return await call.ask(programs, offered=offered)


@router.post("/programs", status_code=201)
async def post_program(call: Call, body: AddProgram) -> Created:
    """Add a program."""
    return Created(id=await call.perform(add_program, body))


@router.get("/programs/{program_id}")
async def get_program(call: Call, program_id: UUID) -> ProgramView:
    """One program."""
    return await call.ask(program, program_id)


@router.put("/programs/{program_id}", status_code=204)
async def put_program(call: Call, program_id: UUID, body: ChangedProgram) -> None:
    """Change the name, days or kinds of a program."""
    await call.perform(change_program, ChangeProgram(program_id=program_id, **dict(body)))


@router.post("/programs/{program_id}/budgets", status_code=201)
async def post_budget(call: Call, program_id: UUID, body: BudgetFields) -> Created:
    """Give a program a budget for a period."""
    return Created(id=await call.perform(add_budget, AddBudget(program_id=program_id, **dict(body))))


@router.put("/programs/{program_id}/budgets/{budget_id}", status_code=204)
async def put_budget(call: Call, program_id: UUID, budget_id: UUID, body: ChangedBudget) -> None:
    """Change the period or the amount of a budget."""
    command = ChangeBudget(program_id=program_id, budget_id=budget_id, **dict(body))
    await call.perform(change_budget, command)
