"""Moving plans when two records of one person are merged: steps go with their goal (C3, C10)."""

from collections.abc import Sequence

from support_svc.clients.one_person import MovesRows, MovesToClient, MovesWith
from support_svc.plans.model import PlanGoal, PlanStep

_PARTS = (
    MovesRows(PlanGoal.client_id),
    MovesWith(PlanStep.client_id, PlanStep.goal_id, PlanGoal.client_id),
)


def moved_to_client() -> Sequence[MovesToClient]:
    """What of this feature is moved when two records of one person are merged."""
    return _PARTS
