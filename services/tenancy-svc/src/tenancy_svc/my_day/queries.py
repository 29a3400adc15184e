"""Finds what waits for the property desk: applications, leases, signings, holds that end, entry requests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import exists, or_, select

from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.access import Permission
from tenancy_svc.applications.model import Application, ApplicationStatus, first_applicant
from tenancy_svc.disclosures.model import Answer, Choice, Counterpart
from tenancy_svc.entry.model import NOTICE, EntryRequest, EntryState
from tenancy_svc.homes.model import Hold, HoldStatus, Home
from tenancy_svc.leases.model import Lease, LeaseEdition, LeaseStatus, first_tenant
from tenancy_svc.leases.queries import crossed
from tenancy_svc.my_day.model import Due, MyDay, Task, Urgency
from tenancy_svc.signings.model import Signing, SigningStatus

LIMIT = 200
SOON = dt.timedelta(days=3)

_OPEN = (ApplicationStatus.RECEIVED, ApplicationStatus.ACCEPTED, ApplicationStatus.LEASE_DRAWN_UP)


@query(Permission.VIEW_APPLICATIONS)
async def my_day(tx: ReadTx) -> MyDay:
    """Return what waits for somebody at the property desk, most urgent first, at most 200 of each kind."""
    due = [*await _applications(tx), *await _leases(tx), *await _crossed(tx), *await _entries(tx)]
    order = list(Urgency)
    latest = dt.datetime.max.replace(tzinfo=dt.UTC)
    due.sort(key=lambda item: (order.index(item.urgency), item.by or latest, item.number or 0))
    return MyDay(tuple(due))


async def _applications(tx: ReadTx) -> list[Due]:
    name = first_applicant()
    asked = exists().where(
        Choice.application_id == Application.id,
        Choice.replaced_at.is_(None),
        or_(Choice.answer == Answer.DO_NOT_TELL, Choice.counterpart == Counterpart.referral),
    )
    rows: Iterable[Any] = await tx.execute(
        select(Application, Home, Hold, Counterpart, name.label("name"), asked.label("asked"))
        .outerjoin(Home, Home.unit == Application.unit)
        .outerjoin(Hold, Hold.request == Application.request)
        .outerjoin(Counterpart, Counterpart.application_id == Application.id)
        .where(Application.status.in_(_OPEN))
        .order_by(Application.id)
        .limit(LIMIT)
    )
    found: list[Due] = []
    for application, home, hold, counterpart, named, was_asked in rows:

        def add(
            task: Task,
            urgency: Urgency,
            by: dt.datetime | None = None,
            *,
            about: Application = application,
            at: Home | None = home,
            who: str | None = named,
        ) -> None:
            found.append(
                Due(
                    task=task,
                    urgency=urgency,
                    kind="application",
                    record=about.id,
                    number=about.number,
                    name=who or "",
                    address=at.address_line if at else "",
                    by=by,
                )
            )

        if hold is not None and not hold.stands(tx.now):
            add(Task.HOLD_ENDED, Urgency.OVERDUE, hold.released_at or hold.deadline)
        elif hold is not None and hold.deadline is not None and hold.deadline - tx.now <= SOON:
            add(Task.HOLD_ENDING, _urgency(tx, hold.deadline), hold.deadline)
        if counterpart is not None and counterpart.withdrawn_at is not None:
            add(Task.ASK_AFTER_WITHDRAWAL, Urgency.TODAY)
        elif counterpart is not None and not was_asked:
            add(Task.ASK_CHOICES, Urgency.SOON)
        if hold is not None and not hold.stands(tx.now):
            # Nothing can be accepted or drawn up any more: what is left to do was said above.
            continue
        if application.status is ApplicationStatus.RECEIVED:
            if not named:
                add(Task.NAME_APPLICANT, Urgency.WAITING)
            else:
                add(Task.DECIDE, Urgency.TODAY, hold.deadline if hold else None)
        elif application.status is ApplicationStatus.ACCEPTED:
            add(Task.DRAW_UP, Urgency.TODAY, hold.deadline if hold else None)
    return found


async def _leases(tx: ReadTx) -> list[Due]:
    name = first_tenant()
    rows: Iterable[Any] = await tx.execute(
        select(Lease, Home, Signing, name.label("name"))
        .join(LeaseEdition, (LeaseEdition.lease_id == Lease.id) & (LeaseEdition.number == Lease.edition))
        .outerjoin(Home, Home.unit == Lease.unit)
        .outerjoin(Signing, (Signing.lease_id == Lease.id) & (Signing.status == SigningStatus.SCHEDULED))
        .join(Application, Application.id == Lease.application_id)
        .outerjoin(Hold, Hold.request == Application.request)
        .where(
            Lease.status == LeaseStatus.DRAFT,
            # Without its hold a household can't sign any more; its application says so.
            or_(
                Hold.request.is_(None),
                (Hold.status == HoldStatus.HELD) & (Hold.deadline.is_(None) | (Hold.deadline >= tx.now)),
            ),
        )
        .order_by(Lease.id)
        .limit(LIMIT)
    )
    return [
        Due(
            task=Task.HOLD_SIGNING if signing is not None else Task.ARRANGE_SIGNING,
            urgency=_urgency(tx, signing.starts_at) if signing is not None else Urgency.TODAY,
            kind="signing" if signing is not None else "lease",
            record=signing.id if signing is not None else lease.id,
            number=lease.number,
            name=named or "",
            address=home.address_line if home else "",
            by=signing.starts_at if signing is not None else None,
        )
        for lease, home, signing, named in rows
    ]


async def _crossed(tx: ReadTx) -> list[Due]:
    """Leases that took a home which was held for another, for two weeks after the inventory said so."""
    rows: Iterable[Any] = await tx.execute(
        select(Lease, Home, Hold.released_at)
        .join(Hold, crossed(Lease))
        .outerjoin(Home, Home.unit == Lease.unit)
        .where(Lease.status == LeaseStatus.IN_FORCE, Hold.released_at > tx.now - dt.timedelta(days=14))
        .order_by(Hold.released_at)
        .limit(LIMIT)
    )
    return [
        Due(
            task=Task.CROSSED_HOLD,
            urgency=Urgency.TODAY,
            kind="lease_record",
            record=lease.id,
            number=lease.number,
            name="",
            address=home.address_line if home else "",
            by=None,
        )
        for lease, home, _ in rows
    ]


async def _entries(tx: ReadTx) -> list[Due]:
    """Requests for entry that can still be answered, by when a notice has to be delivered."""
    rows: Iterable[Any] = await tx.execute(
        select(EntryRequest, Home)
        .outerjoin(Home, Home.unit == EntryRequest.unit)
        .where(EntryRequest.state == EntryState.OPEN, EntryRequest.ends_at > tx.now)
        .order_by(EntryRequest.starts_at)
        .limit(LIMIT)
    )
    return [
        Due(
            task=Task.ANSWER_ENTRY,
            urgency=_urgency(tx, request.starts_at - NOTICE),
            kind="entry_request",
            record=request.id,
            number=None,
            name="",
            address=home.address_line if home else "",
            by=request.starts_at - NOTICE,
        )
        for request, home in rows
    ]


def _urgency(tx: ReadTx, moment: dt.datetime) -> Urgency:
    if moment < tx.now:
        return Urgency.OVERDUE
    day = moment.astimezone(tx.runtime.time_zone).date()
    return Urgency.TODAY if day == tx.today else Urgency.SOON
