"""Reading programs, and what of their budgets is left (S3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.lookups import Labelled
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.history.records import RecordChange, changes_of
from support_svc.programs.feature import VIEW_PROGRAMS
from support_svc.programs.model import BudgetUse, Program, ProgramBudget, SubsidyKind, is_offered


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget: what is promised from it, what of that is paid, and what is left."""

    id: UUID
    starts_on: date
    ends_on: date
    amount: Decimal
    currency: str
    committed: Decimal
    paid: Decimal
    version: int
    left: Decimal


@dataclass(frozen=True, slots=True)
class ProgramView(Labelled):
    """A program with its budgets, the latest first."""

    id: UUID
    label_en: str
    label_fr: str
    starts_on: date | None
    ends_on: date | None
    kinds: tuple[SubsidyKind, ...]
    offered: bool
    version: int
    budgets: tuple[BudgetView, ...]


@query(VIEW_PROGRAMS)
async def programs(tx: ReadTx, *, offered: bool = False) -> list[ProgramView]:
    """Every program by its name, with its budgets; with `offered` only those that can be chosen today."""
    statement = select(Program).order_by(Program.name_en, Program.id)
    if offered:
        statement = statement.where(is_offered(tx.today))
    found = (await tx.execute(statement)).scalars().all()
    return await _views(tx, found)


@query(VIEW_PROGRAMS)
async def program_changes(tx: ReadTx, program_id: UUID) -> tuple[RecordChange, ...]:
    """Who changed a program or a budget of it, and when (X3)."""
    return await changes_of(tx, "program", program_id)


@query(VIEW_PROGRAMS)
async def program(tx: ReadTx, program_id: UUID) -> ProgramView:
    """One program. Raises NotFound."""
    found = await tx.session.get(Program, program_id)
    if found is None:
        raise NotFound(what="program")
    (view,) = await _views(tx, [found])
    return view


async def _views(tx: ReadTx, found: Iterable[Program]) -> list[ProgramView]:
    rows = list(found)
    budgets: dict[UUID, list[BudgetView]] = {}
    for budget, use in await tx.execute(
        select(ProgramBudget, BudgetUse)
        .join(BudgetUse, BudgetUse.budget_id == ProgramBudget.id)
        .where(ProgramBudget.program_id.in_([one.id for one in rows]))
        .order_by(ProgramBudget.starts_on.desc(), ProgramBudget.currency)
    ):
        budgets.setdefault(budget.program_id, []).append(
            BudgetView(
                id=budget.id,
                starts_on=budget.starts_on,
                ends_on=budget.ends_on,
                amount=budget.amount,
                currency=budget.currency,
                committed=use.committed,
                paid=use.paid,
                version=budget.version,
                left=budget.amount - use.committed,
            )
        )
    return [
        ProgramView(
            id=one.id,
            label_en=one.name_en,
            label_fr=one.name_fr,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            kinds=tuple(kind for kind in SubsidyKind if kind in one.kinds),
            offered=one.is_offered_on(tx.today),
            version=one.version,
            budgets=tuple(budgets.get(one.id, ())),
        )
        for one in rows
    ]
