"""Events about applications: referrals received from support, and what is published (T1, W2, W5)."""

from __future__ import annotations

from chassis.bus import Incoming
from chassis.bus.events import Events
from chassis.perform import perform_in
from chassis.publisher import Outgoing
from chassis.tx import Tx
from contracts import support, tenancy
from contracts.words import DeclineReason
from tenancy_svc.applications.commands import receive_referral, withdraw_referral
from tenancy_svc.applications.model import (
    ApplicationClosed,
    ApplicationDeclined,
    ApplicationOpened,
    ReceiveReferral,
    WithdrawReferral,
)
from tenancy_svc.applications.people import PersonGiven

EVENTS = Events()


@EVENTS.publishes(ApplicationOpened)
def application_opened(fact: ApplicationOpened) -> Outgoing:
    """A referral became an application."""
    event = tenancy.ApplicationOpenedV1(referral=fact.to.reference)
    return Outgoing(event, fact.number, fact.to.party)


@EVENTS.publishes(ApplicationDeclined)
def application_declined(fact: ApplicationDeclined) -> Outgoing:
    """An application was declined, for a reason of the closed list."""
    event = tenancy.ApplicationDeclinedV1(referral=fact.to.reference, reason=DeclineReason(fact.reason.value))
    return Outgoing(event, fact.number, fact.to.party)


@EVENTS.publishes(ApplicationClosed)
def application_closed(fact: ApplicationClosed) -> Outgoing:
    """A home won't be let to the household that asked for it; the inventory receives no reason."""
    event = tenancy.ApplicationClosedV1(request=fact.request, unit=fact.unit)
    return Outgoing(event, fact.number, fact.to)


@EVENTS.on(support.TenancyReferredV1)
async def tenancy_referred(tx: Tx, incoming: Incoming) -> None:
    """Turn a referral into an application; its name is there only when the applicant agreed to that."""
    event = incoming.parse(support.TenancyReferredV1)
    person = None
    if event.name is not None:
        contact = event.contact
        person = PersonGiven(
            given_name="" if event.name.one_name else event.name.given,
            family_name=event.name.family,
            phone=contact.phone if contact else None,
            email=contact.email if contact else None,
        )
    await perform_in(
        tx,
        receive_referral,
        ReceiveReferral(
            party=incoming.sender,
            referral=event.referral,
            request=event.request,
            unit=event.unit,
            expected_move_in=event.expected_move_in,
            adults=event.adults,
            children=event.children,
            person=person,
        ),
    )


@EVENTS.on(support.TenancyReferralWithdrawnV1)
async def tenancy_referral_withdrawn(tx: Tx, incoming: Incoming) -> None:
    """Note that support withdrew a referral."""
    event = incoming.parse(support.TenancyReferralWithdrawnV1)
    withdrawal = WithdrawReferral(party=incoming.sender, referral=event.referral, withdrawn_at=incoming.time)
    await perform_in(tx, withdraw_referral, withdrawal)
