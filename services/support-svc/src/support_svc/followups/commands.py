"""Dating, recording and correcting follow-ups, of whatever case (P8, H2, F1)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Uuid, select

from chassis.errors import EditedMeanwhile, NotFound
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.tx import Changes, Tx
from chassis.usecase import use_case
from deskkit.i18n import N_
from support_svc.clients.queries import names_of
from support_svc.corrections.model import Corrected, Reasoned
from support_svc.field_rules.commands import follow_field_rules
from support_svc.field_rules.forms import CONFIGURABLE, ConfigurableForm, declared
from support_svc.followups.cases import (
    FollowedCase,
    PlacementFollowed,
    PreventionFollowed,
    locked_case,
)
from support_svc.followups.feature import RECORD_FOLLOW_UP
from support_svc.followups.model import (
    AnsweredTwice,
    Cases,
    Dated,
    DepartureIsNew,
    EverybodyAnswered,
    FollowUp,
    FollowUpOutcome,
    FollowUpState,
    NoFollowUpDue,
    NotIncluded,
    ReasonLeftNeeded,
    StillInHousing,
    months_between,
    next_due,
)
from support_svc.housing_history.feature import REASON_LEFT
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.housing_loss_prevention.model import Outcome as PreventionOutcome
from support_svc.lookups.commands import require_values
from support_svc.placements.commands import Comments, locked_placement
from support_svc.placements.model import InTheFuture, Placement
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
    outcome: PreventionOutcome | None = Field(default=None, title="Outcome of the housing loss prevention")
    """Only when it ends a housing loss prevention."""
    comments: Comments | None = Field(default=None, title="Comments", json_schema_extra=CONFIGURABLE)


FOLLOW_UP_FORM = ConfigurableForm("follow_up", N_("Follow-up"), FollowUpFields, FollowUp.recorded_at)
FORMS = declared(FOLLOW_UP_FORM)


class RecordFollowUp(FollowUpFields):
    """A follow-up of a case with everybody included, and what comes after it (P8, H2)."""

    cases: Cases
    case_id: UUID


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

    cases: Cases
    case_id: UUID
    follow_up_id: UUID


class DueDay(Reasoned):
    """When the next follow-up is really due."""

    due_on: FollowUpDay = Field(title="Date of the next follow-up")


class CorrectDueDay(DueDay):
    """Correct the day on which the next follow-up is due."""

    cases: Cases
    case_id: UUID


@use_case(RECORD_FOLLOW_UP, undoable=True)
async def record_follow_up(tx: Tx, command: RecordFollowUp) -> UUID:
    """Record the follow-up that is due and return its case's id.

    A final one, or everybody having left, ends the case. Raises NoFollowUpDue, EverybodyAnswered,
    AnsweredTwice, ReasonLeftNeeded, NotIncluded, NextFollowUpNeeded, and what the case refuses.
    """
    if command.done_on > tx.today:
        raise InTheFuture(field="done_on")
    command = await follow_field_rules(tx, FOLLOW_UP_FORM, command)
    case = await locked_case(tx, command.cases, command.case_id)
    case.require_open()
    if command.done_on < case.begun_on:
        raise case.too_early("done_on")
    leaving = await _check_outcomes(tx, command, case)
    staying = [person for person in case.included() if person not in leaving]
    over = command.final or not staying
    case.require_end(command, over=over)
    follow_up = await _the_one_due(tx, case, command)
    dated = None if over else _next_due(command, follow_up)
    months = command.months_since
    if months is None:
        since = max(await done_days(tx, case.id), default=case.begun_on)
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
    case.note(command)
    await case.let_leave(leaving, command.done_on)
    await case.go_on(command, staying)
    if over:
        await case.end(command)
    elif dated is not None:
        set_follow_up(tx, case, dated)
    return case.id


async def _the_one_due(tx: Tx, case: FollowedCase, command: RecordFollowUp) -> FollowUp:
    """The follow-up that is due; a case that needs none dated beforehand gets one. Raises NoFollowUpDue."""
    due = await _due(tx, case.id)
    if not due and case.undated_too:
        return set_follow_up(tx, case, Dated(command.done_on))
    for follow_up in due:
        return follow_up
    raise NoFollowUpDue


def _next_due(command: RecordFollowUp, follow_up: FollowUp) -> Dated:
    """When the next one is due: months go on from the anchor of a follow-up done on its day."""
    anchor = follow_up.anchor_on if command.done_on == follow_up.due_on else None
    return next_due(command.done_on, command.next_on, command.next_months, anchor=anchor)


async def _check_outcomes(tx: Tx, command: RecordFollowUp, case: FollowedCase) -> dict[UUID, UUID | None]:
    """Return why each person left who did, once the outcomes are checked: each is about somebody included."""
    included = set(case.included())
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
        person: outcome.reason_left_id
        for person, outcome in answered.items()
        if outcome.still_in_housing is StillInHousing.NO
    }
    names = await names_of(tx, leaving)
    for person, reason in leaving.items():
        if reason is None:
            at = [one.client_id for one in command.outcomes].index(person)
            raise ReasonLeftNeeded(name=names[person], field=f"outcomes-{at}-reason_left_id")
    await require_values(tx, REASON_LEFT, leaving.values(), "outcomes")
    return leaving


@use_case(RECORD_FOLLOW_UP, undoable=True)
async def correct_last_day(tx: Tx, command: CorrectLastDay) -> None:
    """Correct the day on which somebody left; the inventory is informed as it was of the move-out.

    Raises NotIncluded, InTheFuture, BeforeMoveIn, HousingOverlap.
    """
    case = PlacementFollowed(tx, await locked_placement(tx, command.placement_id))
    member = case.member(command.client_id)
    if member is None or member.left_on is None:
        raise NotIncluded(field="left_on")
    _check_past(case, command.left_on, "left_on")
    changes = {"left_on": (member.left_on, command.left_on)}
    case.record_correction(Corrected.LAST_DAY, changes, reason=command.reason)
    await case.leave_on({member.client_id}, command.left_on)


@use_case(RECORD_FOLLOW_UP, undoable=True)
async def correct_follow_up(tx: Tx, command: CorrectFollowUp) -> None:
    """Correct a follow-up that was recorded.

    Those who left on its day left on the corrected one; somebody who was recorded as gone by mistake is
    included again. That somebody has left is recorded with a follow-up of its own. Raises EditedMeanwhile,
    InTheFuture, DepartureIsNew, HousingOverlap, NotFound, and what the case refuses.
    """
    case = await locked_case(tx, command.cases, command.case_id)
    follow_up = await tx.session.get(FollowUp, command.follow_up_id, with_for_update=True)
    if (
        follow_up is None
        or follow_up.subject_id != case.id
        or follow_up.state is not FollowUpState.DONE
        or follow_up.done_on is None
    ):
        raise NotFound(what="follow-up")
    command = await follow_field_rules(tx, FOLLOW_UP_FORM, command, before=follow_up)
    _check_past(case, command.done_on, "done_on")
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
    case.record_correction(Corrected.FOLLOW_UP, changes, reason=command.reason, record_id=follow_up.id)
    for person, new in different.items():
        at = f"outcomes-{[one.client_id for one in command.outcomes].index(person)}-still_in_housing"
        await _correct_outcome(case, outcomes[person], new, at)
    if follow_up.done_on != command.done_on:
        gone = outcomes.keys() & await case.left_on(follow_up.done_on)
        await case.leave_on(gone, command.done_on)
    follow_up.done_on = command.done_on
    follow_up.months_since = command.months_since
    follow_up.comments = command.comments
    # Also when only outcomes changed: anybody else who has this page open is warned.
    follow_up.version += 1


@use_case(RECORD_FOLLOW_UP)
async def correct_due_day(tx: Tx, command: CorrectDueDay) -> None:
    """Correct the day on which the next follow-up is due. Raises NoFollowUpDue, and what the case refuses."""
    case = await locked_case(tx, command.cases, command.case_id)
    follow_up = await due_follow_up(tx, case.id)
    if command.due_on < max([*await done_days(tx, case.id), case.begun_on]):
        raise case.too_early("due_on")
    changes = {"due_on": (follow_up.due_on, command.due_on)}
    case.record_correction(Corrected.FOLLOW_UP, changes, reason=command.reason, record_id=follow_up.id)
    follow_up.due_on, follow_up.anchor_on = command.due_on, None


async def _correct_outcome(
    case: FollowedCase, outcome: FollowUpOutcome, new: StillInHousing, at: str
) -> None:
    """Correct what was found for one person, and include them again if they never left."""
    if new is StillInHousing.NO:
        raise DepartureIsNew(field=at)
    if outcome.still_in_housing is StillInHousing.NO:
        await case.include_again(outcome.client_id)
        outcome.reason_left_id = outcome.housed_elsewhere = None
    outcome.still_in_housing = new


def _check_past(case: FollowedCase, day: date, field: str) -> None:
    """Refuse a day that is still to come or before follow-ups began."""
    begun_on = case.begun_on
    if day > case.tx.today:
        raise InTheFuture(field=field)
    if day < begun_on:
        raise case.too_early(field)


# ------------------------------------------------- used by the commands of other features
def set_follow_up(tx: Tx, case: FollowedCase, dated: Dated) -> FollowUp:
    """Set the date of the next follow-up of a case, which must have none that is due."""
    follow_up = FollowUp(
        id=new_id(),
        subject=case.subject,
        subject_id=case.id,
        client_id=case.client_id,
        caseworker=case.caseworker,
        due_on=dated.due_on,
        anchor_on=dated.anchor_on,
        state=FollowUpState.DUE,
    )
    tx.session.add(follow_up)
    tx.touched("followup", follow_up.id, "dated", {"due_on": (None, dated.due_on)})
    return follow_up


def set_follow_up_of(tx: Tx, placement: Placement, dated: Dated) -> FollowUp:
    """Set the date of the next follow-up of a placement."""
    return set_follow_up(tx, PlacementFollowed(tx, placement), dated)


async def prevention_opened(tx: Tx, prevention: HousingLossPrevention, first_on: date) -> None:
    """Set the date of the first follow-up of a housing loss prevention."""
    set_follow_up(tx, PreventionFollowed(tx, prevention), Dated(first_on))


async def hand_over(tx: Tx, case: Placement | HousingLossPrevention) -> None:
    """Give the follow-up that is due on a case, if any, to the caseworker it has now."""
    for follow_up in await _due(tx, case.id):
        changes = {"caseworker": (follow_up.caseworker, case.caseworker)}
        tx.touched("followup", follow_up.id, "handed_over", changes)
        follow_up.caseworker = case.caseworker


async def cancel_due(tx: Tx, case: Placement | HousingLossPrevention) -> None:
    """Cancel the follow-up that is due on a case, if any: it has ended."""
    for follow_up in await _due(tx, case.id):
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
