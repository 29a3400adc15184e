"""Moving in through the API (P7)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, direct
from support_svc.moving_in.commands import (
    CorrectMoveIn,
    MoveIn,
    MoveInCorrection,
    MoveInFields,
    correct_move_in,
    move_in,
)

router = ApiRouter(tags=["moving in"])


@router.post("/placements/{placement_id}/move-in", status_code=204)
@direct
async def post_move_in(call: Call, placement_id: UUID, body: MoveInFields) -> None:
    """Move the household in."""
    await call.perform(move_in, MoveIn(placement_id=placement_id, **dict(body)))


@router.put("/placements/{placement_id}/move-in", status_code=204)
async def put_move_in(call: Call, placement_id: UUID, body: MoveInCorrection) -> None:
    """Correct the move-in date."""
    await call.perform(correct_move_in, CorrectMoveIn(placement_id=placement_id, **dict(body)))
