"""What becomes of a client's plan when the client is erased (X7)."""

from collections.abc import Sequence

from sqlalchemy import func

from chassis.erasing import ErasedRows
from support_svc.clients.feature import RETAIN_CASE_FILE
from support_svc.plans.model import PlanGoal, PlanStep

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        PlanGoal.client_id,
        period=RETAIN_CASE_FILE,
        last=func.greatest(func.date(PlanGoal.recorded_at), PlanGoal.ended_on),
    ),
    ErasedRows(
        PlanStep.client_id,
        period=RETAIN_CASE_FILE,
        last=func.greatest(func.date(PlanStep.recorded_at), PlanStep.closed_on),
    ),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
