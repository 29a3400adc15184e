"""The front page: what is due and overdue for me, whom I look for, and what changed since yesterday (F2)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select

from chassis.tx import ReadTx
from chassis.usecase import query
from support_svc.access import Permission
from support_svc.clients.finding import may_see
from support_svc.clients.model import Client, ContactKind, ContactPoint
from support_svc.consents.model import Consent
from support_svc.consents.queries import is_expiring_or_lately_lapsed
from support_svc.followups.model import FollowUp, FollowUpState
from support_svc.my_day.model import (
    SOON_WITHIN,
    Change,
    Due,
    MyDay,
    Search,
    Task,
    Urgency,
    in_order,
    urgency_of,
)
from support_svc.placements.happenings import readable
from support_svc.placements.model import (
    ACTIVE,
    SEARCHING,
    Placement,
    PlacementMember,
    PlacementStatus,
    Securing,
    TimelineEntry,
    TimelineKind,
    decline_leads,
)
from support_svc.placements.queries import asks_for_a_home
from support_svc.placements.securing import HOLDING, SecuringState
from support_svc.signings.model import Attendance, Signing, SigningState, standing

CUT = 100
"""Of each kind of thing so many are listed; the counts are of all."""
TOLD = (
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
)
"""What is shown as changed since yesterday: what others decided, and what lapses by itself."""


@query(Permission.VIEW_MY_DAY)
async def my_day(tx: ReadTx) -> MyDay:
    """What waits for the person who asks; somebody without a view of clients gets an empty day."""
    if not tx.runtime.access.permits(tx.actor, Permission.VIEW_PLACEMENTS):
        return MyDay()
    me = tx.actor.subject
    searches, due, searches_count = await _searches(tx, me)
    due_count = len(due)
    for part in (_follow_ups, _signings, _consents):
        found, count = await part(tx, me)
        due += found
        due_count += count
    changes, changes_count = await _changes(tx, me)
    return MyDay(
        due=in_order(await _with_phones(tx, due)),
        due_count=due_count,
        searches=searches,
        searches_count=searches_count,
        changes=changes,
        changes_count=changes_count,
    )


async def _searches(tx: ReadTx, me: str) -> tuple[tuple[Search, ...], list[Due], int]:
    """Everybody I look for a home for, the most pressing first, and what there is to do about it."""
    rows = (
        await tx.execute(
            select(Placement, Client, Securing, asks_for_a_home(), func.count().over())
            .join(Client, Client.id == Placement.client_id)
            .outerjoin(Securing, Securing.request == Placement.request)
            .where(Placement.caseworker == me, Placement.status.in_(SEARCHING), may_see(tx))
            .order_by(
                func.least(Placement.target_on, Placement.expected_move_in).asc().nulls_last(),
                Placement.search_started_on,
                Placement.id,
            )
            .limit(CUT)
        )
    ).all()
    searches: list[Search] = []
    due: list[Due] = []
    for one, person, request, asks, _ in rows:
        held = one.status is PlacementStatus.HOUSING_SECURED
        searches.append(
            Search(
                placement_id=one.id,
                client_name=person.full_name,
                status=one.status,
                securing=asks and not held,
                securing_another=asks and held,
                search_started_on=one.search_started_on,
                target_on=one.target_on,
            )
        )
        due += _of_search(tx, one, person, request, asks=asks)
    return tuple(searches), due, _total(rows)


def _of_search(
    tx: ReadTx, one: Placement, person: Client, request: Securing | None, *, asks: bool
) -> list[Due]:
    """What there is to do for a household that hasn't moved in."""
    about = Due(
        task=Task.FIND_HOME,
        urgency=Urgency.LATER,
        client_id=person.id,
        client_name=person.full_name,
        placement_id=one.id,
        address=request.address if request is not None else None,
    )
    found: list[Due] = []
    if asks:
        found.append(replace(about, task=Task.WAIT_FOR_ANSWER, urgency=Urgency.WAITING))
    if request is not None and decline_leads(request.state, request.application):
        if not asks:
            reason = request.decline_reason
            another = replace(about, task=Task.FIND_ANOTHER_HOME, decline_reason=reason)
            found.append(replace(another, urgency=Urgency.TODAY))
    elif request is not None and request.state in HOLDING:
        found.append(_held(tx, about, request))
    elif not asks and one.target_on is not None and one.target_on <= tx.today + SOON_WITHIN:
        urgency = urgency_of(one.target_on, tx.today)
        found.append(replace(about, by=one.target_on, urgency=urgency, address=None))
    return found


def _held(tx: ReadTx, about: Due, request: Securing) -> Due:
    """A home that is held: use it before it lapses when that is near, else move in when it was meant."""
    deadline = request.deadline if request.state is SecuringState.HELD else None
    about = replace(about, deadline=deadline)
    if deadline is not None and (request.ending or request.overdue):
        # A deadline is the first moment that no longer belongs to the hold.
        last = (deadline - timedelta.resolution).astimezone(tx.runtime.time_zone).date()
        return replace(about, task=Task.USE_HOLD, by=deadline, urgency=urgency_of(last, tx.today))
    expected = request.expected_move_in
    return replace(about, task=Task.MOVE_IN, by=expected, urgency=urgency_of(expected, tx.today))


async def _follow_ups(tx: ReadTx, me: str) -> tuple[list[Due], int]:
    rows = (
        await tx.execute(
            select(FollowUp, Client, func.count().over())
            .join(Client, Client.id == FollowUp.client_id)
            .where(
                FollowUp.caseworker == me,
                FollowUp.state == FollowUpState.DUE,
                FollowUp.due_on <= tx.today + SOON_WITHIN,
                may_see(tx),
            )
            .order_by(FollowUp.due_on, FollowUp.id)
            .limit(CUT)
        )
    ).all()
    return [
        Due(
            task=Task.FOLLOW_UP,
            urgency=urgency_of(one.due_on, tx.today),
            client_id=person.id,
            client_name=person.full_name,
            by=one.due_on,
            placement_id=one.subject_id,
        )
        for one, person, _ in rows
    ], _total(rows)


async def _signings(tx: ReadTx, me: str) -> tuple[list[Due], int]:
    """Signings ahead that aren't answered yet, or that somebody attends."""
    rows = (
        await tx.execute(
            select(Signing, Client, Securing, func.count().over())
            .join(Placement, Placement.id == Signing.placement_id)
            .join(Client, Client.id == Placement.client_id)
            .join(Securing, Securing.referral == Signing.referral)
            .where(
                Placement.caseworker == me,
                Signing.starts_at >= tx.now,
                standing() == SigningState.SCHEDULED,
                func.coalesce(Signing.attendance, "") != Attendance.CANNOT_ATTEND,
                may_see(tx),
            )
            .order_by(Signing.starts_at, Signing.signing)
            .limit(CUT)
        )
    ).all()
    found: list[Due] = []
    for one, person, request, _ in rows:
        if one.starts_at is None:
            continue
        day = one.starts_at.astimezone(tx.runtime.time_zone).date()
        unanswered = one.attendance is None
        found.append(
            Due(
                task=Task.ANSWER_SIGNING if unanswered else Task.ATTEND_SIGNING,
                urgency=urgency_of(day, tx.today),
                client_id=person.id,
                client_name=person.full_name,
                by=one.starts_at,
                placement_id=one.placement_id,
                address=request.address,
                signing=one.signing,
                place=one.place,
            )
        )
    return found, _total(rows)


async def _consents(tx: ReadTx, me: str) -> tuple[list[Due], int]:
    rows = (
        await tx.execute(
            select(Consent, Client, func.count().over())
            .join(Client, Client.id == Consent.client_id)
            .where(is_expiring_or_lately_lapsed(tx.today), _reminded() == me, may_see(tx))
            .order_by(Consent.expires_on, Client.family_name, Consent.id)
            .limit(CUT)
        )
    ).all()
    return [
        Due(
            task=Task.RENEW_CONSENT,
            urgency=urgency_of(one.expires_on, tx.today),
            client_id=person.id,
            client_name=person.full_name,
            by=one.expires_on,
            purpose=one.purpose,
        )
        for one, person, _ in rows
        if one.expires_on is not None
    ], _total(rows)


def _reminded() -> ColumnElement[str]:
    """Who is reminded of a consent: the caseworker of the person's placement, else who took it."""
    caseworker = (
        select(Placement.caseworker)
        .join(PlacementMember, PlacementMember.placement_id == Placement.id)
        .where(PlacementMember.client_id == Consent.client_id, PlacementMember.active)
        .correlate(Consent)
        .scalar_subquery()
    )
    return func.coalesce(caseworker, Consent.taken_by)


async def _changes(tx: ReadTx, me: str) -> tuple[tuple[Change, ...], int]:
    """What happened to my placements since yesterday began, and not by me, the latest first."""
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
                TimelineEntry.kind.in_(TOLD),
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
    ), _total(rows)


async def _with_phones(tx: ReadTx, due: Iterable[Due]) -> list[Due]:
    """The same with the first telephone number of each person."""
    due = list(due)
    rows = await tx.execute(
        select(ContactPoint.client_id, ContactPoint.value)
        .where(
            ContactPoint.client_id.in_({one.client_id for one in due}),
            ContactPoint.kind == ContactKind.PHONE,
        )
        .order_by(ContactPoint.position.desc())
    )
    first: dict[UUID, str] = {client: value for client, value in rows}  # noqa: C416 - rows are no pairs
    return [replace(one, phone=first.get(one.client_id)) for one in due]


def _total(rows: Sequence[Row[*tuple[Any, ...]]]) -> int:
    """How many there are in all, as the last column of each row says."""
    return int(rows[0][-1]) if rows else 0
