"""What was disclosed under a consent and still stands, and what can follow its withdrawal (C6, W5, W13)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement, and_, or_, select

from support_svc.consents.model import LANDLORDS_ASKED, Consent, Consequence, Purpose
from support_svc.placements.model import ApplicationState, Placement, SecuringState
from support_svc.securing.model import FormerReferral, Securing, is_open

_CAN_BE_GIVEN_UP = frozenset({SecuringState.ASKED, SecuringState.HELD})
"""States of a request that the caseworker can give up; once the tenancy has started, the lease counts."""


WITH_CONSEQUENCES = frozenset({Purpose.BE_HOUSED, Purpose.SHARE_CONTACT_FOR_TENANCY})
"""The purposes under which something stands with a request for a home that can be ended with the consent."""


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
    landlord: str | None
    contact_was_disclosed: bool
    may_follow: tuple[Consequence, ...]


class WithdrawalFields(BaseModel):
    """What follows from a withdrawal for everything under way; nothing unless it's chosen."""

    follows: list[Consequence] = Field(default=[], max_length=3, title="What follows")


class WithdrawWithConsequences(WithdrawalFields):
    """Withdraw a consent, or let something follow from one that was withdrawn before."""

    client_id: UUID
    consent_id: UUID


@dataclass(frozen=True, slots=True)
class Reach:
    """Which landlords the end of a consent concerns: those it was for and whom no other one serves (N4)."""

    recipient: str
    served: frozenset[str | None]
    """Those whom another consent in force for the same purpose serves."""

    def includes(self, landlord: str | None) -> bool:
        """Whether the consent was the one towards a landlord; None is a third party, or nobody known."""
        return self.recipient in (LANDLORDS_ASKED, landlord) and landlord not in self.served


def landlords_of(request: Securing) -> frozenset[str | None]:
    """Return the landlords that a request has or had to do with; None is a third party, or nobody known."""
    former = (one.referred_to for one in request.former_referrals)
    return frozenset((request.manager, request.referred_to, *former))


def may_follow(request: Securing, purpose: Purpose, reach: Reach) -> tuple[Consequence, ...]:
    """Return what can follow for a request when a consent of a purpose is withdrawn that reaches so far."""
    found: list[Consequence] = []
    if purpose is Purpose.BE_HOUSED and request.state in _CAN_BE_GIVEN_UP and reach.includes(request.manager):
        found.append(Consequence.GIVE_UP_HOME)
    if (
        purpose in WITH_CONSEQUENCES
        and request.state is SecuringState.HELD
        and request.is_referred
        and reach.includes(request.referred_to)
    ):
        found.append(Consequence.WITHDRAW_REFERRAL)
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY and contact_disclosed(request, reach):
        found.append(Consequence.FORGET_CONTACT)
    return tuple(found)


def concerns(request: Securing, purpose: Purpose, reach: Reach) -> bool:
    """Whether what was disclosed with a request, among `standing_requests`, is within reach."""
    if purpose is Purpose.SHARE_CONTACT_FOR_TENANCY:
        return bool(contact_disclosed(request, reach))
    return reach.includes(request.manager) or (
        request.referred_to is not None and reach.includes(request.referred_to)
    )


def contact_disclosed(request: Securing, reach: Reach) -> list[Securing | FormerReferral]:
    """Return the referrals within reach that disclosed a contact which wasn't withdrawn."""
    referrals: list[Securing | FormerReferral] = [request, *request.former_referrals]
    return [
        one
        for one in referrals
        if one.named and one.contact_withdrawn_at is None and reach.includes(one.referred_to)
    ]


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
