"""My day: what is due and overdue for me, my searches, and what changed since yesterday (F2)."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy import func, select

from chassis.offers import asked_of_all
from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client, ContactKind, ContactPoint
from support_svc.my_day.feature import VIEW_MY_DAY
from support_svc.my_day.model import Change, MyDay, Search
from support_svc.placements.feature import VIEW_PLACEMENTS
from support_svc.placements.model import (
    ACTIVE,
    Placement,
    PlacementStatus,
    TimelineEntry,
    TimelineKind,
)
from support_svc.placements.timeline import readable
from support_svc.securing.due import searches_of
from trade.due import CUT, DueList, Wanted, total

SHOWN = (
    TimelineKind.HANDED_OVER,
    TimelineKind.NO_ANSWER,
    TimelineKind.SECURED,
    TimelineKind.REFUSED,
    TimelineKind.HOLD_ENDING,
    TimelineKind.DEADLINE_PASSED,
    TimelineKind.RELEASED,
    TimelineKind.GIVEN_UP,
    TimelineKind.REPLACED,
    TimelineKind.REFERRAL_WITHDRAWN,
    TimelineKind.CONTACT_WITHDRAWN,
    TimelineKind.APPLICATION_OPENED,
    TimelineKind.APPLICATION_DECLINED,
    TimelineKind.SIGNING_SCHEDULED,
    TimelineKind.SIGNING_MOVED,
    TimelineKind.SIGNING_CANCELLED,
    TimelineKind.SIGNING_HELD,
    TimelineKind.TENANCY_STARTED,
    TimelineKind.TENANCY_AT_RISK,
    TimelineKind.TENANCY_RISK_RESOLVED,
)
"""What is shown as changed since yesterday: what others decided, and what lapsed by itself."""


@query(VIEW_MY_DAY)
async def my_day(tx: ReadTx) -> MyDay:
    """What waits for the person who asks; for somebody who may not see placements it's empty."""
    if not tx.runtime.access.permits(tx.actor, VIEW_PLACEMENTS):
        return MyDay()
    due = DueList.together(await asked_of_all(tx, "due", Wanted(caseworker=tx.actor.subject)))
    searches, searches_count = await _searches(tx)
    changes, changes_count = await _changes(tx, tx.actor.subject)
    return MyDay(
        due=tuple(due.items),
        due_count=due.count,
        phones=await _phones(tx, {one.person for one in due.items if one.person is not None}),
        searches=searches,
        searches_count=searches_count,
        changes=changes,
        changes_count=changes_count,
    )


async def _searches(tx: ReadTx) -> tuple[tuple[Search, ...], int]:
    """My placements that search for a home, the most urgent first."""
    rows = (await tx.execute(searches_of(tx, tx.actor.subject))).all()
    held = PlacementStatus.HOUSING_SECURED
    return tuple(
        Search(
            placement_id=one.id,
            client_name=person.full_name,
            status=one.status,
            securing=asks and one.status is not held,
            securing_another=asks and one.status is held,
            search_started_on=one.search_started_on,
            target_on=one.target_on,
        )
        for one, person, _, asks, _ in rows
    ), total(rows)


async def _changes(tx: ReadTx, me: str) -> tuple[tuple[Change, ...], int]:
    """The changes of my placements since yesterday that I didn't make, the latest first."""
    yesterday = datetime.combine(tx.today - timedelta(days=1), time(), tzinfo=tx.runtime.time_zone)
    rows = (
        await tx.execute(
            select(TimelineEntry, Client, func.count().over())
            .join(Placement, Placement.id == TimelineEntry.placement_id)
            .join(Client, Client.id == Placement.client_id)
            .where(
                Placement.caseworker == me,
                Placement.status.in_(ACTIVE),
                TimelineEntry.at >= yesterday,
                TimelineEntry.kind.in_(SHOWN),
                TimelineEntry.actor_name != tx.actor.name,
                may_see(tx),
            )
            .order_by(TimelineEntry.at.desc(), TimelineEntry.id.desc())
            .limit(CUT)
        )
    ).all()
    return tuple(
        Change(
            placement_id=line.placement_id,
            client_name=person.full_name,
            at=line.at,
            kind=line.kind,
            actor_name=line.actor_name,
            details=readable(line.details),
        )
        for line, person, _ in rows
    ), total(rows)


async def _phones(tx: ReadTx, persons: Collection[UUID]) -> dict[UUID, str]:
    """The first telephone number of each person who has one."""
    rows = await tx.execute(
        select(ContactPoint.client_id, ContactPoint.value)
        .where(ContactPoint.client_id.in_(persons), ContactPoint.kind == ContactKind.PHONE)
        .order_by(ContactPoint.position.desc())
    )
    return {client: value for client, value in rows}  # noqa: C416 - rows are no pairs
