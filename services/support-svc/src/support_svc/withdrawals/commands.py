"""Withdrawing a consent, and what follows for what is under way (C6, W5, W13)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.commands import WithdrawConsent, withdraw_consent
from support_svc.consents.feature import RECORD_CONSENT
from support_svc.consents.model import AlreadyWithdrawn, Consent, Consequence
from support_svc.placements.commands import locked_placement
from support_svc.placements.model import Placement, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.consequences import apply_fact
from support_svc.securing.model import ContactWithdrawn, Securing
from support_svc.securing.process import GivenUp
from support_svc.securing.referrals import withdraw_referral
from support_svc.withdrawals.model import (
    WITH_CONSEQUENCES,
    Reach,
    WithdrawWithConsequences,
    contact_disclosed,
    may_follow,
    standing_requests,
)
from support_svc.withdrawals.queries import reach_of


@use_case(RECORD_CONSENT)
async def withdraw_with_consequences(tx: Tx, command: WithdrawWithConsequences) -> None:
    """Withdraw a consent, and let follow what the person chose for what is under way.

    For a consent that was withdrawn before, only that is done. Raises AlreadyWithdrawn, NotFound.
    """
    consent = (
        await tx.execute(
            select(Consent)
            .join(Client, Client.id == Consent.client_id)
            .where(Consent.id == command.consent_id, Consent.client_id == command.client_id, may_see(tx))
        )
    ).scalar_one_or_none()
    if consent is None:
        raise NotFound(what="consent")
    if consent.withdrawn_at is None:
        own = WithdrawConsent(client_id=command.client_id, consent_id=command.consent_id)
        await withdraw_consent(tx, own)
    elif not command.follows:
        raise AlreadyWithdrawn
    if command.follows and consent.purpose in WITH_CONSEQUENCES:
        await tx.session.flush()
        await _follow(tx, consent, command.follows)


async def _follow(tx: Tx, consent: Consent, chosen: Sequence[Consequence]) -> None:
    found = await tx.execute(
        select(Securing)
        .options(selectinload(Securing.former_referrals))
        .join(Placement, Placement.id == Securing.placement_id)
        .where(standing_requests(consent.client_id, consent.purpose))
        .order_by(Securing.placement_id, Securing.asked_at)
    )
    standing = list(found.scalars())
    reach = await reach_of(tx, consent, standing)
    for placement_id, reference in [(one.placement_id, one.request) for one in standing]:
        placement = await locked_placement(tx, placement_id)
        request = await tx.session.get_one(
            Securing,
            reference,
            options=[selectinload(Securing.former_referrals)],
            with_for_update=True,
            populate_existing=True,
        )
        possible = may_follow(request, consent.purpose, reach)
        if Consequence.FORGET_CONTACT in chosen and Consequence.FORGET_CONTACT in possible:
            _forget_contact(tx, placement, request, consent, reach)
        if Consequence.GIVE_UP_HOME in chosen and Consequence.GIVE_UP_HOME in possible:
            await apply_fact(tx, placement, request, GivenUp())
        elif Consequence.WITHDRAW_REFERRAL in chosen and Consequence.WITHDRAW_REFERRAL in possible:
            withdraw_referral(tx, placement, request)
            tx.touched("placement", placement.id, "referral_withdrawn")


def _forget_contact(tx: Tx, placement: Placement, request: Securing, consent: Consent, reach: Reach) -> None:
    """Ask the landlords within reach to delete name and contact, under the consent that disclosed them."""
    asked: set[str] = set()
    for referral in contact_disclosed(request, reach):
        if referral.referral is None or referral.referred_to is None:
            continue
        referral.contact_withdrawn_at = tx.now
        referral.referral_events += 1
        asked.add(referral.referred_to)
        fact = ContactWithdrawn(referral.referred_to, referral.referral, number=referral.referral_events)
        tx.publish(fact, about=str(placement.id), under={consent.purpose: str(consent.id)})
    for landlord in sorted(asked):
        details = {"address": request.address, "landlord": landlord}
        add_to_timeline(tx, placement.id, TimelineKind.CONTACT_WITHDRAWN, details)
    tx.touched("placement", placement.id, "contact_withdrawn")
