"""What becomes of housing loss prevention when somebody is erased (X7): how it ended stays, for whom goes."""

from collections.abc import Sequence
from typing import ClassVar
from uuid import UUID

from sqlalchemy import func, select

from chassis.erasing import TODAY, ErasedRows
from chassis.errors import DomainError, Kind
from chassis.tx import ReadTx, Tx
from support_svc.housing_history.feature import RETAIN_HOUSING
from support_svc.housing_loss_prevention.model import (
    Debt,
    HousingLossPrevention,
    PreventionStatus,
    TenancyRisk,
)

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        HousingLossPrevention.client_id,
        stays=(
            HousingLossPrevention.id,
            HousingLossPrevention.number,
            HousingLossPrevention.stay_id,
            HousingLossPrevention.reason_id,
            HousingLossPrevention.started_on,
            HousingLossPrevention.caseworker,
            HousingLossPrevention.program_id,
            HousingLossPrevention.risk_source,
            HousingLossPrevention.remedy_by,
            HousingLossPrevention.status,
            HousingLossPrevention.ended_on,
            HousingLossPrevention.outcome,
            HousingLossPrevention.opened_at,
            HousingLossPrevention.version,
        ),
        period=RETAIN_HOUSING,
        last=func.greatest(
            HousingLossPrevention.started_on, func.coalesce(HousingLossPrevention.ended_on, TODAY)
        ),
    ),
    ErasedRows(
        Debt.client_id,
        stays=(
            Debt.id,
            Debt.prevention_id,
            Debt.creditor_kind_id,
            Debt.amount,
            Debt.currency,
            Debt.repayment_plan,
            Debt.recorded_at,
            Debt.version,
        ),
    ),
    ErasedRows(TenancyRisk.placement_id, references=(TenancyRisk.risk, TenancyRisk.referral)),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS


class PreventionRuns(DomainError):
    """Nothing is erased of a person for whom somebody still prevents the loss of the home."""

    kind: ClassVar[Kind] = Kind.conflict
    code: ClassVar[str] = "prevention_runs"
    message: ClassVar[str] = "Housing loss prevention {number} is still open."

    def __init__(self, number: int) -> None:
        super().__init__(number=number)


async def open_preventions(tx: Tx | ReadTx, people: Sequence[UUID]) -> Sequence[DomainError]:
    """Return what is still done so that a person can stay in the home."""
    running = select(HousingLossPrevention.number).where(
        HousingLossPrevention.client_id.in_(people), HousingLossPrevention.status == PreventionStatus.OPEN
    )
    return [PreventionRuns(number) for number in (await tx.execute(running)).scalars()]
