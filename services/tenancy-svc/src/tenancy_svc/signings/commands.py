"""Arranges signings, hears the advocate's answer, and begins the tenancy when everything required was
done (T5).
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from sqlalchemy import Text, cast, delete, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from chassis.access import RECEIVE_EVENTS
from chassis.db.tables import audit
from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.commands import forget_if_withdrawn, locked
from tenancy_svc.applications.model import Application, ApplicationStatus, Part
from tenancy_svc.clause_review.commands import require_private
from tenancy_svc.disclosures.model import Counterpart, Purpose
from tenancy_svc.disclosures.telling import tell_support
from tenancy_svc.homes.queries import HomeView, find_hold, must_be_free
from tenancy_svc.leases.commands import locked_lease, our_home
from tenancy_svc.leases.deposits import must_be_lawful
from tenancy_svc.leases.feature import DRAW_UP_LEASES
from tenancy_svc.leases.model import (
    ONE_TENANCY_PER_UNIT,
    ForgetDrafts,
    Lease,
    LeaseEdition,
    LeaseParty,
    LeaseSettled,
    LeaseStatus,
)
from tenancy_svc.signings.feature import ARRANGE_SIGNINGS, HOLD_SIGNINGS
from tenancy_svc.signings.model import (
    AdvocateAnswer,
    Arrangement,
    Attest,
    Attestation,
    AttestationsMissing,
    CancelSigning,
    EndSigningsOfHold,
    EndUnsigned,
    GiveUpLease,
    MoveSigning,
    NotAParty,
    Outcome,
    RecordRightsExplained,
    ReferredTenancyStarted,
    RightsNotExplained,
    ScheduleSigning,
    Side,
    SignedBeforeLease,
    SignedInFuture,
    Signing,
    SigningAfterHold,
    SigningAhead,
    SigningCancelled,
    SigningHeld,
    SigningInThePast,
    SigningMoved,
    SigningOver,
    SigningScheduled,
    SigningStatus,
    SignLease,
    TakeAnswer,
    TakeAttestationBack,
    TenancyExists,
    TenancyStarted,
    TimeNotAgreed,
)


@use_case(ARRANGE_SIGNINGS)
async def schedule_signing(tx: Tx, command: ScheduleSigning) -> uuid.UUID:
    """Arrange the signing of a draft lease and tell support when the tenant chose so; returns the signing's
    id.

    Raises LeaseSettled, SigningAhead, SigningInThePast, SigningAfterHold, MonitoringRefused, and what
    `must_be_free` raises.
    """
    await _require_private(tx, command)
    lease = await _draft(tx, command.lease_id)
    ahead = await tx.scalar(
        select(Signing.id).where(Signing.lease_id == lease.id, Signing.status == SigningStatus.SCHEDULED)
    )
    if ahead is not None:
        raise SigningAhead
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
    await tell_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda referral, number: SigningScheduled(
            referral, number, signing.id, command.starts_at, command.place
        ),
    )
    return signing.id


@use_case(ARRANGE_SIGNINGS)
async def move_signing(tx: Tx, command: MoveSigning) -> None:
    """Give a signing another time or place; an earlier answer of the advocate no longer counts.

    Raises SigningOver, EditedMeanwhile, MonitoringRefused, and what schedule_signing raises about the time.
    """
    await _require_private(tx, command)
    signing = await _ahead(tx, command.signing_id)
    fields = ("starts_at", "place", "directions", "landlord_name")
    changes = {
        name: (getattr(signing, name), getattr(command, name))
        for name in fields
        if getattr(signing, name) != getattr(command, name)
    }
    if signing.version != command.version:
        raise EditedMeanwhile(current=signing.version, difference=changes)
    lease = await _draft(tx, signing.lease_id)
    await _time_must_fit(tx, lease, command.starts_at)
    for name in fields:
        setattr(signing, name, getattr(command, name))
    signing.arranged_at = tx.now
    tx.touched("lease", lease.id, "signing_moved", changes)
    await tell_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda referral, number: SigningMoved(referral, number, signing.id, command.starts_at, command.place),
    )


@use_case(ARRANGE_SIGNINGS)
async def cancel_signing(tx: Tx, command: CancelSigning) -> None:
    """Cancel a signing that is ahead; another can be arranged. Raises SigningOver."""
    signing = await _ahead(tx, command.signing_id)
    await _cancel(tx, signing, await locked_lease(tx, signing.lease_id))


@use_case(DRAW_UP_LEASES)
async def give_up_lease(tx: Tx, command: GiveUpLease) -> None:
    """Discard a draft lease and cancel its signing; the application stays accepted. Raises LeaseSettled.

    The draft stays readable, and another lease can be drawn up.
    """
    ahead = (
        await tx.session.scalars(
            select(Signing)
            .where(Signing.lease_id == command.lease_id, Signing.status == SigningStatus.SCHEDULED)
            .with_for_update()
        )
    ).first()
    lease = await _draft(tx, command.lease_id)
    if ahead is not None:
        await _cancel(tx, ahead, lease)
    lease.status = LeaseStatus.DISCARDED
    application = await locked(tx, lease.application_id, with_people=True)
    application.status = ApplicationStatus.ACCEPTED
    tx.touched("lease", lease.id, "discarded")
    await tx.session.flush()
    if await forget_if_withdrawn(tx, application):
        await forget_drafts(tx, ForgetDrafts(application_id=application.id))


@use_case(RECEIVE_EVENTS)
async def forget_drafts(tx: Tx, command: ForgetDrafts) -> None:
    """Delete the names in drafts of an application that came to nothing: no lease was made of them (W5)."""
    drafts = select(Lease.id).where(
        Lease.application_id == command.application_id, Lease.status == LeaseStatus.DISCARDED
    )
    editions = select(LeaseEdition.id).where(LeaseEdition.lease_id.in_(drafts))
    signings = select(Signing.id).where(Signing.lease_id.in_(drafts))
    await tx.execute(
        delete(Attestation).where(Attestation.signing_id.in_(signings), Attestation.side == Side.TENANT)
    )
    await tx.execute(delete(LeaseParty).where(LeaseParty.edition_id.in_(editions)))
    await tx.execute(
        update(audit)
        .where(
            audit.c.record_kind == "lease",
            audit.c.record_id.in_(select(cast(Lease.id, Text)).where(Lease.id.in_(drafts))),
            audit.c.action.in_(["amended", "attested", "attestation_taken_back"]),
        )
        .values(changes=null())
    )


@use_case(HOLD_SIGNINGS)
async def record_rights_explained(tx: Tx, command: RecordRightsExplained) -> None:
    """Record that the tenant's rights were explained and acknowledged; once is enough. Raises SigningOver."""
    signing = await _ahead(tx, command.signing_id)
    if signing.rights_explained_at is None:
        signing.rights_explained_at = tx.now
        signing.rights_explained_by = tx.actor.name
        tx.touched("lease", signing.lease_id, "rights_explained")


@use_case(HOLD_SIGNINGS)
async def attest(tx: Tx, command: Attest) -> None:
    """Record a party's word that no service is a condition of the lease as it now stands.

    Raises SigningOver, NotAParty. The same word twice is one record.
    """
    signing = await _ahead(tx, command.signing_id)
    lease = await locked_lease(tx, signing.lease_id)
    party = next(
        (one for one in parties_of(signing, lease.current) if (one.side, one.party) == _meant(command)), None
    )
    if party is None:
        raise NotAParty(field="party")
    if party.attestation is not None:
        return
    signing.attestations.append(
        Attestation(
            id=new_id(),
            lease_edition_id=lease.current.id,
            side=party.side,
            party_id=party.party,
            name=party.name,
            attested_at=tx.now,
            recorded_by=tx.actor.name,
        )
    )
    tx.touched("lease", lease.id, "attested", {party.side.value: (None, party.name)})


@use_case(HOLD_SIGNINGS)
async def take_attestation_back(tx: Tx, command: TakeAttestationBack) -> None:
    """Take an attestation back before the signatures; the record keeps it. Raises SigningOver, NotFound."""
    signing = await _ahead(tx, command.signing_id)
    found = next((one for one in signing.attestations if one.id == command.attestation_id), None)
    if found is None:
        raise NotFound(what="attestation")
    if found.taken_back_at is None:
        found.taken_back_at, found.taken_back_by = tx.now, tx.actor.name
        changes = {found.side.value: (found.name, None)}
        tx.touched("lease", signing.lease_id, "attestation_taken_back", changes)


@use_case(HOLD_SIGNINGS)
async def sign_lease(tx: Tx, command: SignLease) -> uuid.UUID:
    """Record the signatures: the lease is in force, the tenancy begins, and who may be told is told.

    Signed before the arranged time, or on another day, the tenants must have agreed; the advocate who was
    invited is informed of the time as well. Returns the lease's id.

    Raises SignedInFuture, SignedBeforeLease, TimeNotAgreed, SigningOver, RightsNotExplained,
    AttestationsMissing, TenancyExists, and what `must_be_free` and `must_be_lawful` raise. Nothing that
    support said or didn't say is asked for (W2).
    """
    signing = await _ahead(tx, command.signing_id)
    lease = await _draft(tx, signing.lease_id)
    edition = lease.current
    if signing.rights_explained_at is None:
        raise RightsNotExplained
    missing = missing_attestations(signing, edition)
    if missing:
        raise AttestationsMissing(names=", ".join(missing))
    application = await locked(tx, lease.application_id)
    home = await our_home(tx, lease.unit, application.request)
    # A draft may be older than the rules, or than the law that stands now.
    asked = [deposit.asked for deposit in edition.deposits]
    must_be_lawful(asked, rent=edition.rent, province=home.province, day=tx.today)
    await _no_other_tenancy(tx, home)
    await must_be_free(tx, lease.unit, application.request)
    signed_at = command.signed_at or tx.now
    if signed_at > tx.now:
        raise SignedInFuture(field="signed_at")
    # A typed time has no seconds: the minute in which the version was made counts as after it.
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
            # Another lease of the same home came into force between the look and the write.
            raise TenancyExists(address=home.address) from failed
        raise
    tx.touched("lease", lease.id, "began")
    tx.publish(
        TenancyStarted(tenancy, lease.unit, edition.start_on, application.request),
        basis=f"lease:{lease.number}",
    )
    await tell_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda referral, number: SigningHeld(referral, number, signing.id, Outcome.SIGNED),
    )
    await tell_support(
        tx,
        lease.application_id,
        Purpose.START,
        lambda referral, number: ReferredTenancyStarted(
            referral, number, lease.unit, edition.start_on, edition.rent_amount, edition.rent_currency
        ),
    )
    return lease.id


@use_case(HOLD_SIGNINGS)
async def end_unsigned(tx: Tx, command: EndUnsigned) -> None:
    """Record that the parties met without signing; the lease stays a draft. Raises SigningOver."""
    signing = await _ahead(tx, command.signing_id)
    lease = await locked_lease(tx, signing.lease_id)
    _hold(tx, signing, Outcome.NOT_SIGNED, tx.now)
    tx.touched("lease", lease.id, "not_signed")
    await tell_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda referral, number: SigningHeld(referral, number, signing.id, Outcome.NOT_SIGNED),
    )


@use_case(RECEIVE_EVENTS)
async def end_signings_of_hold(tx: Tx, command: EndSigningsOfHold) -> None:
    """Cancel the signing ahead of a household whose hold is over: the home can't be let to it any more."""
    ahead = (
        await tx.session.scalars(
            select(Signing)
            .join(Lease, Lease.id == Signing.lease_id)
            .join(Application, Application.id == Lease.application_id)
            .where(Application.request == command.request, Signing.status == SigningStatus.SCHEDULED)
            .with_for_update(of=Signing)
        )
    ).all()
    for signing in ahead:
        await _cancel(tx, signing, await locked_lease(tx, signing.lease_id))


@use_case(RECEIVE_EVENTS)
async def take_answer(tx: Tx, command: TakeAnswer) -> None:
    """Keep the advocate's latest answer to a signing ahead of that referral; others are let go."""
    of_this_referral = await tx.scalar(
        select(Signing.id)
        .join(Lease, Lease.id == Signing.lease_id)
        .join(Counterpart, Counterpart.application_id == Lease.application_id)
        .where(
            Signing.id == command.signing,
            Signing.status == SigningStatus.SCHEDULED,
            Counterpart.referral == command.referral,
            Counterpart.withdrawn_at.is_(None),
        )
    )
    if of_this_referral is None:
        return
    statement = insert(AdvocateAnswer).values(
        signing_id=command.signing,
        attendance=command.attendance,
        reason=command.reason,
        answered_at=command.answered_at,
    )
    excluded = statement.excluded
    await tx.execute(
        statement.on_conflict_do_update(
            index_elements=[AdvocateAnswer.signing_id],
            set_={
                "attendance": excluded.attendance,
                "reason": excluded.reason,
                "answered_at": excluded.answered_at,
            },
            where=AdvocateAnswer.answered_at <= excluded.answered_at,
        )
    )


@dataclass(frozen=True, slots=True)
class SigningParty:
    """Who has to attest, and the attestation that stands, if any; `party` is None for the landlord's side."""

    side: Side
    party: uuid.UUID | None
    name: str
    contact: str | None
    attestation: Attestation | None


def parties_of(signing: Signing, edition: LeaseEdition) -> list[SigningParty]:
    """Return who has to attest for an edition: every tenant, and who signs for the landlord.

    What was attested for former editions, by a former signatory or taken back doesn't count.
    """
    given = {
        (one.side, one.party_id, one.name): one
        for one in signing.attestations
        if one.lease_edition_id == edition.id and one.taken_back_at is None
    }
    expected: list[tuple[Side, uuid.UUID | None, str, str | None]] = [
        (Side.TENANT, party.id, party.name, party.phone or party.email)
        for party in edition.parties
        if party.part is Part.TENANT
    ]
    expected.append((Side.LANDLORD, None, signing.landlord_name, None))
    return [SigningParty(*one, given.get(one[:3])) for one in expected]


def missing_attestations(signing: Signing, edition: LeaseEdition) -> list[str]:
    """Return the names of those who still have to attest for this edition."""
    return [party.name for party in parties_of(signing, edition) if party.attestation is None]


def at_another_time(arranged: dt.datetime, signed: dt.datetime, zone: dt.tzinfo) -> bool:
    """Whether a lease is signed before the arranged time, or on another day."""
    return signed < arranged or signed.astimezone(zone).date() != arranged.astimezone(zone).date()


def _meant(command: Attest) -> tuple[Side, uuid.UUID | None]:
    return command.side, command.party


def _hold(tx: Tx, signing: Signing, outcome: Outcome, at: dt.datetime) -> None:
    signing.status = SigningStatus.HELD
    signing.held_at, signing.held_by = at, tx.actor.name
    signing.outcome = outcome


async def _sign_at_another_time(tx: Tx, signing: Signing, lease: Lease, at: dt.datetime) -> None:
    """Move the signing to when it was signed, as the tenants agreed, and inform whoever was invited."""
    changes = {"starts_at": (signing.starts_at, at)}
    signing.arranged_for, signing.starts_at = signing.starts_at, at
    tx.touched("lease", lease.id, "signed_at_another_time", changes)
    await tell_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda referral, number: SigningMoved(referral, number, signing.id, at, signing.place),
    )


async def _ahead(tx: Tx, signing_id: uuid.UUID) -> Signing:
    signing = await tx.session.get(
        Signing, signing_id, with_for_update=True, options=[selectinload(Signing.attestations)]
    )
    if signing is None:
        raise NotFound(what="signing")
    if signing.status is not SigningStatus.SCHEDULED:
        raise SigningOver
    return signing


async def _cancel(tx: Tx, signing: Signing, lease: Lease) -> None:
    signing.status = SigningStatus.CANCELLED
    tx.touched("lease", lease.id, "signing_cancelled")
    await tell_support(
        tx,
        lease.application_id,
        Purpose.SIGNING,
        lambda referral, number: SigningCancelled(referral, number, signing.id),
    )


async def _draft(tx: Tx, lease_id: uuid.UUID) -> Lease:
    lease = await locked_lease(tx, lease_id)
    if lease.status is not LeaseStatus.DRAFT:
        raise LeaseSettled
    return lease


async def _require_private(tx: Tx, arranged: Arrangement) -> None:
    texts = [("directions", arranged.directions), ("landlord_name", arranged.landlord_name)]
    await require_private(tx, "signing", texts)


async def _time_must_fit(tx: Tx, lease: Lease, starts_at: dt.datetime) -> None:
    if starts_at <= tx.now:
        raise SigningInThePast(field="starts_at")
    application = await locked(tx, lease.application_id)
    await our_home(tx, lease.unit, application.request)
    await must_be_free(tx, lease.unit, application.request)
    hold = await find_hold(tx, application.request)
    if hold is not None and hold.deadline is not None and starts_at > hold.deadline:
        raise SigningAfterHold(field="starts_at", deadline=hold.deadline)


async def _no_other_tenancy(tx: Tx, home: HomeView) -> None:
    other = await tx.scalar(
        select(Lease.id).where(Lease.unit == home.unit, Lease.status == LeaseStatus.IN_FORCE)
    )
    if other is not None:
        raise TenancyExists(address=home.address)
