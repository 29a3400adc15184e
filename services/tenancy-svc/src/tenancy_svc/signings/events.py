"""Events about signings: what is published, the advocate's answer, and what ends a signing (T5, W4)."""

from __future__ import annotations

from typing import TypeVar

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from chassis.tx import Tx
from contracts import support, tenancy, units
from contracts.words import Money
from contracts.words import SigningOutcome as PublishedOutcome
from contracts.words import SigningPlace as PublishedPlace
from tenancy_svc.applications.contact import forget_contact
from tenancy_svc.applications.model import ForgetContact
from tenancy_svc.homes.commands import receive_release
from tenancy_svc.homes.model import ReceiveRelease, ReleaseReason
from tenancy_svc.leases.model import ForgetDrafts
from tenancy_svc.signings.commands import end_signings_of_hold, receive_answer
from tenancy_svc.signings.drafts import forget_drafts
from tenancy_svc.signings.model import (
    AbsenceReason,
    Attendance,
    EndSigningsOfHold,
    ReceiveAnswer,
    ReferredTenancyStarted,
    SigningCancelled,
    SigningHeld,
    SigningMoved,
    SigningScheduled,
    TenancyStarted,
)

EVENTS = Events()

Dated = TypeVar("Dated", tenancy.SigningScheduledV1, tenancy.SigningMovedV1)


@EVENTS.publishes(SigningScheduled)
def signing_scheduled(fact: SigningScheduled) -> Outgoing:
    """A lease signing has a date."""
    return Outgoing(_dated(tenancy.SigningScheduledV1, fact), fact.number, fact.to.party)


@EVENTS.publishes(SigningMoved)
def signing_moved(fact: SigningMoved) -> Outgoing:
    """A signing has another time or place."""
    return Outgoing(_dated(tenancy.SigningMovedV1, fact), fact.number, fact.to.party)


def _dated(model: type[Dated], fact: SigningScheduled | SigningMoved) -> Dated:
    return model(
        referral=fact.to.reference,
        signing=fact.signing,
        starts_at=fact.starts_at,
        place=PublishedPlace(fact.place.value),
    )


@EVENTS.publishes(SigningCancelled)
def signing_cancelled(fact: SigningCancelled) -> Outgoing:
    """A signing will not take place."""
    event = tenancy.SigningCancelledV1(referral=fact.to.reference, signing=fact.signing)
    return Outgoing(event, fact.number, fact.to.party)


@EVENTS.publishes(SigningHeld)
def signing_held(fact: SigningHeld) -> Outgoing:
    """A signing took place."""
    event = tenancy.SigningHeldV1(
        referral=fact.to.reference, signing=fact.signing, outcome=PublishedOutcome(fact.outcome.value)
    )
    return Outgoing(event, fact.number, fact.to.party)


@EVENTS.publishes(TenancyStarted)
def tenancy_started(fact: TenancyStarted) -> Outgoing:
    """A tenancy began in a home; nothing of who lives there."""
    event = tenancy.TenancyStartedV1(
        tenancy=fact.tenancy, unit=fact.unit, start=fact.start, request=fact.request
    )
    return Outgoing(event, 1, fact.to)


@EVENTS.publishes(ReferredTenancyStarted)
def referred_tenancy_started(fact: ReferredTenancyStarted) -> Outgoing:
    """The tenancy of a referral began, if the tenant allows that to be disclosed."""
    event = tenancy.ReferredTenancyStartedV1(
        referral=fact.to.reference,
        unit=fact.unit,
        start=fact.start,
        rent=Money(amount=fact.rent, currency=fact.currency),
    )
    return Outgoing(event, fact.number, fact.to.party)


@EVENTS.on(support.SigningAttendanceV1)
async def signing_attendance(tx: Tx, incoming: Incoming) -> None:
    """Record the advocate's answer."""
    event = incoming.parse(support.SigningAttendanceV1)
    await perform_in(
        tx,
        receive_answer,
        ReceiveAnswer(
            party=incoming.sender,
            referral=event.referral,
            signing=event.signing,
            attendance=Attendance(event.attendance.value),
            reason=AbsenceReason(event.reason.value) if event.reason else None,
            answered_at=incoming.time,
        ),
    )


@EVENTS.on(units.UnitReleasedV1)
async def unit_released(tx: Tx, incoming: Incoming) -> None:
    """Note that a hold ended, and cancel the signing that depended on it."""
    event = incoming.parse(units.UnitReleasedV1)
    await perform_in(
        tx,
        receive_release,
        ReceiveRelease(
            inventory=incoming.sender,
            request=event.request,
            unit=event.unit,
            reason=ReleaseReason(event.reason.value),
            released_at=incoming.time,
        ),
    )
    await perform_in(tx, end_signings_of_hold, EndSigningsOfHold(unit=event.unit, request=event.request))


@EVENTS.on(support.ContactWithdrawnV1)
async def contact_withdrawn(tx: Tx, incoming: Incoming) -> None:
    """Delete the name and contact that came with a referral, unless a lease is drawn up with them."""
    event = incoming.parse(support.ContactWithdrawnV1)
    withdrawal = ForgetContact(party=incoming.sender, referral=event.referral, withdrawn_at=incoming.time)
    forgotten = await perform_in(tx, forget_contact, withdrawal)
    if forgotten is not None:
        await perform_in(tx, forget_drafts, ForgetDrafts(application_id=forgotten))
