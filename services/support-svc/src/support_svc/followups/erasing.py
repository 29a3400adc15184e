"""What becomes of follow-ups when somebody is erased (X7): what was found stays, what was written goes."""

from collections.abc import Sequence

from sqlalchemy import func

from chassis.erasing import ErasedRows
from support_svc.followups.model import FollowUp, FollowUpOutcome
from support_svc.housing_history.feature import RETAIN_HOUSING

_PARTS: Sequence[ErasedRows] = (
    ErasedRows(
        FollowUp.client_id,
        stays=(
            FollowUp.id,
            FollowUp.subject,
            FollowUp.subject_id,
            FollowUp.caseworker,
            FollowUp.due_on,
            FollowUp.anchor_on,
            FollowUp.state,
            FollowUp.done_on,
            FollowUp.months_since,
            FollowUp.final,
            FollowUp.recorded_by_name,
            FollowUp.recorded_at,
            FollowUp.version,
        ),
        blanked={FollowUp.comments: None},
        period=RETAIN_HOUSING,
        last=func.coalesce(FollowUp.done_on, FollowUp.due_on),
    ),
    ErasedRows(
        FollowUpOutcome.client_id,
        stays=(
            FollowUpOutcome.followup_id,
            FollowUpOutcome.still_in_housing,
            FollowUpOutcome.reason_left_id,
            FollowUpOutcome.housed_elsewhere,
        ),
    ),
)


def erased_with_person() -> Sequence[ErasedRows]:
    """What becomes of this feature's rows about an erased person."""
    return _PARTS
