"""Programs and their budgets on the Front Desk (S1, S3)."""

from typing import Any
from uuid import UUID

from fastapi import Response

from chassis.errors import NotFound
from deskkit.call import DeskCall, PageCall
from deskkit.router import DeskRouter
from support_svc.programs.commands import add_budget, add_program, change_budget, change_program
from support_svc.programs.model import AddBudget, AddProgram, Amount, ChangeBudget, ChangeProgram, SubsidyKind
from support_svc.programs.queries import BudgetView, ProgramView, program, program_changes, programs

router = DeskRouter(prefix="/front-desk/programs")


async def program_choices(
    call: PageCall, *, everything: bool = False, including: UUID | None = None
) -> list[tuple[str, str]]:
    """The programs that can be chosen today as options of a form; `including` one that was chosen before."""
    found = await call.ask(programs)
    return [
        (str(one.id), one.label(call.locale))
        for one in found
        if everything or one.offered or one.id == including
    ]


@router.get("", name="programs")
async def page(call: DeskCall) -> Response:
    """Every program with its budgets."""
    return call.page("programs/list.html", found=await call.ask(programs))


@router.get("/new", name="program_new")
async def new(call: DeskCall) -> Response:
    """The form for a program."""
    return call.page("programs/form.html", form=await call.form(AddProgram), one=None, kinds=SubsidyKind)


@router.post("/new")
async def post_new(call: DeskCall) -> Response:
    """Add a program."""
    form = await call.form(AddProgram)
    if done := await call.carry_out(form, add_program):
        return call.redirect("program", program_id=done.result, notice=call._("The program is added."))
    return call.page("programs/form.html", status=422, form=form, one=None, kinds=SubsidyKind)


@router.get("/{program_id}", name="program")
async def record(call: DeskCall, program_id: UUID) -> Response:
    """A program: its days, what it funds, and its budgets."""
    return call.page(
        "programs/record.html",
        one=await call.ask(program, program_id),
        changes=await call.ask(program_changes, program_id),
    )


@router.get("/{program_id}/edit", name="program_edit")
async def edit(call: DeskCall, program_id: UUID) -> Response:
    """The form to change a program."""
    one = await call.ask(program, program_id)
    initial = {"name_en": one.label_en, "name_fr": one.label_fr, "version": one.version}
    initial |= {"starts_on": one.starts_on, "ends_on": one.ends_on, "kinds": list(one.kinds)}
    form = await call.form(ChangeProgram, initial=initial)
    return call.page("programs/form.html", form=form, one=one, kinds=SubsidyKind)


@router.post("/{program_id}/edit")
async def post_edit(call: DeskCall, program_id: UUID) -> Response:
    """Change a program."""
    form = await call.form(ChangeProgram, fixed={"program_id": program_id})
    if await call.carry_out(form, change_program):
        return call.redirect("program", program_id=program_id, notice=call._("The changes are saved."))
    one = await call.ask(program, program_id)
    return call.page("programs/form.html", status=422, form=form, one=one, kinds=SubsidyKind)


@router.get("/{program_id}/budgets/new", name="budget_new")
async def new_budget(call: DeskCall, program_id: UUID) -> Response:
    """The form for a budget."""
    return _budget(call, await call.form(AddBudget), await call.ask(program, program_id))


@router.post("/{program_id}/budgets/new")
async def post_budget(call: DeskCall, program_id: UUID) -> Response:
    """Give a program a budget."""
    form = await call.form(AddBudget, fixed={"program_id": program_id})
    if await call.carry_out(form, add_budget):
        return call.redirect("program", program_id=program_id, notice=call._("The budget is added."))
    return _budget(call, form, await call.ask(program, program_id), status=422)


@router.get("/{program_id}/budgets/{budget_id}", name="budget_edit")
async def edit_budget(call: DeskCall, program_id: UUID, budget_id: UUID) -> Response:
    """The form to change a budget."""
    one = await call.ask(program, program_id)
    budget = _found(one, budget_id)
    initial = {name: getattr(budget, name) for name in ("starts_on", "ends_on", "version")}
    initial["amount"] = Amount(amount=budget.amount, currency=budget.currency)
    return _budget(call, await call.form(ChangeBudget, initial=initial), one, budget)


@router.post("/{program_id}/budgets/{budget_id}")
async def post_edit_budget(call: DeskCall, program_id: UUID, budget_id: UUID) -> Response:
    """Change a budget."""
    form = await call.form(ChangeBudget, fixed={"program_id": program_id, "budget_id": budget_id})
    if await call.carry_out(form, change_budget):
        return call.redirect("program", program_id=program_id, notice=call._("The changes are saved."))
    one = await call.ask(program, program_id)
    return _budget(call, form, one, _found(one, budget_id), status=422)


def _found(one: ProgramView, budget_id: UUID) -> BudgetView:
    for budget in one.budgets:
        if budget.id == budget_id:
            return budget
    raise NotFound(what="budget")


def _budget(
    call: PageCall, form: Any, one: ProgramView, budget: BudgetView | None = None, status: int = 200
) -> Response:
    return call.page("programs/budget.html", status=status, form=form, one=one, budget=budget)
