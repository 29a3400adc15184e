"""What stands of what was told under a consent, and what follows when it is withdrawn (C6, W5, W13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select

from chassis.errors import NotFound
from chassis.tx import ReadTx, Tx
from chassis.usecase import query, use_case
from support_svc.access import Permission
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.consents.commands import WithdrawConsent, withdraw_consent
from support_svc.consents.model import AlreadyWithdrawn, Consent, Consequence, Purpose
from support_svc.placements.answers import settle, withdraw_referral
from support_svc.placements.model import (
    ApplicationState,
    ContactWithdrawn,
    Placement,
    Securing,
    TimelineKind,
)
from support_svc.placements.rows import locked_placement, note
from support_svc.placements.securing import OPEN, GivenUp, SecuringState

_GIVEN_BACK = frozenset({SecuringState.ASKED, SecuringState.HELD})
"""States of a request that the caseworker can give up; once the tenancy has started the lease speaks."""


@dataclass(frozen=True, slots=True)
class StandingDisclosure:
    """Something that was told about a client and still stands, and what may follow for it."""

    placement_id: UUID
    request: UUID
    address: str
    state: SecuringState
    asked_at: datetime
    referred: bool
    application: ApplicationState | None
    contact_told: bool
    may_follow: tuple[Consequence, ...]


class WithdrawalFields(BaseModel):
    """What follows from a withdrawal for everything under way; nothing unless it's chosen."""

    follows: list[Consequence] = Field(default=[], max_length=3, title="What follows")


class WithdrawWithConsequences(WithdrawalFields):
    """A client no longer agrees; what was withdrawn before can have consequences later."""

    client_id: UUID
    consent_id: UUID


def _may_follow(request: Securing, purpose: Purpose) -> tuple[Consequence, ...]:
    found: list[Consequence] = []
    referred = request.referral is not None and request.referral_withdrawn_at is None
    if purpose is Purpose.BE_HOUSED and request.state in _GIVEN_BACK:
        found.append(Consequence.GIVE_UP_HOME)
    if purpose is not Purpose.COORDINATE_SERVICES and request.state is SecuringState.HELD and referred:
        found.append(Consequence.WITHDRAW_REFERRAL)
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY and _contact_told(request):
        found.append(Consequence.FORGET_CONTACT)
    return tuple(found)


def _contact_told(request: Securing) -> bool:
    return request.named and request.referral is not None and request.contact_withdrawn_at is None


def _standing(client_id: UUID, purpose: Purpose) -> ColumnElement[bool]:
    """Requests of a client, also those asked for before somebody else became the head of the household."""
    told: ColumnElement[bool] = Securing.state.in_(OPEN)
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY:
        told = and_(Securing.named, Securing.contact_withdrawn_at.is_(None))
    own = or_(
        Placement.client_id == client_id,
        Securing.asked_under.in_(select(Consent.id).where(Consent.client_id == client_id)),
    )
    return and_(told, own)


@query(Permission.VIEW_CLIENTS, views="client")
async def standing_disclosures(tx: ReadTx, client_id: UUID, consent_id: UUID) -> list[StandingDisclosure]:
    """What was told under the purpose of a consent and still stands, the latest first. Raises NotFound."""
    purpose: Purpose | None = await tx.scalar(
        select(Consent.purpose)
        .join(Client, Client.id == Consent.client_id)
        .where(Consent.id == consent_id, Consent.client_id == client_id, may_see(tx))
    )
    if purpose is None:
        raise NotFound(what="consent")
    if purpose is Purpose.COORDINATE_SERVICES:
        return []
    requests = await tx.execute(
        select(Securing)
        .join(Placement, Placement.id == Securing.placement_id)
        .where(_standing(client_id, purpose))
        .order_by(Securing.asked_at.desc())
    )
    return [
        StandingDisclosure(
            placement_id=request.placement_id,
            request=request.request,
            address=request.address,
            state=request.state,
            asked_at=request.asked_at,
            referred=request.referral is not None and request.referral_withdrawn_at is None,
            application=request.application,
            contact_told=_contact_told(request),
            may_follow=_may_follow(request, purpose),
        )
        for request in requests.scalars()
    ]


@use_case(Permission.RECORD_CONSENT)
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
        .where(_standing(consent.client_id, consent.purpose))
        .order_by(Securing.placement_id, Securing.asked_at)
    )
    for placement_id, reference in standing.all():
        placement = await locked_placement(tx, placement_id)
        request = await tx.session.get_one(Securing, reference, with_for_update=True, populate_existing=True)
        possible = _may_follow(request, consent.purpose)
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
