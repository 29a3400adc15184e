"""Offers of help that wait for an answer, and remedy dates of open housing loss prevention (F2, H3)."""

from dataclasses import replace

from sqlalchemy import func, or_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.housing_loss_prevention.feature import RISK_KINDS, RISK_STAGES, VIEW_PREVENTIONS
from support_svc.housing_loss_prevention.model import (
    HousingLossPrevention,
    OfferAnswer,
    PreventionStatus,
    TenancyRisk,
)
from support_svc.housing_loss_prevention.queries import next_follow_up
from support_svc.placements.model import Placement
from trade.due import CUT, Due, DueList, Note, Urgency, total, urgency_of


@query(VIEW_PREVENTIONS)
async def due(tx: ReadTx) -> DueList:
    """The offers made to me, and my housing loss prevention with a remedy date, or with nothing due."""
    return DueList.together([await _offers(tx), await _open(tx)])


async def _offers(tx: ReadTx) -> DueList:
    rows = (
        await tx.execute(
            select(TenancyRisk, Client, func.count().over())
            .join(Placement, Placement.id == TenancyRisk.placement_id)
            .join(Client, Client.id == Placement.client_id)
            .where(
                Placement.caseworker == tx.actor.subject,
                TenancyRisk.resolution.is_(None),
                TenancyRisk.answer == OfferAnswer.OPEN,
                may_see(tx),
            )
            .order_by(TenancyRisk.remedy_by.asc().nulls_last(), TenancyRisk.risk)
            .limit(CUT)
        )
    ).all()
    items = [
        Due(
            task="answer_offer",
            urgency=urgency_of(one.remedy_by, tx.today) if one.remedy_by else Urgency.SOON,
            page="offer",
            at={"risk": one.risk},
            name=person.full_name,
            person=person.id,
            by=one.remedy_by,
            notes=_risk(one),
        )
        for one, person, _ in rows
    ]
    return DueList(items, total(rows))


def _risk(one: TenancyRisk) -> tuple[Note, ...]:
    stage = (Note(RISK_STAGES[one.stage]),) if one.stage else ()
    return (Note(RISK_KINDS[one.kind]), *stage)


async def _open(tx: ReadTx) -> DueList:
    follow_up = next_follow_up(tx)
    rows = (
        await tx.execute(
            select(HousingLossPrevention, Client, func.count().over())
            .join(Client, Client.id == HousingLossPrevention.client_id)
            .where(
                HousingLossPrevention.caseworker == tx.actor.subject,
                HousingLossPrevention.status == PreventionStatus.OPEN,
                or_(HousingLossPrevention.remedy_by.is_not(None), follow_up.is_(None)),
                may_see(tx),
            )
            .order_by(HousingLossPrevention.remedy_by.asc().nulls_last(), HousingLossPrevention.id)
            .limit(CUT)
        )
    ).all()
    return DueList([_about(tx, one, person) for one, person, _ in rows], total(rows))


def _about(tx: ReadTx, one: HousingLossPrevention, person: Client) -> Due:
    undated = Due(
        task="date_prevention",
        urgency=Urgency.LATER,
        page="prevention",
        at={"prevention_id": one.id},
        name=person.full_name,
        person=person.id,
    )
    if one.remedy_by is None:
        return undated
    return replace(undated, task="remedy", by=one.remedy_by, urgency=urgency_of(one.remedy_by, tx.today))
