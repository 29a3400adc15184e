"""The parties meet: the lease is signed and the tenancy begins, or it isn't signed (T5)."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy.exc import IntegrityError

from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.commands import locked_application
from tenancy_svc.applications.model import ApplicationStatus
from tenancy_svc.disclosures.commands import disclose_to_support
from tenancy_svc.disclosures.model import Purpose
from tenancy_svc.homes.queries import must_be_free
from tenancy_svc.leases.commands import draft_lease, locked_lease, our_home
from tenancy_svc.leases.deposits import must_be_lawful
from tenancy_svc.leases.model import ONE_TENANCY_PER_UNIT, Lease, LeaseStatus
from tenancy_svc.leases.queries import has_tenancy
from tenancy_svc.signings.attestations import missing_attestations
from tenancy_svc.signings.commands import scheduled_signing
from tenancy_svc.signings.feature import HOLD_SIGNINGS
from tenancy_svc.signings.model import (
    AttestationsMissing,
    Outcome,
    RecordNotSigned,
    ReferredTenancyStarted,
    RightsNotExplained,
    SignedBeforeLease,
    SignedInFuture,
    Signing,
    SigningHeld,
    SigningMoved,
    SigningStatus,
    SignLease,
    TenancyExists,
    TenancyStarted,
    TimeNotAgreed,
)


@use_case(HOLD_SIGNINGS, undoable=True)
async def sign_lease(tx: Tx, command: SignLease) -> uuid.UUID:
    """Record the signatures: the lease is in force and the tenancy begins. Returns the lease's id.

    Support is informed as far as the tenant chose. A signing before the arranged time or on another day needs
    the tenants' agreement, and the advocate who was invited is informed of that time too.

    Raises SignedInFuture, SignedBeforeLease, TimeNotAgreed, SigningOver, RightsNotExplained,
    AttestationsMissing, TenancyExists, and what `must_be_free` and `must_be_lawful` raise. Nothing that
    support published, or didn't, is taken into account (W2).
    """
    signing = await scheduled_signing(tx, command.signing_id)
    lease = await draft_lease(tx, signing.lease_id)
    edition = lease.current
    if signing.rights_explained_at is None:
        raise RightsNotExplained
    missing = missing_attestations(signing, edition)
    if missing:
        raise AttestationsMissing(names=", ".join(missing))
    application = await locked_application(tx, lease.application_id)
    home = await our_home(tx, application)
    # The draft may be older than the law of today.
    asked = [deposit.asked for deposit in edition.deposits]
    must_be_lawful(asked, rent=edition.rent, province=home.province, day=tx.today)
    if await has_tenancy(tx, lease.unit):
        raise TenancyExists(address=home.address)
    await must_be_free(tx, lease.unit, application.request)
    signed_at = command.signed_at or tx.now
    if signed_at > tx.now:
        raise SignedInFuture(field="signed_at")
    # A time that was entered has no seconds: the minute in which the version was made counts as after it.
    if signed_at < edition.made_at.replace(second=0, microsecond=0):
        raise SignedBeforeLease(field="signed_at", made=edition.made_at)
    another_time = at_another_time(signing.starts_at, signed_at, tx.runtime.time_zone)
    if another_time and not command.tenants_agreed:
        raise TimeNotAgreed(field="tenants_agreed", arranged=signing.starts_at)
    if another_time:
        await _sign_at_another_time(tx, signing, lease, signed_at)
    _hold(tx, signing, Outcome.SIGNED, signed_at)
    lease.status = LeaseStatus.IN_FORCE
    lease.began_at = tx.now
    lease.tenancy = tenancy = new_id()
    application.status = ApplicationStatus.HOUSED
    try:
        await tx.session.flush()
    except IntegrityError as failed:
        if ONE_TENANCY_PER_UNIT in str(failed.orig):
            # Another lease of the same home came into force after it was looked for.
            raise TenancyExists(address=home.address) from failed
        raise
    tx.touched("lease", lease.id, "began")
    tx.publish(
        TenancyStarted(home.inventory, tenancy, lease.unit, edition.start_on, application.request),
        basis=f"lease:{lease.number}",
    )
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda to, number: SigningHeld(to, number, signing.id, Outcome.SIGNED),
    )
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.START,
        lambda to, number: ReferredTenancyStarted(
            to, number, lease.unit, edition.start_on, edition.rent_amount, edition.rent_currency
        ),
    )
    return lease.id


@use_case(HOLD_SIGNINGS, undoable=True)
async def record_not_signed(tx: Tx, command: RecordNotSigned) -> None:
    """Record that the parties met without signing; the lease stays a draft. Raises SigningOver."""
    signing = await scheduled_signing(tx, command.signing_id)
    lease = await locked_lease(tx, signing.lease_id)
    _hold(tx, signing, Outcome.NOT_SIGNED, tx.now)
    tx.touched("lease", lease.id, "not_signed")
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda to, number: SigningHeld(to, number, signing.id, Outcome.NOT_SIGNED),
    )


def at_another_time(arranged: dt.datetime, signed: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether a lease is signed before the arranged time, or on another day."""
    return signed < arranged or signed.astimezone(zone).date() != arranged.astimezone(zone).date()


def _hold(tx: Tx, signing: Signing, outcome: Outcome, at: dt.datetime) -> None:
    signing.status = SigningStatus.HELD
    signing.held_at, signing.held_by = at, tx.actor.name
    signing.outcome = outcome


async def _sign_at_another_time(tx: Tx, signing: Signing, lease: Lease, at: dt.datetime) -> None:
    """Move the signing to the time at which it was signed, and inform the advocate who was invited."""
    changes = {"starts_at": (signing.starts_at, at)}
    signing.arranged_for, signing.starts_at = signing.starts_at, at
    tx.touched("lease", lease.id, "signed_at_another_time", changes)
    await disclose_to_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda to, number: SigningMoved(to, number, signing.id, at, signing.place),
    )
