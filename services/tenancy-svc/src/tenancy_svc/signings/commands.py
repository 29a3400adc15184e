"""Arranges signings, moves and cancels them, and records the advocate's answer (T5, W4)."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import selectinload

from chassis.access import RECEIVE_EVENTS
from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.parties import NotTheSenders
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.commands import locked_application
from tenancy_svc.applications.model import Application
from tenancy_svc.clause_review.commands import require_private
from tenancy_svc.disclosures.commands import disclose_to_support
from tenancy_svc.disclosures.model import Counterpart, Purpose
from tenancy_svc.homes.queries import find_hold, must_be_free
from tenancy_svc.leases.commands import draft_lease, locked_lease, our_home
from tenancy_svc.leases.model import Lease
from tenancy_svc.signings.feature import ARRANGE_SIGNINGS, HOLD_SIGNINGS
from tenancy_svc.signings.model import (
    AdvocateAnswer,
    AlreadyScheduled,
    Arrangement,
    CancelSigning,
    EndSigningsOfHold,
    MoveSigning,
    ReceiveAnswer,
    RecordRightsExplained,
    ScheduleSigning,
    Signing,
    SigningAfterHold,
    SigningCancelled,
    SigningInThePast,
    SigningMoved,
    SigningOver,
    SigningScheduled,
    SigningStatus,
    scheduled,
)


@use_case(ARRANGE_SIGNINGS, undoable=True)
async def schedule_signing(tx: Tx, command: ScheduleSigning) -> uuid.UUID:
    """Arrange the signing of a draft lease, inform those whom the tenant chose, and return its id.

    Raises LeaseNotDraft, AlreadyScheduled, SigningInThePast, SigningAfterHold, MonitoringRefused, and what
    `must_be_free` raises.
    """
    await _must_be_private(tx, command)
    lease = await draft_lease(tx, command.lease_id)
    if await tx.scalar(select(Signing.id).where(Signing.lease_id == lease.id, scheduled())) is not None:
        raise AlreadyScheduled
    await _time_must_fit(tx, lease, command.starts_at)
    signing = Signing(
        id=new_id(),
        lease_id=lease.id,
        starts_at=command.starts_at,
        time_zone=str(tx.runtime.time_zone),
        place=command.place,
        directions=command.directions,
        landlord_name=command.landlord_name,
        arranged_at=tx.now,
        status=SigningStatus.SCHEDULED,
    )
    tx.session.add(signing)
    tx.touched("lease", lease.id, "signing_scheduled", {"starts_at": (None, command.starts_at)})
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda to, number: SigningScheduled(to, number, signing.id, command.starts_at, command.place),
    )
    return signing.id


@use_case(ARRANGE_SIGNINGS, undoable=True)
async def move_signing(tx: Tx, command: MoveSigning) -> None:
    """Give a signing another time or place; an earlier answer of the advocate no longer counts.

    Raises SigningOver, EditedMeanwhile, MonitoringRefused, and what schedule_signing raises about the time.
    """
    await _must_be_private(tx, command)
    signing = await scheduled_signing(tx, command.signing_id)
    fields = ("starts_at", "place", "directions", "landlord_name")
    changes = {
        name: (getattr(signing, name), getattr(command, name))
        for name in fields
        if getattr(signing, name) != getattr(command, name)
    }
    if signing.version != command.version:
        raise EditedMeanwhile(current=signing.version, difference=changes)
    lease = await draft_lease(tx, signing.lease_id)
    await _time_must_fit(tx, lease, command.starts_at)
    for name in fields:
        setattr(signing, name, getattr(command, name))
    signing.arranged_at = tx.now
    tx.touched("lease", lease.id, "signing_moved", changes)
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda to, number: SigningMoved(to, number, signing.id, command.starts_at, command.place),
    )


@use_case(ARRANGE_SIGNINGS, undoable=True)
async def cancel_signing(tx: Tx, command: CancelSigning) -> None:
    """Cancel a scheduled signing; another can be arranged. Raises SigningOver."""
    signing = await scheduled_signing(tx, command.signing_id)
    await cancel(tx, signing, await locked_lease(tx, signing.lease_id))


@use_case(HOLD_SIGNINGS)
async def record_rights_explained(tx: Tx, command: RecordRightsExplained) -> None:
    """Record that the tenant's rights were explained and acknowledged; once is enough. Raises SigningOver."""
    signing = await scheduled_signing(tx, command.signing_id)
    if signing.rights_explained_at is None:
        signing.rights_explained_at = tx.now
        signing.rights_explained_by = tx.actor.name
        tx.touched("lease", signing.lease_id, "rights_explained")


@use_case(RECEIVE_EVENTS)
async def end_signings_of_hold(tx: Tx, command: EndSigningsOfHold) -> None:
    """Cancel the signing of a household whose hold is over: the home can't be let to it any more."""
    signings = (
        await tx.session.scalars(
            select(Signing)
            .join(Lease, Lease.id == Signing.lease_id)
            .join(Application, Application.id == Lease.application_id)
            .where(Application.request == command.request, Application.unit == command.unit, scheduled())
            .with_for_update(of=Signing)
        )
    ).all()
    for signing in signings:
        await cancel(tx, signing, await locked_lease(tx, signing.lease_id))


@use_case(RECEIVE_EVENTS)
async def receive_answer(tx: Tx, command: ReceiveAnswer) -> None:
    """Record an organisation's latest answer to a scheduled signing of its referral.

    An answer about what has ended is ignored, and so is one that names another of its referrals. Raises
    NotTheSenders for a signing with which the organisation has nothing to do.
    """
    found = (
        await tx.execute(
            select(Signing, Counterpart)
            .join(Lease, Lease.id == Signing.lease_id)
            .outerjoin(
                Counterpart,
                (Counterpart.application_id == Lease.application_id) & (Counterpart.party == command.party),
            )
            .where(Signing.id == command.signing)
        )
    ).one_or_none()
    if found is None:
        return
    signing, counterpart = found
    if counterpart is None:
        raise NotTheSenders
    ended = signing.status is not SigningStatus.SCHEDULED or counterpart.withdrawn_at is not None
    if ended or counterpart.referral != command.referral:
        return
    statement = insert(AdvocateAnswer).values(
        signing_id=command.signing,
        party=command.party,
        attendance=command.attendance,
        reason=command.reason,
        answered_at=command.answered_at,
    )
    excluded = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[AdvocateAnswer.signing_id, AdvocateAnswer.party],
            set_={
                "attendance": excluded.attendance,
                "reason": excluded.reason,
                "answered_at": excluded.answered_at,
            },
            where=AdvocateAnswer.answered_at <= excluded.answered_at,
        )
    )


async def scheduled_signing(tx: Tx, signing_id: uuid.UUID) -> Signing:
    """Return a scheduled signing with its attestations, locked. Raises NotFound, SigningOver."""
    signing = await tx.session.get(
        Signing, signing_id, with_for_update=True, options=[selectinload(Signing.attestations)]
    )
    if signing is None:
        raise NotFound(what="signing")
    if signing.status is not SigningStatus.SCHEDULED:
        raise SigningOver
    return signing


async def cancel(tx: Tx, signing: Signing, lease: Lease) -> None:
    """Cancel a scheduled signing, and inform support when the tenant chose so."""
    signing.status = SigningStatus.CANCELLED
    tx.touched("lease", lease.id, "signing_cancelled")
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda to, number: SigningCancelled(to, number, signing.id),
    )


async def _must_be_private(tx: Tx, arranged: Arrangement) -> None:
    texts = [("directions", arranged.directions), ("landlord_name", arranged.landlord_name)]
    await require_private(tx, "signing", texts)


async def _time_must_fit(tx: Tx, lease: Lease, starts_at: dt.datetime) -> None:
    if starts_at <= tx.now:
        raise SigningInThePast(field="starts_at")
    application = await locked_application(tx, lease.application_id)
    await our_home(tx, application)
    await must_be_free(tx, lease.unit, application.request)
    hold = await find_hold(tx, application.unit, application.request)
    if hold is not None and hold.deadline is not None and starts_at > hold.deadline:
        raise SigningAfterHold(field="starts_at", deadline=hold.deadline)
