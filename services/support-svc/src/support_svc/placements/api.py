"""Housing placements through the API (P1-P4, P10)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, Created
from support_svc.placements.commands import (
    AttemptCorrection,
    AttemptFields,
    ChangedPlacement,
    ChangePlacement,
    CorrectAttempt,
    RecordAttempt,
    StartPlacement,
    change_placement,
    correct_attempt,
    record_attempt,
    start_placement,
)
from support_svc.placements.listing import PlacementFilter, PlacementPage, placements
from support_svc.placements.queries import (
    AttemptView,
    PlacementView,
    attempts,
    placement,
)
from support_svc.placements.timeline import CrossingView, TimelineView, crossing, timeline

router = ApiRouter(tags=["placements"])


@router.get("/placements")
async def find_placements(call: Call, wanted: Annotated[PlacementFilter, Query()]) -> PlacementPage:
    """The list of placements with the urgent counts."""
    return await call.ask(placements, wanted)


@router.post("/placements", status_code=201)
async def post_placement(call: Call, command: StartPlacement) -> Created:
    """Start Housing Placement."""
    return Created(id=await call.perform(start_placement, command))


@router.put("/placements/{placement_id}", status_code=204)
async def put_placement(call: Call, placement_id: UUID, body: ChangedPlacement) -> None:
    """Change what is sought, by whom and until when."""
    await call.perform(change_placement, ChangePlacement(placement_id=placement_id, **dict(body)))


@router.get("/placements/{placement_id}")
async def get_placement(call: Call, placement_id: UUID) -> PlacementView:
    """A placement's record; the view is logged."""
    return await call.ask(placement, placement_id)


@router.get("/placements/{placement_id}/attempts")
async def get_attempts(call: Call, placement_id: UUID) -> list[AttemptView]:
    """The attempts of a placement."""
    return await call.ask(attempts, placement_id)


@router.post("/placements/{placement_id}/attempts", status_code=201)
async def post_attempt(call: Call, placement_id: UUID, body: AttemptFields) -> Created:
    """Record an attempt; a final one ends the placement."""
    command = RecordAttempt(placement_id=placement_id, **dict(body))
    return Created(id=await call.perform(record_attempt, command))


@router.put("/placements/{placement_id}/attempts/{attempt_id}", status_code=204)
async def put_attempt(call: Call, placement_id: UUID, attempt_id: UUID, body: AttemptCorrection) -> None:
    """Correct an attempt."""
    command = CorrectAttempt(placement_id=placement_id, attempt_id=attempt_id, **dict(body))
    await call.perform(correct_attempt, command)


@router.get("/placements/{placement_id}/timeline")
async def get_timeline(call: Call, placement_id: UUID) -> list[TimelineView]:
    """Everything that happened to a placement."""
    return await call.ask(timeline, placement_id)


@router.get("/placements/{placement_id}/crossing")
async def get_crossing(call: Call, placement_id: UUID, to: str | None = None) -> list[CrossingView]:
    """What was sent about a placement, and what was withheld."""
    return await call.ask(crossing, placement_id, to)
