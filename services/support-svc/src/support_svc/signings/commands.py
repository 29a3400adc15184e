"""Hearing of signings and answering them (W4)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from chassis.access import RECEIVE_EVENTS
from chassis.errors import NotFound
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.model import Placement, Securing, TimelineKind
from support_svc.placements.rows import locked_placement, note
from support_svc.signings.feature import ANSWER_SIGNING
from support_svc.signings.model import (
    TOLD_OF_SIGNINGS,
    AbsenceReason,
    AbsenceReasonNeeded,
    Attendance,
    Signing,
    SigningAnswered,
    SigningOutcome,
    SigningOver,
    SigningPlace,
    SigningState,
    standing,
)


@dataclass(frozen=True, slots=True)
class SigningTold:
    """What the property entity says about a signing; `version` orders what it says about one referral."""

    referral: UUID
    signing: UUID
    version: int
    state: SigningState
    starts_at: datetime | None = None
    place: SigningPlace | None = None
    outcome: SigningOutcome | None = None
    moved: bool = False


class SigningAnswer(BaseModel):
    """Whether somebody attends, and why not."""

    attendance: Attendance = Field(title="Will somebody attend?")
    reason: AbsenceReason | None = Field(default=None, title="Why nobody can attend")


class AnswerSigning(SigningAnswer):
    """Whether somebody from the support organisation attends a signing."""

    signing: UUID


@use_case(RECEIVE_EVENTS)
async def hear_signing(tx: Tx, told: SigningTold) -> None:
    """Take in what is said about a signing; older news than what is known changes nothing.

    Raises NotFound.
    """
    placement_id = await tx.scalar(select(Securing.placement_id).where(Securing.referral == told.referral))
    if placement_id is None:
        raise NotFound(what="referral")
    signing = await tx.session.get(Signing, told.signing, with_for_update=True)
    if signing is None:
        signing = Signing(
            signing=told.signing, referral=told.referral, placement_id=placement_id, told_version=-1
        )
        tx.session.add(signing)
    if told.version <= signing.told_version:
        return
    signing.told_version = told.version
    signing.state = told.state
    if told.starts_at is not None:
        signing.starts_at = told.starts_at
        signing.place = told.place
    if told.outcome is not None:
        signing.outcome = told.outcome
    if told.moved:
        # The answer was given for another time or place.
        signing.attendance = None
        signing.absence_reason = None
        signing.answered_at = None
        signing.answered_by_name = None
    note(
        tx,
        placement_id,
        _line(told),
        {"starts_at": told.starts_at, "place": told.place, "outcome": told.outcome},
    )


def _line(told: SigningTold) -> TimelineKind:
    if told.state is SigningState.CANCELLED:
        return TimelineKind.SIGNING_CANCELLED
    if told.state is SigningState.HELD:
        return TimelineKind.SIGNING_HELD
    return TimelineKind.SIGNING_MOVED if told.moved else TimelineKind.SIGNING_SCHEDULED


@use_case(ANSWER_SIGNING)
async def answer_signing(tx: Tx, command: AnswerSigning) -> None:
    """Tell the property entity whether somebody attends.

    Raises SigningOver, AbsenceReasonNeeded, NotFound.
    """
    if (command.attendance is Attendance.CANNOT_ATTEND) != (command.reason is not None):
        raise AbsenceReasonNeeded(field="reason")
    placement_id = await tx.scalar(
        select(Signing.placement_id)
        .join(Placement, Placement.id == Signing.placement_id)
        .join(Client, Client.id == Placement.client_id)
        .where(Signing.signing == command.signing, may_see(tx))
    )
    if placement_id is None:
        raise NotFound(what="signing")
    await locked_placement(tx, placement_id)
    signing, request, state = (
        await tx.execute(
            select(Signing, Securing, standing())
            .join(Securing, Securing.referral == Signing.referral)
            .where(Signing.signing == command.signing)
            .with_for_update(of=(Securing, Signing))
        )
    ).one()
    if state is not SigningState.SCHEDULED:
        raise SigningOver
    signing.attendance = command.attendance
    signing.absence_reason = command.reason
    signing.answered_at = tx.now
    signing.answered_by_name = tx.actor.name
    request.said += 1
    fact = SigningAnswered(
        signing.referral, signing.signing, request.said, command.attendance, command.reason
    )
    # The tenant agreed that this organisation is told of this signing; the answer rests on nothing else.
    under = {TOLD_OF_SIGNINGS: f"signing:{signing.signing}"}
    tx.publish(fact, about=str(signing.placement_id), under=under)
    note(
        tx,
        signing.placement_id,
        TimelineKind.SIGNING_ANSWERED,
        {"attendance": command.attendance, "reason": command.reason},
    )
    tx.touched("signing", signing.signing, "answered", {"attendance": (None, command.attendance)})
