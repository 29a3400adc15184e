"""Adding and changing programs and their budgets (S1, S3)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.feature import offers_of
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.programs.feature import EDIT_PROGRAMS
from support_svc.programs.model import (
    AddBudget,
    AddProgram,
    BudgetFields,
    BudgetInAnotherCurrency,
    BudgetOverlaps,
    BudgetUse,
    ChangeBudget,
    ChangeProgram,
    EndsBeforeStart,
    Program,
    ProgramBudget,
    ProgramNotOffered,
    is_offered,
)

_NOTHING = Decimal("0.00")


@use_case(EDIT_PROGRAMS)
async def add_program(tx: Tx, command: AddProgram) -> UUID:
    """Add a program and return its id. Raises EndsBeforeStart."""
    _check_days(command.starts_on, command.ends_on)
    program = Program(id=new_id(), **_fields(command))
    tx.session.add(program)
    tx.touched("program", program.id, "added", {"name_en": (None, command.name_en)})
    return program.id


@use_case(EDIT_PROGRAMS)
async def change_program(tx: Tx, command: ChangeProgram) -> None:
    """Change the name, days or kinds of a program; what refers to it stays as it is (case 53).

    Raises NotFound, EndsBeforeStart, EditedMeanwhile.
    """
    _check_days(command.starts_on, command.ends_on)
    program = await locked_program(tx, command.program_id)
    changes = {
        name: (getattr(program, name), new)
        for name, new in _fields(command).items()
        if getattr(program, name) != new
    }
    if program.version != command.version:
        raise EditedMeanwhile(current=program.version, difference=changes)
    for name, (_, new) in changes.items():
        setattr(program, name, new)
    if changes:
        tx.touched("program", program.id, "changed", changes)


@use_case(EDIT_PROGRAMS)
async def add_budget(tx: Tx, command: AddBudget) -> UUID:
    """Give a program a budget for a period and return its id (S3).

    Payments that fall due in the period count from now on, also those of subsidies that run already. Raises
    NotFound, EndsBeforeStart, BudgetOverlaps.
    """
    _check_days(command.starts_on, command.ends_on)
    program = await locked_program(tx, command.program_id)
    currency = command.amount.currency
    await _require_free(tx, program.id, command, currency)
    budget = ProgramBudget(
        id=new_id(),
        program_id=program.id,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        amount=command.amount.amount,
        currency=currency,
    )
    committed, paid = await _spent(tx, budget)
    tx.session.add(budget)
    tx.session.add(BudgetUse(budget_id=budget.id, committed=committed, paid=paid))
    changes = {"starts_on": (None, command.starts_on), "amount": (None, command.amount.amount)}
    tx.touched("program", program.id, "budget_added", changes)
    return budget.id


@use_case(EDIT_PROGRAMS)
async def change_budget(tx: Tx, command: ChangeBudget) -> None:
    """Change the period or the amount of a budget (S3).

    It may become less than what was promised: then nothing more can be promised from it. Raises NotFound,
    EndsBeforeStart, EditedMeanwhile, BudgetInAnotherCurrency, BudgetOverlaps.
    """
    _check_days(command.starts_on, command.ends_on)
    program = await locked_program(tx, command.program_id)
    budget = await tx.session.get(ProgramBudget, command.budget_id, populate_existing=True)
    if budget is None or budget.program_id != program.id:
        raise NotFound(what="budget")
    wanted: dict[str, Any] = {
        "starts_on": command.starts_on,
        "ends_on": command.ends_on,
        "amount": command.amount.amount,
    }
    changes = {
        name: (getattr(budget, name), new) for name, new in wanted.items() if getattr(budget, name) != new
    }
    if budget.version != command.version:
        raise EditedMeanwhile(current=budget.version, difference=changes)
    if budget.currency != command.amount.currency:
        raise BudgetInAnotherCurrency(field="amount", currency=budget.currency)
    await _require_free(tx, program.id, command, budget.currency, but=budget.id)
    for name, (_, new) in changes.items():
        setattr(budget, name, new)
    if changes.keys() & {"starts_on", "ends_on"}:
        use = await tx.session.get_one(BudgetUse, budget.id, populate_existing=True)
        use.committed, use.paid = await _spent(tx, budget)
    if changes:
        tx.touched("program", program.id, "budget_changed", changes)


async def _spent(tx: Tx, budget: ProgramBudget) -> tuple[Decimal, Decimal]:
    """What later features have promised and paid from a budget."""
    committed = paid = _NOTHING
    for spent in offers_of(tx.runtime.features, "spent_from_budget"):
        more, of_it = await spent(tx, budget)
        committed, paid = committed + more, paid + of_it
    return committed, paid


async def _require_free(
    tx: Tx, program_id: UUID, fields: BudgetFields, currency: str, but: UUID | None = None
) -> None:
    """Refuse a period that shares a day with another budget; the database would refuse it too."""
    found = await tx.execute(
        select(ProgramBudget.id, ProgramBudget.starts_on, ProgramBudget.ends_on).where(
            ProgramBudget.program_id == program_id,
            ProgramBudget.currency == currency,
            ProgramBudget.starts_on <= fields.ends_on,
            ProgramBudget.ends_on >= fields.starts_on,
        )
    )
    for id_, starts_on, ends_on in found:
        if id_ != but:
            raise BudgetOverlaps(field="starts_on", currency=currency, starts_on=starts_on, ends_on=ends_on)


def _check_days(first: date | None, last: date | None) -> None:
    if first is not None and last is not None and last < first:
        raise EndsBeforeStart(field="ends_on")


def _fields(command: AddProgram) -> dict[str, Any]:
    return {
        "name_en": command.name_en,
        "name_fr": command.name_fr,
        "starts_on": command.starts_on,
        "ends_on": command.ends_on,
        "kinds": sorted({kind.value for kind in command.kinds}),
    }


# ------------------------------------------------- used by the commands of other features
async def locked_program(tx: Tx, program_id: UUID) -> Program:
    """The program, locked until the transaction ends: its budgets and what is spent stay. Raises NotFound."""
    found = await tx.execute(
        select(Program)
        .where(Program.id == program_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    program = found.scalar_one_or_none()
    if program is None:
        raise NotFound(what="program")
    return program


async def require_program(tx: Tx, program_id: UUID | None, field: str) -> None:
    """Refuse with ProgramNotOffered a program that can't be chosen today; None stands for no choice."""
    if program_id is None:
        return
    offered = select(Program.id).where(Program.id == program_id, is_offered(tx.today))
    if await tx.scalar(offered) is None:
        raise ProgramNotOffered(field=field)
