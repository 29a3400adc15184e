"""Reads leases: the list, and one record with its editions and clauses."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select

from chassis.errors import NotFound
from chassis.paging import PAGE, CountedPage, Paging
from chassis.tx import ReadTx, Tx
from chassis.usecase import query
from tenancy_svc.applications.people import Part, tenants_of
from tenancy_svc.applications.queries import ApplicationRecord, PersonView, read_application
from tenancy_svc.homes.model import Hold, Home, ReleaseReason
from tenancy_svc.homes.queries import mentioning
from tenancy_svc.lease_templates.queries import EditionView, edition_of
from tenancy_svc.leases.deposits import Deposit
from tenancy_svc.leases.feature import VIEW_LEASES
from tenancy_svc.leases.model import (
    EditionReason,
    Holder,
    Inclusion,
    Lease,
    LeaseEdition,
    LeaseParty,
    LeaseStatus,
    Term,
    first_tenant,
    is_current_edition,
    with_editions,
)
from tenancy_svc.leases.money import Money
from tenancy_svc.timeline import Entry, timeline_of

_NEWEST_FIRST = Paging(Lease.id.desc())


@dataclass(frozen=True, slots=True)
class LeaseLine:
    """A lease in the list."""

    id: uuid.UUID
    number: int
    name: str
    address: str
    status: LeaseStatus
    start_on: dt.date
    rent: Money


@dataclass(frozen=True, slots=True)
class EditionTerms:
    """What one edition says."""

    id: uuid.UUID
    number: int
    reason: EditionReason
    made_at: dt.datetime
    made_by: str
    holder: Holder
    start_on: dt.date
    term: Term
    end_on: dt.date | None
    rent: Money
    due_day: int
    deposits: tuple[Deposit, ...]
    inclusions: tuple[Inclusion, ...]
    parties: tuple[PersonView, ...]

    @property
    def tenants(self) -> list[str]:
        """Names of the tenants."""
        return [party.name for party in tenants_of(self.parties)]

    @property
    def occupants(self) -> list[str]:
        """Names of the occupants."""
        return [party.name for party in self.parties if party.part is Part.OCCUPANT]


@dataclass(frozen=True, slots=True)
class LeaseRecord:
    """One lease as its pages show it."""

    id: uuid.UUID
    number: int
    version: int
    status: LeaseStatus
    made_at: dt.datetime
    began_at: dt.datetime | None
    application: ApplicationRecord
    current: EditionTerms
    former: tuple[EditionTerms, ...]
    clauses: EditionView
    crossed_a_hold: bool
    """Whether the home was held for another when the lease was signed: the inventory ended that hold."""
    timeline: list[Entry]

    @property
    def name(self) -> str:
        """The first tenant's name; empty when the names of a discarded draft were deleted."""
        return next(iter(self.current.tenants), "")

    @property
    def address(self) -> str:
        """The home's address."""
        return self.application.address


@query(VIEW_LEASES)
async def leases(
    tx: ReadTx,
    *,
    statuses: Sequence[LeaseStatus] = (),
    words: str = "",
    after: str | None = None,
    limit: int = PAGE,
) -> CountedPage[LeaseLine]:
    """Return leases, newest first, at most `limit` after `after`."""
    name = first_tenant()
    statement = (
        select(Lease, LeaseEdition, Home, name)
        .join(LeaseEdition, is_current_edition())
        .outerjoin(Home, Home.unit == Lease.unit)
    )
    if statuses:
        statement = statement.where(Lease.status.in_(statuses))
    sought = first_tenant(LeaseParty.name_search.expression)
    statement = statement.where(*mentioning(words, sought, Lease.number.expression))
    return await _NEWEST_FIRST.counted_page(tx, statement, _line, after=after, limit=limit)


def _line(lease: Lease, edition: LeaseEdition, home: Home | None, name: str | None) -> LeaseLine:
    return LeaseLine(
        id=lease.id,
        number=lease.number,
        name=name or "",
        address=home.address_line if home else "",
        status=lease.status,
        start_on=edition.start_on,
        rent=Money(amount=edition.rent_amount, currency=edition.rent_currency),
    )


@query(VIEW_LEASES, views="lease")
async def lease(tx: ReadTx, lease_id: uuid.UUID) -> LeaseRecord:
    """Return one lease with all its editions and the clauses of the current one. Raises NotFound."""
    return await read_lease(tx, lease_id)


@query(VIEW_LEASES)
async def lease_of_application(tx: ReadTx, application_id: uuid.UUID) -> uuid.UUID | None:
    """Return the id of the application's lease, or None while it has none."""
    found: uuid.UUID | None = await tx.scalar(
        select(Lease.id).where(Lease.application_id == application_id, Lease.status != LeaseStatus.DISCARDED)
    )
    return found


async def read_lease(tx: ReadTx, lease_id: uuid.UUID) -> LeaseRecord:
    """Return one lease in a transaction that is open already. Raises NotFound."""
    found = await tx.session.get(Lease, lease_id, options=with_editions())
    if found is None:
        raise NotFound(what="lease")
    return LeaseRecord(
        id=found.id,
        number=found.number,
        version=found.version,
        status=found.status,
        made_at=found.made_at,
        began_at=found.began_at,
        application=await read_application(tx, found.application_id),
        current=terms_of(found.current),
        former=tuple(
            terms_of(edition) for edition in reversed(found.editions) if edition is not found.current
        ),
        clauses=await edition_of(tx, found.current.template_edition_id),
        crossed_a_hold=bool(
            await tx.scalar(select(exists().where(Lease.id == lease_id, crossed(Lease)))),
        ),
        timeline=await timeline_of(tx, [("lease", lease_id)]),
    )


async def has_tenancy(tx: ReadTx | Tx, unit: uuid.UUID) -> bool:
    """Return whether a lease is in force in a home."""
    return bool(
        await tx.scalar(select(exists().where(Lease.unit == unit, Lease.status == LeaseStatus.IN_FORCE)))
    )


def crossed(lease: type[Lease]) -> ColumnElement[bool]:
    """Whether the inventory ended a `Hold` because a lease in force took the home."""
    return (
        (Hold.unit == lease.unit)
        & (Hold.release_reason == ReleaseReason.LET_TO_ANOTHER)
        & (Hold.released_at >= lease.began_at)
    )


def terms_of(edition: LeaseEdition) -> EditionTerms:
    """Return what an edition says; its parties and deposits must be loaded."""
    return EditionTerms(
        id=edition.id,
        number=edition.number,
        reason=edition.reason,
        made_at=edition.made_at,
        made_by=edition.made_by,
        holder=edition.holder,
        start_on=edition.start_on,
        term=edition.term,
        end_on=edition.end_on,
        rent=edition.rent,
        due_day=edition.due_day,
        deposits=tuple(deposit.asked for deposit in edition.deposits),
        inclusions=tuple(Inclusion(inclusion) for inclusion in edition.inclusions),
        parties=tuple(
            PersonView(party.part, party.given_name, party.family_name, party.phone, party.email)
            for party in edition.parties
        ),
    )
