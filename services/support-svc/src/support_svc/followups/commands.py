"""Dating, recording and correcting follow-ups (P8, F1)."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Uuid, select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.feature import offers_of
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.tx import Changes, Tx
from chassis.usecase import use_case
from support_svc.clients.commands import change_head, require_head
from support_svc.clients.queries import household_on, names_of
from support_svc.corrections.model import Corrected, Reasoned
from support_svc.followups.feature import RECORD_FOLLOW_UP
from support_svc.followups.model import (
    AnsweredTwice,
    BeforeMoveIn,
    DepartureIsNew,
    EverybodyAnswered,
    FollowUp,
    FollowUpOutcome,
    FollowUpState,
    FollowUpSubject,
    HeadNeeded,
    HouseholdMovedOut,
    NoFollowUpDue,
    NotIncluded,
    ReasonLeftNeeded,
    StillInHousing,
    due_date,
    months_between,
    moved_out_on,
)
from support_svc.housing_history.commands import end_stay, move_end, open_stay_of, reopen_stay
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.lookups.commands import require_values
from support_svc.placements.commands import Comments, end_placement, locked_placement, record_correction
from support_svc.placements.model import (
    InTheFuture,
    NobodyMovedIn,
    Placement,
    PlacementEnded,
    PlacementStatus,
    TimelineKind,
    active_members,
)
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.consequences import current_request, publish_move
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
    comments: Comments | None = Field(default=None, title="Comments")


class RecordFollowUp(FollowUpFields):
    """A follow-up with everybody included, and what comes after it (P8)."""

    placement_id: UUID


class LastDayCorrection(Reasoned):
    """The day on which somebody really left."""

    left_on: PastDay = Field(title="Last day there")


class CorrectLastDay(LastDayCorrection):
    """Correct the day on which somebody left."""

    placement_id: UUID
    client_id: UUID


class OutcomeFound(BaseModel):
    """What a follow-up really found for one person."""

    client_id: UUID
    still_in_housing: StillInHousing = Field(title="Still in housing")


class FollowUpCorrection(Reasoned):
    """What a follow-up really found, and when."""

    done_on: PastDay = Field(title="Follow-up date")
    months_since: Annotated[int, Field(ge=0, le=600)] = Field(
        title="Months since the last follow-up or move-in"
    )
    outcomes: list[OutcomeFound] = Field(default=[], max_length=20)
    comments: Comments | None = Field(default=None, title="Comments")
    version: int


class CorrectFollowUp(FollowUpCorrection):
    """Correct a follow-up; somebody who was recorded as gone by mistake still lives there."""

    placement_id: UUID
    follow_up_id: UUID


class DueDay(Reasoned):
    """When the next follow-up is really due."""

    due_on: FollowUpDay = Field(title="Date of the next follow-up")


class CorrectDueDay(DueDay):
    """Correct the day on which the next follow-up is due."""

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
    months = command.months_since
    if months is None:
        since = max(await done_days(tx, placement.id), default=placement.moved_in_on)
        months = months_between(since, command.done_on)
    follow_up.state = FollowUpState.DONE
    follow_up.done_on = command.done_on
    follow_up.months_since = months
    follow_up.final = command.final
    follow_up.comments = command.comments
    follow_up.recorded_by_name = tx.actor.name
    follow_up.recorded_at = tx.now
    tx.session.add_all(
        FollowUpOutcome(followup_id=follow_up.id, **outcome.model_dump()) for outcome in command.outcomes
    )
    add_to_timeline(tx, placement.id, TimelineKind.FOLLOW_UP, {"on": command.done_on, "final": command.final})
    tx.touched("placement", placement.id, "follow_up_recorded", {"final": (None, command.final)})
    await _let_leave(tx, command, placement, leaving)
    if staying:
        await _choose_head(tx, command, placement, [member.client_id for member in staying])
    else:
        await _publish_move_out(tx, placement, command.done_on)
    if over:
        await end_placement(tx, placement, PlacementStatus.FOLLOW_UPS_COMPLETED, TimelineKind.COMPLETED)
    elif due_on is not None:
        set_follow_up_of(tx, placement, due_on)
    return placement.id


async def _check_outcomes(tx: Tx, command: RecordFollowUp, placement: Placement) -> dict[UUID, Outcome]:
    """Return who left, by person, once the outcomes are checked: each is about somebody included."""
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
        stay = await open_stay_of(tx, placement.id, member.client_id)
        if stay is not None:
            end_stay(tx, stay, command.done_on, outcome.reason_left_id)


async def _choose_head(tx: Tx, command: RecordFollowUp, placement: Placement, staying: list[UUID]) -> None:
    """Make one of those who stay the head when the head of the household left (P8)."""
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
    for act in offers_of(tx.runtime.features, "placement_has_new_head"):
        await act(tx, placement)
    add_to_timeline(tx, placement.id, TimelineKind.NEW_HEAD, {"client": command.new_head_id})


async def _publish_move_out(tx: Tx, placement: Placement, day: date) -> None:
    """Inform the inventory that nobody lives in a third-party landlord's home since a day (U4)."""
    request = await current_request(tx, placement)
    if request is not None:
        await publish_move(tx, placement, request, day, HouseholdMovedOut)


@use_case(RECORD_FOLLOW_UP)
async def correct_last_day(tx: Tx, command: CorrectLastDay) -> None:
    """Correct the day on which somebody left; the inventory is informed as it was of the move-out.

    Raises NotIncluded, InTheFuture, BeforeMoveIn, HousingOverlap.
    """
    placement = await locked_placement(tx, command.placement_id)
    member = next((one for one in placement.members if one.client_id == command.client_id), None)
    if member is None or member.left_on is None:
        raise NotIncluded(field="left_on")
    _check_past(tx, placement, command.left_on, "left_on")
    changes = {"left_on": (member.left_on, command.left_on)}
    record_correction(tx, placement, Corrected.LAST_DAY, changes, reason=command.reason)
    await _leave_on(tx, placement, {member.client_id}, command.left_on)


@use_case(RECORD_FOLLOW_UP)
async def correct_follow_up(tx: Tx, command: CorrectFollowUp) -> None:
    """Correct a follow-up that was recorded.

    Those who left on its day left on the corrected one; somebody who was recorded as gone by mistake is
    included again. That somebody has left is recorded with a follow-up of its own. Raises EditedMeanwhile,
    InTheFuture, BeforeMoveIn, DepartureIsNew, PlacementEnded, HousingOverlap, NotFound.
    """
    placement = await locked_placement(tx, command.placement_id)
    follow_up = await tx.session.get(FollowUp, command.follow_up_id, with_for_update=True)
    if (
        follow_up is None
        or follow_up.subject_id != placement.id
        or follow_up.state is not FollowUpState.DONE
        or follow_up.done_on is None
    ):
        raise NotFound(what="follow-up")
    _check_past(tx, placement, command.done_on, "done_on")
    rows = await tx.execute(select(FollowUpOutcome).where(FollowUpOutcome.followup_id == follow_up.id))
    outcomes = {row.client_id: row for row in rows.scalars()}
    found = {one.client_id: one.still_in_housing for one in command.outcomes}
    if not found.keys() <= outcomes.keys():
        raise NotIncluded(field="outcomes")
    different = {person: new for person, new in found.items() if outcomes[person].still_in_housing is not new}
    changes: Changes = {
        "done_on": (follow_up.done_on, command.done_on),
        "months_since": (follow_up.months_since, command.months_since),
        "comments": (follow_up.comments, command.comments),
        "still_in_housing": (
            {str(person): outcomes[person].still_in_housing for person in different},
            {str(person): new for person, new in different.items()},
        ),
    }
    if follow_up.version != command.version:
        raise EditedMeanwhile(current=follow_up.version, difference={})
    record_correction(
        tx, placement, Corrected.FOLLOW_UP, changes, reason=command.reason, record_id=follow_up.id
    )
    for person, new in different.items():
        at = f"outcomes-{[one.client_id for one in command.outcomes].index(person)}-still_in_housing"
        await _correct_outcome(tx, placement, outcomes[person], new, at)
    if follow_up.done_on != command.done_on:
        gone = {
            member.client_id
            for member in placement.members
            if member.client_id in outcomes and not member.active and member.left_on == follow_up.done_on
        }
        await _leave_on(tx, placement, gone, command.done_on)
    follow_up.done_on = command.done_on
    follow_up.months_since = command.months_since
    follow_up.comments = command.comments
    # Also when only outcomes changed: anybody else who has this page open is warned.
    follow_up.version += 1


@use_case(RECORD_FOLLOW_UP)
async def correct_due_day(tx: Tx, command: CorrectDueDay) -> None:
    """Correct the day on which the next follow-up is due. Raises NoFollowUpDue, BeforeMoveIn."""
    placement = await locked_placement(tx, command.placement_id)
    follow_up = await due_follow_up(tx, placement.id)
    since = max([*await done_days(tx, placement.id), placement.moved_in_on or command.due_on])
    if command.due_on < since:
        raise BeforeMoveIn(field="due_on")
    changes = {"due_on": (follow_up.due_on, command.due_on)}
    record_correction(
        tx, placement, Corrected.FOLLOW_UP, changes, reason=command.reason, record_id=follow_up.id
    )
    follow_up.due_on = command.due_on


async def _correct_outcome(
    tx: Tx, placement: Placement, outcome: FollowUpOutcome, new: StillInHousing, at: str
) -> None:
    """Correct what was found for one person, and include them again if they never left."""
    if new is StillInHousing.NO:
        raise DepartureIsNew(field=at)
    if outcome.still_in_housing is StillInHousing.NO:
        if placement.status is not PlacementStatus.MOVED_IN:
            raise PlacementEnded
        for member in placement.members:
            if member.client_id == outcome.client_id:
                member.active, member.left_on = True, None
        await reopen_stay(tx, placement.id, outcome.client_id)
        outcome.reason_left_id = outcome.housed_elsewhere = None
    outcome.still_in_housing = new


async def _leave_on(tx: Tx, placement: Placement, people: AbstractSet[UUID], day: date) -> None:
    """Let people who left have left on another day; once nobody lives there, that may move the move-out."""
    before = moved_out_on(placement)
    for member in placement.members:
        if member.client_id in people and member.left_on is not None:
            await move_end(tx, placement.id, member.client_id, before=member.left_on, after=day)
            member.left_on = day
    after = moved_out_on(placement)
    if after is not None and after != before:
        await _publish_move_out(tx, placement, after)


def _check_past(tx: Tx, placement: Placement, day: date, field: str) -> None:
    """Refuse a day that is still to come or before the move-in."""
    if placement.moved_in_on is None:
        raise NobodyMovedIn
    if day > tx.today:
        raise InTheFuture(field=field)
    if day < placement.moved_in_on:
        raise BeforeMoveIn(field=field)


# ------------------------------------------------- used by the commands of other features
def set_follow_up(
    tx: Tx, *, subject: FollowUpSubject, subject_id: UUID, client_id: UUID, caseworker: str, due_on: date
) -> FollowUp:
    """Set the date of the next follow-up of a record, which must have none that is due."""
    follow_up = FollowUp(
        id=new_id(),
        subject=subject,
        subject_id=subject_id,
        client_id=client_id,
        caseworker=caseworker,
        due_on=due_on,
        state=FollowUpState.DUE,
    )
    tx.session.add(follow_up)
    tx.touched("followup", follow_up.id, "dated", {"due_on": (None, due_on)})
    return follow_up


def set_follow_up_of(tx: Tx, placement: Placement, due_on: date) -> FollowUp:
    """Set the date of the next follow-up of a placement, with its client, for its caseworker."""
    return set_follow_up(
        tx,
        subject=FollowUpSubject.PLACEMENT,
        subject_id=placement.id,
        client_id=placement.client_id,
        caseworker=placement.caseworker,
        due_on=due_on,
    )


async def hand_over(tx: Tx, placement: Placement) -> None:
    """Give the follow-up that is due on a placement, if any, to the caseworker it has now."""
    for follow_up in await _due(tx, placement.id):
        changes = {"caseworker": (follow_up.caseworker, placement.caseworker)}
        tx.touched("followup", follow_up.id, "handed_over", changes)
        follow_up.caseworker = placement.caseworker


async def cancel_due(tx: Tx, placement: Placement) -> None:
    """Cancel the follow-up that is due on a placement, if any: it has ended."""
    for follow_up in await _due(tx, placement.id):
        follow_up.state = FollowUpState.CANCELLED


async def due_follow_up(tx: Tx, subject_id: UUID) -> FollowUp:
    """The follow-up that is due on a record, locked. Raises NoFollowUpDue."""
    for follow_up in await _due(tx, subject_id):
        return follow_up
    raise NoFollowUpDue


async def _due(tx: Tx, subject_id: UUID) -> Sequence[FollowUp]:
    """The follow-up that is due on a record, locked; there is one at most."""
    return (await tx.execute(_DUE, {"subject": subject_id})).scalars().all()


_DUE = (
    select(FollowUp)
    .where(FollowUp.subject_id == parameter("subject", Uuid()), FollowUp.state == FollowUpState.DUE)
    .with_for_update()
)


async def done_days(tx: Tx, subject_id: UUID) -> list[date]:
    """The days on which follow-ups of a record took place."""
    found = await tx.execute(
        select(FollowUp.done_on).where(
            FollowUp.subject_id == subject_id, FollowUp.state == FollowUpState.DONE
        )
    )
    return [day for day in found.scalars() if day is not None]
