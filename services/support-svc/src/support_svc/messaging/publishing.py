"""From facts of the trade to the events of the published language.

A fact that has no case here can't leave: there is no field for a note, a client number or a service.
"""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from chassis.ids import new_id
from chassis.publisher import OutboxMessage
from chassis.tracing import traceparent
from contracts import envelope
from contracts import support as said
from contracts.event import Event
from contracts.words import AbsenceReason, Attendance, Language, PersonContact, PersonName
from support_svc.placements.model import (
    Applicant,
    ContactWithdrawn,
    HouseholdMovedIn,
    HouseholdMovedOut,
    TenancyReferralWithdrawn,
    TenancyReferred,
    UnitRequested,
    UnitRequestWithdrawn,
)
from support_svc.signings.model import SigningAnswered

if TYPE_CHECKING:
    from chassis.tx import Tx


class SupportPublisher:
    """Turns each fact into its one event; `entity` is the legal entity that says it."""

    def __init__(self, entity: str) -> None:
        self.source = f"/{entity}/support"

    def to_messages(self, fact: object, tx: "Tx") -> Sequence[OutboxMessage]:
        """Return the message for a fact. Raises TypeError for anything that isn't told to anybody."""
        event, number = _event_of(fact)
        event_id = new_id()
        aggregate: UUID = getattr(event, event.terms.aggregate)
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


def _event_of(fact: object) -> tuple[Event, int]:  # noqa: PLR0911 - one for each fact
    """The event for a fact, and its place in the order of its aggregate.

    Of one request there is asked (1), then withdrawn or moved in (2), then moved out (3).
    """
    match fact:
        case UnitRequested():
            return (
                said.UnitRequestedV1(
                    request=fact.request,
                    unit=fact.unit,
                    secured_on=fact.secured_on,
                    expected_move_in=fact.expected_move_in,
                    adults=fact.adults,
                    children=fact.children,
                ),
                1,
            )
        case UnitRequestWithdrawn():
            return said.UnitRequestWithdrawnV1(request=fact.request, unit=fact.unit), 2
        case HouseholdMovedIn():
            moved_in = said.HouseholdMovedInV1(
                request=fact.request, unit=fact.unit, moved_in_on=fact.moved_in_on
            )
            return moved_in, 2
        case HouseholdMovedOut():
            moved_out = said.HouseholdMovedOutV1(
                request=fact.request, unit=fact.unit, moved_out_on=fact.moved_out_on
            )
            return moved_out, 3
        case TenancyReferred():
            return _referred(fact), fact.number
        case TenancyReferralWithdrawn():
            return said.TenancyReferralWithdrawnV1(referral=fact.referral), fact.number
        case ContactWithdrawn():
            return said.ContactWithdrawnV1(referral=fact.referral), fact.number
        case SigningAnswered():
            return _answered(fact), fact.number
    raise TypeError(f"{type(fact).__name__} has no published form")


def _referred(fact: TenancyReferred) -> said.TenancyReferredV1:
    person = fact.applicant
    return said.TenancyReferredV1(
        referral=fact.referral,
        request=fact.request,
        unit=fact.unit,
        expected_move_in=fact.expected_move_in,
        adults=fact.adults,
        children=fact.children,
        name=_name(person) if person else None,
        contact=_contact(person) if person else None,
    )


def _name(person: Applicant) -> PersonName:
    preferred, one_name = person.preferred or None, person.one_name or None
    return PersonName(given=person.given, family=person.family, preferred=preferred, one_name=one_name)


def _contact(person: Applicant) -> PersonContact | None:
    phone = _dialled(person.phone) if person.phone else None
    language = Language(person.language) if person.language in set(Language) else None
    if phone is None and person.email is None and language is None:
        return None
    return PersonContact(phone=phone, email=person.email, language=language)


def _dialled(phone: str) -> str | None:
    """The number in the characters that the contract has; None when too little of it is left."""
    plain = re.sub(r"[^0-9+ ().x-]", "", phone.replace("ext.", "x"))[:30].strip()
    return plain if len(plain) >= 5 else None


def _answered(fact: SigningAnswered) -> said.SigningAttendanceV1:
    return said.SigningAttendanceV1(
        referral=fact.referral,
        signing=fact.signing,
        attendance=Attendance(fact.attendance.value),
        reason=AbsenceReason(fact.reason.value) if fact.reason else None,
    )
