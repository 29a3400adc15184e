"""Reading subsidies: the list, those of a case, one with its payments (S1, S2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased

from chassis.errors import NotFound
from chassis.paging import Page, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see, meaning
from support_svc.clients.model import Client
from support_svc.corrections.model import Corrected
from support_svc.corrections.queries import CorrectionView, corrections_of
from support_svc.history.records import RecordChange, changes_of
from support_svc.housing_history.model import HousingRecord
from support_svc.housing_loss_prevention.model import HousingLossPrevention
from support_svc.lookups.model import LookupValue
from support_svc.placements.model import Placement
from support_svc.programs.model import Program, ProgramBudget, SubsidyKind
from support_svc.securing.model import Securing
from support_svc.subsidies.feature import VIEW_SUBSIDIES
from support_svc.subsidies.model import (
    PAID_TO_LANDLORDS,
    Subsidy,
    SubsidyPayment,
    SubsidyRate,
    SubsidyReport,
    SubsidyState,
    is_in,
    state_on,
)
from support_svc.subsidies.records import terms_of
from support_svc.subsidies.schedule import PaymentState, Rate, Terms, Totals, standings, totals
from trade.schedule import Frequency

UPCOMING = timedelta(days=14)
_LATEST_FIRST = Paging(Subsidy.id.desc())
_NEXT_FIRST = Paging(Subsidy.next_due_on, Subsidy.id)


class Payments(StrEnum):
    """Which payments the list is about."""

    UPCOMING = "upcoming"
    """Within the next two weeks."""
    NOT_RECORDED = "not_recorded"
    """They fell due, and nobody has recorded what became of them."""


class SubsidyFilter(BaseModel):
    """The filters of the list; an empty one leaves nothing out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: str = Field(default="", max_length=120)
    program: UUID | None = None
    kind: SubsidyKind | None = None
    state: SubsidyState | None = None
    payments: Payments | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class SubsidyLine:
    """A subsidy in a list, with what is paid now, or first."""

    id: UUID
    client_id: UUID
    client_name: str
    placement_id: UUID | None
    prevention_id: UUID | None
    program_en: str
    program_fr: str
    kind: SubsidyKind
    state: SubsidyState
    starts_on: date
    ends_on: date | None
    amount: Decimal
    currency: str
    frequency: Frequency
    next_due_on: date | None

    def program(self, locale: str) -> str:
        """The program's name in the person's language."""
        return self.program_fr if locale == "fr" else self.program_en


class ReportState(StrEnum):
    """Whether the landlord knows of a subsidy."""

    NOT_FOR_LANDLORDS = "not_for_landlords"
    NO_REFERRAL = "no_referral"
    REPORTED = "reported"
    NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class SubsidyView:
    """A subsidy with its rates, the sums of its payments until a day, and what the landlord knows."""

    line: SubsidyLine
    program_id: UUID
    reason_id: UUID
    reason_en: str
    reason_fr: str
    comments: str | None
    rates: tuple[Rate, ...]
    totals: Totals
    until: date
    report: ReportState
    landlord: str | None
    recorded_at: datetime
    recorded_by_name: str
    version: int

    def reason(self, locale: str) -> str:
        """The reason in the person's language."""
        return self.reason_fr if locale == "fr" else self.reason_en


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with where it stands, and what was recorded of it."""

    due_on: date
    amount: Decimal
    currency: str
    state: PaymentState
    paid_on: date | None
    why: str | None
    recorded_by_name: str | None
    version: int | None
    corrections: tuple[CorrectionView, ...]


@query(VIEW_SUBSIDIES)
async def subsidies(tx: ReadTx, wanted: SubsidyFilter) -> Page[SubsidyLine]:
    """The list of subsidies, the latest recorded first, or those with the earliest payment."""
    statement = _lines(tx)
    if wanted.q.strip():
        statement = statement.where((await meaning(tx, wanted.q)).fits())
    if wanted.program is not None:
        statement = statement.where(Subsidy.program_id == wanted.program)
    if wanted.kind is not None:
        statement = statement.where(Subsidy.kind == wanted.kind)
    if wanted.state is not None:
        statement = statement.where(is_in(wanted.state, tx.today))
    if wanted.payments is Payments.UPCOMING:
        statement = statement.where(Subsidy.next_due_on.between(tx.today, tx.today + UPCOMING))
    elif wanted.payments is Payments.NOT_RECORDED:
        statement = statement.where(Subsidy.next_due_on < tx.today)
    order = _LATEST_FIRST if wanted.payments is None else _NEXT_FIRST
    return await order.page(tx, statement, _line, after=wanted.after)


@query(VIEW_SUBSIDIES)
async def subsidies_of_placement(tx: ReadTx, placement_id: UUID) -> list[SubsidyLine]:
    """The subsidies of a placement, the latest recorded first (P9). Raises NotFound."""
    of = select(Placement.id).join(Client, Client.id == Placement.client_id)
    if await tx.scalar(of.where(Placement.id == placement_id, may_see(tx))) is None:
        raise NotFound(what="placement")
    return await _all(tx, _lines(tx).where(Subsidy.placement_id == placement_id))


@query(VIEW_SUBSIDIES)
async def subsidies_of_prevention(tx: ReadTx, prevention_id: UUID) -> list[SubsidyLine]:
    """The subsidies of a housing loss prevention, the latest recorded first (H2). Raises NotFound."""
    of = select(HousingLossPrevention.id).join(Client, Client.id == HousingLossPrevention.client_id)
    if await tx.scalar(of.where(HousingLossPrevention.id == prevention_id, may_see(tx))) is None:
        raise NotFound(what="housing loss prevention")
    return await _all(tx, _lines(tx).where(Subsidy.prevention_id == prevention_id))


async def _all(tx: ReadTx, statement: Select[*tuple[Any, ...]]) -> list[SubsidyLine]:
    rows = await tx.execute(statement.order_by(Subsidy.id.desc()))
    return [_line(*row) for row in rows]


@query(VIEW_SUBSIDIES, views="client")
async def subsidy(tx: ReadTx, subsidy_id: UUID) -> SubsidyView:
    """One subsidy. Raises NotFound, also for one of a client that the asker may not see."""
    reason = aliased(LookupValue)
    statement = (
        _lines(tx)
        .add_columns(reason, Securing, SubsidyReport)
        .join(reason, reason.id == Subsidy.reason_id)
        .outerjoin(HousingLossPrevention, HousingLossPrevention.id == Subsidy.prevention_id)
        .outerjoin(HousingRecord, HousingRecord.id == HousingLossPrevention.stay_id)
        .outerjoin(Placement, Placement.id == func.coalesce(Subsidy.placement_id, HousingRecord.placement_id))
        .outerjoin(Securing, Securing.request == Placement.request)
        .outerjoin(
            SubsidyReport,
            and_(SubsidyReport.subsidy_id == Subsidy.id, SubsidyReport.referral == Securing.referral),
        )
        .where(Subsidy.id == subsidy_id)
    )
    row = (await tx.execute(statement)).one_or_none()
    if row is None:
        raise NotFound(what="subsidy")
    *of_line, why, request, known = row
    one: Subsidy = of_line[0]
    tx.viewed("client", one.client_id)
    terms = (await terms_of(tx, [one]))[one.id]
    until = await _counted_until(tx, one, terms)
    return SubsidyView(
        line=_line(*of_line),
        program_id=one.program_id,
        reason_id=why.id,
        reason_en=why.label_en,
        reason_fr=why.label_fr,
        comments=one.comments,
        rates=terms.rates,
        totals=totals(standings(terms, until, tx.today)),
        until=until,
        report=_reported(one, request, known),
        landlord=request.referred_to if request is not None and request.is_referred else None,
        recorded_at=one.recorded_at,
        recorded_by_name=one.recorded_by_name,
        version=one.version,
    )


async def _counted_until(tx: ReadTx, one: Subsidy, terms: Terms) -> date:
    """The day until which payments are added up: the end, or that of the program's last budget."""
    if terms.ends_on is not None:
        return terms.ends_on
    last: date | None = await tx.scalar(
        select(func.max(ProgramBudget.ends_on)).where(
            ProgramBudget.program_id == one.program_id, ProgramBudget.currency == one.currency
        )
    )
    return max(tx.today, *([last] if last is not None else []), *terms.recorded)


def _reported(one: Subsidy, request: Securing | None, known: SubsidyReport | None) -> ReportState:
    if one.kind not in PAID_TO_LANDLORDS:
        return ReportState.NOT_FOR_LANDLORDS
    if request is None or not request.is_referred:
        return ReportState.NO_REFERRAL
    return ReportState.REPORTED if known is not None and known.complete else ReportState.NOT_REPORTED


@query(VIEW_SUBSIDIES)
async def payments_of(tx: ReadTx, subsidy_id: UUID, first: date, last: date) -> list[PaymentView]:
    """The payments of a subsidy that fall due in a period, with where each stands (S2). Raises NotFound."""
    one = await tx.scalar(
        select(Subsidy)
        .join(Client, Client.id == Subsidy.client_id)
        .where(Subsidy.id == subsidy_id, may_see(tx))
    )
    if one is None:
        raise NotFound(what="subsidy")
    terms = (await terms_of(tx, [one]))[one.id]
    rows = await tx.execute(
        select(SubsidyPayment).where(
            SubsidyPayment.subsidy_id == one.id, SubsidyPayment.due_on.between(first, last)
        )
    )
    stored = {payment.due_on: payment for payment in rows.scalars()}
    corrected = await corrections_of(
        tx, Corrected.SUBSIDY_PAYMENT, [payment.id for payment in stored.values()]
    )
    found = [each for each in standings(terms, last, tx.today) if each.due_on >= first]
    return [
        PaymentView(
            due_on=each.due_on,
            amount=each.amount,
            currency=one.currency,
            state=each.state,
            paid_on=payment.paid_on if payment else None,
            why=payment.reason if payment else None,
            recorded_by_name=payment.recorded_by_name if payment else None,
            version=payment.version if payment else None,
            corrections=corrected.get(payment.id, ()) if payment else (),
        )
        for each in found
        for payment in (stored.get(each.due_on),)
    ]


@query(VIEW_SUBSIDIES)
async def subsidy_changes(tx: ReadTx, subsidy_id: UUID) -> Sequence[RecordChange]:
    """Who changed a subsidy, and when (X3). Empty for one that the asker may not see."""
    of = select(Subsidy.id).join(Client, Client.id == Subsidy.client_id)
    if await tx.scalar(of.where(Subsidy.id == subsidy_id, may_see(tx))) is None:
        return ()
    return await changes_of(tx, "subsidy", subsidy_id)


def _lines(tx: ReadTx) -> Select[*tuple[Any, ...]]:
    """Select the subsidies that the asker may see, each with what is paid now, or first."""
    current = (
        select(func.max(SubsidyRate.from_on))
        .where(
            SubsidyRate.subsidy_id == Subsidy.id,
            SubsidyRate.from_on <= func.greatest(Subsidy.starts_on, tx.today),
        )
        .correlate(Subsidy)
        .scalar_subquery()
    )
    return (
        select(Subsidy, Client, Program, SubsidyRate, state_on(tx.today))
        .join(Client, Client.id == Subsidy.client_id)
        .join(Program, Program.id == Subsidy.program_id)
        .join(SubsidyRate, and_(SubsidyRate.subsidy_id == Subsidy.id, SubsidyRate.from_on == current))
        .where(may_see(tx))
    )


def _line(one: Subsidy, client: Client, program: Program, rate: SubsidyRate, state: str) -> SubsidyLine:
    return SubsidyLine(
        id=one.id,
        client_id=client.id,
        client_name=client.full_name,
        placement_id=one.placement_id,
        prevention_id=one.prevention_id,
        program_en=program.name_en,
        program_fr=program.name_fr,
        kind=one.kind,
        state=SubsidyState(state),
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        amount=rate.amount,
        currency=one.currency,
        frequency=rate.frequency,
        next_due_on=one.next_due_on,
    )
