"""Reads signings: lists of them, and one with what still has to be done before anybody signs."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, case, select
from sqlalchemy.orm import selectinload

from chassis.errors import NotFound
from chassis.tx import ReadTx
from chassis.usecase import query
from tenancy_svc.disclosures.model import Purpose
from tenancy_svc.disclosures.queries import Prospect, prospects
from tenancy_svc.homes.model import Home
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.leases.model import Lease, LeaseEdition, first_tenant, is_current_edition
from tenancy_svc.leases.queries import LeaseRecord, read_lease
from tenancy_svc.signings.attestations import missing_attestations, parties_of
from tenancy_svc.signings.model import (
    AbsenceReason,
    AdvocateAnswer,
    Attendance,
    Outcome,
    Place,
    Side,
    Signing,
    SigningStatus,
    answers_arrangement,
)

LIMIT = 100


@dataclass(frozen=True, slots=True)
class SigningLine:
    """A signing in a list."""

    id: uuid.UUID
    lease_id: uuid.UUID
    lease_number: int
    name: str
    address: str
    starts_at: dt.datetime
    place: Place
    status: SigningStatus
    outcome: Outcome | None
    attendance: Attendance | None


@dataclass(frozen=True, slots=True)
class Attested:
    """One party and when it attested; None when it still has to.

    `party` refers to a tenant of the lease; `contact` is there to tell apart tenants with the same name.
    `attestation` refers to the one that counts.
    """

    side: Side
    party: uuid.UUID | None
    name: str
    contact: str | None
    attestation: uuid.UUID | None
    attested_at: dt.datetime | None
    recorded_by: str | None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """An attestation that was taken back."""

    side: Side
    name: str
    attested_at: dt.datetime
    recorded_by: str
    taken_back_at: dt.datetime
    taken_back_by: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """An organisation's answer to the signing as it's arranged now."""

    attendance: Attendance
    reason: AbsenceReason | None
    answered_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Invited:
    """An organisation that supports the household: whether its advocate is invited, and what it answered.

    `answer` is None when nobody was invited, hasn't answered, or answered before the signing was moved.
    """

    party: str
    prospect: Prospect
    answer: AnswerView | None

    @property
    def discloses(self) -> bool:
        """Whether it's informed of the signing."""
        return self.prospect.discloses


@dataclass(frozen=True, slots=True)
class SigningRecord:
    """One signing as its page shows it."""

    id: uuid.UUID
    version: int
    lease: LeaseRecord
    starts_at: dt.datetime
    time_zone: str
    place: Place
    directions: str | None
    landlord_name: str
    status: SigningStatus
    outcome: Outcome | None
    held_at: dt.datetime | None
    held_by: str | None
    arranged_for: dt.datetime | None
    """The time that had been arranged, when the tenants agreed to sign at another."""
    rights_explained_at: dt.datetime | None
    rights_explained_by: str | None
    attested: tuple[Attested, ...]
    taken_back: tuple[TakenBack, ...]
    missing: tuple[str, ...]
    invites: tuple[Invited, ...]
    discloses_start: tuple[Prospect, ...]

    @property
    def ready(self) -> bool:
        """Whether everything that must precede the signatures was done."""
        return self.rights_explained_at is not None and not self.missing


@query(VIEW_LEASES)
async def signings(
    tx: ReadTx, *, status: SigningStatus | None = SigningStatus.SCHEDULED
) -> list[SigningLine]:
    """Return at most 100 signings: scheduled ones earliest first, others latest first."""
    return await read_lines(tx, status=status)


@query(VIEW_LEASES)
async def signings_of_lease(tx: ReadTx, lease_id: uuid.UUID) -> list[SigningLine]:
    """Return every signing of one lease, latest first."""
    return await read_lines(tx, lease_id=lease_id)


async def read_lines(
    tx: ReadTx, *, status: SigningStatus | None = None, lease_id: uuid.UUID | None = None
) -> list[SigningLine]:
    """Return lines in a transaction that is open already."""
    name = first_tenant()
    statement = (
        select(Signing, Lease, Home, _best_answer(), name)
        .join(Lease, Lease.id == Signing.lease_id)
        .join(LeaseEdition, is_current_edition())
        .outerjoin(Home, Home.unit == Lease.unit)
    )
    if status is not None:
        statement = statement.where(Signing.status == status)
    if lease_id is not None:
        statement = statement.where(Signing.lease_id == lease_id)
    order = Signing.starts_at if status is SigningStatus.SCHEDULED else Signing.starts_at.desc()
    rows: Sequence[Any] = (await tx.execute(statement.order_by(order).limit(LIMIT))).all()
    return [
        SigningLine(
            id=signing.id,
            lease_id=lease.id,
            lease_number=lease.number,
            name=name or "",
            address=home.address_line if home else "",
            starts_at=signing.starts_at,
            place=signing.place,
            status=signing.status,
            outcome=signing.outcome,
            attendance=attendance,
        )
        for signing, lease, home, attendance, name in rows
    ]


def _best_answer() -> ScalarSelect[Attendance | None]:
    """Whether an advocate comes to a `Signing`: it's enough when one of several does."""
    comes = case((AdvocateAnswer.attendance == Attendance.ATTENDING, 0), else_=1)
    return (
        select(AdvocateAnswer.attendance)
        .where(answers_arrangement())
        .order_by(comes)
        .limit(1)
        .correlate(Signing)
        .scalar_subquery()
    )


@query(VIEW_LEASES, views="lease")
async def signing(tx: ReadTx, signing_id: uuid.UUID) -> SigningRecord:
    """Return one signing with what is missing and what would be disclosed. Raises NotFound."""
    found = await tx.session.get(Signing, signing_id, options=[selectinload(Signing.attestations)])
    if found is None:
        raise NotFound(what="signing")
    tx.viewed("lease", found.lease_id)
    record = await read_lease(tx, found.lease_id)
    edition = await tx.session.get_one(
        LeaseEdition, record.current.id, options=[selectinload(LeaseEdition.parties)]
    )
    parties = parties_of(found, edition)
    names = [party.name for party in parties]
    answers = {
        one.party: AnswerView(one.attendance, one.reason, one.answered_at)
        for one in await tx.session.scalars(
            select(AdvocateAnswer).join(Signing, answers_arrangement()).where(Signing.id == signing_id)
        )
    }
    application_id = record.application.id
    return SigningRecord(
        id=found.id,
        version=found.version,
        lease=record,
        starts_at=found.starts_at,
        time_zone=found.time_zone,
        place=found.place,
        directions=found.directions,
        landlord_name=found.landlord_name,
        status=found.status,
        outcome=found.outcome,
        held_at=found.held_at,
        held_by=found.held_by,
        arranged_for=found.arranged_for,
        rights_explained_at=found.rights_explained_at,
        rights_explained_by=found.rights_explained_by,
        attested=tuple(
            Attested(
                side=party.side,
                party=party.party,
                name=party.name,
                contact=party.contact if names.count(party.name) > 1 else None,
                attestation=given.id if (given := party.attestation) else None,
                attested_at=given.attested_at if given else None,
                recorded_by=given.recorded_by if given else None,
            )
            for party in parties
        ),
        taken_back=tuple(
            TakenBack(
                one.side,
                one.name,
                one.attested_at,
                one.recorded_by,
                one.taken_back_at,
                one.taken_back_by or "",
            )
            for one in found.attestations
            if one.taken_back_at is not None
        ),
        missing=tuple(missing_attestations(found, edition)),
        invites=tuple(
            Invited(one.party, one, answers.get(one.party))
            for one in await prospects(tx, application_id, Purpose.SIGNING)
        ),
        discloses_start=tuple(await prospects(tx, application_id, Purpose.START)),
    )
