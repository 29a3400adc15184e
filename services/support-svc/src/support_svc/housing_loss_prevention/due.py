"""Offers of help that wait for an answer, and remedy dates of open housing loss prevention (F2, H3)."""

from sqlalchemy import case, func, literal, or_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.due_rows import due_rows
from support_svc.housing_loss_prevention.feature import RISK_KINDS, RISK_STAGES, VIEW_PREVENTIONS
from support_svc.housing_loss_prevention.model import (
    HousingLossPrevention,
    OfferAnswer,
    PreventionStatus,
    TenancyRisk,
)
from support_svc.housing_loss_prevention.queries import next_follow_up
from support_svc.placements.model import Placement
from trade.due import NO_DAY, Due, DueList, Note, Urgency, Wanted, urgency_of


@query(VIEW_PREVENTIONS)
async def due(tx: ReadTx, wanted: Wanted) -> DueList:
    """The offers that wait for an answer, and open cases with a remedy date, or with nothing due."""
    return DueList.together([await _offers(tx, wanted), await _open(tx, wanted)])


async def _offers(tx: ReadTx, wanted: Wanted) -> DueList:
    statement = (
        select(TenancyRisk, Client)
        .join(Placement, Placement.id == TenancyRisk.placement_id)
        .join(Client, Client.id == Placement.client_id)
        .where(
            TenancyRisk.resolution.is_(None),
            TenancyRisk.answer == OfferAnswer.OPEN,
            may_see(tx),
        )
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("answer_offer",),
        caseworker=Placement.caseworker,
        day=func.coalesce(TenancyRisk.remedy_by, NO_DAY),
        id=TenancyRisk.risk,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(one.remedy_by, tx.today) if one.remedy_by else Urgency.SOON,
            page="offer",
            at={"risk": one.risk},
            name=person.full_name,
            person=person.id,
            by=one.remedy_by,
            notes=_risk(one),
            caseworker=whose,
            place=(day, one.risk),
        )
        for one, person, task, whose, day in rows
    ]
    return DueList(items, count)


def _risk(one: TenancyRisk) -> tuple[Note, ...]:
    stage = (Note(RISK_STAGES[one.stage]),) if one.stage else ()
    return (Note(RISK_KINDS[one.kind]), *stage)


async def _open(tx: ReadTx, wanted: Wanted) -> DueList:
    remedy_by = HousingLossPrevention.remedy_by
    statement = (
        select(HousingLossPrevention, Client)
        .join(Client, Client.id == HousingLossPrevention.client_id)
        .where(
            HousingLossPrevention.status == PreventionStatus.OPEN,
            or_(remedy_by.is_not(None), next_follow_up(tx).is_(None)),
            may_see(tx),
        )
    )
    rows, count = await due_rows(
        tx,
        statement,
        wanted,
        tasks=("remedy", "date_prevention"),
        task=case((remedy_by.is_not(None), literal("remedy")), else_=literal("date_prevention")),
        caseworker=HousingLossPrevention.caseworker,
        day=func.coalesce(remedy_by, NO_DAY),
        id=HousingLossPrevention.id,
    )
    items = [
        Due(
            task=task,
            urgency=urgency_of(one.remedy_by, tx.today) if one.remedy_by else Urgency.LATER,
            page="prevention",
            at={"prevention_id": one.id},
            name=person.full_name,
            person=person.id,
            by=one.remedy_by,
            caseworker=whose,
            place=(day, one.id),
            revision=one.version,
        )
        for one, person, task, whose, day in rows
    ]
    return DueList(items, count)
