"""Housing placements through the API (P1-P8, P10)."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query

from chassis.http import ApiRouter, Call, Created, direct
from support_svc.followups.queries import FollowUpView, follow_ups_of
from support_svc.homes.queries import HomeFilter, HomePage
from support_svc.placements.asking import (
    GiveUpUnit,
    ReferHousehold,
    Referral,
    SecureUnit,
    SecuringStarted,
    UnitToGiveUp,
    UnitToSecure,
    give_up_unit,
    refer_household,
    secure_unit,
)
from support_svc.placements.commands import (
    AttemptFields,
    ChangedPlacement,
    ChangePlacement,
    RecordAttempt,
    StartPlacement,
    change_placement,
    record_attempt,
    start_placement,
)
from support_svc.placements.correcting import (
    AttemptCorrection,
    CorrectAttempt,
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    CorrectMoveIn,
    DueDay,
    FollowUpCorrection,
    LastDayCorrection,
    MoveInCorrection,
    correct_attempt,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    correct_move_in,
)
from support_svc.placements.following_up import FollowUpFields, RecordFollowUp, record_follow_up
from support_svc.placements.happenings import (
    CrossingView,
    TimelineView,
    crossing,
    search_for_placement,
    timeline,
)
from support_svc.placements.listing import PlacementFilter, PlacementPage, placements
from support_svc.placements.moving_in import MoveIn, MoveInFields, move_in
from support_svc.placements.previews import ReferralTelling, Telling, what_is_referred, what_is_told
from support_svc.placements.queries import AttemptView, PlacementView, attempts, placement

router = ApiRouter(tags=["placements"])


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """The placement whose follow-up was recorded."""

    placement_id: UUID


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


@router.get("/placements/{placement_id}/homes")
async def find_homes(call: Call, placement_id: UUID, wanted: Annotated[HomeFilter, Query()]) -> HomePage:
    """New Housing Search for a placement: each home with how well it fits, and why."""
    return await call.ask(search_for_placement, placement_id, wanted)


@router.get("/placements/{placement_id}/homes/{unit}/telling")
async def get_telling(call: Call, placement_id: UUID, unit: UUID, expected_move_in: date) -> Telling:
    """What the inventory and the property entity would be told by Secure Unit, word for word."""
    return await call.ask(what_is_told, placement_id, unit, expected_move_in)


@router.post("/placements/{placement_id}/secure-unit", status_code=202)
@direct
async def post_secure_unit(call: Call, placement_id: UUID, body: UnitToSecure) -> SecuringStarted:
    """Ask the inventory for a home; the answer comes by itself."""
    return await call.perform(secure_unit, SecureUnit(placement_id=placement_id, **dict(body)))


@router.post("/placements/{placement_id}/give-up-unit", status_code=204)
async def post_give_up(call: Call, placement_id: UUID, body: UnitToGiveUp | None = None) -> None:
    """Give up the home that is asked for or held."""
    await call.perform(give_up_unit, GiveUpUnit(placement_id=placement_id, **dict(body or {})))


@router.get("/placements/{placement_id}/referral/telling")
async def get_referral_telling(call: Call, placement_id: UUID) -> ReferralTelling:
    """What a referral for the home that is held would tell the property entity, word for word."""
    return await call.ask(what_is_referred, placement_id)


@router.post("/placements/{placement_id}/referral")
async def post_referral(call: Call, placement_id: UUID) -> Referral:
    """Refer the household for a home that turned out to be the property entity's after it was secured."""
    return await call.perform(refer_household, ReferHousehold(placement_id=placement_id))


@router.post("/placements/{placement_id}/move-in", status_code=204)
async def post_move_in(call: Call, placement_id: UUID, body: MoveInFields) -> None:
    """Move the household in."""
    await call.perform(move_in, MoveIn(placement_id=placement_id, **dict(body)))


@router.get("/placements/{placement_id}/follow-ups")
async def get_follow_ups(call: Call, placement_id: UUID) -> list[FollowUpView]:
    """The follow-ups of a placement."""
    return await call.ask(follow_ups_of, placement_id)


@router.post("/placements/{placement_id}/follow-ups", status_code=201)
@direct
async def post_follow_up(call: Call, placement_id: UUID, body: FollowUpFields) -> FollowedUp:
    """Record the follow-up that is due."""
    command = RecordFollowUp(placement_id=placement_id, **dict(body))
    return FollowedUp(placement_id=await call.perform(record_follow_up, command))


# --------------------------------------------------- corrections, each with its reason
@router.put("/placements/{placement_id}/move-in", status_code=204)
async def put_move_in(call: Call, placement_id: UUID, body: MoveInCorrection) -> None:
    """Correct the move-in date."""
    await call.perform(correct_move_in, CorrectMoveIn(placement_id=placement_id, **dict(body)))


@router.put("/placements/{placement_id}/members/{client_id}/last-day", status_code=204)
async def put_last_day(call: Call, placement_id: UUID, client_id: UUID, body: LastDayCorrection) -> None:
    """Correct the day on which somebody left."""
    command = CorrectLastDay(placement_id=placement_id, client_id=client_id, **dict(body))
    await call.perform(correct_last_day, command)


@router.put("/placements/{placement_id}/attempts/{attempt_id}", status_code=204)
async def put_attempt(call: Call, placement_id: UUID, attempt_id: UUID, body: AttemptCorrection) -> None:
    """Correct an attempt."""
    command = CorrectAttempt(placement_id=placement_id, attempt_id=attempt_id, **dict(body))
    await call.perform(correct_attempt, command)


@router.put("/placements/{placement_id}/follow-ups/{follow_up_id}", status_code=204)
async def put_follow_up(call: Call, placement_id: UUID, follow_up_id: UUID, body: FollowUpCorrection) -> None:
    """Correct a follow-up that was recorded."""
    command = CorrectFollowUp(placement_id=placement_id, follow_up_id=follow_up_id, **dict(body))
    await call.perform(correct_follow_up, command)


@router.put("/placements/{placement_id}/next-follow-up", status_code=204)
async def put_next_follow_up(call: Call, placement_id: UUID, body: DueDay) -> None:
    """Correct when the next follow-up is due."""
    await call.perform(correct_due_day, CorrectDueDay(placement_id=placement_id, **dict(body)))


@router.get("/placements/{placement_id}/timeline")
async def get_timeline(call: Call, placement_id: UUID) -> list[TimelineView]:
    """Everything that happened to a placement."""
    return await call.ask(timeline, placement_id)


@router.get("/placements/{placement_id}/crossing")
async def get_crossing(call: Call, placement_id: UUID) -> list[CrossingView]:
    """What was told about a placement, and what was withheld."""
    return await call.ask(crossing, placement_id)
