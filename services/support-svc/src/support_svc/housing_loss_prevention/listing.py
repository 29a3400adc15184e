"""The list of housing loss prevention, the earliest remedy date first (H1, H3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import aliased

from chassis.paging import CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see, meaning
from support_svc.clients.model import Client
from support_svc.housing_loss_prevention.feature import VIEW_PREVENTIONS
from support_svc.housing_loss_prevention.model import (
    HousingLossPrevention,
    PreventionStatus,
    RiskSource,
)
from support_svc.housing_loss_prevention.queries import next_follow_up
from support_svc.lookups.model import Caseworker, LookupValue

_BY_REMEDY = Paging(HousingLossPrevention.remedy_by, HousingLossPrevention.id)
SOON = timedelta(days=14)


class Remedy(StrEnum):
    """How near the day is until which a notice can be remedied."""

    PAST = "past"
    SOON = "soon"


class PreventionFilter(BaseModel):
    """The filters of the list; an empty one leaves nothing out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: str = Field(default="", max_length=120)
    status: PreventionStatus | None = None
    caseworker: str | None = Field(default=None, max_length=120)
    reason: UUID | None = None
    program: UUID | None = None
    remedy: Remedy | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class PreventionLine:
    """A housing loss prevention in the list."""

    id: UUID
    client_name: str
    status: PreventionStatus
    reason_en: str
    reason_fr: str
    risk_source: RiskSource
    started_on: date
    ended_on: date | None
    caseworker_name: str
    remedy_by: date | None
    next_follow_up: date | None

    def reason(self, locale: str) -> str:
        """The reason for service in the person's language."""
        return self.reason_fr if locale == "fr" else self.reason_en


@query(VIEW_PREVENTIONS)
async def preventions(tx: ReadTx, wanted: PreventionFilter) -> CountedPage[PreventionLine]:
    """The list of housing loss prevention, the earliest remedy date first (H3)."""
    reason = aliased(LookupValue)
    statement = (
        select(HousingLossPrevention, Client, Caseworker.name, reason, next_follow_up(tx))
        .join(Client, Client.id == HousingLossPrevention.client_id)
        .join(Caseworker, Caseworker.subject == HousingLossPrevention.caseworker)
        .join(reason, reason.id == HousingLossPrevention.reason_id)
        .where(may_see(tx), await _filters(tx, wanted))
    )
    return await _BY_REMEDY.counted_page(tx, statement, _line, after=wanted.after)


async def _filters(tx: ReadTx, wanted: PreventionFilter) -> ColumnElement[bool]:
    one = HousingLossPrevention
    found: list[ColumnElement[bool]] = []
    if wanted.q.strip():
        found.append((await meaning(tx, wanted.q)).fits())
    for column, value in (
        (one.status, wanted.status),
        (one.caseworker, wanted.caseworker or None),
        (one.reason_id, wanted.reason),
        (one.program_id, wanted.program),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.remedy is Remedy.PAST:
        found.append(one.remedy_by < tx.today)
    elif wanted.remedy is Remedy.SOON:
        found.append(one.remedy_by.between(tx.today, tx.today + SOON))
    return and_(true(), *found)


def _line(one: HousingLossPrevention, client: Client, *more: Any) -> PreventionLine:
    caseworker, reason, due = more
    return PreventionLine(
        id=one.id,
        client_name=client.full_name,
        status=one.status,
        reason_en=reason.label_en,
        reason_fr=reason.label_fr,
        risk_source=one.risk_source,
        started_on=one.started_on,
        ended_on=one.ended_on,
        caseworker_name=caseworker,
        remedy_by=one.remedy_by,
        next_follow_up=due,
    )
