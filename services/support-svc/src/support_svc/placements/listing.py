"""The list of placements with what makes them urgent (P1)."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from chassis.feature import offers_of
from chassis.paging import CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see, meaning
from support_svc.clients.model import Client
from support_svc.lookups.model import Caseworker
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import SEARCHING, Placement, PlacementMember, PlacementStatus
from support_svc.placements.queries import next_follow_up

_LATEST_FIRST = Paging(Placement.id.desc())
UPCOMING = timedelta(days=14)


class Urgent(StrEnum):
    """The four kinds of placements that need attention (P1)."""

    PAST_TARGET_DATE = "past_target_date"
    UPCOMING_TARGET_DATE = "upcoming_target_date"
    PAST_MOVE_IN_DATE = "past_move_in_date"
    UPCOMING_FOLLOW_UP = "upcoming_follow_up"


class PlacementFilter(BaseModel):
    """The filters of the list; an empty one leaves nothing out."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    q: str = Field(default="", max_length=120)
    status: PlacementStatus | None = None
    caseworker: str | None = Field(default=None, max_length=120)
    program: UUID | None = None
    urgent: Urgent | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class PlacementLine:
    """A placement in the list."""

    id: UUID
    number: int
    client_name: str
    people: int
    status: PlacementStatus
    securing: bool
    securing_another: bool
    caseworker_name: str
    search_started_on: date
    target_on: date | None
    expected_move_in: date | None
    moved_in_on: date | None
    next_follow_up: date | None
    urgent: tuple[Urgent, ...]


@dataclass(frozen=True, slots=True)
class PlacementPage(CountedPage[PlacementLine]):
    """A page of the list; `counts` are those of the urgent kinds under the other filters."""

    items: list[PlacementLine]
    counts: dict[Urgent, int]


def _any_offered(tx: ReadTx, condition: str, *given: object) -> ColumnElement[bool]:
    """Whether a condition that later features offer holds for the placement in the row."""
    return or_(false(), *(holds(*given) for holds in offers_of(tx.runtime.features, condition)))


def _urgent(tx: ReadTx) -> dict[Urgent, ColumnElement[bool]]:
    """What makes a placement urgent, of each kind."""
    today, searching = tx.today, Placement.status.in_(SEARCHING)
    return {
        Urgent.PAST_TARGET_DATE: and_(searching, Placement.target_on < today),
        Urgent.UPCOMING_TARGET_DATE: and_(searching, Placement.target_on.between(today, today + UPCOMING)),
        Urgent.PAST_MOVE_IN_DATE: and_(
            Placement.status == PlacementStatus.HOUSING_SECURED, Placement.expected_move_in < today
        ),
        Urgent.UPCOMING_FOLLOW_UP: and_(
            Placement.status == PlacementStatus.MOVED_IN,
            _any_offered(tx, "follow_up_due_by", today + UPCOMING),
        ),
    }


async def _filters(tx: ReadTx, wanted: PlacementFilter) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [may_see(tx)]
    if wanted.q.strip():
        meant = (await meaning(tx, wanted.q)).fits()
        included = select(PlacementMember.placement_id).join(Client, Client.id == PlacementMember.client_id)
        conditions.append(Placement.id.in_(included.where(meant)))
    if wanted.status is not None:
        conditions.append(Placement.status == wanted.status)
    if wanted.caseworker:
        conditions.append(Placement.caseworker == wanted.caseworker)
    if wanted.program is not None:
        conditions.append(Placement.program_id == wanted.program)
    return and_(true(), *conditions)


@query(VIEW_PLACEMENTS)
async def placements(tx: ReadTx, wanted: PlacementFilter) -> PlacementPage:
    """The list of placements, the latest started first, with the four urgent counts (P1)."""
    condition = await _filters(tx, wanted)
    kinds = _urgent(tx)
    counted = select(
        func.count(), *(func.count().filter(kinds[kind]).label(kind.value) for kind in Urgent)
    ).select_from(Placement)
    totals = (await tx.execute(counted.join(Client, Client.id == Placement.client_id).where(condition))).one()
    counts = dict(zip(Urgent, totals[1:], strict=True))
    total = totals[0]
    people = (
        select(func.count())
        .where(PlacementMember.placement_id == Placement.id)
        .correlate(Placement)
        .scalar_subquery()
    )
    statement: Select[Any] = (
        select(
            Placement,
            Client,
            Caseworker.name,
            people,
            _any_offered(tx, "placement_is_securing"),
            next_follow_up(tx),
            *(kinds[kind] for kind in Urgent),
        )
        .join(Client, Client.id == Placement.client_id)
        .join(Caseworker, Caseworker.subject == Placement.caseworker)
        .where(condition)
    )
    if wanted.urgent is not None:
        statement = statement.where(kinds[wanted.urgent])
        total = counts[wanted.urgent]
    page = await _LATEST_FIRST.page(tx, statement, _line, after=wanted.after)
    return PlacementPage(page.items, page.next, total, counts)


def _line(one: Placement, client: Client, *more: Any) -> PlacementLine:
    caseworker, people, asks, due, *flags = more
    held = one.status is PlacementStatus.HOUSING_SECURED
    return PlacementLine(
        id=one.id,
        number=one.number,
        client_name=client.full_name,
        people=people,
        status=one.status,
        securing=asks and not held,
        securing_another=asks and held,
        caseworker_name=caseworker,
        search_started_on=one.search_started_on,
        target_on=one.target_on,
        expected_move_in=one.expected_move_in,
        moved_in_on=one.moved_in_on,
        next_follow_up=due,
        urgent=tuple(kind for kind, holds in zip(Urgent, flags, strict=True) if holds),
    )
