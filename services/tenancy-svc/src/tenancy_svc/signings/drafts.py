"""A draft lease is discarded, and with it the signing that was arranged for it (T4, T5)."""

from __future__ import annotations

from sqlalchemy import Text, cast, delete, select

from chassis.access import RECEIVE_EVENTS
from chassis.db.tables import audit
from chassis.tx import Tx
from chassis.usecase import use_case
from tenancy_svc.applications.commands import locked_application
from tenancy_svc.applications.contact import erase_changes, forget_if_withdrawn
from tenancy_svc.applications.model import ApplicationStatus
from tenancy_svc.leases.commands import draft_lease
from tenancy_svc.leases.feature import DRAW_UP_LEASES
from tenancy_svc.leases.model import ForgetDrafts, Lease, LeaseEdition, LeaseParty, LeaseStatus
from tenancy_svc.signings.commands import cancel
from tenancy_svc.signings.model import Attestation, DiscardLease, Side, Signing, scheduled


@use_case(DRAW_UP_LEASES)
async def discard_lease(tx: Tx, command: DiscardLease) -> None:
    """Discard a draft lease and cancel its signing; the application stays accepted. Raises LeaseNotDraft.

    The draft stays readable, and another lease can be drawn up.
    """
    # The signing is locked before its lease, as everywhere else.
    signing = (
        await tx.session.scalars(
            select(Signing).where(Signing.lease_id == command.lease_id, scheduled()).with_for_update()
        )
    ).first()
    lease = await draft_lease(tx, command.lease_id)
    if signing is not None:
        await cancel(tx, signing, lease)
    lease.status = LeaseStatus.DISCARDED
    application = await locked_application(tx, lease.application_id, with_people=True)
    application.status = ApplicationStatus.ACCEPTED
    tx.touched("lease", lease.id, "discarded")
    await tx.session.flush()
    if await forget_if_withdrawn(tx, application):
        await forget_drafts(tx, ForgetDrafts(application_id=application.id))


@use_case(RECEIVE_EVENTS)
async def forget_drafts(tx: Tx, command: ForgetDrafts) -> None:
    """Delete the names in an application's discarded drafts: they became no lease (W5)."""
    drafts = select(Lease.id).where(
        Lease.application_id == command.application_id, Lease.status == LeaseStatus.DISCARDED
    )
    editions = select(LeaseEdition.id).where(LeaseEdition.lease_id.in_(drafts))
    signings = select(Signing.id).where(Signing.lease_id.in_(drafts))
    await tx.execute(
        delete(Attestation).where(Attestation.signing_id.in_(signings), Attestation.side == Side.TENANT)
    )
    await tx.execute(delete(LeaseParty).where(LeaseParty.edition_id.in_(editions)))
    await erase_changes(
        tx,
        "lease",
        audit.c.record_id.in_(select(cast(Lease.id, Text)).where(Lease.id.in_(drafts))),
        ["amended", "attested", "attestation_taken_back"],
    )
