"""Reading housing loss prevention: its record, its debts, and the offers of help (H1, H3, H4)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from chassis.errors import NotFound
from chassis.feature import offers_of
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from deskkit.i18n import N_
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client
from support_svc.clients.open_matters import MatterKind, OpenMatter
from support_svc.history.records import RecordChange, changes_of
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_history.queries import HousingAction
from support_svc.housing_loss_prevention.feature import EDIT_PREVENTION, VIEW_PREVENTIONS
from support_svc.housing_loss_prevention.model import (
    Debt,
    HousingLossPrevention,
    OfferAnswer,
    Outcome,
    PreventionStatus,
    RiskKind,
    RiskResolution,
    RiskSource,
    RiskStage,
    TenancyRisk,
)
from support_svc.lookups.model import Caseworker, LookupValue
from support_svc.placements.model import Placement
from support_svc.programs.model import Program
from trade.due import CUT


@dataclass(frozen=True, slots=True)
class DebtView:
    """What a client owes to somebody."""

    id: UUID
    creditor_kind_id: UUID
    creditor_en: str
    creditor_fr: str
    amount: Decimal
    currency: str
    repayment_plan: bool
    version: int

    def creditor(self, locale: str) -> str:
        """The kind of creditor in the person's language."""
        return self.creditor_fr if locale == "fr" else self.creditor_en


@dataclass(frozen=True, slots=True)
class RiskView:
    """A risk to a tenancy, as it was reported last, and the offer of help."""

    risk: UUID
    client_id: UUID
    client_name: str
    caseworker_name: str
    landlord: str
    kind: RiskKind
    stage: RiskStage | None
    served_on: date | None
    remedy_by: date | None
    next_date: date | None
    termination_on: date | None
    resolution: RiskResolution | None
    resolved_on: date | None
    reported_at: datetime
    answer: OfferAnswer
    answered_at: datetime | None
    answered_by_name: str | None
    prevention_id: UUID | None
    open_prevention_id: UUID | None
    """The open housing loss prevention of its client, which it can be added to."""

    @property
    def offered(self) -> bool:
        """Whether help with it can be taken up."""
        return self.resolution is None and self.answer is not OfferAnswer.TAKEN_UP


@dataclass(frozen=True, slots=True)
class PreventionView:
    """A housing loss prevention with what its page shows."""

    id: UUID
    number: int
    client_id: UUID
    client_name: str
    status: PreventionStatus
    reason_id: UUID
    reason_en: str
    reason_fr: str
    started_on: date
    caseworker: str
    caseworker_name: str
    program_id: UUID | None
    program_en: str | None
    program_fr: str | None
    risk_source: RiskSource
    remedy_by: date | None
    ended_on: date | None
    outcome: Outcome | None
    address: str | None
    housed_since: date
    stay_ended_on: date | None
    stay_of_placement: UUID | None
    next_follow_up: date | None
    version: int
    debts: tuple[DebtView, ...]
    risks: tuple[RiskView, ...]

    @property
    def is_open(self) -> bool:
        """Whether somebody still works on it."""
        return self.status is PreventionStatus.OPEN

    @property
    def totals(self) -> dict[str, Decimal]:
        """What is owed in all, by currency."""
        found: dict[str, Decimal] = {}
        for debt in self.debts:
            found[debt.currency] = found.get(debt.currency, Decimal(0)) + debt.amount
        return found

    def reason(self, locale: str) -> str:
        """The reason for service in the person's language."""
        return self.reason_fr if locale == "fr" else self.reason_en

    def program(self, locale: str) -> str | None:
        """The program in the person's language."""
        return self.program_fr if locale == "fr" else self.program_en


@query(VIEW_PREVENTIONS, views="client")
async def prevention(tx: ReadTx, prevention_id: UUID) -> PreventionView:
    """A housing loss prevention's record; the view is logged (X3). Raises NotFound."""
    reason = aliased(LookupValue)
    row = (
        await tx.execute(
            select(
                HousingLossPrevention,
                Client,
                Caseworker.name,
                reason,
                Program,
                HousingRecord,
                next_follow_up(tx),
            )
            .join(Client, Client.id == HousingLossPrevention.client_id)
            .join(Caseworker, Caseworker.subject == HousingLossPrevention.caseworker)
            .join(reason, reason.id == HousingLossPrevention.reason_id)
            .outerjoin(Program, Program.id == HousingLossPrevention.program_id)
            .join(HousingRecord, HousingRecord.id == HousingLossPrevention.stay_id)
            .where(HousingLossPrevention.id == prevention_id, may_see(tx))
        )
    ).one_or_none()
    if row is None:
        raise NotFound(what="housing loss prevention")
    one, client, caseworker_name, why, funded_by, stay, due = row
    tx.viewed("client", client.id)
    return PreventionView(
        id=one.id,
        number=one.number,
        client_id=client.id,
        client_name=client.full_name,
        status=one.status,
        reason_id=one.reason_id,
        reason_en=why.label_en,
        reason_fr=why.label_fr,
        started_on=one.started_on,
        caseworker=one.caseworker,
        caseworker_name=caseworker_name,
        program_id=one.program_id,
        program_en=None if funded_by is None else funded_by.name_en,
        program_fr=None if funded_by is None else funded_by.name_fr,
        risk_source=one.risk_source,
        remedy_by=one.remedy_by,
        ended_on=one.ended_on,
        outcome=one.outcome,
        address=stay.address,
        housed_since=stay.started_on,
        stay_ended_on=stay.ended_on,
        stay_of_placement=stay.placement_id,
        next_follow_up=due,
        version=one.version,
        debts=await _debts(tx, one.id),
        risks=await _risks(tx, TenancyRisk.prevention_id == one.id),
    )


async def _debts(tx: ReadTx, prevention_id: UUID) -> tuple[DebtView, ...]:
    rows = await tx.execute(
        select(Debt, LookupValue)
        .join(LookupValue, LookupValue.id == Debt.creditor_kind_id)
        .where(Debt.prevention_id == prevention_id)
        .order_by(Debt.id)
    )
    return tuple(
        DebtView(
            id=debt.id,
            creditor_kind_id=kind.id,
            creditor_en=kind.label_en,
            creditor_fr=kind.label_fr,
            amount=debt.amount,
            currency=debt.currency,
            repayment_plan=debt.repayment_plan,
            version=debt.version,
        )
        for debt, kind in rows
    )


@query(VIEW_PREVENTIONS, views="client")
async def history_of_prevention(tx: ReadTx, prevention_id: UUID) -> tuple[RecordChange, ...]:
    """What happened to a housing loss prevention, the latest first, at most 200 (X3). Raises NotFound."""
    client_id = await tx.scalar(
        select(Client.id)
        .join(HousingLossPrevention, HousingLossPrevention.client_id == Client.id)
        .where(HousingLossPrevention.id == prevention_id, may_see(tx))
    )
    if client_id is None:
        raise NotFound(what="housing loss prevention")
    tx.viewed("client", client_id)
    return await changes_of(tx, _RECORD, prevention_id)


_RECORD = "housing_loss_prevention"
"""How the audit names these records."""


@query(VIEW_PREVENTIONS)
async def offers(tx: ReadTx, caseworker: str | None = None) -> list[RiskView]:
    """The offers that nobody has answered yet, the earliest remedy date first, at most 200 (H3).

    With `caseworker` those of his or her clients.
    """
    waiting = TenancyRisk.resolution.is_(None) & (TenancyRisk.answer == OfferAnswer.OPEN)
    if caseworker is not None:
        waiting &= Placement.caseworker == caseworker
    return list(await _risks(tx, waiting))


@query(VIEW_PREVENTIONS, views="client")
async def offer(tx: ReadTx, risk: UUID) -> RiskView:
    """A risk to a client's tenancy, answered or not. Raises NotFound."""
    for one in await _risks(tx, TenancyRisk.risk == risk):
        tx.viewed("client", one.client_id)
        return one
    raise NotFound(what="offer")


@query(VIEW_PREVENTIONS)
async def risks_of(tx: ReadTx, client_id: UUID) -> list[RiskView]:
    """The risks to the tenancies of a client that aren't resolved, also those whose offer was declined."""
    return list(await _risks(tx, TenancyRisk.resolution.is_(None) & (Placement.client_id == client_id)))


async def _risks(tx: ReadTx, wanted: ColumnElement[bool]) -> tuple[RiskView, ...]:
    rows = await tx.execute(
        select(TenancyRisk, Client, Caseworker.name, HousingLossPrevention.id)
        .join(Placement, Placement.id == TenancyRisk.placement_id)
        .join(Client, Client.id == Placement.client_id)
        .join(Caseworker, Caseworker.subject == Placement.caseworker)
        .outerjoin(
            HousingLossPrevention,
            (HousingLossPrevention.client_id == Client.id)
            & (HousingLossPrevention.status == PreventionStatus.OPEN),
        )
        .where(wanted, may_see(tx))
        .order_by(TenancyRisk.remedy_by.asc().nulls_last(), TenancyRisk.risk)
        .limit(CUT)
    )
    names = set(RiskView.__slots__) - {"client_id", "client_name", "caseworker_name", "open_prevention_id"}
    return tuple(
        RiskView(
            client_id=client.id,
            client_name=client.full_name,
            caseworker_name=caseworker,
            open_prevention_id=already,
            **{name: getattr(one, name) for name in names},
        )
        for one, client, caseworker, already in rows
    )


def next_follow_up(tx: ReadTx) -> ColumnElement[date | None]:
    """Select the day of the earliest follow-up that is due, of the housing loss prevention in the row."""
    columns = offers_of(tx.runtime.features, "next_follow_up_of_prevention")
    return func.least(*(column() for column in columns))


@query(VIEW_PREVENTIONS)
async def prevention_of(tx: ReadTx, client_id: UUID) -> UUID | None:
    """The housing loss prevention of a client that is open; None when there is none to see."""
    found: UUID | None = await tx.scalar(
        select(HousingLossPrevention.id)
        .join(Client, Client.id == HousingLossPrevention.client_id)
        .where(
            HousingLossPrevention.client_id == client_id,
            HousingLossPrevention.status == PreventionStatus.OPEN,
            may_see(tx),
        )
    )
    return found


@query(VIEW_PREVENTIONS)
async def actions_of(tx: ReadTx, client_id: UUID) -> list[HousingAction]:
    """What the page of a client's housing history offers: to add one, or to go to the open one (H1)."""
    opened = await prevention_of(tx, client_id)
    if opened is not None:
        return [
            HousingAction(N_("Open the Housing Loss Prevention"), "prevention", {"prevention_id": opened})
        ]
    lives = exists().where(HousingRecord.client_id == client_id, HousingRecord.ended_on.is_(None))
    if tx.runtime.access.permits(tx.actor, EDIT_PREVENTION) and await tx.scalar(select(lives)):
        return [HousingAction(N_("Add Housing Loss Prevention"), "prevention_new", {"client": client_id})]
    return []


async def preventions_open(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """The housing loss prevention of a client that is open."""
    rows = await tx.execute(
        select(HousingLossPrevention.id, HousingLossPrevention.number).where(
            HousingLossPrevention.client_id == client_id,
            HousingLossPrevention.status == PreventionStatus.OPEN,
        )
    )
    return [
        OpenMatter(MatterKind.PREVENTION, f"housing loss prevention {number}", prevention_id=one)
        for one, number in rows
    ]
