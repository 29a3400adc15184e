"""Putting right what was recorded wrongly about a placement, with the reason (P4, P7, P8)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.tx import Changes, Tx
from chassis.usecase import use_case
from support_svc.corrections.commands import correct
from support_svc.corrections.model import Corrected, NothingCorrected, Reasoned
from support_svc.followups.commands import done_days, due_follow_up
from support_svc.followups.feature import RECORD_FOLLOW_UP
from support_svc.followups.model import FollowUp, FollowUpOutcome, FollowUpState, StillInHousing
from support_svc.housing_history.commands import move_end, move_start, reopen_stay
from support_svc.lookups.commands import require_caseworker, require_values
from support_svc.placements.commands import fail_placement, search_again
from support_svc.placements.feature import EDIT_PLACEMENT, REASON_NOT_SECURED, RECORD_MOVE_IN
from support_svc.placements.model import (
    SEARCHING,
    Attempt,
    HouseholdMovedIn,
    Placement,
    PlacementMember,
    PlacementStatus,
    TimelineKind,
)
from support_svc.placements.moving_in import check_day
from support_svc.placements.problems import (
    BeforeMoveIn,
    DepartureIsNew,
    FinalOnlyWhileSearching,
    InTheFuture,
    MoveInAfterFollowUp,
    NobodyMovedIn,
    NotIncluded,
    PlacementEnded,
)
from support_svc.placements.rows import current_request, locked_placement, note, tell_move
from trade.dates import FollowUpDay, PastDay

Comments = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]


class MoveInCorrection(Reasoned):
    """The day on which the household really moved in."""

    moved_in_on: PastDay = Field(title="Move-in date")
    days_confirmed: bool = Field(default=False, title="Yes, these days are right")


class CorrectMoveIn(MoveInCorrection):
    """The household moved in on another day than was recorded."""

    placement_id: UUID


class LastDayCorrection(Reasoned):
    """The day on which somebody really left."""

    left_on: PastDay = Field(title="Last day there")


class CorrectLastDay(LastDayCorrection):
    """Somebody left on another day than was recorded."""

    placement_id: UUID
    client_id: UUID


class AttemptCorrection(Reasoned):
    """What was really tried, and why it led to nothing."""

    attempted_on: PastDay = Field(title="Date attempted")
    reason_id: UUID = Field(title="Reason housing was not secured")
    caseworker: Annotated[str, StringConstraints(min_length=1, max_length=120)] = Field(title="Caseworker")
    final: bool | None = Field(default=None, title="Final attempt")
    """Whether it was the final one; nothing leaves that as it was recorded."""
    comments: Comments | None = Field(default=None, title="Comments")


class CorrectAttempt(AttemptCorrection):
    """An attempt was recorded wrongly. Being the final one ends the search, not being it goes on with it."""

    placement_id: UUID
    attempt_id: UUID


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
    """A follow-up was recorded wrongly; who was taken for gone by mistake lives there still."""

    placement_id: UUID
    follow_up_id: UUID


class DueDay(Reasoned):
    """When the next follow-up is really due."""

    due_on: FollowUpDay = Field(title="Date of the next follow-up")


class CorrectDueDay(DueDay):
    """The next follow-up is due on another day."""

    placement_id: UUID


@use_case(RECORD_MOVE_IN)
async def correct_move_in(tx: Tx, command: CorrectMoveIn) -> None:
    """Correct the move-in date, and the stays that began and ended with it; who was told of it is told again.

    Raises NobodyMovedIn, MoveInAfterFollowUp, what `move_in` refuses about a day, and HousingOverlap.
    """
    placement = await locked_placement(tx, command.placement_id)
    request = await current_request(tx, placement)
    before, after = placement.moved_in_on, command.moved_in_on
    if before is None or request is None:
        raise NobodyMovedIn
    check_day(tx, after, request, confirmed=command.days_confirmed)
    later = [day for day in await done_days(tx, placement.id) if day < after]
    if later:
        raise MoveInAfterFollowUp(field="moved_in_on", done_on=min(later))
    changes = {"moved_in_on": (before, after)}
    _keep(tx, placement, Corrected.MOVE_IN, changes, reason=command.reason)
    placement.moved_in_on = after
    await tell_move(tx, placement, request, after, HouseholdMovedIn)
    await move_start(tx, placement.id, before, after)


@use_case(RECORD_FOLLOW_UP)
async def correct_last_day(tx: Tx, command: CorrectLastDay) -> None:
    """Correct the day on which somebody left.

    Raises NotIncluded, InTheFuture, BeforeMoveIn, HousingOverlap.
    """
    placement = await locked_placement(tx, command.placement_id)
    member = next((one for one in placement.members if one.client_id == command.client_id), None)
    if member is None or member.left_on is None:
        raise NotIncluded(field="left_on")
    _check_past(tx, placement, command.left_on, "left_on")
    changes = {"left_on": (member.left_on, command.left_on)}
    _keep(tx, placement, Corrected.LAST_DAY, changes, reason=command.reason)
    await _leave_on(tx, placement, member, command.left_on)


@use_case(EDIT_PLACEMENT)
async def correct_attempt(tx: Tx, command: CorrectAttempt) -> None:
    """Correct an attempt, and whether it ended the placement as Failed (P4).

    Raises InTheFuture, NotFound, FinalOnlyWhileSearching, TenancyHasStarted, and what hinders that the
    placement goes on: PersonDeceased, PersonArchived, ActivePlacementExists.
    """
    if command.attempted_on > tx.today:
        raise InTheFuture(field="attempted_on")
    placement = await locked_placement(tx, command.placement_id)
    attempt = await tx.session.get(Attempt, command.attempt_id, with_for_update=True)
    if attempt is None or attempt.placement_id != placement.id:
        raise NotFound(what="attempt")
    if attempt.reason_id != command.reason_id:
        await require_values(tx, REASON_NOT_SECURED, [command.reason_id], "reason_id")
    if attempt.caseworker != command.caseworker:
        await require_caseworker(tx, command.caseworker)
    changes: dict[str, tuple[object, object]] = {
        name: (getattr(attempt, name), getattr(command, name))
        for name in ("attempted_on", "reason_id", "caseworker", "comments")
    }
    final = attempt.final if command.final is None else command.final
    if final and not attempt.final and placement.status not in SEARCHING:
        raise FinalOnlyWhileSearching(field="final")
    changes["final"] = (attempt.final, final)
    _keep(tx, placement, Corrected.ATTEMPT, changes, reason=command.reason, record_id=attempt.id)
    if final and not attempt.final:
        await fail_placement(tx, placement)
    elif attempt.final and not final:
        await search_again(tx, placement)
    for name, (_, new) in changes.items():
        setattr(attempt, name, new)


@use_case(RECORD_FOLLOW_UP)
async def correct_follow_up(tx: Tx, command: CorrectFollowUp) -> None:
    """Correct a follow-up that was recorded.

    Who left on its day left on the corrected one; who was taken for gone by mistake is included again. That
    somebody has left is recorded with a follow-up of its own. Raises EditedMeanwhile, InTheFuture,
    BeforeMoveIn, DepartureIsNew, PlacementEnded, HousingOverlap, NotFound.
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
    _keep(tx, placement, Corrected.FOLLOW_UP, changes, reason=command.reason, record_id=follow_up.id)
    for person, new in different.items():
        at = f"outcomes-{[one.client_id for one in command.outcomes].index(person)}-still_in_housing"
        await _find_otherwise(tx, placement, outcomes[person], new, at)
    for member in placement.members:
        gone = member.client_id in outcomes and not member.active
        if gone and member.left_on == follow_up.done_on != command.done_on:
            await _leave_on(tx, placement, member, command.done_on)
    follow_up.done_on = command.done_on
    follow_up.months_since = command.months_since
    follow_up.comments = command.comments
    # Also when only outcomes changed: who else has this page open is told.
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
    _keep(tx, placement, Corrected.FOLLOW_UP, changes, reason=command.reason, record_id=follow_up.id)
    follow_up.due_on = command.due_on


async def _find_otherwise(
    tx: Tx, placement: Placement, outcome: FollowUpOutcome, new: StillInHousing, at: str
) -> None:
    """Change what was found for one person, and include who was taken for gone by mistake."""
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


async def _leave_on(tx: Tx, placement: Placement, member: PlacementMember, day: date) -> None:
    if member.left_on is not None:
        await move_end(tx, placement.id, member.client_id, before=member.left_on, after=day)
    member.left_on = day


def _check_past(tx: Tx, placement: Placement, day: date, field: str) -> None:
    if placement.moved_in_on is None:
        raise NobodyMovedIn
    if day > tx.today:
        raise InTheFuture(field=field)
    if day < placement.moved_in_on:
        raise BeforeMoveIn(field=field)


def _keep(
    tx: Tx,
    placement: Placement,
    kind: Corrected,
    changes: Changes,
    *,
    reason: str,
    record_id: UUID | None = None,
) -> None:
    """Write a correction down, and its line of the timeline (P10). Raises NothingCorrected."""
    if not correct(tx, kind, record_id or placement.id, reason, changes):
        raise NothingCorrected
    day = next((pair for name, pair in changes.items() if name.endswith("_on") and pair[0] != pair[1]), None)
    before, after = day or (None, None)
    details = {"what": kind, "before": before, "after": after, "reason": reason}
    was, final = changes.get("final", (None, None))
    if was is not final:
        details["final"] = final
    note(tx, placement.id, TimelineKind.CORRECTED, details)
