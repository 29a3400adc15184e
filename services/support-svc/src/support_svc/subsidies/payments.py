"""Recording what became of the payments of a subsidy, and correcting that (S2)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.corrections.commands import correct
from support_svc.corrections.model import Corrected, NothingCorrected, Reasoned
from support_svc.placements.model import InTheFuture
from support_svc.subsidies.budgets import charge
from support_svc.subsidies.commands import PaidAmount
from support_svc.subsidies.feature import EDIT_SUBSIDIES
from support_svc.subsidies.model import (
    NotDueYet,
    Outcome,
    PaidOnNeeded,
    PaymentRecorded,
    Subsidy,
    SubsidyInAnotherCurrency,
    SubsidyPayment,
    WhyMissedNeeded,
)
from support_svc.subsidies.records import locked, recorded_as
from support_svc.subsidies.schedule import amount_due, next_to_record
from trade.dates import PastDay, SubsidyDay

EARLY = timedelta(days=31)
"""How long before it falls due a payment can be made."""
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class PaymentFields(BaseModel):
    """What became of a payment; one that was missed has a reason, one that was paid a day."""

    outcome: Outcome = Field(title="What became of it")
    paid_on: PastDay | None = Field(default=None, title="Paid on")
    amount: PaidAmount | None = Field(default=None, title="Amount paid")
    """Without a value it's the amount that falls due."""
    why: Why | None = Field(default=None, title="Why it was missed")


class RecordPayment(PaymentFields):
    """Record what became of a payment that fell due (S2)."""

    subsidy_id: UUID
    due_on: SubsidyDay


class PaymentCorrection(PaymentFields, Reasoned):
    """What really became of a payment, with the version that was shown (X4)."""

    version: int


class CorrectPayment(PaymentCorrection):
    """Correct what was recorded of a payment."""

    subsidy_id: UUID
    due_on: SubsidyDay


@use_case(EDIT_SUBSIDIES)
async def record_payment(tx: Tx, command: RecordPayment) -> None:
    """Record that a payment was paid or missed (S2); one that was missed takes nothing of the budget.

    Raises NotFound, NotDueYet, PaymentRecorded, PaidOnNeeded, WhyMissedNeeded, InTheFuture, BudgetExceeded,
    SubsidyInAnotherCurrency.
    """
    subsidy, terms = await locked(tx, command.subsidy_id)
    amount = amount_due(terms, command.due_on)
    if amount is None:
        raise NotFound(what="payment")
    early = EARLY if command.outcome is Outcome.PAID else timedelta(0)
    if command.due_on > tx.today + early:
        raise NotDueYet
    if command.due_on in terms.recorded:
        raise PaymentRecorded
    payment = SubsidyPayment(
        id=new_id(),
        subsidy_id=subsidy.id,
        due_on=command.due_on,
        reason=command.why,
        recorded_at=tx.now,
        recorded_by_name=tx.actor.name,
        **_became(tx, subsidy, command, amount),
    )
    after = replace(terms, recorded={**terms.recorded, command.due_on: recorded_as(payment)})
    await charge(tx, subsidy, terms, after)
    tx.session.add(payment)
    changes = {"due_on": (None, command.due_on), "outcome": (None, command.outcome)}
    tx.touched("subsidy", subsidy.id, "payment_recorded", changes)
    subsidy.next_due_on = next_to_record(after, tx.today)


@use_case(EDIT_SUBSIDIES)
async def correct_payment(tx: Tx, command: CorrectPayment) -> None:
    """Correct what was recorded of a payment, with the reason (S2).

    Raises NotFound, NothingCorrected, and what recording it refuses.
    """
    subsidy, terms = await locked(tx, command.subsidy_id)
    payment = await tx.scalar(
        select(SubsidyPayment).where(
            SubsidyPayment.subsidy_id == subsidy.id, SubsidyPayment.due_on == command.due_on
        )
    )
    if payment is None:
        raise NotFound(what="payment")
    if payment.version != command.version:
        raise EditedMeanwhile(current=payment.version)
    if command.outcome is Outcome.MISSED and command.due_on > tx.today:
        raise NotDueYet
    due = amount_due(terms, command.due_on)
    became = _became(tx, subsidy, command, payment.amount if due is None else due)
    changes = {name: (getattr(payment, name), new) for name, new in {**became, "reason": command.why}.items()}
    if not correct(tx, Corrected.SUBSIDY_PAYMENT, payment.id, command.reason, changes):
        raise NothingCorrected
    for name, (_, new) in changes.items():
        setattr(payment, name, new)
    after = replace(terms, recorded={**terms.recorded, command.due_on: recorded_as(payment)})
    await charge(tx, subsidy, terms, after)
    tx.touched("subsidy", subsidy.id, "payment_corrected", {"due_on": (None, command.due_on)})


def _became(tx: Tx, subsidy: Subsidy, fields: PaymentFields, amount: Decimal) -> dict[str, Any]:
    """What became of a payment, once it's checked."""
    paid = fields.outcome is Outcome.PAID
    if paid is (fields.paid_on is None):
        raise PaidOnNeeded(field="paid_on")
    if fields.paid_on is not None and fields.paid_on > tx.today:
        raise InTheFuture(field="paid_on")
    if not paid and fields.why is None:
        raise WhyMissedNeeded(field="why")
    if paid and fields.amount is not None:
        if fields.amount.currency != subsidy.currency:
            raise SubsidyInAnotherCurrency(field="amount", currency=subsidy.currency)
        amount = fields.amount.amount
    return {"outcome": fields.outcome, "paid_on": fields.paid_on, "amount": amount}
