"""Follow-ups of cases through the API (P8, H2, F1)."""

from dataclasses import dataclass
from uuid import UUID

from chassis.http import ApiRouter, Call, direct
from support_svc.followups.commands import (
    CorrectDueDay,
    CorrectFollowUp,
    CorrectLastDay,
    DueDay,
    FollowUpCorrection,
    FollowUpFields,
    LastDayCorrection,
    RecordFollowUp,
    correct_due_day,
    correct_follow_up,
    correct_last_day,
    record_follow_up,
)
from support_svc.followups.model import Cases
from support_svc.followups.queries import FollowUpView, follow_ups_of

router = ApiRouter(tags=["follow-ups"])


@dataclass(frozen=True, slots=True)
class FollowedUp:
    """The case whose follow-up was recorded."""

    case_id: UUID


@router.get("/{cases}/{case_id}/follow-ups")
async def get_follow_ups(call: Call, cases: Cases, case_id: UUID) -> list[FollowUpView]:
    """The follow-ups of a case."""
    return await call.ask(follow_ups_of, cases, case_id)


@router.post("/{cases}/{case_id}/follow-ups", status_code=201)
@direct
async def post_follow_up(call: Call, cases: Cases, case_id: UUID, body: FollowUpFields) -> FollowedUp:
    """Record the follow-up that is due."""
    command = RecordFollowUp(cases=cases, case_id=case_id, **dict(body))
    return FollowedUp(case_id=await call.perform(record_follow_up, command))


@router.put("/placements/{placement_id}/members/{client_id}/last-day", status_code=204)
async def put_last_day(call: Call, placement_id: UUID, client_id: UUID, body: LastDayCorrection) -> None:
    """Correct the day on which somebody left."""
    command = CorrectLastDay(placement_id=placement_id, client_id=client_id, **dict(body))
    await call.perform(correct_last_day, command)


@router.put("/{cases}/{case_id}/follow-ups/{follow_up_id}", status_code=204)
async def put_follow_up(
    call: Call, cases: Cases, case_id: UUID, follow_up_id: UUID, body: FollowUpCorrection
) -> None:
    """Correct a follow-up that was recorded."""
    command = CorrectFollowUp(cases=cases, case_id=case_id, follow_up_id=follow_up_id, **dict(body))
    await call.perform(correct_follow_up, command)


@router.put("/{cases}/{case_id}/next-follow-up", status_code=204)
async def put_next_follow_up(call: Call, cases: Cases, case_id: UUID, body: DueDay) -> None:
    """Correct when the next follow-up is due."""
    await call.perform(correct_due_day, CorrectDueDay(cases=cases, case_id=case_id, **dict(body)))
