"""What becomes of subsidies when somebody is erased (X7): what was paid stays, for whom and why goes."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, or_, select

from chassis.erasing import TODAY, ErasedRows
from chassis.errors import DomainError, Kind
from chassis.tx import ReadTx, Tx
from support_svc.subsidies.feature import RETAIN_MONEY
from support_svc.subsidies.model import Subsidy, SubsidyPayment, SubsidyRate, SubsidyReport

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        Subsidy.client_id,
        stays=(
            Subsidy.id,
            Subsidy.version,
            Subsidy.placement_id,
            Subsidy.prevention_id,
            Subsidy.program_id,
            Subsidy.kind,
            Subsidy.reason_id,
            Subsidy.starts_on,
            Subsidy.ends_on,
            Subsidy.currency,
            Subsidy.next_due_on,
            Subsidy.recorded_at,
            Subsidy.recorded_by_name,
        ),
        blanked={Subsidy.comments: None},
        period=RETAIN_MONEY,
        last=func.greatest(Subsidy.starts_on, func.coalesce(Subsidy.ends_on, TODAY)),
    ),
    ErasedRows(
        SubsidyRate.subsidy_id,
        stays=(SubsidyRate.from_on, SubsidyRate.amount, SubsidyRate.frequency, SubsidyRate.anchor),
    ),
    ErasedRows(
        SubsidyPayment.subsidy_id,
        stays=(
            SubsidyPayment.id,
            SubsidyPayment.version,
            SubsidyPayment.due_on,
            SubsidyPayment.outcome,
            SubsidyPayment.amount,
            SubsidyPayment.paid_on,
            SubsidyPayment.recorded_at,
            SubsidyPayment.recorded_by_name,
        ),
        blanked={SubsidyPayment.reason: None},
    ),
    ErasedRows(SubsidyReport.subsidy_id, references=(SubsidyReport.reference, SubsidyReport.referral)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS


class SubsidyRuns(DomainError):
    """Nothing is erased of a person for whom a program still pays."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "subsidy_runs"
    message: ClassVar[str] = (
        "A subsidy that began on {starts_on} hasn't ended, or a payment isn't recorded yet."
    )


async def running_subsidies(tx: Tx | ReadTx, people: Sequence[UUID]) -> Sequence[DomainError]:
    """Return the subsidies of a person that haven't ended, or of which a payment is still due."""
    running = select(Subsidy.starts_on).where(
        Subsidy.client_id.in_(people),
        or_(Subsidy.ends_on.is_(None), Subsidy.ends_on >= tx.today, Subsidy.next_due_on.is_not(None)),
    )
    return [SubsidyRuns(starts_on=day) for day in (await tx.execute(running)).scalars()]
