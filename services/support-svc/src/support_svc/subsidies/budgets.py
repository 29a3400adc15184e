"""What subsidies take of the budgets of their programs (S3).

Whoever changes what is promised holds the lock of the program, so that awards at once are decided one after
the other.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import or_, select

from chassis.tx import Tx
from support_svc.programs.commands import locked_program
from support_svc.programs.model import BudgetUse, Program, ProgramBudget
from support_svc.subsidies.model import BudgetExceeded, Money, NoBudget, Subsidy
from support_svc.subsidies.records import terms_of
from support_svc.subsidies.schedule import NOTHING, Terms, payments, spent, standings

Budgets = Sequence[tuple[ProgramBudget, BudgetUse]]
_STEP = 1000


async def budgets_of(tx: Tx, program: Program, currency: str) -> Budgets:
    """Return the budgets of a program that is locked, in one currency and in their order."""
    found = await tx.execute(
        select(ProgramBudget, BudgetUse)
        .join(BudgetUse, BudgetUse.budget_id == ProgramBudget.id)
        .where(ProgramBudget.program_id == program.id, ProgramBudget.currency == currency)
        .order_by(ProgramBudget.starts_on)
        .execution_options(populate_existing=True)
    )
    return [(budget, use) for budget, use in found]


def require_budget(budgets: Budgets, terms: Terms) -> None:
    """Refuse with NoBudget a subsidy whose first payment falls due in no budget.

    What falls due after the last budget is committed once there is one for it.
    """
    latest = terms.rates[0].anchor
    for first in payments(terms.rates, terms.ends_on, latest):
        if not any(budget.starts_on <= first.due_on <= budget.ends_on for budget, _ in budgets):
            raise NoBudget(field="program_id", currency=terms.currency, day=first.due_on)


def commit(budgets: Budgets, before: Terms | None, after: Terms, today: date, field: str = "amount") -> None:
    """Take from each budget what a subsidy takes of it now instead of before.

    Raises BudgetExceeded with the figures when it takes more than is left.
    """
    if not budgets:
        return
    until = budgets[-1][0].ends_on
    now = standings(after, until, today)
    was = standings(before, until, today) if before is not None else []
    for budget, use in budgets:
        committed, paid = spent(now, budget.starts_on, budget.ends_on)
        committed_before, paid_before = spent(was, budget.starts_on, budget.ends_on)
        more = committed - committed_before
        left = budget.amount - use.committed
        if more > NOTHING and more > left:
            raise BudgetExceeded(
                field=field,
                starts_on=budget.starts_on,
                ends_on=budget.ends_on,
                budget=Money(budget.amount, budget.currency),
                committed=Money(use.committed, budget.currency),
                left=Money(left, budget.currency),
                needed=Money(more, budget.currency),
            )
        use.committed += more
        use.paid += paid - paid_before


async def charge(tx: Tx, subsidy: Subsidy, before: Terms, after: Terms) -> None:
    """Take from the program's budgets what a subsidy takes now. Raises BudgetExceeded."""
    program = await locked_program(tx, subsidy.program_id)
    commit(await budgets_of(tx, program, subsidy.currency), before, after, tx.today)


# ------------------------------------------------- asked by programs
async def spent_from_budget(tx: Tx, budget: ProgramBudget) -> tuple[Decimal, Decimal]:
    """Return what all subsidies take of a budget, and what of that is paid, added up from their payments."""
    committed = paid = NOTHING
    after = None
    while True:
        wanted = select(Subsidy).where(
            Subsidy.program_id == budget.program_id,
            Subsidy.currency == budget.currency,
            Subsidy.starts_on <= budget.ends_on,
            or_(Subsidy.ends_on.is_(None), Subsidy.ends_on >= budget.starts_on),
        )
        if after is not None:
            wanted = wanted.where(Subsidy.id > after)
        found = (await tx.execute(wanted.order_by(Subsidy.id).limit(_STEP))).scalars().all()
        if not found:
            return committed, paid
        for terms in (await terms_of(tx, found)).values():
            more, of_it = spent(standings(terms, budget.ends_on, tx.today), budget.starts_on, budget.ends_on)
            committed, paid = committed + more, paid + of_it
        after = found[-1].id
