"""Draws leases up from the one template, and amends drafts in further editions (T4)."""

from __future__ import annotations

import uuid
from typing import Any

from chassis.errors import EditedMeanwhile, NotFound
from chassis.ids import new_id
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.commands import locked_application
from tenancy_svc.applications.model import Application, ApplicationStatus
from tenancy_svc.homes.model import HomeUnknown
from tenancy_svc.homes.queries import HomeView, find_hold, find_home, must_be_free, must_be_ours
from tenancy_svc.lease_templates.model import NoTemplate
from tenancy_svc.lease_templates.queries import published_edition_for
from tenancy_svc.leases.deposits import Deposit, must_be_lawful
from tenancy_svc.leases.feature import DRAW_UP_LEASES
from tenancy_svc.leases.model import (
    AmendLease,
    ApplicationNotAccepted,
    DrawUpLease,
    EditionReason,
    Lease,
    LeaseDeposit,
    LeaseEdition,
    LeaseExists,
    LeaseNotDraft,
    LeaseParty,
    LeaseStatus,
    Terms,
    with_editions,
)


@use_case(DRAW_UP_LEASES)
async def draw_up_lease(tx: Tx, command: DrawUpLease) -> uuid.UUID:
    """Draw up the lease of an accepted application and return its id.

    Raises ApplicationNotAccepted, LeaseExists, HomeUnknown, HomeNotOurs, NoTemplate, and what `must_be_free`
    and `must_be_lawful` raise.
    """
    application = await locked_application(tx, command.application_id)
    if application.status.has_lease:
        raise LeaseExists
    if application.status is not ApplicationStatus.ACCEPTED:
        raise ApplicationNotAccepted
    await must_be_free(tx, application.unit, application.request)
    home = await our_home(tx, application)
    must_be_lawful(command.deposits, rent=command.rent, province=home.province, day=tx.today)
    template_edition = await _template_edition(tx, home)
    lease = Lease(
        id=new_id(),
        application_id=application.id,
        unit=application.unit,
        status=LeaseStatus.DRAFT,
        edition=1,
        made_at=tx.now,
    )
    lease.editions = [_edition(tx, lease, EditionReason.DRAWN_UP, template_edition, command)]
    application.status = ApplicationStatus.LEASE_DRAWN_UP
    tx.session.add(lease)
    tx.touched("lease", lease.id, "drawn_up")
    return lease.id


@use_case(DRAW_UP_LEASES)
async def amend_lease(tx: Tx, command: AmendLease) -> int:
    """Make a new edition of a draft from the newest template and return its number; the former one stays.

    What was attested for a former edition doesn't count for this one. Raises LeaseNotDraft, EditedMeanwhile,
    and what `must_be_lawful` raises.
    """
    lease = await draft_lease(tx, command.lease_id)
    changes = _changes(lease.current, command)
    if lease.version != command.version:
        raise EditedMeanwhile(current=lease.version, difference=changes)
    home = await our_home(tx, await locked_application(tx, lease.application_id))
    must_be_lawful(command.deposits, rent=command.rent, province=home.province, day=tx.today)
    template_edition = await _template_edition(tx, home)
    lease.edition += 1
    lease.editions.append(
        _edition(tx, lease, EditionReason.CHANGED_BEFORE_SIGNING, template_edition, command)
    )
    tx.touched("lease", lease.id, "amended", changes)
    return lease.edition


async def locked_lease(tx: Tx, lease_id: uuid.UUID) -> Lease:
    """Return the lease with its editions, parties and deposits, locked. Raises NotFound."""
    lease = await tx.session.get(Lease, lease_id, with_for_update=True, options=with_editions())
    if lease is None:
        raise NotFound(what="lease")
    return lease


async def draft_lease(tx: Tx, lease_id: uuid.UUID) -> Lease:
    """Return a lease that is still a draft, as `locked_lease` does. Raises NotFound, LeaseNotDraft."""
    lease = await locked_lease(tx, lease_id)
    if lease.status is not LeaseStatus.DRAFT:
        raise LeaseNotDraft
    return lease


async def our_home(tx: Tx, application: Application) -> HomeView:
    """Return the home of an application, if it's one that this party may make a lease for.

    A home that was this party's when it was held stays so for that request. Raises HomeUnknown,
    HomeNotOurs, ManagerUnknown.
    """
    home = await find_home(tx, application.unit)
    if home is None:
        raise HomeUnknown
    must_be_ours(tx, home, await find_hold(tx, application.unit, application.request))
    return home


async def _template_edition(tx: Tx, home: HomeView) -> uuid.UUID:
    edition = await published_edition_for(tx, home.province or "")
    if edition is None:
        raise NoTemplate(province=home.province or "?")
    return edition


def _edition(
    tx: Tx, lease: Lease, reason: EditionReason, template_edition: uuid.UUID, terms: Terms
) -> LeaseEdition:
    return LeaseEdition(
        id=new_id(),
        lease_id=lease.id,
        number=lease.edition,
        reason=reason,
        made_at=tx.now,
        made_by=tx.actor.name,
        template_edition_id=template_edition,
        holder=terms.holder,
        start_on=terms.start_on,
        term=terms.term,
        end_on=terms.end_on,
        rent_amount=terms.rent.amount,
        rent_currency=terms.rent.currency,
        due_day=terms.due_day,
        inclusions=sorted(inclusion.value for inclusion in terms.inclusions),
        deposits=[
            LeaseDeposit(
                id=new_id(),
                position=position,
                kind=deposit.kind,
                amount=deposit.amount.amount,
                currency=deposit.amount.currency,
                state=deposit.state,
                replacement_cost=deposit.replacement_cost.amount if deposit.replacement_cost else None,
            )
            for position, deposit in enumerate(terms.deposits)
        ],
        parties=[
            LeaseParty(id=new_id(), position=position, **party.model_dump())
            for position, party in enumerate(terms.parties)
        ],
    )


def _in_words(deposit: Deposit) -> str:
    return f"{deposit.kind} {deposit.amount.amount} {deposit.amount.currency} {deposit.state}"


def _changes(current: LeaseEdition, sent: Terms) -> dict[str, tuple[Any, Any]]:
    """Return what differs between an edition and the terms sent, field by field."""
    pairs: dict[str, tuple[Any, Any]] = {
        "holder": (current.holder, sent.holder),
        "start_on": (current.start_on, sent.start_on),
        "term": (current.term, sent.term),
        "end_on": (current.end_on, sent.end_on),
        "rent": (
            f"{current.rent.amount} {current.rent.currency}",
            f"{sent.rent.amount} {sent.rent.currency}",
        ),
        "due_day": (current.due_day, sent.due_day),
        "deposits": (
            [_in_words(deposit.asked) for deposit in current.deposits],
            [_in_words(deposit) for deposit in sent.deposits],
        ),
        "inclusions": (current.inclusions, sorted(inclusion.value for inclusion in sent.inclusions)),
        "parties": (
            [party.name for party in current.parties],
            [party.name for party in sent.parties],
        ),
    }
    return {field: pair for field, pair in pairs.items() if pair[0] != pair[1]}
