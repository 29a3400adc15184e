"""Rows of placements for the commands: which one may know of, locking, and lines for the timeline."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.ids import new_id
from chassis.tx import ReadTx, Tx
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client, age_on, is_adult
from support_svc.clients.open_matters import MatterKind, OpenMatter
from support_svc.consents.model import Consent, Purpose
from support_svc.consents.standing import tell
from support_svc.followups.model import FollowUp, FollowUpState
from support_svc.homes.model import ManagedBy
from support_svc.placements.model import (
    ACTIVE,
    HouseholdMovedIn,
    HouseholdMovedOut,
    Placement,
    PlacementMember,
    Securing,
    TimelineEntry,
    TimelineKind,
)
from support_svc.placements.securing import OPEN


async def locked_placement(tx: Tx, placement_id: UUID) -> Placement:
    """The placement with its members, locked until the end. Raises NotFound, also for one of a hidden
    client.
    """
    placement = (
        await tx.execute(
            select(Placement)
            .join(Client, Client.id == Placement.client_id)
            .where(Placement.id == placement_id, may_see(tx))
            .options(selectinload(Placement.members))
            .with_for_update(of=Placement)
            .execution_options(populate_existing=True)
        )
    ).scalar_one_or_none()
    if placement is None:
        raise NotFound(what="placement")
    return placement


async def current_request(tx: Tx, placement: Placement) -> Securing | None:
    """The request the placement is at, open or not, locked."""
    if placement.request is None:
        return None
    return await tx.session.get(Securing, placement.request, with_for_update=True, populate_existing=True)


async def open_requests(tx: Tx, placement: Placement) -> list[Securing]:
    """What is asked for or held, locked, the latest asked first: two at most (P6)."""
    found = await tx.execute(
        select(Securing)
        .where(Securing.placement_id == placement.id, Securing.state.in_(OPEN))
        .order_by(Securing.asked_at.desc(), Securing.request.desc())
        .with_for_update()
    )
    return list(found.scalars())


def active_members(placement: Placement) -> list[PlacementMember]:
    """Who is included and hasn't left."""
    return [member for member in placement.members if member.active]


async def people_counts(tx: Tx, placement: Placement, day: date) -> tuple[int, int]:
    """Adults and children among the included members on a day (C2)."""
    ids = [member.client_id for member in active_members(placement)]
    rows = await tx.execute(
        select(Client.date_of_birth, Client.estimated_age, Client.estimated_on).where(Client.id.in_(ids))
    )
    adults = [is_adult(age_on(day, *row)) for row in rows]
    return sum(adults), len(adults) - sum(adults)


async def tell_of_request(tx: Tx, placement: Placement, request: Securing, fact: object) -> bool:
    """Publish a fact about a request if whoever agreed to it still agrees; whether it was told.

    It is the consent of the client for whom the home was asked, also after somebody else became the head of
    the household.
    """
    asked_for: UUID | None = None
    if request.asked_under is not None:
        asked_for = await tx.scalar(select(Consent.client_id).where(Consent.id == request.asked_under))
    return await tell(tx, fact, asked_for or placement.client_id, placement.id)


async def tell_move(
    tx: Tx,
    placement: Placement,
    request: Securing,
    day: date,
    kind: type[HouseholdMovedIn | HouseholdMovedOut],
) -> None:
    """Tell the inventory of a move into or out of a home that isn't the property entity's (P7, U4).

    The property entity's own homes speak through the lease; nobody else would tell of a third party's.
    """
    if request.managed_by is ManagedBy.PROPERTY_ENTITY:
        return
    request.moves_told += 1
    # Asking for the home was the first that was told of the request.
    fact = kind(request.request, request.unit, day, request.moves_told + 1)
    await tell_of_request(tx, placement, request, fact)


def tell_the_end(tx: Tx, placement: Placement, request: Securing, fact: object) -> None:
    """Publish that what a consent opened is given up; a consent that ended since doesn't keep it open."""
    tx.publish(fact, about=str(placement.id), under={Purpose.BE_HOUSED: request.opened_under})


def note(tx: Tx, placement_id: UUID, kind: TimelineKind, details: Mapping[str, Any] | None = None) -> None:
    """Add a line to the timeline (P10); what a program records has no person's name on it."""
    tx.session.add(
        TimelineEntry(
            id=new_id(),
            placement_id=placement_id,
            at=tx.now,
            kind=kind,
            actor_name="" if tx.actor.kind == "system" else tx.actor.name,
            details={name: _plain(value) for name, value in (details or {}).items()},
        )
    )


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, bool)) or value is None else str(value)


def is_active_for(client_id: UUID) -> ColumnElement[bool]:
    """Whether a placement is active and the client is its head or included in it."""
    included = select(PlacementMember.placement_id).where(
        PlacementMember.client_id == client_id, PlacementMember.active
    )
    return and_(
        or_(Placement.client_id == client_id, Placement.id.in_(included)), Placement.status.in_(ACTIVE)
    )


async def placements_open(tx: Tx | ReadTx, client_id: UUID) -> list[OpenMatter]:
    """The active placements that a client is included in, and the homes asked for or held in them."""
    rows = await tx.execute(
        select(Placement.id, Placement.number, Securing.address)
        .outerjoin(Securing, and_(Securing.placement_id == Placement.id, Securing.state.in_(OPEN)))
        .where(is_active_for(client_id))
        .order_by(Placement.started_at, Securing.asked_at)
    )
    found: dict[OpenMatter, None] = {}
    for placement_id, number, address in rows:
        found[OpenMatter(MatterKind.PLACEMENT, f"placement {number}", placement_id)] = None
        if address is not None:
            found[OpenMatter(MatterKind.HOME, address, placement_id)] = None
    return list(found)


def next_follow_up() -> ScalarSelect[date]:
    """Select the day of the earliest follow-up that is due, of the placement in the row."""
    return (
        select(func.min(FollowUp.due_on))
        .where(FollowUp.subject_id == Placement.id, FollowUp.state == FollowUpState.DUE)
        .correlate(Placement)
        .scalar_subquery()
    )
