"""What stands of what was disclosed under a consent, and what can follow its withdrawal (C6, W5, W13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select

from support_svc.consents.model import Consent, Consequence, Purpose
from support_svc.placements.model import ApplicationState, Placement, Securing
from support_svc.placements.securing import OPEN, SecuringState

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


def may_follow(request: Securing, purpose: Purpose) -> tuple[Consequence, ...]:
    """Return what can follow for a request when the consent of a purpose is withdrawn."""
    found: list[Consequence] = []
    referred = request.referral is not None and request.referral_withdrawn_at is None
    if purpose is Purpose.BE_HOUSED and request.state in _GIVEN_BACK:
        found.append(Consequence.GIVE_UP_HOME)
    if purpose is not Purpose.COORDINATE_SERVICES and request.state is SecuringState.HELD and referred:
        found.append(Consequence.WITHDRAW_REFERRAL)
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY and contact_disclosed(request):
        found.append(Consequence.FORGET_CONTACT)
    return tuple(found)


def contact_disclosed(request: Securing) -> bool:
    """Return whether name and contact crossed with a request, and weren't taken back."""
    return request.named and request.referral is not None and request.contact_withdrawn_at is None


def standing_requests(client_id: UUID, purpose: Purpose) -> ColumnElement[bool]:
    """Requests of a client, also those asked for before somebody else became the head of the household."""
    told: ColumnElement[bool] = Securing.state.in_(OPEN)
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY:
        told = and_(Securing.named, Securing.contact_withdrawn_at.is_(None))
    own = or_(
        Placement.client_id == client_id,
        Securing.asked_under.in_(select(Consent.id).where(Consent.client_id == client_id)),
    )
    return and_(told, own)
