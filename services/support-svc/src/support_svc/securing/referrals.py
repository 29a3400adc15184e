"""Referring a household to the landlord of its home, and withdrawing the referral (P6, W5)."""

from typing import cast
from uuid import UUID

from sqlalchemy import Uuid, select
from sqlalchemy.orm import selectinload

from chassis.feature import offers_of
from chassis.flush import parameter
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from support_svc.clients.model import Client, ContactKind
from support_svc.consents.model import Consent, Purpose
from support_svc.consents.standing import consent_in_force, publish_under_consent
from support_svc.placements.model import Placement, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.model import (
    Applicant,
    FormerReferral,
    NothingToRefer,
    Securing,
    TenancyReferralWithdrawn,
    TenancyReferred,
)


async def refer(tx: Tx, placement: Placement, request: Securing) -> bool:
    """Refer the household to the manager of its home, and return whether the referral was published.

    Name and contact go along only under a consent that is in force today (W5). When the consent to be housed
    has ended, nothing is sent, which is recorded. A referral that was withdrawn is followed by another with a
    reference of its own.
    """
    landlord = request.manager
    if landlord is None:
        raise NothingToRefer
    shared = await consent_in_force(tx, placement.client_id, Purpose.SHARE_CONTACT_FOR_TENANCY, landlord)
    referral = new_id()
    fact = TenancyReferred(
        landlord=landlord,
        referral=referral,
        request=request.request,
        unit=request.home,
        expected_move_in=request.expected_move_in,
        adults=request.adults,
        children=request.children,
        number=1,
        applicant=applicant_of(await with_contact(tx, placement.client_id)) if shared else None,
    )
    if not await publish_for_request(tx, placement, request, fact):
        return False
    _set_former_aside(tx, request)
    request.referral = referral
    request.referred_to = landlord
    request.referral_events = 1
    request.named = fact.applicant is not None
    details = {"address": request.address, "named": request.named, "landlord": landlord}
    add_to_timeline(tx, placement.id, TimelineKind.REFERRED, details)
    for act in offers_of(tx.runtime.features, "household_referred"):
        await act(tx, placement)
    return True


def _set_former_aside(tx: Tx, request: Securing) -> None:
    """Make room for another referral: the one that was withdrawn, if any, becomes a former one."""
    if request.referral is None or request.referred_to is None or request.referral_withdrawn_at is None:
        return
    tx.session.add(
        FormerReferral(
            referral=request.referral,
            request=request.request,
            referred_to=request.referred_to,
            withdrawn_at=request.referral_withdrawn_at,
            named=request.named,
            contact_withdrawn_at=request.contact_withdrawn_at,
            referral_events=request.referral_events,
        )
    )
    request.referral_withdrawn_at = request.contact_withdrawn_at = None
    request.application = request.decline_reason = None


def withdraw_referral(tx: Tx, placement: Placement, request: Securing) -> None:
    """Publish that the referral of a request is withdrawn; without one that stands nothing happens."""
    if request.referral is None or request.referred_to is None or not request.is_referred:
        return
    request.referral_withdrawn_at = tx.now
    request.referral_events += 1
    fact = TenancyReferralWithdrawn(request.referred_to, request.referral, number=request.referral_events)
    publish_end(tx, placement, request, fact)
    details = {"address": request.address, "landlord": request.referred_to}
    add_to_timeline(tx, placement.id, TimelineKind.REFERRAL_WITHDRAWN, details)


def count_event(request: Securing) -> None:
    """Count an event that another feature published about the referral of a request, which is locked."""
    request.referral_events += 1


async def with_contact(tx: Tx | ReadTx, client_id: UUID) -> Client:
    """Return a client with the ways to reach them."""
    found = select(Client).where(Client.id == client_id).options(selectinload(Client.contact_points))
    return (await tx.execute(found)).scalar_one()


def applicant_of(client: Client) -> Applicant:
    """Return what of a client is disclosed under the consent to share name and contact (W5)."""
    reached = {point.kind: point.value for point in reversed(client.contact_points)}
    return Applicant(
        given=client.given_name or client.family_name,
        family=client.family_name,
        one_name=not client.given_name,
        preferred=client.preferred_name,
        phone=reached.get(ContactKind.PHONE),
        email=reached.get(ContactKind.EMAIL),
        language=client.preferred_language.value if client.preferred_language else None,
    )


async def publish_for_request(tx: Tx, placement: Placement, request: Securing, fact: object) -> bool:
    """Publish a fact about a request if the person who agreed to it still agrees; return whether it was."""
    agreeing = await agreed_by(tx, request, placement.client_id)
    return await publish_under_consent(tx, fact, agreeing, placement.id, request.manager)


async def agreed_by(tx: Tx | ReadTx, request: Securing, client_id: UUID) -> UUID:
    """The client under whose consent a home was asked for, who needn't be the client that it's for by now."""
    for (agreed,) in await tx.look(_AGREED, {"consent": request.asked_under}):
        return cast("UUID", agreed)
    return client_id


_AGREED = select(Consent.client_id).where(Consent.id == parameter("consent", Uuid()))


def publish_end(tx: Tx, placement: Placement, request: Securing, fact: object) -> None:
    """Publish that what a consent had opened has ended; the consent needn't be in force any more."""
    tx.publish(fact, about=str(placement.id), under={Purpose.BE_HOUSED: request.opened_under})
