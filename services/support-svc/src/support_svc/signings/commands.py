"""Receiving what is reported about signings, and answering them (W4)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from chassis.access import RECEIVE_EVENTS
from chassis.errors import NotFound
from chassis.parties import require_sender
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.placements.commands import locked_placement
from support_svc.placements.model import Placement, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.model import Securing, addressee_of, has_referral
from support_svc.signings.feature import ANSWER_SIGNING
from support_svc.signings.model import (
    SIGNINGS_SHARED,
    AbsenceReason,
    AbsenceReasonNeeded,
    Attendance,
    Signing,
    SigningAnswered,
    SigningOutcome,
    SigningOver,
    SigningPlace,
    SigningState,
    current_state,
    of_request,
)


@dataclass(frozen=True, slots=True)
class SigningReport:
    """What a landlord reported about a signing; `version` orders the events about one referral."""

    referral: UUID
    signing: UUID
    sender: str
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
async def receive_signing(tx: Tx, report: SigningReport) -> None:
    """Record what is reported about a signing; an event older than the last one changes nothing.

    Raises NotFound, NotTheSenders.
    """
    placement_id = await _reported_by(tx, report.referral, report.sender)
    signing = await tx.session.get(Signing, report.signing, with_for_update=True)
    if signing is not None:
        await _reported_by(tx, signing.referral, report.sender)
    if signing is None:
        signing = Signing(
            signing=report.signing, referral=report.referral, placement_id=placement_id, reported_version=-1
        )
        tx.session.add(signing)
    if report.version <= signing.reported_version:
        return
    signing.reported_version = report.version
    signing.state = report.state
    if report.starts_at is not None:
        signing.starts_at = report.starts_at
        signing.place = report.place
    if report.outcome is not None:
        signing.outcome = report.outcome
    if report.moved:
        # The answer was given for another time or place.
        signing.attendance = None
        signing.absence_reason = None
        signing.answered_at = None
        signing.answered_by_name = None
    add_to_timeline(
        tx,
        placement_id,
        _line(report),
        {
            "landlord": report.sender,
            "starts_at": report.starts_at,
            "place": report.place,
            "outcome": report.outcome,
        },
    )


async def _reported_by(tx: Tx, referral: UUID, sender: str) -> UUID:
    """The placement of a referral. Raises NotFound, and NotTheSenders unless it was sent to the sender."""
    found = await tx.execute(
        select(Securing.placement_id, addressee_of(referral)).where(has_referral(referral))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(what="referral")
    placement_id, party = row
    require_sender(sender, party)
    return placement_id


def _line(report: SigningReport) -> TimelineKind:
    if report.state is SigningState.CANCELLED:
        return TimelineKind.SIGNING_CANCELLED
    if report.state is SigningState.HELD:
        return TimelineKind.SIGNING_HELD
    return TimelineKind.SIGNING_MOVED if report.moved else TimelineKind.SIGNING_SCHEDULED


@use_case(ANSWER_SIGNING, undoable=True)
async def answer_signing(tx: Tx, command: AnswerSigning) -> None:
    """Inform the landlord whether somebody attends.

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
    signing, request, state, landlord = (
        await tx.execute(
            select(Signing, Securing, current_state(), addressee_of(Signing.referral))
            .join(Securing, of_request())
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
    request.referral_events += 1
    fact = SigningAnswered(
        landlord,
        signing.referral,
        signing.signing,
        request.referral_events,
        command.attendance,
        command.reason,
    )
    # The tenant agreed that this organisation is informed of this signing; the answer rests on nothing else.
    under = {SIGNINGS_SHARED: f"signing:{signing.signing}"}
    tx.publish(fact, about=str(signing.placement_id), under=under)
    add_to_timeline(
        tx,
        signing.placement_id,
        TimelineKind.SIGNING_ANSWERED,
        {"landlord": landlord, "attendance": command.attendance, "reason": command.reason},
    )
    tx.touched("signing", signing.signing, "answered", {"attendance": (None, command.attendance)})
