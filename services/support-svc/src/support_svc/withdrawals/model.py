"""What was disclosed under a consent and still stands, and what can follow its withdrawal (C6, W5, W13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select

from support_svc.consents.model import Consent, Consequence, Purpose
from support_svc.placements.model import ApplicationState, Placement, SecuringState
from support_svc.securing.model import FormerReferral, Securing, is_open

_CAN_BE_GIVEN_UP = frozenset({SecuringState.ASKED, SecuringState.HELD})
"""States of a request that the caseworker can give up; once the tenancy has started, the lease counts."""


@dataclass(frozen=True, slots=True)
class StandingDisclosure:
    """Something that was disclosed about a client and still stands, and what may follow for it."""

    placement_id: UUID
    request: UUID
    address: str
    state: SecuringState
    asked_at: datetime
    referred: bool
    application: ApplicationState | None
    contact_was_disclosed: bool
    may_follow: tuple[Consequence, ...]


class WithdrawalFields(BaseModel):
    """What follows from a withdrawal for everything under way; nothing unless it's chosen."""

    follows: list[Consequence] = Field(default=[], max_length=3, title="What follows")


class WithdrawWithConsequences(WithdrawalFields):
    """Withdraw a consent, or let something follow from one that was withdrawn before."""

    client_id: UUID
    consent_id: UUID


def may_follow(request: Securing, purpose: Purpose) -> tuple[Consequence, ...]:
    """Return what can follow for a request when the consent of a purpose is withdrawn."""
    found: list[Consequence] = []
    if purpose is Purpose.BE_HOUSED and request.state in _CAN_BE_GIVEN_UP:
        found.append(Consequence.GIVE_UP_HOME)
    if (
        purpose is not Purpose.COORDINATE_SERVICES
        and request.state is SecuringState.HELD
        and request.is_referred
    ):
        found.append(Consequence.WITHDRAW_REFERRAL)
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY and contact_disclosed(request):
        found.append(Consequence.FORGET_CONTACT)
    return tuple(found)


def contact_disclosed(request: Securing) -> list[Securing | FormerReferral]:
    """Return the referrals that disclosed name and contact and for which the contact wasn't withdrawn."""
    referrals: list[Securing | FormerReferral] = [request, *request.former_referrals]
    return [one for one in referrals if one.named and one.contact_withdrawn_at is None]


def standing_requests(client_id: UUID, purpose: Purpose) -> ColumnElement[bool]:
    """The requests of a client, also those made before somebody else became the head of the household."""
    disclosed = is_open()
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY:
        former = select(FormerReferral.request).where(_contact_disclosed(FormerReferral))
        disclosed = or_(_contact_disclosed(Securing), Securing.request.in_(former))
    own = or_(
        Placement.client_id == client_id,
        Securing.asked_under.in_(select(Consent.id).where(Consent.client_id == client_id)),
    )
    return and_(disclosed, own)


def _contact_disclosed(kind: type[Securing | FormerReferral]) -> ColumnElement[bool]:
    return and_(kind.named, kind.contact_withdrawn_at.is_(None))
