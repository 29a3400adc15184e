"""Reading holds and what occupies a home (U9, U4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from chassis.bus.outbox import crossing_state
from chassis.db.tables import outbox
from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx
from chassis.usecase import query
from units_svc.holds.model import Hold, HoldState, Refusal, Release, concerned
from units_svc.holds.occupations import Occupation, OccupationKind
from units_svc.inventory.feature import VIEW_UNITS
from units_svc.inventory.model import Building, Unit
from units_svc.landlords.model import ManagedBy, Manager
from units_svc.tables import views

_ENDING_FIRST = Paging(Hold.deadline, Hold.request_id)


@dataclass(frozen=True, slots=True)
class HoldView:
    """A request and what became of it, with who asked and where the home is."""

    request_id: UUID
    requested_by: str
    unit_id: UUID
    street: str | None
    unit_number: str | None
    state: HoldState
    refusal: Refusal | None
    release: Release | None
    secured_on: date | None
    expected_move_in: date | None
    adults: int | None
    children: int | None
    asked_at: datetime
    deadline: datetime | None
    ending_announced_at: datetime | None
    ended_at: datetime | None
    ended_by: str | None
    remark: str | None
    occupation_id: UUID | None
    managed_by: ManagedBy | None
    manager: str | None
    version: int

    @property
    def under(self) -> Manager | None:
        """Under whom the home was asked for; None for one that the inventory doesn't know."""
        return None if self.managed_by is None else Manager(self.managed_by, self.manager)

    @property
    def addressees(self) -> tuple[str, ...]:
        """The parties that it concerns."""
        return concerned(self.requested_by, self.manager)


@dataclass(frozen=True, slots=True)
class OccupationView:
    """A period in which a home isn't free."""

    id: UUID
    unit_id: UUID
    kind: OccupationKind
    by_client: bool
    requested_by: str | None
    """The support organisation whose request led to it."""
    managed_by: ManagedBy
    manager: str | None
    began_on: date
    free_from: date | None
    ended_on: date | None
    remark: str | None
    noted_at: datetime
    noted_by: str

    @property
    def under(self) -> Manager:
        """Under whom it began."""
        return Manager(self.managed_by, self.manager)


@dataclass(frozen=True, slots=True)
class Crossing:
    """An event about a request, by its name, whom it's for, and when it was delivered.

    `state` is delivered, waiting, delayed (it can be taken back) or undone (it was, and never sent).
    """

    event: str
    to: str
    recorded_at: datetime
    delivered_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class UseOfUnit:
    """What holds and occupies a home, newest first."""

    holds: list[HoldView]
    occupations: list[OccupationView]

    @property
    def held(self) -> HoldView | None:
        """The hold that stands, if any."""
        return next((hold for hold in self.holds if hold.state is HoldState.HELD), None)

    def under_another_than(self, manager: Manager) -> Manager | None:
        """Under whom the hold that stands, or who lives there, began, when that isn't `manager`."""
        begun = [one.under for one in self.open]
        if self.held is not None and self.held.under is not None:
            begun.insert(0, self.held.under)
        return next((one for one in begun if one != manager), None)

    @property
    def open(self) -> list[OccupationView]:
        """What occupies the home now."""
        return [occupation for occupation in self.occupations if occupation.ended_on is None]


def _holds() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Hold.request_id, Hold.requested_by, Hold.unit_id, Building.street, Unit.unit_number,
            Hold.state, Hold.refusal, Hold.release, Hold.secured_on, Hold.expected_move_in,
            Hold.adults, Hold.children, Hold.asked_at, Hold.deadline, Hold.ending_announced_at,
            Hold.ended_at, Hold.ended_by, Hold.remark, Hold.occupation_id, Hold.managed_by, Hold.manager,
            Hold.version,
        )
        .outerjoin(Unit, Unit.id == Hold.unit_id)
        .outerjoin(Building, Building.id == Unit.building_id)
    )  # fmt: skip


def _occupations() -> Select[*tuple[Any, ...]]:
    requested_by = (
        select(Hold.requested_by)
        .where(Hold.unit_id == Occupation.unit_id, Hold.occupation_id == Occupation.id)
        .scalar_subquery()
    )
    return select(
        Occupation.id, Occupation.unit_id, Occupation.kind, Occupation.by_client, requested_by,
        Occupation.managed_by, Occupation.manager, Occupation.began_on, Occupation.free_from,
        Occupation.ended_on, Occupation.remark, Occupation.noted_at, Occupation.noted_by,
    )  # fmt: skip


@query(VIEW_UNITS)
async def use_of_unit(tx: ReadTx, unit_id: UUID) -> UseOfUnit:
    """Holds and occupations of a home, newest first, refused requests included."""
    holds = _holds().where(Hold.unit_id == unit_id).order_by(Hold.asked_at.desc()).limit(100)
    occupations = (
        _occupations().where(Occupation.unit_id == unit_id).order_by(Occupation.began_on.desc()).limit(100)
    )
    return UseOfUnit(
        views(HoldView, await tx.execute(holds)),
        views(OccupationView, await tx.execute(occupations)),
    )


@query(VIEW_UNITS)
async def hold_record(tx: ReadTx, request_id: UUID) -> HoldView:
    """One request by its reference. Raises NotFound."""
    found = (await tx.execute(_holds().where(Hold.request_id == request_id))).one_or_none()
    if found is None:
        raise NotFound(what="hold")
    return views(HoldView, [found])[0]


@query(VIEW_UNITS)
async def crossings(tx: ReadTx, request_id: UUID) -> list[Crossing]:
    """What was published about a request, oldest first, read from the outbox itself."""
    published = (
        select(
            outbox.c.type, outbox.c.addressee, outbox.c.recorded_at, outbox.c.published_at, outbox.c.status
        )
        .where(outbox.c.about == str(request_id))
        .order_by(outbox.c.position)
    )
    return [
        Crossing(
            row.type.split(".")[1],
            row.addressee,
            row.recorded_at,
            row.published_at,
            crossing_state(row.status),
        )
        for row in await tx.execute(published)
    ]


@query(VIEW_UNITS)
async def active_holds(
    tx: ReadTx, *, ending_within_days: int | None = None, after: str | None = None, limit: int = PAGE
) -> CountedPage[HoldView]:
    """Holds that stand, those that end first at the top, at most `limit` after the position `after`."""
    statement = _holds().where(Hold.state == HoldState.HELD)
    if ending_within_days is not None:
        statement = statement.where(Hold.deadline <= tx.now + timedelta(days=ending_within_days))
    return await _ENDING_FIRST.counted_page(tx, statement, HoldView, after=after, limit=limit)


@query(VIEW_UNITS)
async def recent_answers(tx: ReadTx, *, limit: int = 10) -> list[HoldView]:
    """The requests that were answered last, whatever became of them."""
    statement = _holds().where(Hold.expected_move_in.is_not(None)).order_by(Hold.asked_at.desc()).limit(limit)
    return views(HoldView, await tx.execute(statement))
