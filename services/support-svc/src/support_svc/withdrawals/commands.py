"""Withdrawing a consent, and what follows for what is under way (C6, W5, W13)."""

from collections.abc import Sequence

from sqlalchemy import select

from chassis.errors import NotFound
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.commands import WithdrawConsent, withdraw_consent
from support_svc.consents.feature import RECORD_CONSENT
from support_svc.consents.model import AlreadyWithdrawn, Consent, Consequence, Purpose
from support_svc.placements.answers import settle, withdraw_referral
from support_svc.placements.model import ContactWithdrawn, Placement, Securing, TimelineKind
from support_svc.placements.rows import locked_placement, note
from support_svc.placements.securing import GivenUp
from support_svc.withdrawals.model import WithdrawWithConsequences, may_follow, standing_requests


@use_case(RECORD_CONSENT)
async def withdraw_with_consequences(tx: Tx, command: WithdrawWithConsequences) -> None:
    """Withdraw a consent, and do what the person wants done about what is under way.

    For one that was withdrawn before, only what follows is done. Raises AlreadyWithdrawn, NotFound.
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
    if command.follows and consent.purpose is not Purpose.COORDINATE_SERVICES:
        await _follow(tx, consent, command.follows)


async def _follow(tx: Tx, consent: Consent, chosen: Sequence[Consequence]) -> None:
    standing = await tx.execute(
        select(Securing.placement_id, Securing.request)
        .join(Placement, Placement.id == Securing.placement_id)
        .where(standing_requests(consent.client_id, consent.purpose))
        .order_by(Securing.placement_id, Securing.asked_at)
    )
    for placement_id, reference in standing.all():
        placement = await locked_placement(tx, placement_id)
        request = await tx.session.get_one(Securing, reference, with_for_update=True, populate_existing=True)
        possible = may_follow(request, consent.purpose)
        if Consequence.FORGET_CONTACT in chosen and Consequence.FORGET_CONTACT in possible:
            _forget_contact(tx, placement, request, consent)
        if Consequence.GIVE_UP_HOME in chosen and Consequence.GIVE_UP_HOME in possible:
            await settle(tx, placement, request, GivenUp())
        elif Consequence.WITHDRAW_REFERRAL in chosen and Consequence.WITHDRAW_REFERRAL in possible:
            withdraw_referral(tx, placement, request)
            tx.touched("placement", placement.id, "referral_withdrawn")


def _forget_contact(tx: Tx, placement: Placement, request: Securing, consent: Consent) -> None:
    """Tell the property entity to forget name and contact, under the consent that let them cross."""
    if request.referral is None:
        return
    request.contact_withdrawn_at = tx.now
    request.said += 1
    fact = ContactWithdrawn(request.referral, number=request.said)
    tx.publish(fact, about=str(placement.id), under={consent.purpose: str(consent.id)})
    note(tx, placement.id, TimelineKind.CONTACT_WITHDRAWN, {"address": request.address})
    tx.touched("placement", placement.id, "contact_withdrawn")
