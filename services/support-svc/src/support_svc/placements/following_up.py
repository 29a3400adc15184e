"""Recording a follow-up of a placement (P8): who is still in housing, what comes next, and when it ends."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.commands import change_head, require_head
from support_svc.clients.queries import household_on, names_of
from support_svc.followups.commands import done_days, due_follow_up, set_follow_up
from support_svc.followups.feature import RECORD_FOLLOW_UP
from support_svc.followups.model import (
    FollowUpOutcome,
    FollowUpState,
    FollowUpSubject,
    StillInHousing,
    due_date,
    months_between,
)
from support_svc.housing_history.commands import end_stay
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.lookups.commands import require_values
from support_svc.placements.commands import end_placement
from support_svc.placements.model import HouseholdMovedOut, Placement, PlacementStatus, TimelineKind
from support_svc.placements.moving_in import stay_of_placement
from support_svc.placements.problems import (
    AnsweredTwice,
    BeforeMoveIn,
    EverybodyAnswered,
    HeadNeeded,
    InTheFuture,
    NotIncluded,
    PlacementEnded,
    ReasonLeftNeeded,
)
from support_svc.placements.rows import (
    active_members,
    current_request,
    locked_placement,
    note,
    tell_move,
)
from trade.dates import FollowUpDay, PastDay


class Outcome(BaseModel):
    """What was found for one person."""

    client_id: UUID
    still_in_housing: StillInHousing = Field(title="Still in housing")
    reason_left_id: UUID | None = Field(default=None, title="Reason left")
    housed_elsewhere: bool | None = Field(default=None, title="Housed elsewhere")


class FollowUpFields(BaseModel):
    """What a follow-up found, and what comes after it."""

    done_on: PastDay = Field(title="Follow-up date")
    months_since: Annotated[int, Field(ge=0, le=600)] | None = Field(
        default=None, title="Months since the last follow-up or move-in"
    )
    final: bool = Field(default=False, title="Final follow-up")
    outcomes: list[Outcome] = Field(default=[], max_length=20)
    next_on: FollowUpDay | None = Field(default=None, title="Date of the next follow-up")
    next_months: Annotated[int, Field(ge=1, le=36)] | None = Field(
        default=None, title="Months until the next follow-up"
    )
    new_head_id: UUID | None = Field(default=None, title="New head of the household")
    child_as_head: bool = Field(default=False, title="Yes, a child is the head of the household")
    comments: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] | None = Field(
        default=None, title="Comments"
    )


class RecordFollowUp(FollowUpFields):
    """A follow-up with everybody included, and what comes after it (P8)."""

    placement_id: UUID


@use_case(RECORD_FOLLOW_UP)
async def record_follow_up(tx: Tx, command: RecordFollowUp) -> UUID:
    """Record the follow-up that is due and return its placement's id.

    A final one, or everybody having left, ends the placement. Raises NoFollowUpDue, EverybodyAnswered,
    AnsweredTwice, ReasonLeftNeeded, HeadNeeded, NotIncluded, BeforeMoveIn, NextFollowUpNeeded.
    """
    if command.done_on > tx.today:
        raise InTheFuture(field="done_on")
    placement = await locked_placement(tx, command.placement_id)
    if placement.status is not PlacementStatus.MOVED_IN or placement.moved_in_on is None:
        raise PlacementEnded
    if command.done_on < placement.moved_in_on:
        raise BeforeMoveIn(field="done_on")
    leaving = await _check_outcomes(tx, command, placement)
    staying = [member for member in active_members(placement) if member.client_id not in leaving]
    over = command.final or not staying
    due_on = None if over else due_date(command.done_on, command.next_on, command.next_months)
    follow_up = await due_follow_up(tx, placement.id)
    since = max(await done_days(tx, placement.id), default=placement.moved_in_on)
    follow_up.state = FollowUpState.DONE
    follow_up.done_on = command.done_on
    follow_up.months_since = (
        months_between(since, command.done_on) if command.months_since is None else command.months_since
    )
    follow_up.final = command.final
    follow_up.comments = command.comments
    follow_up.recorded_by_name = tx.actor.name
    follow_up.recorded_at = tx.now
    await tx.session.flush()
    tx.session.add_all(
        FollowUpOutcome(followup_id=follow_up.id, **outcome.model_dump()) for outcome in command.outcomes
    )
    note(tx, placement.id, TimelineKind.FOLLOW_UP, {"on": command.done_on, "final": command.final})
    tx.touched("placement", placement.id, "follow_up_recorded", {"final": (None, command.final)})
    await _let_leave(tx, command, placement, leaving)
    if staying:
        await _keep_a_head(tx, command, placement, [member.client_id for member in staying])
    else:
        await _tell_moved_out(tx, command, placement)
    if over:
        await end_placement(tx, placement, PlacementStatus.FOLLOW_UPS_COMPLETED, TimelineKind.COMPLETED)
    elif due_on is not None:
        set_follow_up(
            tx,
            subject=FollowUpSubject.PLACEMENT,
            subject_id=placement.id,
            client_id=placement.client_id,
            caseworker=placement.caseworker,
            due_on=due_on,
        )
    return placement.id


async def _check_outcomes(tx: Tx, command: RecordFollowUp, placement: Placement) -> dict[UUID, Outcome]:
    """Who left, by person, after checking that the outcomes are about those included."""
    included = {member.client_id for member in active_members(placement)}
    answered: dict[UUID, Outcome] = {}
    for at, outcome in enumerate(command.outcomes):
        if outcome.client_id not in included:
            raise NotIncluded(field=f"outcomes-{at}-client_id")
        if outcome.client_id in answered:
            raise AnsweredTwice(field=f"outcomes-{at}-client_id")
        answered[outcome.client_id] = outcome
    if command.final and answered.keys() != included:
        raise EverybodyAnswered(field="outcomes")
    leaving = {
        person: outcome
        for person, outcome in answered.items()
        if outcome.still_in_housing is StillInHousing.NO
    }
    names = await names_of(tx, leaving)
    for person, outcome in leaving.items():
        if outcome.reason_left_id is None:
            at = [one.client_id for one in command.outcomes].index(person)
            raise ReasonLeftNeeded(name=names[person], field=f"outcomes-{at}-reason_left_id")
    reasons = [outcome.reason_left_id for outcome in leaving.values()]
    await require_values(tx, REASON_LEFT, reasons, "outcomes")
    return leaving


async def _let_leave(
    tx: Tx, command: RecordFollowUp, placement: Placement, leaving: dict[UUID, Outcome]
) -> None:
    for member in placement.members:
        outcome = leaving.get(member.client_id)
        if outcome is None:
            continue
        member.active = False
        member.left_on = command.done_on
        stay = await stay_of_placement(tx, placement.id, member.client_id)
        if stay is not None:
            end_stay(tx, stay, command.done_on, outcome.reason_left_id)


async def _keep_a_head(tx: Tx, command: RecordFollowUp, placement: Placement, staying: list[UUID]) -> None:
    """When the head of the household left, one of those who stay becomes the head (P8)."""
    if placement.client_id in staying:
        return
    if command.new_head_id not in staying or command.new_head_id is None:
        names = await names_of(tx, [placement.client_id])
        raise HeadNeeded(name=names[placement.client_id], field="new_head_id")
    await require_head(tx, command.new_head_id, child_too=command.child_as_head)
    for member in placement.members:
        member.is_head = False
    await tx.session.flush()  # one head at a time
    for member in placement.members:
        member.is_head = member.client_id == command.new_head_id
    household = await household_on(tx, command.new_head_id, tx.today)
    if household.id is not None:
        await change_head(tx, command.new_head_id, command.new_head_id, child_too=command.child_as_head)
    placement.client_id = command.new_head_id
    note(tx, placement.id, TimelineKind.NEW_HEAD, {"client": command.new_head_id})


async def _tell_moved_out(tx: Tx, command: RecordFollowUp, placement: Placement) -> None:
    """A third-party landlord's home is empty: nobody else would tell the inventory (U4)."""
    request = await current_request(tx, placement)
    if request is not None:
        await tell_move(tx, placement, request, command.done_on, HouseholdMovedOut)
