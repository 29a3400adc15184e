"""From facts of the trade to the events of the published language."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.tracing import traceparent
from contracts import envelope
from contracts import tenancy as said
from contracts.event import Event
from contracts.words import (
    DeclineReason,
    EntryAnswer,
    EntryRefusal,
    Money,
    SigningOutcome,
    SigningPlace,
)
from tenancy_svc.applications.model import ApplicationClosed, ApplicationDeclined, ApplicationOpened
from tenancy_svc.entry.model import EntryAnswered
from tenancy_svc.signings.model import (
    ReferredTenancyStarted,
    SigningCancelled,
    SigningHeld,
    SigningMoved,
    SigningScheduled,
    TenancyStarted,
)

if TYPE_CHECKING:
    from chassis.tx import Tx

ToldOfReferral = (
    ApplicationOpened
    | ApplicationDeclined
    | SigningScheduled
    | SigningMoved
    | SigningCancelled
    | SigningHeld
    | ReferredTenancyStarted
)
"""What support may be told of one of its referrals; each carries its place in their order."""


class TenancyPublisher:
    """Turns each fact into its one event; `entity` is the legal entity that says it."""

    def __init__(self, entity: str) -> None:
        self.source = f"/{entity}/tenancy"

    def to_messages(self, fact: object, tx: Tx) -> Sequence[OutboxMessage]:
        """Return the message for a fact. Raises TypeError for anything that isn't told to anybody."""
        event, number = _event_of(fact)
        event_id = new_id()
        aggregate: uuid.UUID = getattr(event, event.terms.aggregate)
        data = envelope.write(
            event,
            id=event_id,
            time=tx.now,
            aggregate=aggregate,
            aggregate_version=number,
            source=self.source,
            traceparent=traceparent(),
        )
        subject = event.terms.subject
        return [OutboxMessage(subject, subject, str(aggregate), number, data, event.needs, event_id)]


def _event_of(fact: object) -> tuple[Event, int]:
    """Return the event for a fact, and its place in the order of its aggregate."""
    if isinstance(fact, TenancyStarted):
        return said.TenancyStartedV1(
            tenancy=fact.tenancy, unit=fact.unit, start=fact.start, request=fact.request
        ), 1
    if isinstance(fact, ApplicationClosed):
        return said.ApplicationClosedV1(request=fact.request, unit=fact.unit), fact.number
    if isinstance(fact, EntryAnswered):
        answered = said.EntryAnsweredV1(
            request=fact.request,
            unit=fact.unit,
            answer=EntryAnswer(fact.answer.value),
            entry_from=fact.entry_from,
            reason=EntryRefusal(fact.reason.value) if fact.reason else None,
        )
        return answered, fact.number
    if isinstance(fact, ToldOfReferral):
        return _told_of_referral(fact), fact.number
    raise TypeError(f"{type(fact).__name__} has no published form")


def _told_of_referral(fact: ToldOfReferral) -> Event:
    """Return what support is told of one of its referrals."""
    event: Event
    match fact:
        case ApplicationOpened():
            event = said.ApplicationOpenedV1(referral=fact.referral)
        case ApplicationDeclined():
            event = said.ApplicationDeclinedV1(
                referral=fact.referral, reason=DeclineReason(fact.reason.value)
            )
        case SigningScheduled():
            event = said.SigningScheduledV1(
                referral=fact.referral,
                signing=fact.signing,
                starts_at=fact.starts_at,
                place=SigningPlace(fact.place.value),
            )
        case SigningMoved():
            event = said.SigningMovedV1(
                referral=fact.referral,
                signing=fact.signing,
                starts_at=fact.starts_at,
                place=SigningPlace(fact.place.value),
            )
        case SigningCancelled():
            event = said.SigningCancelledV1(referral=fact.referral, signing=fact.signing)
        case SigningHeld():
            event = said.SigningHeldV1(
                referral=fact.referral, signing=fact.signing, outcome=SigningOutcome(fact.outcome.value)
            )
        case ReferredTenancyStarted():
            event = said.ReferredTenancyStartedV1(
                referral=fact.referral,
                unit=fact.unit,
                start=fact.start,
                rent=Money(amount=fact.rent, currency=fact.currency),
            )
    return event
