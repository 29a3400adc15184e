"""Lease signings that a client wants the caseworker to attend: their dates, and the answers (W4)."""

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from chassis.tx import Tx
from contracts import support, tenancy
from contracts.words import AbsenceReason, Attendance
from support_svc.signings.commands import SigningReport, receive_signing
from support_svc.signings.model import SigningAnswered, SigningOutcome, SigningPlace, SigningState

EVENTS = Events()


@EVENTS.publishes(SigningAnswered)
def signing_attendance(fact: SigningAnswered) -> Outgoing:
    """Whether the advocate attends."""
    event = support.SigningAttendanceV1(
        referral=fact.referral,
        signing=fact.signing,
        attendance=Attendance(fact.attendance.value),
        reason=AbsenceReason(fact.reason.value) if fact.reason else None,
    )
    return Outgoing(event, fact.number, fact.landlord)


@EVENTS.on(tenancy.SigningScheduledV1)
async def signing_scheduled(tx: Tx, incoming: Incoming) -> None:
    """A lease signing has a date."""
    event = incoming.parse(tenancy.SigningScheduledV1)
    await perform_in(tx, receive_signing, _dated(event, incoming, moved=False))


@EVENTS.on(tenancy.SigningMovedV1)
async def signing_moved(tx: Tx, incoming: Incoming) -> None:
    """A signing has another time or place."""
    event = incoming.parse(tenancy.SigningMovedV1)
    await perform_in(tx, receive_signing, _dated(event, incoming, moved=True))


def _dated(
    event: tenancy.SigningScheduledV1 | tenancy.SigningMovedV1, incoming: Incoming, *, moved: bool
) -> SigningReport:
    return SigningReport(
        referral=event.referral,
        signing=event.signing,
        sender=incoming.sender,
        version=incoming.version,
        state=SigningState.SCHEDULED,
        starts_at=event.starts_at,
        place=SigningPlace(event.place.value),
        moved=moved,
    )


@EVENTS.on(tenancy.SigningCancelledV1)
async def signing_cancelled(tx: Tx, incoming: Incoming) -> None:
    """A signing will not take place."""
    event = incoming.parse(tenancy.SigningCancelledV1)
    cancelled = SigningReport(
        event.referral, event.signing, incoming.sender, incoming.version, SigningState.CANCELLED
    )
    await perform_in(tx, receive_signing, cancelled)


@EVENTS.on(tenancy.SigningHeldV1)
async def signing_held(tx: Tx, incoming: Incoming) -> None:
    """A signing took place."""
    event = incoming.parse(tenancy.SigningHeldV1)
    outcome = SigningOutcome(event.outcome.value)
    held = SigningReport(
        event.referral,
        event.signing,
        incoming.sender,
        incoming.version,
        SigningState.HELD,
        outcome=outcome,
    )
    await perform_in(tx, receive_signing, held)
