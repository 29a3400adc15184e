"""What is sent to the inventory of a home and to its landlord, and what they answer (P6, N2, W2, W5)."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from chassis.tx import Tx
from contracts import support, tenancy, units
from contracts.words import Language, PersonContact, PersonName
from support_svc.homes.model import ManagedBy
from support_svc.placements.model import ApplicationState
from support_svc.securing.commands import (
    ApplicationReport,
    InventoryAnswer,
    TenancyReport,
    receive_answer,
    receive_application,
    receive_tenancy,
)
from support_svc.securing.consequences import ANSWER_TIMER, DEADLINE_TIMER
from support_svc.securing.model import (
    Applicant,
    ContactWithdrawn,
    TenancyReferralWithdrawn,
    TenancyReferred,
    UnitRequested,
    UnitRequestWithdrawn,
)
from support_svc.securing.process import (
    DeadlinePassed,
    Fact,
    HoldEnding,
    NoAnswer,
    Refused,
    Released,
    Secured,
)

EVENTS = Events()

# The events about one request are numbered: asked for (1), then withdrawn (2); or moved in (2) and, in the
# order in which they are published, corrected move-ins, moved out and corrected move-outs.


@EVENTS.publishes(UnitRequested)
def unit_requested(fact: UnitRequested) -> Outgoing:
    """A household asks for a home."""
    event = support.UnitRequestedV1(
        request=fact.request,
        unit=fact.unit,
        secured_on=fact.secured_on,
        expected_move_in=fact.expected_move_in,
        adults=fact.adults,
        children=fact.children,
    )
    return Outgoing(event, 1, fact.inventory)


@EVENTS.publishes(UnitRequestWithdrawn)
def unit_request_withdrawn(fact: UnitRequestWithdrawn) -> Outgoing:
    """A request is given up."""
    if fact.unit is None:
        return Outgoing(support.UnitProposalWithdrawnV1(request=fact.request), 2, fact.inventory)
    event = support.UnitRequestWithdrawnV1(request=fact.request, unit=fact.unit)
    return Outgoing(event, 2, fact.inventory)


@EVENTS.publishes(TenancyReferred)
def tenancy_referred(fact: TenancyReferred) -> Outgoing:
    """A household is referred, with name and contact only where the applicant agreed to that."""
    person = fact.applicant
    event = support.TenancyReferredV1(
        referral=fact.referral,
        request=fact.request,
        unit=fact.unit,
        expected_move_in=fact.expected_move_in,
        adults=fact.adults,
        children=fact.children,
        name=_name(person) if person else None,
        contact=_contact(person) if person else None,
    )
    return Outgoing(event, fact.number, fact.landlord)


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


@EVENTS.publishes(TenancyReferralWithdrawn)
def tenancy_referral_withdrawn(fact: TenancyReferralWithdrawn) -> Outgoing:
    """A referral is withdrawn."""
    return Outgoing(support.TenancyReferralWithdrawnV1(referral=fact.referral), fact.number, fact.landlord)


@EVENTS.publishes(ContactWithdrawn)
def contact_withdrawn(fact: ContactWithdrawn) -> Outgoing:
    """The applicant no longer agrees to sharing name and contact."""
    return Outgoing(support.ContactWithdrawnV1(referral=fact.referral), fact.number, fact.landlord)


async def _answered(tx: Tx, incoming: Incoming, request: UUID, unit: UUID, fact: Fact) -> None:
    await perform_in(tx, receive_answer, InventoryAnswer(request, fact, incoming.sender, unit))


async def _passed(tx: Tx, request: str, fact: Fact) -> None:
    await perform_in(tx, receive_answer, InventoryAnswer(UUID(request), fact))


@EVENTS.on(units.UnitSecuredV1)
async def unit_secured(tx: Tx, incoming: Incoming) -> None:
    """A request won its home."""
    event = incoming.parse(units.UnitSecuredV1)
    answer = InventoryAnswer(
        event.request,
        Secured(event.deadline),
        incoming.sender,
        event.unit,
        managed_by=ManagedBy(event.managed_by.value),
        manager=event.manager,
    )
    await perform_in(tx, receive_answer, answer)


@EVENTS.on(units.UnitRefusedV1)
async def unit_refused(tx: Tx, incoming: Incoming) -> None:
    """A request did not get its home."""
    event = incoming.parse(units.UnitRefusedV1)
    await _answered(tx, incoming, event.request, event.unit, Refused(event.reason.value))


@EVENTS.on(units.UnitHoldEndingV1)
async def unit_hold_ending(tx: Tx, incoming: Incoming) -> None:
    """A hold will lapse soon."""
    event = incoming.parse(units.UnitHoldEndingV1)
    await _answered(tx, incoming, event.request, event.unit, HoldEnding(event.deadline))


@EVENTS.on(units.UnitReleasedV1)
async def unit_released(tx: Tx, incoming: Incoming) -> None:
    """A hold ended without a tenancy."""
    event = incoming.parse(units.UnitReleasedV1)
    await _answered(tx, incoming, event.request, event.unit, Released(event.reason.value))


@EVENTS.at(ANSWER_TIMER)
async def no_answer_came(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The inventory's answer is late: the page shows that, and the caseworker may give the home up (P6)."""
    await _passed(tx, key, NoAnswer())


@EVENTS.at(DEADLINE_TIMER)
async def deadline_passed(tx: Tx, key: str, payload: Mapping[str, Any]) -> None:
    """The hold's deadline has passed, and the inventory hasn't reported that yet (P6)."""
    await _passed(tx, key, DeadlinePassed())


@EVENTS.on(tenancy.ApplicationOpenedV1)
async def application_opened(tx: Tx, incoming: Incoming) -> None:
    """A referral became an application."""
    event = incoming.parse(tenancy.ApplicationOpenedV1)
    opened = ApplicationReport(event.referral, incoming.sender, ApplicationState.OPENED)
    await perform_in(tx, receive_application, opened)


@EVENTS.on(tenancy.ApplicationDeclinedV1)
async def application_declined(tx: Tx, incoming: Incoming) -> None:
    """An application was declined."""
    event = incoming.parse(tenancy.ApplicationDeclinedV1)
    declined = ApplicationReport(
        event.referral, incoming.sender, ApplicationState.DECLINED, event.reason.value
    )
    await perform_in(tx, receive_application, declined)


@EVENTS.on(tenancy.ReferredTenancyStartedV1)
async def referred_tenancy_started(tx: Tx, incoming: Incoming) -> None:
    """The tenancy of a referral began."""
    event = incoming.parse(tenancy.ReferredTenancyStartedV1)
    rent = event.rent
    started = TenancyReport(event.referral, incoming.sender, event.start, rent.amount, rent.currency)
    await perform_in(tx, receive_tenancy, started)
