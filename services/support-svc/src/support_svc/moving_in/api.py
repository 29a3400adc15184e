"""Moving in through the API (P7)."""

from uuid import UUID

from chassis.http import ApiRouter, Call, direct
from support_svc.moving_in.commands import (
    CorrectMoveIn,
    JoinHome,
    Joining,
    MoveIn,
    MoveInCorrection,
    MoveInFields,
    correct_move_in,
    join_home,
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


@router.post("/placements/{placement_id}/members", status_code=204)
async def post_member(call: Call, placement_id: UUID, body: Joining) -> None:
    """Let somebody of the household join it in the home from a day on."""
    await call.perform(join_home, JoinHome(placement_id=placement_id, **dict(body)))
