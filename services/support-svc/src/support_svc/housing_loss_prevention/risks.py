"""Risks to a tenancy that its property entity reports, and the offers of help that follow (H3, W5).

An offer is voluntary: declining it changes nothing but the offer, and it can be taken up later.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select

from chassis.access import RECEIVE_EVENTS
from chassis.errors import NotFound
from chassis.parties import require_sender
from chassis.tx import Tx
from chassis.usecase import use_case
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.housing_loss_prevention.commands import (
    NewPrevention,
    count_down,
    open_for,
    open_prevention_of,
)
from support_svc.housing_loss_prevention.feature import EDIT_PREVENTION
from support_svc.housing_loss_prevention.model import (
    HousingLossPrevention,
    NoOpenPrevention,
    OfferAnswer,
    OfferEnded,
    RiskKind,
    RiskResolution,
    RiskSource,
    RiskStage,
    TenancyRisk,
)
from support_svc.placements.model import Placement, TimelineKind
from support_svc.placements.timeline import add_to_timeline
from support_svc.securing.model import Securing, addressee_of, has_referral


@dataclass(frozen=True, slots=True)
class RiskReport:
    """What a property entity reported about a tenancy; `version` orders the events about one referral.

    Without a `stage` it reports the end of the risk, with its `resolution`.
    """

    referral: UUID
    risk: UUID
    sender: str
    version: int
    kind: RiskKind
    stage: RiskStage | None = None
    served_on: date | None = None
    remedy_by: date | None = None
    next_date: date | None = None
    termination_on: date | None = None
    resolution: RiskResolution | None = None
    resolved_on: date | None = None


class OfferOf(BaseModel):
    """An offer of help with a risk."""

    risk: UUID


class DeclineOffer(OfferOf):
    """Decline an offer; nothing follows from it."""


class TakeUpOffer(NewPrevention, OfferOf):
    """Open housing loss prevention for a risk that was reported."""


class AddToOpen(OfferOf):
    """Add a risk to the housing loss prevention that is open for its client."""


@use_case(RECEIVE_EVENTS)
async def receive_risk(tx: Tx, report: RiskReport) -> None:
    """Record what is reported about a risk; an event older than the last one changes nothing.

    Another stage offers help again, unless it was taken up. Raises NotFound, NotTheSenders.
    """
    placement_id = await _reported_by(tx, report.referral, report.sender)
    risk = await tx.session.get(TenancyRisk, report.risk, with_for_update=True)
    if risk is None:
        risk = TenancyRisk(
            risk=report.risk,
            referral=report.referral,
            placement_id=placement_id,
            landlord=report.sender,
            answer=OfferAnswer.OPEN,
            reported_version=-1,
        )
        tx.session.add(risk)
    elif risk.referral != report.referral:
        await _reported_by(tx, risk.referral, report.sender)
    if report.version <= risk.reported_version:
        return
    if risk.answer is OfferAnswer.DECLINED and report.stage not in (None, risk.stage):
        risk.answer = OfferAnswer.OPEN
        risk.answered_at = risk.answered_by_name = None
    risk.reported_version = report.version
    risk.reported_at = tx.now
    risk.kind = report.kind
    if report.stage is not None:
        for name in ("stage", "served_on", "remedy_by", "next_date", "termination_on"):
            setattr(risk, name, getattr(report, name))
        if risk.offered_at is None:
            risk.offered_at, risk.offered_remedy_by = tx.now, report.remedy_by
    risk.resolution = report.resolution
    risk.resolved_on = report.resolved_on
    if risk.prevention_id is not None:
        await tx.session.flush()
        prevention = await tx.session.get(HousingLossPrevention, risk.prevention_id, with_for_update=True)
        if prevention is not None:
            await count_down(tx, prevention)
    line = TimelineKind.TENANCY_RISK_RESOLVED if report.resolution else TimelineKind.TENANCY_AT_RISK
    details = {
        "landlord": report.sender,
        "risk": report.kind,
        "stage": report.stage,
        "remedy_by": report.remedy_by,
        "resolution": report.resolution,
    }
    add_to_timeline(tx, placement_id, line, details)


async def _reported_by(tx: Tx, referral: UUID, sender: str) -> UUID:
    """The placement of a referral. Raises NotFound, and NotTheSenders unless it was sent to the sender."""
    found = await tx.execute(
        select(Securing.placement_id, addressee_of(referral)).where(has_referral(referral))
    )
    row = found.one_or_none()
    if row is None:
        raise NotFound(what="referral")
    placement_id: UUID = row[0]
    require_sender(sender, row[1])
    return placement_id


@use_case(EDIT_PREVENTION)
async def decline_offer(tx: Tx, command: DeclineOffer) -> None:
    """Decline an offer; it can be taken up later. Raises OfferEnded, NotFound."""
    risk, _ = await _offer(tx, command.risk)
    if risk.answer is OfferAnswer.DECLINED:
        return
    _answer(tx, risk, OfferAnswer.DECLINED)
    tx.touched("tenancy_risk", risk.risk, "offer_declined")


@use_case(EDIT_PREVENTION)
async def take_up_offer(tx: Tx, command: TakeUpOffer) -> UUID:
    """Open housing loss prevention for an offer, also one that was declined, and return its id.

    Raises OfferEnded, NotFound, and what `open_for` refuses.
    """
    risk, client = await _offer(tx, command.risk)
    prevention = await open_for(tx, client.id, command, RiskSource.NOTICE)
    await _take_up(tx, risk, prevention)
    return prevention.id


@use_case(EDIT_PREVENTION)
async def add_to_open(tx: Tx, command: AddToOpen) -> UUID:
    """Add a risk to the open housing loss prevention of its client and return that one's id.

    Raises OfferEnded, NoOpenPrevention, NotFound.
    """
    risk, client = await _offer(tx, command.risk)
    prevention = await open_prevention_of(tx, client.id)
    if prevention is None:
        raise NoOpenPrevention(name=client.full_name)
    await _take_up(tx, risk, prevention)
    return prevention.id


async def _offer(tx: Tx, risk_id: UUID) -> tuple[TenancyRisk, Client]:
    """A risk that help can be offered with, locked, and the client whose tenancy it is."""
    row = (
        await tx.execute(
            select(TenancyRisk, Client)
            .join(Placement, Placement.id == TenancyRisk.placement_id)
            .join(Client, Client.id == Placement.client_id)
            .where(TenancyRisk.risk == risk_id, may_see(tx))
            .with_for_update(of=TenancyRisk)
            .execution_options(populate_existing=True)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what="offer")
    risk, client = row
    if risk.resolution is not None or risk.answer is OfferAnswer.TAKEN_UP:
        raise OfferEnded
    return risk, client


async def _take_up(tx: Tx, risk: TenancyRisk, prevention: HousingLossPrevention) -> None:
    risk.prevention_id = prevention.id
    _answer(tx, risk, OfferAnswer.TAKEN_UP)
    await tx.session.flush()
    await count_down(tx, prevention)
    tx.touched("housing_loss_prevention", prevention.id, "risk_added", {"risk": (None, risk.risk)})


def _answer(tx: Tx, risk: TenancyRisk, answer: OfferAnswer) -> None:
    risk.answer = answer
    risk.answered_at = tx.now
    risk.answered_by_name = tx.actor.name
